"""All variants: what each changes, its model drawn from itself, and the same digits through all."""

import streamlit as st

from ui import frame, variants
from ui.language import _

model = frame.open_page("variants")
st.title(_("Variants"))

variants.explore(model)
st.subheader(_("The same digits through every pretrained model"))
variants.compare(model)
st.subheader(_("All variants next to each other"))
variants.table()

frame.close_page()
