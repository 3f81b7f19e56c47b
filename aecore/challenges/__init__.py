"""The challenges, one module per page, found by walking this folder.

A module defines `CHALLENGES`, in the order in which they stand on the page that it is named after.
No torch is imported here: a model is asked only when a challenge is checked.
"""

import importlib
import pkgutil

from aecore.challenges._challenge import (
    Challenge,
    Choose,
    Do,
    Observed,
    Quiz,
    Reach,
    Verdict,
)


def _find() -> dict[str, tuple[Challenge, ...]]:
    return {
        module.name: importlib.import_module(f"{__name__}.{module.name}").CHALLENGES
        for module in pkgutil.iter_modules(__path__)
        if not module.name.startswith("_")
    }


BY_PAGE: dict[str, tuple[Challenge, ...]] = _find()

CHALLENGES: dict[str, Challenge] = {c.key: c for found in BY_PAGE.values() for c in found}

__all__ = [
    "BY_PAGE",
    "CHALLENGES",
    "Challenge",
    "Choose",
    "Do",
    "Observed",
    "Quiz",
    "Reach",
    "Verdict",
]
