"""Variants."""

import streamlit as st

from ui import frame, state
from ui.language import _

model = frame.open_page("variants")
st.title(_("Variants"))

state.write_link()
