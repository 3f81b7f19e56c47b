"""What the home page alone needs."""

import streamlit as st

from aecore.spec.variants import VARIANTS
from ui.kit import controls, diagram, drawing, plane, session_link
from ui.kit.language import _

COLUMNS = 3


def introduction() -> None:
    """What an autoencoder is: in words, as a drawing, and one to try."""
    words, picture = st.columns([1, 1.1], gap="medium", vertical_alignment="center")
    with words:
        st.markdown(
            _(
                "An **autoencoder** squeezes a picture through a narrow **code** and learns to rebuild it "
                "from there. Choose a variant and a code size, press Play, and watch it learn real "
                "handwritten digits in front of you: or colour pictures, curves in time, or the "
                "rows of a table."
            )
        )
        if st.button(
            _("Train your own"), type="primary", icon=":material/play_arrow:", key="start"
        ):
            st.switch_page("pages/train.py", query_params=session_link.link())
    with picture:
        drawing.show(diagram.svg(), width=diagram.WIDTH, key="diagram")
    with st.container(key="home_map"):
        st.subheader(_("A trained latent space to explore: every place on this map is a code"))
        plane.playground("vae-2")


def variants() -> None:
    """All variants, each with the way to train it."""
    every = list(VARIANTS.values())
    for start in range(0, len(every), COLUMNS):
        shown = every[start : start + COLUMNS]
        for column, variant in zip(st.columns(COLUMNS), shown, strict=False):
            with column.container(border=True, height="stretch"):
                st.markdown(f"**{_(variant.title)}**")
                st.markdown(_(variant.changes))
                st.caption(_(variant.purpose))
                if st.button(_("Train it"), key=f"try_{variant.key}", icon=":material/play_arrow:"):
                    controls.take_variant(variant.key)
                    st.switch_page("pages/train.py", query_params=session_link.link())
