"""Anomaly detection: a model that knows normal pictures alone, and a threshold on its surprise."""

import streamlit as st

from ui import challenges, frame, lesson
from ui.anomaly import detection, training
from ui.language import _

model = frame.open_page("anomaly")
st.title(_("Anomaly detection"))
lesson.panel("anomaly")

settings, results = st.columns([1, 3.8], gap="medium")
with settings:
    normal = training.panel(model)
with results:
    detection.lab(model, normal)

challenges.panel("anomaly", model)

frame.close_page()
