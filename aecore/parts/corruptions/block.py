"""Block: a square of a picture is hidden, or a stretch of a series."""

from typing import TYPE_CHECKING

from aecore.errors import N_
from aecore.parts.corruptions._corruption import Corruption
from aecore.shapes import Row, Shape

if TYPE_CHECKING:
    from torch import Generator, Tensor


def block(x: "Tensor", level: float, generator: "Generator", shape: Shape) -> "Tensor":
    """Hides a part at a random place in each sample, in all its channels.

    Of a picture a square of `level` times its shorter side, of a series a stretch of `level` times
    its length.
    """
    import torch

    assert not isinstance(shape, Row)  # or the experiment had been refused
    lengths = shape.axes[1:]
    side = round(level * min(lengths))
    most = max(lengths) - side
    size = (len(lengths), len(x)) + (1,) * len(lengths)
    corner = torch.randint(0, most + 1, size, generator=generator, device=x.device)
    hidden = torch.ones((), dtype=torch.bool, device=x.device)
    for axis, length in enumerate(lengths):
        first = corner[axis].clamp(max=length - side)
        along = torch.arange(length, device=x.device)
        along = along.view([-1 if i == axis + 1 else 1 for i in range(len(lengths) + 1)])
        hidden = hidden & (along >= first) & (along < first + side)  # (batch, *lengths)
    return (x.view(-1, *shape.axes) * ~hidden[:, None]).flatten(1)


_PROGRAM = '''
def corrupt(x, noise):
    """Hides a part at a random place in each sample."""
    lengths = SHAPE[1:]
    side = round(NOISE_LEVEL * min(lengths))
    size = (len(lengths), len(x)) + (1,) * len(lengths)
    most = max(lengths) - side
    corner = torch.randint(0, most + 1, size, generator=noise, device=DEVICE)
    hidden = torch.ones((), dtype=torch.bool, device=DEVICE)
    for axis, length in enumerate(lengths):
        first = corner[axis].clamp(max=length - side)
        along = torch.arange(length, device=DEVICE)
        along = along.view([-1 if i == axis + 1 else 1 for i in range(len(SHAPE))])
        hidden = hidden & (along >= first) & (along < first + side)  # (batch, *lengths)
    return (x.view(-1, *SHAPE) * ~hidden[:, None]).flatten(1)
'''

CORRUPTION = Corruption(
    key="block",
    order=5,
    title=N_("block (a part is hidden)"),
    name=N_("block"),
    says=N_(
        "Hides a square of the picture, or a stretch of the series, at a random place. The level is "
        "its side as a share of the whole one."
    ),
    function=block,
    kinds=("picture", "series"),
    program=_PROGRAM,
    sentences=(N_("Hides a part at a random place in each sample."),),
)
