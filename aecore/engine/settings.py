"""How training is shared out, from the environment of whoever starts the server."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from aecore.errors import N_, Sentence

PER_LEARNER = 3
"""Runs of one session that train at a time: a comparison beside a run of one's own."""

IN_ALL = 32
"""Runs that train at a time: a classroom of thirty, each with one."""


@dataclass(frozen=True)
class Settings:
    """What can be set.

    Attributes:
        workers: processes that train, started by the server; 0 for none.
        scheduler: address of a Dask scheduler whose workers train; empty for none.
        per_learner: runs of one session that train at a time.
        in_all: runs that train at a time.
        pause_after: seconds without a viewer after which a run pauses.
        expire_after: seconds without a viewer after which a run is forgotten.
        refused: what was set to no use, and why.
    """

    workers: int = 0
    scheduler: str = ""
    per_learner: int = PER_LEARNER
    in_all: int = IN_ALL
    pause_after: float = 120.0
    expire_after: float = 3600.0
    refused: tuple[Sentence, ...] = ()


_LIMITS = {
    "workers": ("AECORE_WORKERS", 0, 64),
    "per_learner": ("AECORE_RUNS_PER_LEARNER", 1, 100),
    "in_all": ("AECORE_RUNS_IN_ALL", 1, 1000),
    "pause_after": ("AECORE_PAUSE_AFTER", 1, 86400),
    "expire_after": ("AECORE_EXPIRE_AFTER", 1, 864000),
}


def from_environment(environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings; a value that cannot be used leaves its default, and is named."""
    found: dict[str, int] = {}
    refused: list[Sentence] = []
    for field, (name, low, high) in _LIMITS.items():
        text = environ.get(name, "").strip()
        if not text:
            continue
        if text.isascii() and text.isdecimal() and low <= int(text[:9]) <= high:
            found[field] = int(text)
        else:
            refused.append(
                Sentence(
                    N_(
                        "{name} must be a whole number from {low} to {high}, but was {received}: "
                        "its default is used."
                    ),
                    name=name,
                    low=low,
                    high=high,
                    received=repr(text[:40]),
                )
            )
    return Settings(
        scheduler=environ.get("AECORE_SCHEDULER", "").strip(), refused=tuple(refused), **found
    )
