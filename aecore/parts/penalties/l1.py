"""L1: every activation of the code costs something."""

from typing import TYPE_CHECKING

from aecore.errors import N_
from aecore.parts.penalties._penalty import Penalised, Penalty
from aecore.parts.term import Term

if TYPE_CHECKING:
    from torch import Tensor


def l1_sparsity(z: "Tensor") -> "Tensor":
    """Mean absolute code: pulls every unit towards 0 on every picture. (batch, latent_dim) -> ()."""
    return z.abs().mean()


def _function(seen: Penalised) -> "Tensor":
    return l1_sparsity(seen.z)


PENALTY = Penalty(
    key="l1",
    order=1,
    title=N_("L1 (mean absolute code)"),
    term=Term(
        "code",
        "λ·|z|",
        r"\lambda\,\frac{1}{d}\sum_j |z_j|",
        N_("L1 penalty: the mean absolute value of the d code numbers, so that most become 0."),
        html="λ mean|z|",
        line="penalty_weight * z.abs().mean()",
    ),
    function=_function,
    call="z.abs().mean()",
)
