"""Sparsity."""

import streamlit as st

from ui import frame, state
from ui.language import _

model = frame.open_page("sparsity")
st.title(_("Sparsity"))

state.write_link()
