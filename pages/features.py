"""Features."""

import streamlit as st

from ui import frame, state
from ui.language import _

model = frame.open_page("features")
st.title(_("Features"))

state.write_link()
