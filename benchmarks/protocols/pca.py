"""PCA with 30 components, the yardstick of Hinton & Salakhutdinov 2006."""

from aecore.model import pca
from aecore.model.losses import sse
from benchmarks.protocols.rows import Outcome, Protocol, Setup

COMPONENTS = 30
PUBLISHED = 13.87


def run(setup: Setup) -> Outcome:
    """Squared error summed over a test picture's pixels, mean over the test pictures."""
    pictures = setup.everything.x_train
    fitted = pca.fit(pictures)
    x = setup.dataset.x_test
    error = sse(fitted.reconstruct(x, COMPONENTS), x).mean().item()
    return Outcome(error, f"Fitted to {len(pictures):,} training pictures.")


PROTOCOL = Protocol(
    name="pca",
    what="PCA, 30 components, SSE per test picture",
    published="13.87 (Hinton & Salakhutdinov 2006)",
    as_published=lambda row: round(row.value, 2) <= PUBLISHED,
    due="13.87",
    holds=lambda row: round(row.value, 2) == PUBLISHED,
    show=lambda value: f"{value:.2f}",
    run=run,
    seeds=False,
)
