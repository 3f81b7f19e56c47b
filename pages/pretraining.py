"""A classifier that starts from what an autoencoder has learned."""

import streamlit as st

from ui import challenges, frame, lesson, pretraining
from ui.language import _

model = frame.open_page("pretraining")
st.title(_("Pretraining"))
lesson.panel("pretraining")

pretraining.few_labels(model)
pretraining.vanishing_gradients()

challenges.panel("pretraining", model)

frame.close_page()
