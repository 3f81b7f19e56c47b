"""Original, reconstruction, difference: for digits picked from the test set, and for your own."""

import streamlit as st

from ui.kit import challenges, digits, frame, layout, lesson, models, own_digit
from ui.kit.language import _

model = frame.open_page("reconstructions")
lesson.head(_("Reconstructions"), "reconstructions")

settings, results = layout.beside("reconstructions")

with settings:
    names = models.class_names(model)
    how = digits.pick_menu(names)

with results, st.spinner(_("Running the model …")):
    errors = digits.test_errors(model)
    picked = digits.pick(how, errors)
    answer = digits.reconstruct_test(model, picked)
    digits.finding(errors, picked, names)
    digits.rows(answer, models.shape(model), key="picked")

by_class, spread = st.columns(2)
with by_class:
    digits.error_by_class(errors, names)
with spread:
    digits.error_histogram(errors, picked)

st.subheader(_("Your own digit"))
pixels = own_digit.ask(key="reconstructions")
if pixels is not None:
    digits.own_answer(digits.reconstruct_own(model, pixels), errors, models.shape(model))

challenges.panel("reconstructions", model)

frame.close_page()
