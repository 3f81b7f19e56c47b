"""The model that a lab page looks at: which one, and what it answers (cached)."""

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from aecore import datasets, pretrained, variants
from aecore.experiment import Experiment
from ui import state
from ui.language import _

if TYPE_CHECKING:
    from aecore.questions import DecodedPlane, PictureErrors, Reconstruction


def picker() -> str:
    """A menu of the learner's own run and the pretrained models. Returns the chosen one's id."""
    key = state.widget_key(state.MODEL)
    own = state.own_model()
    st.session_state[key] = state.model_id()
    st.selectbox(
        _("Model"),
        [*([own] if own else []), *pretrained.available()],
        format_func=label,
        key=key,
        on_change=_change_model,
        help=_(
            "The pretrained models have learned from 59,000 MNIST digits; none of the test "
            "digits here was among them. Your own run joins the list once it has trained."
        ),
    )
    return state.model_id()


def _change_model() -> None:
    state.set_model(st.session_state[state.widget_key(state.MODEL)])


def experiment(model_id: str) -> Experiment:
    """What the model was trained to do."""
    if model_id == state.own_model():
        return state.client().view(model_id).experiment
    return pretrained.experiment_of(model_id)


def class_names(model_id: str) -> tuple[str, ...]:
    """What the classes of its test pictures are called."""
    own = model_id == state.own_model()
    key = experiment(model_id).dataset if own else datasets.BUNDLED
    return tuple(_(name) for name in datasets.SPECS[key].classes)


def label(model_id: str) -> str:
    """Variant and code size; own runs say so."""
    e = experiment(model_id)
    text = _("{variant}, code size {latent_dim}").format(
        variant=_(variants.get(e.variant).title), latent_dim=e.latent_dim
    )
    if model_id == state.own_model():
        return _("Your run: {model}").format(model=text)
    return text


def version(model_id: str) -> int:
    """Changes whenever the model does: part of every cache key."""
    return state.client().view(model_id).step if model_id == state.own_model() else 0


@st.cache_data(max_entries=64, show_spinner=False)
def _test_errors(model_id: str, version: int) -> "PictureErrors":
    from aecore import questions  # imports torch: not before a page needs an answer

    return state.client().ask(model_id, questions.test_errors)


def test_errors(model_id: str) -> "PictureErrors":
    """The error of every test picture."""
    return _test_errors(model_id, version(model_id))


def reconstruct_test(model_id: str, indices: tuple[int, ...]) -> "Reconstruction":
    """Some of the test pictures and what becomes of them."""
    from aecore import questions

    return state.client().ask(model_id, questions.reconstruct_test, indices)


def reconstruct_own(model_id: str, pixels: NDArray[np.float32]) -> "Reconstruction":
    """What becomes of pictures from outside: (n, 784), in [0, 1], white on black."""
    from aecore import questions

    return state.client().ask(model_id, questions.reconstruct_own, pixels)


@st.cache_data(max_entries=16, show_spinner=False)
def _decoded_plane(model_id: str, version: int) -> "DecodedPlane":
    from aecore import questions

    return state.client().ask(model_id, questions.decoded_plane)


def decoded_plane(model_id: str) -> "DecodedPlane":
    """The latent space of a code of two numbers, with the pictures in between."""
    return _decoded_plane(model_id, version(model_id))
