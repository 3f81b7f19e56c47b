"""The parts of the Sparsity page: which code units are active, and how few of them make a sample."""

from collections.abc import Callable

from aecore.errors import N_
from ui.sparsity import activity, build_up, comparison, units
from ui.sparsity.answers import Viewed

PARTS: dict[str, tuple[str, Callable[[Viewed], None]]] = {
    "digit": (N_("One by one"), build_up.one_by_one),
    "few": (N_("Only k units"), build_up.few_units),
    "activity": (N_("Activity"), activity.panel),
    "units": (N_("Each unit"), units.panel),
    "methods": (N_("L1, KL and top-k"), lambda _seen: comparison.panel()),
}
"""Key, as in the link -> title, and what is drawn."""
