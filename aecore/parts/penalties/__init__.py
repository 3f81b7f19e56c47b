"""What is added to the reconstruction loss: one small file each, found by walking this folder.

A file defines `PENALTY`. Adding one more is adding one file.
"""

import importlib
import pkgutil
from typing import TYPE_CHECKING

from aecore.parts.penalties._penalty import Penalised, Penalty, Settings

if TYPE_CHECKING:
    from torch import Tensor


def _find() -> dict[str, Penalty]:
    found = [
        importlib.import_module(f"{__name__}.{module.name}").PENALTY
        for module in pkgutil.iter_modules(__path__)
        if not module.name.startswith("_")
    ]
    return {penalty.key: penalty for penalty in sorted(found, key=lambda p: (p.order, p.key))}


PENALTIES: dict[str, Penalty] = _find()
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
