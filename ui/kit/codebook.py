"""How a vector-quantised model uses its codebook."""

import numpy as np
import streamlit as st

from aecore.errors import N_
from aecore.figures import live as figures
from aecore.spec.view import RunView
from ui.kit import charts
from ui.kit.frame import is_dark
from ui.kit.language import _

HELP = N_(
    "Each vector of a code is one of the codebook's entries. Here the entries are in "
    "order of how often they occur in the codes of the validation samples on the map. An "
    "entry that has not been the nearest one for 20 batches is moved to a vector of the "
    "current batch, which gives it another chance."
)


def panel(view: RunView) -> None:
    """How often each entry is used, the most frequent first."""
    uses = view.moment.uses if view.moment else None
    if uses is None:
        uses = np.zeros(view.experiment.codebook_size, np.int64)
    st.markdown(
        _("**Codebook**: {used} of {entries} entries used").format(
            used=np.count_nonzero(uses), entries=len(uses)
        ),
        help=_(HELP),
    )
    charts.live_plot(
        figures.codebook_uses(uses, dark=is_dark(), _=_),
        key="codebook",
        alt=_("How often each entry of the codebook is used, the most frequent first."),
        height=180,
    )
