"""Low resolution: the picture is shrunk and enlarged again."""

from typing import TYPE_CHECKING

from aecore.errors import N_
from aecore.parts.corruptions._corruption import Corruption
from aecore.shapes import Picture, Shape

if TYPE_CHECKING:
    from torch import Generator, Tensor


def small_side(noise_level: float, side: int) -> int:
    """The side in pixels, at least 1, of the small picture that is made of one with this `side`."""
    return max(1, round((1 - noise_level) * side))


def low_resolution(x: "Tensor", level: float, generator: "Generator", shape: Shape) -> "Tensor":
    """Shrinks each picture to a side of (1 - `level`) of its own and blows it up again.

    Nothing is drawn at random.
    """
    assert isinstance(shape, Picture)  # or the experiment had been refused
    return blow_up(shrink(x, small_side(level, shape.height), shape), shape)


def shrink(x: "Tensor", side: int, shape: Picture) -> "Tensor":
    """Small pictures, each pixel the mean of those that it covers.

    As a product of matrices, which every device has: some cannot pool to a side that does not
    divide the picture's.

    Args:
        x: (batch, pixels).
        side: of the small pictures, 1 to the side of the large ones.
        shape: of the large ones, which are square.

    Returns:
        (batch * channels, side, side).
    """
    import torch
    import torch.nn.functional as F

    means = F.adaptive_avg_pool1d(torch.eye(shape.height), side).to(x)  # (large side, side)
    return (means.T @ x.reshape(-1, shape.height, shape.width) @ means).clamp_(0, 1)


def blow_up(small: "Tensor", shape: Picture) -> "Tensor":
    """Each pixel is that of the small picture at its place.

    (batch * channels, side, side) -> (batch, pixels).
    """
    import torch

    side, large = small.shape[-1], shape.height
    nearest = (2 * torch.arange(large, device=small.device) + 1) * side // (2 * large)
    return small[:, nearest][:, :, nearest].reshape(-1, shape.size)


_PROGRAM = '''
def corrupt(x):
    """Shrinks each picture and blows it up again."""
    side = max(1, round((1 - NOISE_LEVEL) * SHAPE[1]))
    small = F.adaptive_avg_pool2d(x.view(-1, *SHAPE), side)
    return F.interpolate(small, size=SHAPE[1:], mode="nearest-exact").flatten(1)
'''

CORRUPTION = Corruption(
    key="low_resolution",
    order=6,
    title=N_("low resolution (enlarged small picture)"),
    name=N_("low resolution"),
    says=N_(
        "Shrinks the picture and enlarges it again; nothing is random. The level is the "
        "share of the side that is lost: 0.5 leaves a quarter of the pixels."
    ),
    function=low_resolution,
    kinds=("picture",),
    draws=False,
    waits=True,
    program=_PROGRAM,
    sentences=(N_("Shrinks each picture and blows it up again."),),
)
