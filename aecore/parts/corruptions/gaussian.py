"""Gaussian noise: a random number more or less at every number."""

from typing import TYPE_CHECKING

from aecore.errors import N_
from aecore.parts.corruptions._corruption import Corruption, normal_like
from aecore.shapes import Shape

if TYPE_CHECKING:
    from torch import Generator, Tensor


def gaussian(x: "Tensor", level: float, generator: "Generator", shape: Shape) -> "Tensor":
    """Adds normal noise of standard deviation `level` to every number."""
    return (x + level * normal_like(x, generator)).clamp_(0, 1)


_PROGRAM = '''
def corrupt(x, noise):
    """Adds normal noise to every number."""
    eps = torch.randn(x.shape, generator=noise, device=DEVICE)
    return (x + NOISE_LEVEL * eps).clamp(0, 1)
'''

CORRUPTION = Corruption(
    key="gaussian",
    order=1,
    title=N_("Gaussian"),
    name=N_("Gaussian"),
    says=N_("Adds a random number to every pixel or value. The level is its standard deviation."),
    function=gaussian,
    program=_PROGRAM,
    sentences=(N_("Adds normal noise to every number."),),
)
