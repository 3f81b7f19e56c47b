"""The autoencoder as a compressor: bytes per picture against error, next to PCA and files."""

import streamlit as st

from ui import components, compression, frame, state
from ui.language import _

model = frame.open_page("compression")
st.title(_("Compression"))

compression.lab(model)

state.write_link()
components.mount_plotly_runtime()
