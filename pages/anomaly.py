"""Anomaly detection."""

import streamlit as st

from ui import frame, state
from ui.language import _

model = frame.open_page("anomaly")
st.title(_("Anomaly detection"))

state.write_link()
