"""Original, reconstruction, difference: for samples picked from the test set, and for your own digit."""

import streamlit as st

from ui import reconstructions
from ui.kit import challenges, digits, frame, kinds, layout, lesson, models, own_digit
from ui.kit.language import _

model = frame.open_page("reconstructions")
lesson.head(_("Reconstructions"), "reconstructions")

settings, results = layout.beside("reconstructions")
dataset = models.dataset(model)

with settings:
    names = models.class_names(model)
    how = digits.pick_menu(names, many=kinds.many(dataset))

with results, st.spinner(_("Running the model …")):
    errors = digits.test_errors(model)
    picked = digits.pick(how, errors)
    answer = digits.reconstruct_test(model, picked)
    digits.finding(model, errors, picked, names)
    digits.rows(answer, dataset.shape, key="picked")

reconstructions.closely(model, picked, names)

by_class, spread = st.columns(2) if names else (st.container(), st.container())
with by_class:
    digits.error_by_class(dataset, errors, names)
with spread:
    digits.error_histogram(dataset, errors, picked)

pixels = own_digit.section(model, key="reconstructions")
if pixels is not None:
    digits.own_answer(digits.reconstruct_own(model, pixels), errors, dataset.shape)

challenges.panel("reconstructions", model)

frame.close_page()
