"""The terms of the lab, English and Korean side by side."""

import streamlit as st

from ui.kit import frame, glossary
from ui.kit.language import _

frame.open_page("glossary")
st.title(_("Glossary"))

glossary.page()

frame.close_page()
