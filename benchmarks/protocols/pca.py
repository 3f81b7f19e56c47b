"""PCA with 30 components, the yardstick of Hinton & Salakhutdinov 2006."""

from aecore.analysis import pca
from aecore.losses import sse
from benchmarks.protocols.rows import Outcome, Protocol, Setup

COMPONENTS = 30
PUBLISHED = 13.87


def run(setup: Setup) -> Outcome:
    """Squared error summed over a test picture's pixels, mean over the test pictures."""
    fitted = pca.fit(setup.dataset.x_train)
    x = setup.dataset.x_test
    error = sse(fitted.reconstruct(x, COMPONENTS), x).mean().item()
    return Outcome(error, f"Fitted to {len(setup.dataset.x_train):,} training pictures.")


PROTOCOL = Protocol(
    name="pca",
    what="PCA, 30 components, SSE per test picture",
    published="13.87 (Hinton & Salakhutdinov 2006)",
    due="13.87",
    holds=lambda outcome: round(outcome.value, 2) == PUBLISHED,
    show=lambda outcome: f"{outcome.value:.2f}",
    run=run,
)
