"""Latent space: a pad to play on, the map of all test samples, sliders, and a walk."""

import streamlit as st

from ui.kit import challenges, frame, kinds, lesson, models
from ui.kit.language import _
from ui.latent_space import change, explore, one, walk

model = frame.open_page("latent_space")
lesson.head(_("Latent space"), "latent_space")

dataset = models.dataset(model)
codes = explore.test_codes(model)
explore.pad(model)

st.subheader(_("Where the test {many} lie").format(many=kinds.many(dataset)))
settings, chart, side = st.columns([1, 2.8, 1.4], gap="medium")
with settings:
    chosen = explore.settings(model, codes)
with chart:
    explore.code_map(model, codes, chosen)
with side:
    one.picked(model, codes, chosen.index)

st.subheader(_("Change the numbers of its code"))
change.sliders(model, codes, chosen.index)

st.subheader(
    _("Walk from one digit to another")
    if kinds.are_digits(dataset)
    else _("Walk from one {one} to another").format(one=kinds.one(dataset))
)
walk.two_samples(model, codes)

challenges.panel("latent_space", model)

frame.close_page()
