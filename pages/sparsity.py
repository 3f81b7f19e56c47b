"""Sparse codes: which units are active, what each stands for, and how few make a digit."""

import streamlit as st

from ui import challenges, frame, lesson
from ui.language import _
from ui.sparsity import activity, answers, build_up, comparison, training, units

model = frame.open_page("sparsity")
st.title(_("Sparsity"))
lesson.panel("sparsity")

settings, results = st.columns([1, 3.8], gap="medium")

with settings:
    training.panel(model)

with results:
    with st.spinner(_("Running the model …")):
        seen = answers.look(model)
        answers.finding(seen)
    build_up.one_by_one(seen)
    build_up.few_units(seen)
    activity.panel(seen)
    units.panel(seen)
    comparison.panel()

challenges.panel("sparsity", model)

frame.close_page()
