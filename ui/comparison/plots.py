"""What the page's charts share."""

from aecore.errors import N_
from ui.language import _

PLOT_WORDS = (
    N_("Zoom"),
    N_("Pan"),
    N_("Zoom in"),
    N_("Zoom out"),
    N_("Reset axes"),
    N_("Download plot as a PNG"),
)


def words() -> dict[str, str]:
    """Plotly's own words, in the learner's language."""
    return {word: _(word) for word in PLOT_WORDS}
