"""Speckle: noise that is stronger where the number is larger."""

from typing import TYPE_CHECKING

from aecore.errors import N_
from aecore.parts.corruptions._corruption import Corruption, normal_like
from aecore.shapes import Shape

if TYPE_CHECKING:
    from torch import Generator, Tensor


def speckle(x: "Tensor", level: float, generator: "Generator", shape: Shape) -> "Tensor":
    """Multiplies every number by 1 plus normal noise of standard deviation `level`."""
    return (x * (1 + level * normal_like(x, generator))).clamp_(0, 1)


_PROGRAM = '''
def corrupt(x, noise):
    """Multiplies every number by 1 plus normal noise."""
    eps = torch.randn(x.shape, generator=noise, device=DEVICE)
    return (x * (1 + NOISE_LEVEL * eps)).clamp(0, 1)
'''

CORRUPTION = Corruption(
    key="speckle",
    order=4,
    title=N_("speckle (multiplied noise)"),
    name=N_("speckle"),
    says=N_(
        "Makes each pixel or value larger or smaller by a random factor; black stays black. The "
        "level is the factor's standard deviation."
    ),
    function=speckle,
    program=_PROGRAM,
    sentences=(N_("Multiplies every number by 1 plus normal noise."),),
)
