"""One sample of the grid, large: a row's features with their names, a series with its axis."""

import numpy as np
import streamlit as st

from aecore.data import datasets
from aecore.errors import N_
from aecore.shapes import Row, Series
from aecore.spec.view import RunView
from ui.kit import one_sample, state
from ui.kit.language import _

HELP = N_(
    "One of the samples above, with the names and the units of what was measured. Point at it to see "
    "the numbers."
)

ALT = N_("One validation sample and its reconstruction, with names and units.")


def panel(view: RunView, places: tuple[int, ...]) -> None:
    """A chart of one of the samples on the grid, and a menu of them; nothing of pictures.

    Args:
        view: a look at the run.
        places: of the samples that the grid shows, among those of the probe.
    """
    shape = datasets.DATASETS[view.experiment.dataset].shape
    if not isinstance(shape, Row | Series):
        return
    title, menu = st.columns([2, 1], vertical_alignment="bottom")
    with menu:
        place = st.selectbox(
            _("Sample"),
            places,
            format_func=lambda place: _called(view, place, places.index(place) + 1),
            key=f"_train_sample_{view.experiment.dataset}",
            label_visibility="collapsed",
            width=state.type_wide(190),
        )
    title.markdown(_finding(view, place), help=_(HELP))
    blank = np.zeros(shape.seen, np.uint8)
    original = blank if view.probe is None else view.probe.originals[place]
    x_hat = blank if view.moment is None else view.moment.x_hat[place]
    scale = None if view.probe is None else view.probe.scale
    one_sample.chart(original, x_hat, shape, scale, key="train_sample", alt=_(ALT))


def _called(view: RunView, place: int, number: int) -> str:
    """A sample of the grid: which one from the left, and its class."""
    names = datasets.DATASETS[view.experiment.dataset].classes
    if view.probe is None or not names:
        return _("sample {number}").format(number=number)
    name = _(names[int(view.probe.grid_labels[place])])
    return _("sample {number}: {name}").format(number=number, name=name)


def _finding(view: RunView, place: int) -> str:
    """What is seen, in one line."""
    if view.moment is None:
        return _("**One sample** in detail")
    return _("**One sample** in detail: MSE {error:.4f}").format(error=view.moment.errors[place])
