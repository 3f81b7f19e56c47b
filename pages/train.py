"""Train an autoencoder and watch it learn."""

import streamlit as st

from ui import controls, frame, live
from ui.language import _

frame.open_page("train")
st.title(_("Train an autoencoder and watch it learn"))

settings, results = st.columns([1, 3.8], gap="medium")

with settings:
    controls.preset_menu()
    controls.variant_menu()
    controls.fields(controls.front_fields())
    with st.expander(_("More settings")):
        controls.more_fields()
    controls.data_offer()

with results:
    view = live.watched_run()
    live.toolbar(view)
    live.facts(view)
    live.panel(view)

frame.close_page()
