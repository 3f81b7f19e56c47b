"""One slider for each number of the code, and what the decoder makes of them."""

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from aecore.experiment import SIDE
from ui import components, digits, models
from ui.language import _

if TYPE_CHECKING:
    from aecore.questions.latent_map import Codes

MOVED = "latent_moved"
PER_PAGE = 8
ENLARGED = 8

_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


@st.fragment
def sliders(model_id: str, codes: "Codes", index: int) -> None:
    """The code of a test digit to be changed.

    Args:
        model_id: whose decoder.
        codes: of all test digits.
        index: the digit that the sliders start from.
    """
    start = codes.z[index]
    moved = _moved(model_id, index)
    controls, pictures = st.columns([2.4, 1.4], gap="medium")
    with controls:
        for dim, column in zip(
            page := _page(codes.order), _columns(len(page)), strict=True
        ):
            with column:
                _slider(codes, dim, float(start[dim]), moved)
        st.button(
            _("Back to the digit's own code"),
            icon=":material/undo:",
            disabled=not moved["values"],
            key="back",
            on_click=_forget,
        )
    z = start.copy()
    for dim, value in moved["values"].items():
        z[dim] = value
    with pictures:
        _show(model_id, index, z)
