"""Train an autoencoder and watch it learn."""

import streamlit as st

from ui.kit import challenges, controls, frame, layout, lesson
from ui.kit.language import _
from ui.train import live, take_home, toolbar, watched

frame.open_page("train")
lesson.head(_("Train an autoencoder and watch it learn"), "train")

view = watched.watched_run()  # first, as another viewer may have moved what the controls show
settings, results = layout.beside("train")

with settings:
    controls.preset_menu()
    controls.variant_menu()
    controls.fields(controls.front_fields())
    controls.more_settings()
    controls.data_offer()

with results, st.container(key="train_results"):
    toolbar.toolbar(view)
    with st.container(horizontal=True, vertical_alignment="center", key="facts"):
        toolbar.facts(view)
        take_home.offer(view.run_id)
    live.panel(view)

challenges.panel("train")

frame.close_page()
