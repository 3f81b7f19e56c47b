"""Mistakes that are easily made: each with one click that makes it, and one that cures it."""

import streamlit as st

from ui import pitfalls
from ui.kit import frame
from ui.kit.language import _

frame.open_page("pitfalls")
st.title(_("Pitfalls"))

pitfalls.lab()

frame.close_page()
