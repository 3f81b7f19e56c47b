"""The ids of runs, which stand in links and name files."""

import re
import secrets

BYTES = 12
"""96 bits cannot be guessed."""

_PATTERN = re.compile(rf"[0-9a-f]{{{2 * BYTES}}}")


def new() -> str:
    return secrets.token_hex(BYTES)


def is_one(text: object) -> bool:
    """Whether it could be a run's id; those that come from links and files may be anything."""
    return isinstance(text, str) and _PATTERN.fullmatch(text) is not None
