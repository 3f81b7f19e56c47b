"""One slider for each number of the code, and what the decoder makes of them."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from ui.kit import components, digits, models
from ui.kit.language import _

if TYPE_CHECKING:
    from aecore.topics.latent_space.ask import Codes

MOVED = "latent_space_moved"
"""Where the session keeps the moved numbers: those on other pages of sliders have no widget."""

PER_PAGE = 8
COLUMNS = 2
LARGE = 224
"""CSS pixels, about: how wide the decoded sample is shown."""

_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


@dataclass
class Moved:
    """The numbers that the learner has moved away from a sample's own code.

    Attributes:
        model_id, index: whose code, of which test sample.
        generation: part of the sliders' keys: another one makes them start anew.
        values: number of the code -> where it was moved to.
    """

    model_id: str
    index: int
    generation: int
    values: dict[int, float] = field(default_factory=dict)


@st.fragment
def sliders(model_id: str, codes: "Codes", index: int) -> None:
    """The code of a test sample, to be changed number by number.

    Args:
        model_id: whose decoder.
        codes: of all test samples.
        index: the sample that the sliders start from.
    """
    moved = _moved(model_id, index)
    controls, pictures = st.columns([1.7, 1], gap="medium")
    with controls:
        page = _page(codes.order)
        for first in range(0, len(page), COLUMNS):
            for dim, column in zip(page[first:], st.columns(COLUMNS), strict=False):
                with column:
                    _slider(codes, dim, moved)
        st.button(
            _("Back to its own code"),
            icon=":material/undo:",
            disabled=not moved.values,
            key="back",
            on_click=_start_anew,
            args=(model_id, index),
            help=_("The sliders reach as far as the codes of nearly all test samples (99%)."),
        )
    z = codes.z[index].copy()
    for dim, value in moved.values.items():
        z[dim] = value
    with pictures:
        _show(model_id, index, z)


def _moved(model_id: str, index: int) -> Moved:
    """What was moved of this sample's code: nothing at first."""
    moved = st.session_state.get(MOVED)
    if moved is None or (moved.model_id, moved.index) != (model_id, index):
        _start_anew(model_id, index)
    return st.session_state[MOVED]


def _start_anew(model_id: str, index: int) -> None:
    old = st.session_state.get(MOVED)
    st.session_state[MOVED] = Moved(model_id, index, old.generation + 1 if old else 0)


def _page(order: NDArray[np.int64]) -> list[int]:
    """The numbers of the code that have sliders now: the most varying ones first."""
    if len(order) <= PER_PAGE:
        return [int(dim) for dim in order]
    starts = range(0, len(order), PER_PAGE)
    start = st.selectbox(
        _("Numbers of the code, those that vary most first"),
        starts,
        format_func=lambda s: _("{first} to {last} of {n}").format(
            first=s + 1, last=min(s + PER_PAGE, len(order)), n=len(order)
        ),
        key="_slider_page",
        help=_(
            "Ordered by how much each number differs from one test sample to the next "
            "(its standard deviation). The last ones often change little in what is decoded."
        ),
    )
    return [int(dim) for dim in order[start : start + PER_PAGE]]


def _slider(codes: "Codes", dim: int, moved: Moved) -> None:
    """One number of the code; its range holds nearly all test digits, and this one."""
    own = float(codes.z[moved.index, dim])
    value = moved.values.get(dim, own)
    key = f"_z{dim}_{moved.generation}"
    low, high = min(float(codes.low[dim]), own, value), max(float(codes.high[dim]), own, value)

    def keep() -> None:
        moved.values[dim] = st.session_state[key]

    st.slider(
        f"z{str(dim + 1).translate(_SUBSCRIPTS)}",
        low,
        high,
        value=value,
        step=(high - low) / 200,
        format="%.2f" if high - low > 0.2 else "%.2g",
        key=key,
        on_change=keep,
    )


def _show(model_id: str, index: int, z: NDArray[np.float32]) -> None:
    """The sample, its reconstruction, and, large, what the changed code decodes to."""
    from aecore.topics.latent_space import ask as latent_map

    decoded = models.ask(model_id, latent_map.decode, z[np.newaxis])[0]
    answer = digits.reconstruct_test(model_id, (index,))
    shape = models.shape(model_id)
    large, small = st.columns([1.6, 1])
    with large:
        picture = components.drawn(decoded[np.newaxis], shape)[0]
        times = max(1, round(LARGE / picture.shape[1]))
        st.image(
            picture.repeat(times, axis=0).repeat(times, axis=1),
            width=times * picture.shape[1],
            alt=_("decoded from these numbers"),
        )
        st.caption(_("decoded from these numbers"))
    with small:
        components.sample_rows(
            [components.Row(_("original"), answer.originals)],
            shape=shape,
            key="from",
            alt=_("The sample."),
        )
        components.sample_rows(
            [components.Row(_("reconstruction"), answer.x_hat)],
            shape=shape,
            key="from_x_hat",
            alt=_("Its reconstruction."),
        )
