"""The same pictures through an autoencoder and through PCA."""

import streamlit as st

from ui import challenges, frame, lesson
from ui.comparison import views
from ui.language import _

model = frame.open_page("ae_vs_pca")
st.title(_("AE versus PCA"), help=_(views.PCA_HELP))
lesson.panel("ae_vs_pca")

view = views.choose()
views.show(view, model)

challenges.panel("ae_vs_pca", model)

frame.close_page()
