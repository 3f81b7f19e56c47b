"""AE versus PCA."""

import streamlit as st

from ui import frame, state
from ui.language import _

model = frame.open_page("ae_vs_pca")
st.title(_("AE versus PCA"))

state.write_link()
