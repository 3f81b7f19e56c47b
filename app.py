"""The home page. Start with `streamlit run app.py`."""

import streamlit as st

from aecore.variants import VARIANTS
from ui import frame, state
from ui.diagram import diagram
from ui.language import _

frame.open_page("home")

st.title(_("Understand autoencoders by training them"))
st.markdown(
    _(
        "An **autoencoder** squeezes a picture through a narrow **code** and learns to rebuild it "
        "from there. Choose a variant and a code size, press Play, and watch it learn real "
        "handwritten digits in front of you."
    )
)
st.html(diagram())
if st.button(_("Train your own"), type="primary", icon=":material/play_arrow:", key="start"):
    st.switch_page("pages/train.py", query_params=state.link())

st.subheader(_("What there is to discover"))
for variant in VARIANTS.values():
    st.markdown(f"**{_(variant.title)}**: {_(variant.changes)} {_(variant.purpose)}")

state.write_link()
