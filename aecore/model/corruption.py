"""What is done to the input before encoding; the target stays clean.

Every corruption takes pictures (batch, 784) with pixels in [0, 1], a level in [0, 1] and a
generator, and returns new pictures of the same shape and range. Level 0 changes nothing.
"""

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Generator, Tensor

from aecore.spec.experiment import SIDE, small_side


def gaussian(x: Tensor, level: float, generator: Generator) -> Tensor:
    """Adds normal noise of standard deviation `level` to every pixel."""
    return (x + level * _normal_like(x, generator)).clamp_(0, 1)


def salt_pepper(x: Tensor, level: float, generator: Generator) -> Tensor:
    """Sets a share `level` of the pixels to black or white, each with the same chance."""
    u = _uniform_like(x, generator)
    return torch.where(u < level, (u < level / 2).to(x.dtype), x)


def masking(x: Tensor, level: float, generator: Generator) -> Tensor:
    """Sets a share `level` of the pixels to zero (Vincent et al. 2008)."""
    return x * (_uniform_like(x, generator) >= level)


def speckle(x: Tensor, level: float, generator: Generator) -> Tensor:
    """Multiplies every pixel by 1 plus normal noise of standard deviation `level`."""
    return (x * (1 + level * _normal_like(x, generator))).clamp_(0, 1)


def block(x: Tensor, level: float, generator: Generator) -> Tensor:
    """Hides a square of side `level` * 28 pixels at a random place in each picture."""
    side = round(level * SIDE)
    corner = torch.randint(
        0, SIDE - side + 1, (2, len(x), 1, 1), generator=generator, device=x.device
    )
    row = torch.arange(SIDE, device=x.device).view(1, SIDE, 1)
    column = row.view(1, 1, SIDE)
    hidden = (
        (row >= corner[0])
        & (row < corner[0] + side)
        & (column >= corner[1])
        & (column < corner[1] + side)
    )  # (batch, 28, 28)
    return x * ~hidden.flatten(1)


def low_resolution(x: Tensor, level: float, generator: Generator) -> Tensor:
    """Shrinks each picture to a side of (1 - `level`) * 28 pixels and blows it up again.

    Nothing is drawn at random.
    """
    return blow_up(shrink(x, small_side(level)))


def shrink(x: Tensor, side: int) -> Tensor:
    """Small pictures, each pixel the mean of those that it covers.

    As a product of matrices, which every device has: some cannot pool to a side that does not
    divide 28.

    Args:
        x: (batch, 784).
        side: of the small pictures, 1 to 28.

    Returns:
        (batch, side, side).
    """
    means = F.adaptive_avg_pool1d(torch.eye(SIDE), side).to(x)  # (28, side)
    return (means.T @ x.view(-1, SIDE, SIDE) @ means).clamp_(0, 1)


def blow_up(small: Tensor) -> Tensor:
    """(batch, side, side) -> (batch, 784): each pixel is that of the small picture at its place."""
    side = small.shape[-1]
    nearest = (2 * torch.arange(SIDE, device=small.device) + 1) * side // (2 * SIDE)
    return small[:, nearest][:, :, nearest].flatten(1)


def none(x: Tensor, level: float, generator: Generator) -> Tensor:
    """Leaves the pictures as they are."""
    return x


CORRUPTIONS: dict[str, Callable[[Tensor, float, Generator], Tensor]] = {
    corruption.__name__: corruption
    for corruption in (none, gaussian, salt_pepper, masking, speckle, block, low_resolution)
}


def _normal_like(x: Tensor, generator: Generator) -> Tensor:
    return torch.randn(x.shape, generator=generator, device=x.device, dtype=x.dtype)


def _uniform_like(x: Tensor, generator: Generator) -> Tensor:
    return torch.rand(x.shape, generator=generator, device=x.device, dtype=x.dtype)
