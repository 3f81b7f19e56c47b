"""What each unit draws, what it looks for, and the samples that excite it most."""

import math

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from aecore.errors import N_
from aecore.figures import samples
from aecore.topics.sparsity.measure import most_exciting
from ui.kit import components, kinds, state
from ui.kit.frame import is_dark
from ui.kit.language import _
from ui.sparsity import answers
from ui.sparsity.answers import Viewed

COLUMNS = 10
PAGE = 40
EXCITING = 10
"""Samples that are shown of one unit."""

SIDES = {"draws": N_("what it draws"), "seeks": N_("what it looks for")}

SIDES_HELP = N_(
    "**What it draws**: the unit's column of the decoder's weights. In a decoder with "
    "hidden layers: what the unit's typical activation alone adds to the output before "
    "its activation. **What it looks for**: the input of fixed length that "
    "activates the unit most strongly. Without hidden layers these are its encoder "
    "weights; with them, the gradient at the mean of the data. Colours: {signs}; each unit on "
    "its own scale."
)


@st.fragment
def panel(seen: Viewed) -> None:
    """Forty units at a time, the most active first; and one of them closely."""
    st.subheader(_("Each unit's picture"))
    pictures = answers.unit_pictures(seen)
    order = np.argsort(-seen.activity.unit_share, kind="stable")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        side = st.segmented_control(
            _("Show of each unit"),
            list(SIDES),
            default="draws",
            required=True,
            format_func=lambda s: _(SIDES[s]),
            key="_sparsity_side",
            help=_(SIDES_HELP).format(signs=kinds.above_below(seen.shape.kind)),
            wrap=True,
        )
        page = _pager(len(order))
        shown = order[PAGE * page : PAGE * (page + 1)]
        unit = st.selectbox(
            _("Unit"),
            [int(u) for u in shown],
            format_func=lambda u: _unit_text(seen, u),
            key=f"_sparsity_unit_{len(order)}_{page}",
            width=state.type_wide(260),
        )
    _closely(seen, unit, pictures.draws[unit], pictures.seeks[unit])
    _grid(seen, shown, pictures.draws if side == "draws" else pictures.seeks)


def _pager(units: int) -> int:
    """Which forty. Returns the page's number, from 0."""
    pages = math.ceil(units / PAGE)
    page: int = st.number_input(
        _("Page, 1 to {last}").format(last=pages),
        1,
        pages,
        1,
        key=f"_sparsity_page_{units}",
        width=state.type_wide(150),
        disabled=pages == 1,
        help=_("Forty units at a time, those that are active most often first."),
    )
    return page - 1


def _unit_text(seen: Viewed, unit: int) -> str:
    if seen.table.dead[unit]:
        return _("#{unit}: dead").format(unit=unit)
    return _("#{unit}: active on {percent:.0f}% of the {many}").format(
        unit=unit, many=kinds.many(seen.spec), percent=100 * seen.activity.unit_share[unit]
    )


def _closely(seen: Viewed, unit: int, draws: answers.Signed, seeks: answers.Signed) -> None:
    """One unit's two pictures, and the samples that excite it most."""
    top = most_exciting(seen.table.z, unit, EXCITING)
    exciting = samples.in_colour(components.drawn(seen.table.originals[top], seen.shape))
    own = samples.signed(np.stack([draws, seeks]), seen.shape, dark=is_dark())
    components.sample_rows(
        [
            components.Row(
                _("unit #{unit}").format(unit=unit),
                np.concatenate([own, exciting]),
                [_("draws"), _("looks for"), *(f"{z:.2g}" for z in seen.table.z[top, unit])],
            )
        ],
        shape=seen.shape,
        key="sparsity_closely",
        alt=_(
            "What the unit draws, what it looks for, and the test samples on which its "
            "activation is highest, with that activation."
        ),
    )
    st.caption(
        _(
            "The {n} test {many} that excite unit #{unit} most; the numbers are its activation."
        ).format(n=len(top), many=kinds.many(seen.spec), unit=unit)
    )


def _grid(seen: Viewed, shown: NDArray[np.int64], pictures: answers.Signed) -> None:
    colours = answers.filled(
        samples.signed(pictures[shown], seen.shape, dark=is_dark()),
        COLUMNS * math.ceil(len(shown) / COLUMNS),
    )
    captions = [f"#{unit}" for unit in shown] + [""] * (len(colours) - len(shown))
    components.sample_rows(
        [
            components.Row(
                _share_range(seen, shown[start : start + COLUMNS]),
                colours[start : start + COLUMNS],
                captions[start : start + COLUMNS],
            )
            for start in range(0, len(colours), COLUMNS)
        ],
        shape=seen.shape,
        key="sparsity_units_grid",
        alt=_("The pictures of the units, those that are active most often first."),
    )


def _share_range(seen: Viewed, units: NDArray[np.int64]) -> str:
    """How often the units of a row are active."""
    shares = 100 * seen.activity.unit_share[units]
    return _("active {high:.0f} to {low:.0f}%").format(high=shares[0], low=shares[-1])
