"""Noise put on digits and taken out again: by a model, a plain autoencoder, classical filters."""

import streamlit as st

from ui import components, denoising, frame, state
from ui.language import _

model = frame.open_page("denoising")
st.title(_("Denoising"))

denoising.lab(model)

state.write_link()
components.mount_plotly_runtime()
