"""Denoising."""

import streamlit as st

from ui import frame, state
from ui.language import _

model = frame.open_page("denoising")
st.title(_("Denoising"))

state.write_link()
