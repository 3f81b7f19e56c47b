"""One-class classification: what an autoencoder of one digit finds strange about the others.

Ten models, each trained on the training pictures of one digit alone; all test pictures are scored
by how badly they are reconstructed. Protocol: Ruff et al. 2018, "Deep one-class classification".
"""

import numpy as np
from torch import Tensor

from aecore.data.datasets import Dataset
from aecore.model.autoencoder import Autoencoder
from aecore.parts.datasets import DIGIT
from aecore.parts.losses.ssim import ssim
from aecore.spec.experiment import Experiment
from aecore.topics.anomaly.measure import curves
from aecore.training.evaluation import in_chunks
from aecore.training.loop import Training
from benchmarks.protocols import learning
from benchmarks.protocols.rows import Outcome, Protocol, Setup

EPOCHS = 20

SCORES = {"mse": "squared error", "ssim": "1 - SSIM"}
"""Score -> its name. The first is the published one, and the row's."""

SETTINGS = (
    "784-128-64-32 of the library's vanilla variant, ReLU, MSE loss; Adam, highest learning rate "
    "0.002, cosine, batches of 128, {epochs} epochs, one model per digit. Score: the squared error, "
    "as in the paper. Beside it the score that separates better, of squared error and 1 - SSIM, on "
    "the {held_out:,} training pictures of all digits that models of the others have not seen."
)
FOUND = "By digit {by_digit}. On the training pictures held out: {held_out}."


def run(setup: Setup) -> Outcome:
    """Mean area under the ROC curve over the ten digits, with the squared error as score."""
    n_epochs = 2 if setup.quick else EPOCHS
    part, everything = setup.dataset, setup.everything
    chosen_on = _areas(setup, part, (part.x_val, part.y_val), n_epochs)
    tested = _areas(setup, everything, (part.x_test, part.y_test), n_epochs)
    held_out, means = ({s: float(np.mean(a)) for s, a in x.items()} for x in (chosen_on, tested))
    better = max(held_out, key=lambda score: held_out[score])
    return Outcome(
        means["mse"],
        SETTINGS.format(epochs=n_epochs, held_out=len(part.x_val)),
        FOUND.format(
            by_digit=" ".join(f"{area:.3f}" for area in tested["mse"]),
            held_out=", ".join(f"{SCORES[s]} {value:.3f}" for s, value in held_out.items()),
        ),
        beside=None if better == "mse" else (SCORES[better], means[better]),
        details={**tested, **{f"held out, {score}": a for score, a in chosen_on.items()}},
    )


def _areas(
    setup: Setup, learned: Dataset, seen: tuple[Tensor, Tensor], n_epochs: int
) -> dict[str, list[float]]:
    """Score -> areas under the ROC curve for the ten digits.

    Args:
        setup: the seed.
        learned: whose training pictures of one digit each model learns from.
        seen: pictures and labels on which they are told apart.
        n_epochs: of each training.
    """
    areas: dict[str, list[float]] = {score: [] for score in SCORES}
    for digit in range(10):
        experiment = Experiment(
            classes=(digit,), learning_rate=0.002, batch_size=128, seed=setup.seed
        )
        training = Training(experiment, learned)
        for _ in learning.epochs(training, n_epochs):
            pass
        for score, area in separated(training.model, *seen, digit).items():
            areas[score].append(area)
        setup.say(f"digit {digit}: " + ", ".join(f"{s} {a[-1]:.4f}" for s, a in areas.items()))
    return areas


def separated(model: Autoencoder, x: Tensor, y: Tensor, digit: int) -> dict[str, float]:
    """Score -> area under the ROC curve over pictures x (n, 784); one digit is normal."""
    x_hat = in_chunks(model.reconstruct, x)
    strange = (y != digit).cpu().numpy()
    scores = {"ssim": 1 - ssim(x_hat, x, DIGIT), "mse": (x_hat - x).square().mean(dim=1)}
    return {name: curves(s.cpu().numpy(), strange).auroc for name, s in scores.items()}


PROTOCOL = Protocol(
    name="one-class",
    what="one-class MNIST, reconstruction score, mean AUROC over the ten digits",
    published="0.897 (convolutional autoencoder), 0.948 (deep SVDD), both in Ruff et al. 2018",
    as_published=lambda row: row.value >= 0.948,
    due="at least 0.96",
    holds=lambda row: row.value >= 0.96,
    show=lambda value: f"{value:.3f}",
    run=run,
)
