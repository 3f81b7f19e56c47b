"""Masking: some numbers are lost."""

from typing import TYPE_CHECKING

from aecore.errors import N_
from aecore.parts.corruptions._corruption import Corruption, uniform_like
from aecore.shapes import Shape

if TYPE_CHECKING:
    from torch import Generator, Tensor


def masking(x: "Tensor", level: float, generator: "Generator", shape: Shape) -> "Tensor":
    """Sets a share `level` of the numbers to zero (Vincent et al. 2008)."""
    return x * (uniform_like(x, generator) >= level)


_PROGRAM = '''
def corrupt(x, noise):
    """Sets a share of the numbers to zero."""
    u = torch.rand(x.shape, generator=noise, device=DEVICE)
    return x * (u >= NOISE_LEVEL)
'''

CORRUPTION = Corruption(
    key="masking",
    order=3,
    title=N_("masking (some set to zero)"),
    name=N_("masking"),
    says=N_(
        "Sets random pixels or values to zero, which is black. The level is the share that is affected."
    ),
    function=masking,
    program=_PROGRAM,
    sentences=(N_("Sets a share of the numbers to zero."),),
)
