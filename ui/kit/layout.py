"""How parts of a page stand beside each other, on a desk and on a phone."""

from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator


def beside(key: str) -> "tuple[DeltaGenerator, DeltaGenerator]":
    """Two columns: settings, and, three times as wide, the picture that they change.

    The settings stay in sight while the picture is; on a phone the picture comes first and the
    settings follow it, so let it be no longer than a phone's screen.

    Args:
        key: identifies the pair on the page.
    """
    with st.container(key=f"beside_{key}"):
        settings, results = st.columns([1, 3.4], gap="medium")
    return settings, results
