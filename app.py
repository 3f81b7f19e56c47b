"""The home page. Start with `streamlit run app.py`."""

import streamlit as st

from aecore.variants import VARIANTS
from ui import challenges, diagram, frame, plane, state
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
if st.button(_("Train your own"), type="primary", icon=":material/play_arrow:", key="start"):
    st.switch_page("pages/train.py", query_params=state.link())
st.image(diagram.svg(), width=760, alt=diagram.alt())

st.subheader(_("A trained latent space to explore: every place on this map is a code"))
plane.playground("vae-2")

st.subheader(_("What there is to discover"))
frame.contents()
challenges.overview()

st.subheader(_("Every variant is the plain autoencoder with one thing changed"))
variants = list(VARIANTS.values())
for start in range(0, len(variants), 3):
    for column, variant in zip(st.columns(3), variants[start : start + 3], strict=False):
        with column.container(border=True, height="stretch"):
            st.markdown(f"**{_(variant.title)}**")
            st.markdown(_(variant.changes))
            st.caption(_(variant.purpose))
            if st.button(_("Train it"), key=f"try_{variant.key}", icon=":material/play_arrow:"):
                state.set_experiment(variant.experiment)
                st.switch_page("pages/train.py", query_params=state.link())

frame.close_page()
