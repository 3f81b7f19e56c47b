"""One variant: its model, drawn from itself, and its loss, term by term."""

from collections.abc import Callable, Sequence
from html import escape

import streamlit as st

from aecore.errors import N_
from aecore.figures.style import Palette, palette
from aecore.parts.codes import CODES
from aecore.parts.penalties import PENALTIES
from aecore.parts.term import Term
from aecore.spec.anatomy import anatomy, loss_terms
from aecore.spec.experiment import SPECS, Experiment
from aecore.spec.variants import VARIANTS
from ui.kit import controls, drawing, models, session_link
from ui.kit.frame import is_dark
from ui.kit.language import _
from ui.kit.model_diagram import WIDTH, choice, in_words, model_diagram

SIGNS = {"beta": "β", "penalty_weight": "λ", "rho": "ρ"}

NOTES: tuple[tuple[Callable[[Experiment], bool], str], ...] = (
    (
        lambda e: e.corruption != "none",
        N_(
            "The encoder gets the noisy sample; the loss compares with the clean one (the line at "
            "the left)."
        ),
    ),
    (
        lambda e: e.schedule == "layer_by_layer",
        N_(
            "The numbers in circles are stages: each layer of the encoder trains alone "
            "with its mirror in the decoder, to rebuild the output of the layer below. "
            "Then all train together with this loss."
        ),
    ),
)
"""What else there is to say about an experiment, beside what its kind of code says."""


@st.fragment
def explore(model_id: str) -> None:
    """The learner chooses a variant and sees it; a fragment, so that choosing reruns only this.

    Args:
        model_id: its variant is shown first.
    """
    key = st.segmented_control(
        _("Variant"),
        list(VARIANTS),
        format_func=lambda v: _(VARIANTS[v].title),
        default=models.experiment(model_id).variant,
        required=True,
        key=f"_explored_{model_id}",
        wrap=True,
    )
    variant = VARIANTS[key]
    picture, words = st.columns([1, 1.1], gap="large")
    with picture:
        words_for_it = in_words(variant.experiment)
        drawing.show(model_diagram(variant.experiment), width=WIDTH, key="model_diagram")
        st.caption(words_for_it)
    with words:
        st.markdown(
            _("**{title}**: {changes}").format(title=_(variant.title), changes=_(variant.changes))
        )
        st.markdown(_("Good for: {purpose}").format(purpose=_(variant.purpose)))
        st.caption(_("Paper: {paper}").format(paper=variant.paper))
        if st.button(
            _("Train it"), type="primary", icon=":material/play_arrow:", key="train_variant"
        ):
            controls.take_variant(variant.key)
            st.switch_page("pages/train.py", query_params=session_link.link())
        _loss(variant.experiment)


def _loss(e: Experiment) -> None:
    """The loss as a formula, and its terms in the colours of the part that they look at."""
    colours, terms = palette(is_dark()), loss_terms(e)
    st.markdown(_("**Its loss**, which training minimises:"))
    st.latex("L = " + " + ".join(_coloured(term, colours) for term in terms))
    st.html(_explained(terms, colours))
    with st.container(key="notes_on_loss"):
        notes = [_(says) for holds, says in NOTES if holds(e)]
        notes += [_(note)] if (note := CODES[e.code].note) else []
        st.caption("  \n".join([_numbers(e), *notes]))


def _coloured(term: Term, colours: Palette) -> str:
    return rf"\textcolor{{{_colour(term, colours)}}}{{{term.latex}}}"


def _colour(term: Term, colours: Palette) -> str:
    return {"encoder": colours.encoder, "code": colours.code, "decoder": colours.decoder}[term.part]


def _explained(terms: Sequence[Term], colours: Palette) -> str:
    lines = [
        f'<li style="margin:0 0 .3rem"><strong style="color:{_colour(term, colours)}">'
        f"{escape(_(term.short))}</strong> {escape(_(term.says))}</li>"
        for term in terms
    ]
    return f'<ul style="margin:0;padding-left:1.2rem">{"".join(lines)}</ul>'


def _numbers(e: Experiment) -> str:
    """The numbers of the formula as the variant sets them, and how much of the model is there."""
    shown = [
        f"{SIGNS.get(name, name)} = {SPECS[name].format(getattr(e, name))}"
        for name in (
            *CODES[e.code].in_formula,
            *(PENALTIES[e.penalty].fields if e.penalty in PENALTIES else ()),
        )
    ]
    said = _("{n:,} weights learn; reconstruction loss {loss}, code of {d} numbers.").format(
        n=anatomy(e).parameters, loss=choice(e, "recon_loss"), d=e.latent_dim
    )
    return " ".join([said, ", ".join(shown) + "." if shown else ""]).strip()
