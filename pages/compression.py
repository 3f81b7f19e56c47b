"""The autoencoder as a compressor: bytes per picture against error, next to PCA and files."""

import streamlit as st

from ui import compression, frame
from ui.language import _

model = frame.open_page("compression")
st.title(_("Compression"))

compression.lab(model)

frame.close_page()
