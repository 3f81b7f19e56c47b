"""A classifier that starts from what an autoencoder has learned."""

import streamlit as st

from ui import frame
from ui.language import _

model = frame.open_page("pretraining")
st.title(_("Pretraining"))

frame.close_page()
