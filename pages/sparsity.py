"""Sparse codes: which units are active, what each stands for, and how few make a sample."""

import streamlit as st

from ui.kit import challenges, frame, layout, lesson, parts
from ui.kit.language import _
from ui.sparsity import PARTS, answers, training

model = frame.open_page("sparsity")
lesson.head(_("Sparsity"), "sparsity")

settings, results = layout.beside("sparsity")

with settings:
    training.panel(model)

with results:
    with st.spinner(_("Running the model …")):
        seen = answers.look(model)
        answers.finding(seen)
    part = parts.choose("sparsity", {key: title for key, (title, _panel) in PARTS.items()})
    PARTS[part][1](seen)

challenges.panel("sparsity", model)

frame.close_page()
