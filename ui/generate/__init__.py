"""The parts of the Generate page: samples, single numbers of the code, maps, classes, sums, beta."""

from collections.abc import Callable

from aecore.errors import N_
from ui.generate import arithmetic, beta, classes, dimensions, maps, sampling
from ui.generate.answers import Viewed

PARTS: dict[str, tuple[str, tuple[Callable[[Viewed], None], ...]]] = {
    "samples": (N_("Samples"), (sampling.panel, sampling.comparison)),
    "numbers": (N_("Numbers of the code"), (dimensions.traversal, dimensions.bars)),
    "clouds": (N_("Points and clouds"), (maps.panel,)),
    "classes": (N_("Choosing the class"), (classes.panel,)),
    "sums": (N_("Calculating with codes"), (arithmetic.panel,)),
    "beta": (N_("What beta does"), (beta.panel,)),
}
"""Key, as in the link -> title, and what is drawn below one another."""
