"""Noise put on digits and taken out again: by a model, a plain autoencoder, classical filters."""

import streamlit as st

from ui import challenges, denoising, frame, lesson
from ui.language import _

model = frame.open_page("denoising")
st.title(_("Denoising"))
lesson.panel("denoising")

denoising.lab(model)

challenges.panel("denoising", model)

frame.close_page()
