"""Train an autoencoder and watch it learn."""

import streamlit as st

from ui import challenges, controls, frame, lesson, live, take_home
from ui.language import _

frame.open_page("train")
st.title(_("Train an autoencoder and watch it learn"))
lesson.panel("train")

view = live.watched_run()  # first, as another viewer may have moved what the controls show
settings, results = st.columns([1, 3.8], gap="medium")

with settings:
    controls.preset_menu()
    controls.variant_menu()
    controls.fields(controls.front_fields())
    controls.more_settings()
    controls.data_offer()

with results:
    live.toolbar(view)
    with st.container(horizontal=True, vertical_alignment="center"):
        live.facts(view)
        take_home.offer(view.run_id)
    live.panel(view)

challenges.panel("train")

frame.close_page()
