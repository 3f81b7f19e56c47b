"""Generate."""

import streamlit as st

from ui import frame, state
from ui.language import _

model = frame.open_page("generate")
st.title(_("Generate"))

state.write_link()
