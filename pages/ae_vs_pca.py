"""The same pictures through an autoencoder and through PCA."""

import streamlit as st

from ui import frame
from ui.comparison import views
from ui.language import _

model = frame.open_page("ae_vs_pca")
st.title(_("AE versus PCA"), help=_(views.PCA_HELP))

view = views.choose()
views.show(view, model)

frame.close_page()
