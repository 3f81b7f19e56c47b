"""Which comparison to look at: one at a time, so that only what is seen is computed."""

import streamlit as st

from aecore.errors import N_
from ui.ae_vs_pca import classifiers, code_sizes, linear, pictures
from ui.kit import kinds, models
from ui.kit.language import _

VIEWS = {
    "digits": (N_("Digits"), pictures.side_by_side),
    "maps": (N_("Maps"), pictures.maps),
    "features": (N_("Features"), pictures.features),
    "sizes": (N_("Code sizes"), code_sizes.panel),
    "linear": (N_("Linear autoencoder"), linear.panel),
    "classes": (N_("Classifiers"), classifiers.panel),
}

PCA_HELP = N_(
    "PCA (principal component analysis) finds the directions along which the samples vary most "
    "and writes each sample as a sum of a few of them: the best that a code without any "
    "nonlinearity can do. It needs no training, so it is the yardstick for every autoencoder."
)


def choose(model_id: str) -> str:
    """A menu of the comparisons. Returns the chosen one."""
    named = {key: title for key, (title, _panel) in VIEWS.items()}
    if not kinds.are_digits(models.dataset(model_id)):
        named["digits"] = N_("Reconstructions")
    return st.segmented_control(
        _("What to compare"),
        list(VIEWS),
        format_func=lambda view: _(named[view]),
        default="digits",
        required=True,
        key="_view",
        label_visibility="collapsed",
        wrap=True,
    )


def show(view: str, model_id: str) -> None:
    """One of the comparisons; each in a place of its own, so that none leaves traces in another."""
    with st.container(key=f"view_{view}"):
        VIEWS[view][1](model_id)
