"""Latent space: a pad to play on, the map of all test digits, sliders, and a walk."""

import streamlit as st

from ui.kit import challenges, frame, lesson
from ui.kit.language import _
from ui.latent_space import change, explore, walk

model = frame.open_page("latent_space")
lesson.head(_("Latent space"), "latent_space")

codes = explore.test_codes(model)
explore.pad(model)

st.subheader(_("Where the test digits lie"))
settings, chart, digit = st.columns([1, 2.8, 1.4], gap="medium")
with settings:
    chosen = explore.settings(codes)
with chart:
    explore.code_map(model, codes, chosen)
with digit:
    explore.picked(model, codes, chosen.index)

st.subheader(_("Change the numbers of its code"))
change.sliders(model, codes, chosen.index)

st.subheader(_("Walk from one digit to another"))
walk.two_digits(model, codes)

challenges.panel("latent_space", model)

frame.close_page()
