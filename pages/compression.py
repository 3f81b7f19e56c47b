"""The autoencoder as a compressor: bytes per picture against error, next to PCA and files."""

import streamlit as st

from ui import challenges, compression, frame, lesson
from ui.language import _

model = frame.open_page("compression")
st.title(_("Compression"))
lesson.panel("compression")

compression.lab(model)

challenges.panel("compression", model)

frame.close_page()
