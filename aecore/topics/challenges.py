"""The challenges of all pages, found by walking the folders beside this file.

A page's `challenges` defines `CHALLENGES`, in the order in which they stand on the page. No torch is
imported here: a model is asked only when a challenge is checked.
"""

import importlib
import pkgutil
from importlib.util import find_spec

from aecore import topics
from aecore.topics.challenge import Challenge, Choose, Do, Observed, Quiz, Reach, Verdict


def _find() -> dict[str, tuple[Challenge, ...]]:
    names = {
        page.name: f"{topics.__name__}.{page.name}.challenges"
        for page in pkgutil.iter_modules(topics.__path__)
        if page.ispkg
    }
    return {
        page: importlib.import_module(name).CHALLENGES
        for page, name in names.items()
        if find_spec(name) is not None
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
