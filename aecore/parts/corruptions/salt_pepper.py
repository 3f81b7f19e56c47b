"""Salt and pepper: some numbers become 1 or 0, some pixels white or black."""

from typing import TYPE_CHECKING

from aecore.errors import N_
from aecore.parts.corruptions._corruption import Corruption, uniform_like
from aecore.shapes import Shape

if TYPE_CHECKING:
    from torch import Generator, Tensor


def salt_pepper(x: "Tensor", level: float, generator: "Generator", shape: Shape) -> "Tensor":
    """Sets a share `level` of the numbers to 0 or 1, each with the same chance."""
    u = uniform_like(x, generator)
    return x.where(u >= level, (u < level / 2).to(x.dtype))


_PROGRAM = '''
def corrupt(x, noise):
    """Sets a share of the numbers to 0 or 1, each with the same chance."""
    u = torch.rand(x.shape, generator=noise, device=DEVICE)
    return torch.where(u < NOISE_LEVEL, (u < NOISE_LEVEL / 2).float(), x)
'''

CORRUPTION = Corruption(
    key="salt_pepper",
    order=2,
    title=N_("salt and pepper"),
    name=N_("salt and pepper"),
    says=N_(
        "Turns random pixels white or black, and values as large or as small as they get. The level "
        "is the share that is affected."
    ),
    function=salt_pepper,
    program=_PROGRAM,
    sentences=(N_("Sets a share of the numbers to 0 or 1, each with the same chance."),),
)
