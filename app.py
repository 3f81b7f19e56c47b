"""The home page. Start with `streamlit run app.py`."""

import streamlit as st

from aecore.errors import N_
from ui import home
from ui.kit import challenges, frame, parts
from ui.kit.language import _

PARTS = {
    "pages": N_("What there is to discover"),
    "variants": N_("All variants"),
}

frame.open_page("home")
st.title(_("Understand autoencoders by training them"))
home.introduction()

if parts.choose("home", PARTS) == "pages":
    frame.contents()
    challenges.overview()
else:
    home.variants()

frame.close_page()
