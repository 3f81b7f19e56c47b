"""Large pictures from small ones: an autoencoder against the usual ways to enlarge."""

import streamlit as st

from ui import frame
from ui.language import _

model = frame.open_page("super_resolution")
st.title(_("Super-resolution"))

frame.close_page()
