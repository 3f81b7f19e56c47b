"""Maximum mean discrepancy: all codes together shall lie as if drawn from the standard normal."""

from typing import TYPE_CHECKING

from aecore.errors import N_
from aecore.parts.penalties._penalty import Penalised, Penalty
from aecore.parts.term import Term

if TYPE_CHECKING:
    from torch import Generator, Tensor


def mmd(z: "Tensor", generator: "Generator | None" = None) -> "Tensor":
    """How far a batch of codes is from as many draws of N(0, I): squared MMD.

    With the kernel k(a, b) = C / (C + |a - b|^2), C = 2 latent_dim: the mean likeness of codes to
    codes and of draws to draws, less twice that of codes to draws.

    Args:
        z: (batch, latent_dim).
        generator: draws from N(0, I); None for the same draws in every call, to measure with.

    Returns:
        (), from 0 to 2.

    Source: Tolstikhin et al. 2018, "Wasserstein auto-encoders", section 4; Gretton et al. 2012.
    """
    import torch

    draws = generator or torch.Generator(z.device).manual_seed(0)
    prior = torch.randn(z.shape, generator=draws, device=z.device, dtype=z.dtype)
    return likeness(z, z) + likeness(prior, prior) - 2 * likeness(z, prior)


def likeness(a: "Tensor", b: "Tensor") -> "Tensor":
    """The mean of the inverse multiquadratic kernel over all pairs, (), from 0 to 1."""
    c = 2 * a.shape[1]
    squared = a.square().sum(1)[:, None] + b.square().sum(1) - 2 * a @ b.t()  # (batch, batch)
    return (c / (c + squared.clamp(min=0))).mean()


def _function(seen: Penalised) -> "Tensor":
    return mmd(seen.z, seen.generator)


_PROGRAM = '''
def likeness(a, b):
    """How alike the rows of a and b are, on average: 1 for equal ones."""
    c = 2 * a.shape[1]
    squared = a.square().sum(1)[:, None] + b.square().sum(1) - 2 * a @ b.t()
    return (c / (c + squared.clamp(min=0))).mean()


def mmd(z, noise):
    """How far the codes are from as many draws of N(0, 1)."""
    prior = torch.randn(z.shape, generator=noise, device=DEVICE)
    return likeness(z, z) + likeness(prior, prior) - 2 * likeness(z, prior)
'''

PENALTY = Penalty(
    key="mmd",
    order=4,
    title=N_("MMD to a standard normal"),
    term=Term(
        "code",
        "λ·MMD",
        r"\lambda\,\mathrm{MMD}^2\!\left(z,\mathcal{N}(0,I)\right)",
        N_(
            "Maximum mean discrepancy: compares the codes of a whole batch with draws from the "
            "standard normal, so that all codes together lie as it does, while each stays one point."
        ),
        html="λ MMD²(<i>z</i>, N(0, 1))",
        line="penalty_weight * mmd(z, torch.randn_like(z))",
    ),
    function=_function,
    draws=True,
    program=_PROGRAM,
    call="mmd(z, noise)",
    sentences=(
        N_("How alike the rows of a and b are, on average: 1 for equal ones."),
        N_("How far the codes are from as many draws of N(0, 1)."),
    ),
)
