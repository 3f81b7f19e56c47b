"""Compression."""

import streamlit as st

from ui import frame, state
from ui.language import _

model = frame.open_page("compression")
st.title(_("Compression"))

state.write_link()
