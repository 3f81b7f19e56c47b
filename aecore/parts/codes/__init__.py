"""What happens at the bottleneck, between encoder and decoder: one small file for each kind.

A file defines `CODE`. Adding one more is adding one file.
"""

from aecore.parts._records import found_in
from aecore.parts.codes._code import Code, CodeKind

CODES: dict[str, CodeKind] = found_in(__name__, __path__, "CODE")
"""By the name that an experiment's field `code` gives them."""


def that_have(field: str) -> tuple[str, ...]:
    """The kinds for which a field of the experiment matters."""
    return tuple(key for key, kind in CODES.items() if field in kind.fields)


__all__ = ["CODES", "Code", "CodeKind", "that_have"]
