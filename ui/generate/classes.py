"""The class is told, the style drawn or borrowed: what a conditional model can do."""

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from aecore.errors import N_
from aecore.parts.datasets import DIGIT
from ui.generate.answers import Viewed
from ui.kit import components, layout, models, own_digit, spread
from ui.kit.language import _

if TYPE_CHECKING:
    from aecore.topics.generate.conditional import Borrowed

EXAMPLE = "cvae-8"
"""Stands in while the model on show is not conditional."""

GENERATE_STYLES = "generate_styles"
GENERATE_STYLE_DIGIT = "generate_style_digit"
"""Session keys: which styles are drawn, and whose is borrowed."""

STYLES = 4

SOURCES = {
    "drawn": N_("drawn at random"),
    "test": N_("of a test sample"),
    "own": N_("of your own digit"),
}

OBEYED_HELP = N_(
    "Measured on 200 drawn styles in all classes: a sample is read as the class that is most "
    "frequent among the 5 real training samples nearest to it, number by number."
)


@st.fragment
def panel(seen: Viewed) -> None:
    """A chosen class in a drawn or borrowed style."""
    st.subheader(_("Choosing the class: a conditional VAE"))
    conditional = seen.experiment.condition == "label" and seen.is_gaussian
    model = seen.model if conditional else EXAMPLE
    settings, results = layout.beside("classes")
    possible = [s for s in SOURCES if s != "own" or models.shape(model) == DIGIT]
    with settings:
        source = st.radio(
            _("Style"),
            possible,
            format_func=lambda s: _(SOURCES[s]),
            key=f"_generate_style_{len(possible)}",
            help=_(
                "Everything about a sample but its class; of a digit slant, width, thickness. The "
                "encoder is given the class, so the code need not contain it, and what "
                "remains is the style."
            ),
        )
        if not conditional:
            st.caption(
                _(
                    "Shown by a pretrained conditional VAE: the model chosen in the "
                    "sidebar was trained without classes. To train your own, choose "
                    "**Conditional VAE** on the page Train."
                )
            )
    with results:
        show = {"drawn": _drawn, "test": _of_test_digit, "own": _of_own_digit}[source]
        show(model)


def _drawn(model: str) -> None:
    from aecore.topics.generate import conditional

    seed = st.session_state.setdefault(GENERATE_STYLES, 0)
    names = models.class_names(model)
    with st.spinner(_("Running the model …")):
        answer = models.ask(model, conditional.drawn, STYLES, seed)
    st.markdown(
        _(
            "Each row is one code, decoded as every class. {share} of what is decoded so "
            "is recognised as the requested class."
        ).format(share=spread.percent(answer.obeyed, bold=True)),
        help=_(OBEYED_HELP),
    )
    components.sample_rows(
        [
            components.Row(
                _("style {number}").format(number=i + 1),
                pictures,
                names if i == STYLES - 1 else None,
            )
            for i, pictures in enumerate(answer.pictures)
        ],
        shape=models.shape(model),
        key="generate_classes",
        alt=_("Four styles, each in every class."),
    )
    st.button(
        _("Other styles"), icon=":material/casino:", key="generate_other_styles", on_click=_others
    )


def _others() -> None:
    st.session_state[GENERATE_STYLES] += 1


def _of_test_digit(model: str) -> None:
    from aecore.topics.generate import conditional, posterior

    seed = st.session_state.setdefault(GENERATE_STYLE_DIGIT, 0)
    labels = models.ask(model, posterior.posteriors).labels
    index = int(np.random.default_rng(seed).integers(len(labels)))
    with st.spinner(_("Running the model …")):
        _show(model, models.ask(model, conditional.borrowed, index))
    st.button(
        _("Another one"),
        icon=":material/casino:",
        key="generate_other_style_digit",
        on_click=_other_digit,
    )


def _other_digit() -> None:
    st.session_state[GENERATE_STYLE_DIGIT] += 1


def _of_own_digit(model: str) -> None:
    from aecore.topics.generate import conditional

    names = models.class_names(model)
    pixels = own_digit.ask(key="generate_style")
    label = st.segmented_control(
        _("Your digit is a"),
        range(len(names)),
        default=0,
        required=True,
        format_func=names.__getitem__,
        key="_generate_style_class",
        help=_(
            "A conditional model needs to be given the class. Give it a wrong one and "
            "see what it does."
        ),
        wrap=True,
    )
    if pixels is not None:
        _show(model, models.ask(model, conditional.borrowed_from_own, pixels, label))


def _show(model: str, answer: "Borrowed") -> None:
    names = models.class_names(model)
    if answer.slant is not None and answer.slants is not None:
        st.markdown(
            _(
                "The original leans by **{slant:+.0f}°** (+ is to the right), those in its "
                "style by **{slants:+.0f}°** on average."
            ).format(slant=answer.slant, slants=answer.slants.mean())
        )
    digit, written = st.columns([1, 4.5], gap="medium")
    with digit:
        components.sample_rows(
            [
                components.Row(_("original"), answer.original),
                components.Row(_("reconstruction"), answer.x_hat),
            ],
            shape=models.shape(model),
            key="generate_borrowed",
            alt=_("The original, and its reconstruction."),
        )
    with written:
        components.sample_rows(
            [components.Row(_("its style in every class"), answer.pictures, names)],
            shape=models.shape(model),
            key="generate_written",
            alt=_("Every class in the style of the original."),
        )
