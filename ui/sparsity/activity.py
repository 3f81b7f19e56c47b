"""How strongly, how often and on what the units are active."""

import numpy as np
import streamlit as st

from aecore.errors import N_
from aecore.topics.sparsity import figures as figures
from aecore.topics.sparsity.measure import by_class
from ui.kit import charts, kinds
from ui.kit.frame import is_dark
from ui.kit.language import _
from ui.sparsity.answers import Viewed

MEASURES = {"share": N_("Share active"), "mean": N_("Mean activation")}


@st.fragment
def panel(seen: Viewed) -> None:
    """Charts: all activations, each unit, each class where there are classes."""
    st.subheader(_("Which units are active, and how much"))
    measure = st.segmented_control(
        _("Measured by"),
        list(MEASURES),
        default="share",
        required=True,
        format_func=lambda m: _(MEASURES[m]),
        key="_sparsity_measure",
        help=_(
            "**Share active**: on how many of the samples a unit is above the threshold, or how "
            "many of the units are above it on a sample. **Mean activation**: the mean size |z|."
        ),
        wrap=True,
    )
    all_of_them, units, *rest = st.columns(3 if seen.class_names else 2)
    with all_of_them:
        _histogram(seen)
    with units:
        _by_unit(seen, measure)
    for classes in rest:
        with classes:
            _by_class(seen, measure)
    if not seen.class_names:
        st.caption(kinds.unlabelled(seen.spec))
    _dead(seen)


def _histogram(seen: Viewed) -> None:
    title = _("**All activations**; active beyond the dotted line, |z| > {threshold:.3g}").format(
        threshold=seen.activity.threshold
    )
    st.markdown(title)
    figure = charts.drawn(
        figures.activation_histogram, seen.table.z, seen.activity.threshold, dark=is_dark(), _=_
    )
    charts.show(figure, key="sparsity_histogram", alt=title)


def _by_unit(seen: Viewed, measure: str) -> None:
    percent = measure == "share"
    title = (
        _("**Each unit**: on what share of the {many} it is active").format(
            many=kinds.many(seen.spec)
        )
        if percent
        else _("**Each unit**: its mean activation")
    )
    st.markdown(title)
    figure = charts.drawn(
        figures.units_by_rank,
        seen.activity.unit_share if percent else seen.activity.unit_mean,
        seen.table.dead,
        title=_("share of {many}").format(many=kinds.many(seen.spec)) if percent else _("mean |z|"),
        percent=percent,
        dark=is_dark(),
        _=_,
    )
    charts.show(figure, key="sparsity_units", alt=title)


def _by_class(seen: Viewed, measure: str) -> None:
    percent = measure == "share"
    title = (
        _("**Each class**: share of units active on its {many}")
        if percent
        else _("**Each class**: mean activation on its {many}")
    ).format(many=kinds.many(seen.spec))
    st.markdown(title)
    values = seen.activity.picture_share if percent else seen.activity.picture_mean
    figure = charts.drawn(
        figures.by_class,
        by_class(values, seen.table.labels),
        class_names=[seen.class_names[c] for c in np.unique(seen.table.labels)],
        title=_("share of units") if percent else _("mean |z|"),
        percent=percent,
        dark=is_dark(),
        _=_,
    )
    charts.show(figure, key="sparsity_classes", alt=title)


def _dead(seen: Viewed) -> None:
    """The dead units, by their number."""
    dead = [int(unit) for unit in seen.table.dead.nonzero()[0]]
    if not dead:
        st.caption(_("No unit is dead: each one changes from sample to sample."))
        return
    listed = ", ".join(f"#{unit}" for unit in dead[:30])
    st.caption(
        _("Dead units: {dead} of {units}: {list}").format(
            dead=len(dead), units=len(seen.table.dead), list=listed
        )
        + (" …" if len(dead) > 30 else ""),
        help=_(
            "A dead unit takes the same value for every sample, so it takes up room in "
            "the code and carries no information. A strong penalty or a small k causes "
            "it: units that are never chosen get no gradient and rarely recover. Weaken "
            "the penalty, raise k, or take a smaller code."
        ),
    )
