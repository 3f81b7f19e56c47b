"""What is added to the reconstruction loss: one small file each, found by walking this folder.

A file defines `PENALTY`. Adding one more is adding one file.
"""

from typing import TYPE_CHECKING

from aecore.parts._records import found_in
from aecore.parts.penalties._penalty import Penalised, Penalty, Settings

if TYPE_CHECKING:
    from torch import Tensor


PENALTIES: dict[str, Penalty] = found_in(__name__, __path__, "PENALTY")
"""By the name that an experiment's field `penalty` gives them; none is no penalty."""


def that_have(field: str) -> tuple[str, ...]:
    """The penalties for which a field of the experiment matters."""
    return tuple(key for key, penalty in PENALTIES.items() if field in penalty.fields)


def differentiates(name: str) -> bool:
    """Whether a penalty of this name, or "none", holds a gradient: see `Penalty`."""
    return name in PENALTIES and PENALTIES[name].differentiates


def weighted(name: str, seen: Penalised) -> "Tensor":
    """The summand of a loss, (): a penalty times its weight."""
    return seen.settings.penalty_weight * PENALTIES[name].function(seen)


__all__ = [
    "PENALTIES",
    "Penalised",
    "Penalty",
    "Settings",
    "differentiates",
    "that_have",
    "weighted",
]
