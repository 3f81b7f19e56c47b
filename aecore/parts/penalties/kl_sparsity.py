"""KL sparsity: each unit shall be active on a small share of the pictures."""

from typing import TYPE_CHECKING

from aecore.errors import N_
from aecore.parts.penalties._penalty import Penalised, Penalty
from aecore.parts.term import Term

if TYPE_CHECKING:
    from torch import Tensor


def kl_sparsity(z: "Tensor", rho: float) -> "Tensor":
    """KL divergence of each unit's mean activation from the target rho, summed over units.

    Args:
        z: (batch, latent_dim), activations in [0, 1].
        rho: the target mean activation, between 0 and 1.

    Returns:
        (), at least 0, in nats.

    Source: Ng 2011, CS294A lecture notes "Sparse autoencoder", section 3.
    """
    rho_hat = z.mean(dim=0).clamp(1e-6, 1 - 1e-6)
    # KL(rho || rho_hat) = rho log(rho / rho_hat) + (1 - rho) log((1 - rho) / (1 - rho_hat))
    rho_t = rho_hat.new_full(rho_hat.shape, rho)
    kl = rho_t * (rho_t / rho_hat).log() + (1 - rho_t) * ((1 - rho_t) / (1 - rho_hat)).log()
    return kl.sum()


def _function(seen: Penalised) -> "Tensor":
    return kl_sparsity(seen.z, seen.settings.rho)


_PROGRAM = '''
def kl_sparsity(z):
    """How far each unit's mean activation is from RHO, as a KL divergence."""
    rho_hat = z.mean(dim=0).clamp(1e-6, 1 - 1e-6)
    active = RHO * (RHO / rho_hat).log()
    idle = (1 - RHO) * ((1 - RHO) / (1 - rho_hat)).log()
    return (active + idle).sum()
'''

PENALTY = Penalty(
    key="kl_sparsity",
    order=2,
    title=N_("KL to a target activation"),
    term=Term(
        "code",
        "λ·KL",
        r"\lambda\sum_j \mathrm{KL}(\rho\,\|\,\hat{\rho}_j)",
        N_(
            "Sparsity penalty: how far the mean activity of each code unit is from the small target rho."
        ),
        html="λ Σ KL(ρ‖ρ̂)",
        line="penalty_weight * kl_sparsity(z, rho)",
    ),
    function=_function,
    fields=("penalty_weight", "rho"),
    rules=(
        (
            lambda e: e.code_activation != "sigmoid",
            N_(
                "With the penalty kl_sparsity, code_activation must be sigmoid, but was "
                "{code_activation}: a target activation is a share between 0 and 1."
            ),
        ),
        (
            lambda e: e.code != "deterministic",
            N_(
                "With the penalty kl_sparsity, code must be deterministic, but was {code}: choose "
                "one of the two."
            ),
        ),
    ),
    program=_PROGRAM,
    call="kl_sparsity(z)",
    sentences=(N_("How far each unit's mean activation is from RHO, as a KL divergence."),),
)
