"""The deep autoencoder of Hinton & Salakhutdinov 2006, 784-1000-500-250-30."""

import math

import torch
import torch.nn.functional as F
from torch import Generator, Tensor

from aecore.evaluation import in_chunks
from aecore.experiment import SIDE, Experiment
from aecore.losses import sse
from aecore.model import Autoencoder
from aecore.training import Training
from benchmarks.protocols import learning
from benchmarks.protocols.rows import Outcome, Protocol, Setup

EPOCHS = 80
REPORT_EVERY = 5
VARIED = 0.5
"""Share of the training pictures that an epoch shows turned, sheared and shifted a little."""

HOW = (
    "GELU, linear code, sigmoid output, MSE, Glorot's first weights and no pretraining; Adam "
    "(beta2 0.95), highest learning rate 0.003 with 5% warm-up and a cosine down to 0, batches of "
    "256, {epochs} epochs; in each, half of the training pictures are turned (standard deviation "
    "4 degrees), scaled (5%), sheared (0.1) and shifted (0.3 pixels); products in bfloat16 until "
    "the last 15% of the steps, tested in float32. Training pictures as they are: {train:.2f}."
)


def run(setup: Setup) -> Outcome:
    """Squared error summed over a test picture's pixels, mean over the test pictures."""
    experiment = Experiment(
        hidden=(1000, 500, 250),
        latent_dim=30,
        activation="gelu",
        learning_rate=0.003,
        seed=setup.seed,
    )
    training = Training(experiment, setup.dataset)
    learning.quicker_adam(training)
    n_epochs = 2 if setup.quick else EPOCHS
    x_train, x_test = setup.dataset.x_train, setup.dataset.x_test
    for epoch, loss in learning.epochs(
        training, n_epochs, renew=lambda random: varied(x_train, random), bfloat16=True
    ):
        if epoch % REPORT_EVERY == 0 or epoch == n_epochs:
            test, train = (picture_error(training.model, x) for x in (x_test, x_train[:10_000]))
            setup.say(f"epoch {epoch}: loss {loss:.6f}, test {test:.3f}, train {train:.3f}")
    test, train = (picture_error(training.model, x) for x in (x_test, x_train))
    return Outcome(test, HOW.format(epochs=n_epochs, train=train), details={"train": train})


def picture_error(model: Autoencoder, x: Tensor) -> float:
    """Squared error of a picture, mean over x (n, 784)."""
    return sse(in_chunks(model.reconstruct, x), x).mean().item()


def varied(x: Tensor, random: Generator) -> Tensor:
    """A copy of x (n, 784) in which a share `VARIED` of the pictures is slightly deformed."""
    x = x.clone()
    order = torch.randperm(len(x), generator=random, device=x.device)
    for chosen in order[: int(VARIED * len(x))].split(2000):
        pictures = x[chosen].view(-1, 1, SIDE, SIDE)
        grid = F.affine_grid(_deformations(len(chosen), random), list(pictures.shape), False)
        deformed = F.grid_sample(pictures, grid, mode="bicubic", align_corners=False)
        x[chosen] = deformed.clamp_(0, 1).view(len(chosen), -1)
    return x


def _deformations(n: int, random: Generator) -> Tensor:
    """Random affine maps near the identity, (n, 2, 3)."""
    angle, shear, scale_x, scale_y, shift_x, shift_y = torch.randn(
        6, n, generator=random, device=random.device
    )
    angle, shear = math.radians(4) * angle, 0.1 * shear
    scale_x, scale_y = (0.05 * scale_x).exp(), (0.05 * scale_y).exp()
    pixel = 2 / SIDE  # a picture's side is 2 in the coordinates of affine_grid
    rows = (
        (scale_x * angle.cos(), shear - angle.sin(), 0.3 * pixel * shift_x),
        (angle.sin(), scale_y * angle.cos(), 0.3 * pixel * shift_y),
    )
    return torch.stack([torch.stack(row, dim=1) for row in rows], dim=1)


PROTOCOL = Protocol(
    name="deep",
    what="deep autoencoder 784-1000-500-250-30, SSE per test picture",
    published="3.00 (Hinton & Salakhutdinov 2006)",
    due="at most 3.00",
    holds=lambda outcome: outcome.value <= 3.00,
    show=lambda outcome: f"{outcome.value:.2f}",
    run=run,
)
