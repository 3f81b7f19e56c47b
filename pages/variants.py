"""All variants: what each changes, its model drawn from itself, and the same digits through all."""

import streamlit as st

from ui import challenges, frame, lesson, variants
from ui.language import _

model = frame.open_page("variants")
st.title(_("Variants"))
lesson.panel("variants")

variants.explore(model)
st.subheader(_("The same digits through every pretrained model"))
variants.compare(model)
st.subheader(_("All variants next to each other"))
variants.table()

challenges.panel("variants", model)

frame.close_page()
