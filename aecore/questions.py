"""Questions about a trained model: functions of a subject that answer in plain arrays.

A host answers them where the model lives, so that pages never touch a model.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from aecore.datasets import Dataset
from aecore.errors import N_, ExperimentError
from aecore.evaluation import CHUNK
from aecore.model import Autoencoder
from aecore.monitor import to_pictures
from aecore.training import corrupt_fixed
from aecore.view import Pictures


@dataclass(frozen=True, eq=False)
class Subject:
    """A model, and the dataset whose test pictures it is asked about."""

    model: Autoencoder
    dataset: Dataset


@dataclass(frozen=True, eq=False)
class PictureErrors:
    """How well each test picture comes back.

    Attributes:
        errors: (n,), mean squared error per pixel.
        labels: (n,), the classes.
    """

    errors: NDArray[np.float32]
    labels: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Reconstruction:
    """Pictures on their way through a model.

    Attributes:
        originals: (n, 28, 28).
        corrupted: likewise, as the encoder gets them; None without corruption.
        x_hat: likewise, what comes out.
        errors: (n,), mean squared error per pixel between the first and the last.
    """

    originals: Pictures
    corrupted: Pictures | None
    x_hat: Pictures
    errors: NDArray[np.float32]


@torch.no_grad()
def test_errors(subject: Subject) -> PictureErrors:
    """The error of every test picture, given the same input as in training."""
    x = subject.dataset.x_test
    x_input = corrupt_fixed(subject.model.experiment, x)
    x_hat = torch.cat([subject.model.reconstruct(chunk) for chunk in x_input.split(CHUNK)])
    errors = (x_hat - x).square().mean(dim=1)
    return PictureErrors(errors.cpu().numpy(), subject.dataset.y_test.cpu().numpy())


def reconstruct_test(subject: Subject, indices: tuple[int, ...]) -> Reconstruction:
    """Some of the test pictures and what becomes of them."""
    picked = torch.tensor(indices, device=subject.dataset.device)
    x_input = corrupt_fixed(subject.model.experiment, subject.dataset.x_test)
    return _through(subject, subject.dataset.x_test[picked], x_input[picked])


def reconstruct_own(subject: Subject, pixels: NDArray[np.float32]) -> Reconstruction:
    """What becomes of pictures from outside.

    Args:
        subject: whose model.
        pixels: (n, 784), in [0, 1], white on black.
    """
    x = torch.from_numpy(pixels).to(subject.dataset.device)
    return _through(subject, x, corrupt_fixed(subject.model.experiment, x))


def _through(subject: Subject, x: torch.Tensor, x_input: torch.Tensor) -> Reconstruction:
    x_hat = subject.model.reconstruct(x_input)
    corrupted = subject.model.experiment.corruption != "none"
    return Reconstruction(
        originals=to_pictures(x),
        corrupted=to_pictures(x_input) if corrupted else None,
        x_hat=to_pictures(x_hat),
        errors=(x_hat - x).square().mean(dim=1).cpu().numpy(),
    )


@dataclass(frozen=True, eq=False)
class DecodedPlane:
    """A latent space of two numbers: where the test pictures lie, and what lies in between.

    Attributes:
        points: (n, 2), the codes of test pictures.
        labels: (n,), their classes.
        extent: (low, high) of z1 and of z2 that the grid covers.
        sprite: (side, side, 28, 28), the decoded pictures of an even grid; rows run from high z2
            to low z2, columns from low z1 to high z1.
    """

    points: NDArray[np.float32]
    labels: NDArray[np.int64]
    extent: tuple[float, float, float, float]
    sprite: Pictures


def decoded_plane(subject: Subject, side: int = 33) -> DecodedPlane:
    """Decodes an even grid over the part of the plane where nearly all test pictures lie.

    Raises:
        ExperimentError: the code is not of two numbers.
    """
    if subject.model.experiment.latent_dim != 2:
        raise ExperimentError(
            N_("{parameter} must be 2 for a map that can be decoded, but was {received}."),
            parameter="latent_dim",
            received=subject.model.experiment.latent_dim,
        )
    x_input = corrupt_fixed(subject.model.experiment, subject.dataset.x_test)
    z = subject.model.encode(x_input[:CHUNK])
    low = z.quantile(0.005, dim=0)
    high = z.quantile(0.995, dim=0)
    margin = 0.05 * (high - low)
    low, high = low - margin, high + margin
    steps = torch.linspace(0, 1, side, device=z.device)
    z1 = low[0] + (high[0] - low[0]) * steps
    z2 = high[1] + (low[1] - high[1]) * steps
    rows, columns = torch.meshgrid(z2, z1, indexing="ij")
    grid = torch.stack([columns, rows], dim=-1).view(-1, 2)  # (side * side, 2)
    sprite = to_pictures(subject.model.decode(grid))
    return DecodedPlane(
        points=z.cpu().numpy(),
        labels=subject.dataset.y_test[:CHUNK].cpu().numpy(),
        extent=(z1[0].item(), z1[-1].item(), z2[-1].item(), z2[0].item()),
        sprite=sprite.reshape(side, side, *sprite.shape[1:]),
    )
