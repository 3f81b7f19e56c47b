"""Where samples lie in the latent space, and what lies between them."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from aecore.errors import N_, ExperimentError
from aecore.spec.view import Viewed
from aecore.training.evaluation import CHUNK
from aecore.training.loop import corrupt_fixed
from aecore.training.subject import Subject


@dataclass(frozen=True, eq=False)
class DecodedPlane:
    """A latent space of two numbers: where the test samples lie, and what lies in between.

    Attributes:
        points: (n, 2), the codes of test samples.
        labels: (n,), their classes; all 0 where nobody has labelled anything.
        extent: (low, high) of z1 and of z2 that the grid covers.
        sprite: (side, side, *shape.seen), the decoded samples of an even grid; rows run from high z2
            to low z2, columns from low z1 to high z1.
    """

    points: NDArray[np.float32]
    labels: NDArray[np.int64]
    extent: tuple[float, float, float, float]
    sprite: Viewed


def decoded_plane(subject: Subject, side: int = 33) -> DecodedPlane:
    """Decodes an even grid over the part of the plane where nearly all test samples lie.

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
    sprite = subject.seen(subject.model.decode(grid))
    return DecodedPlane(
        points=z.cpu().numpy(),
        labels=subject.dataset.y_test[:CHUNK].cpu().numpy(),
        extent=(z1[0].item(), z1[-1].item(), z2[-1].item(), z2[0].item()),
        sprite=sprite.reshape(side, side, *sprite.shape[1:]),
    )
