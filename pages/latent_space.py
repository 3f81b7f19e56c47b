"""Latent space."""

import streamlit as st

from ui import frame, state
from ui.language import _

model = frame.open_page("latent_space")
st.title(_("Latent space"))

state.write_link()
