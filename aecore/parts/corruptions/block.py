"""Block: a square of the picture is hidden."""

from typing import TYPE_CHECKING

from aecore.errors import N_
from aecore.parts.corruptions._corruption import Corruption
from aecore.shapes import Picture

if TYPE_CHECKING:
    from torch import Generator, Tensor


def block(x: "Tensor", level: float, generator: "Generator", shape: Picture) -> "Tensor":
    """Hides a square of side `level` times the picture's at a random place in each picture."""
    import torch

    side = round(level * shape.height)
    corner = torch.randint(
        0, shape.height - side + 1, (2, len(x), 1, 1), generator=generator, device=x.device
    )
    row = torch.arange(shape.height, device=x.device).view(1, shape.height, 1)
    column = row.view(1, 1, shape.width)
    hidden = (  # (batch, height, width)
        (row >= corner[0])
        & (row < corner[0] + side)
        & (column >= corner[1])
        & (column < corner[1] + side)
    )
    return x * ~hidden.flatten(1)


_PROGRAM = '''
def corrupt(x, noise):
    """Hides a square at a random place in each picture."""
    side = round(NOISE_LEVEL * 28)
    size = (2, len(x), 1, 1)
    top, left = torch.randint(0, 29 - side, size, generator=noise, device=DEVICE)
    row = torch.arange(28, device=DEVICE).view(1, 28, 1)
    column = torch.arange(28, device=DEVICE).view(1, 1, 28)
    hidden = (row >= top) & (row < top + side)  # (batch, 28, 1)
    hidden = hidden & (column >= left) & (column < left + side)  # (batch, 28, 28)
    return x * ~hidden.flatten(1)
'''

CORRUPTION = Corruption(
    key="block",
    order=5,
    title=N_("block (a square is hidden)"),
    name=N_("block"),
    says=N_(
        "Hides a square at a random place. The level is its side as a share of the picture's side."
    ),
    function=block,
    program=_PROGRAM,
    sentences=(N_("Hides a square at a random place in each picture."),),
)
