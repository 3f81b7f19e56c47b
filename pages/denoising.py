"""Noise put on digits and taken out again: by a model, a plain autoencoder, classical filters."""

import streamlit as st

from ui import denoising, frame
from ui.language import _

model = frame.open_page("denoising")
st.title(_("Denoising"))

denoising.lab(model)

frame.close_page()
