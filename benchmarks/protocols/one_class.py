"""One-class classification: what an autoencoder of one digit finds strange about the others.

Ten models, each trained on the training pictures of one digit alone; all test pictures are scored
by how badly they are reconstructed. Protocol: Ruff et al. 2018, "Deep one-class classification".
"""

import numpy as np

from aecore.analysis.anomaly import curves
from aecore.evaluation import in_chunks
from aecore.experiment import Experiment
from aecore.fields import N_CLASSES
from aecore.losses import ssim
from aecore.model import Autoencoder
from aecore.training import Training
from benchmarks.protocols import learning
from benchmarks.protocols.rows import Outcome, Protocol, Setup

EPOCHS = 20

HOW = (
    "784-128-64-32 of the library's vanilla variant, ReLU, MSE loss; Adam, highest learning rate "
    "0.002, cosine, batches of 128, {epochs} epochs, one model per digit. Score: 1 - SSIM of "
    "picture and reconstruction; by digit {by_digit}. With the squared error as score the same "
    "models give {mse:.3f}."
)


def run(setup: Setup) -> Outcome:
    """Mean area under the ROC curve over the ten digits."""
    areas: dict[str, list[float]] = {"ssim": [], "mse": []}
    n_epochs = 2 if setup.quick else EPOCHS
    for digit in range(N_CLASSES):
        experiment = Experiment(
            classes=(digit,), learning_rate=0.002, batch_size=128, seed=setup.seed
        )
        training = Training(experiment, setup.dataset)
        for _ in learning.epochs(training, n_epochs):
            pass
        for score, area in separated(training.model, setup, digit).items():
            areas[score].append(area)
        setup.say(f"digit {digit}: " + ", ".join(f"{s} {a[-1]:.4f}" for s, a in areas.items()))
    means = {score: float(np.mean(values)) for score, values in areas.items()}
    by_digit = " ".join(f"{area:.3f}" for area in areas["ssim"])
    how = HOW.format(epochs=n_epochs, by_digit=by_digit, mse=means["mse"])
    return Outcome(means["ssim"], how, details=dict(areas))


def separated(model: Autoencoder, setup: Setup, digit: int) -> dict[str, float]:
    """Score -> area under the ROC curve over all test pictures; one digit is normal."""
    x = setup.dataset.x_test
    x_hat = in_chunks(model.reconstruct, x)
    strange = (setup.dataset.y_test != digit).cpu().numpy()
    scores = {"ssim": 1 - ssim(x_hat, x), "mse": (x_hat - x).square().mean(dim=1)}
    return {name: curves(s.cpu().numpy(), strange).auroc for name, s in scores.items()}


PROTOCOL = Protocol(
    name="one-class",
    what="one-class MNIST, reconstruction score, mean AUROC over the ten digits",
    published="0.897 (convolutional autoencoder in Ruff et al. 2018)",
    due="at least 0.96",
    holds=lambda outcome: outcome.value >= 0.96,
    show=lambda outcome: f"{outcome.value:.3f}",
    run=run,
)
