"""The model that a lab page looks at: which one, and what it answers (cached)."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

import streamlit as st

from aecore import datasets, pretrained, variants
from aecore.experiment import Experiment
from ui import state
from ui.language import _

if TYPE_CHECKING:
    from aecore.questions.subject import Subject

P = ParamSpec("P")
T = TypeVar("T")


def picker(example: str) -> str:
    """A menu of the models that can be looked at. Returns the chosen one's id.

    Args:
        example: the pretrained model that the page shows while the learner has chosen none.
    """
    key = state.widget_key(state.MODEL)
    own = state.own_model()
    st.session_state[key] = state.chosen_model() or ""
    st.selectbox(
        _("Model"),
        ["", *([own] if own else []), *pretrained.available()],
        format_func=lambda m: label(m) if m else _("Example: {model}").format(model=label(example)),
        key=key,
        on_change=_change_model,
        help=_(
            "The pretrained models have learned from 59,000 MNIST digits; none of the test "
            "digits here was among them. Your own run joins the list once it has trained."
        ),
    )
    return state.chosen_model() or example


def _change_model() -> None:
    state.set_model(st.session_state[state.widget_key(state.MODEL)] or None)


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


def ask(
    model_id: str,
    question: "Callable[Concatenate[Subject, P], T]",
    *args: "P.args",
    **kwargs: "P.kwargs",
) -> T:
    """What a question of `aecore.questions` answers about a model; remembered until it changes.

    Args:
        model_id: a run, or a pretrained model.
        question: a module's function, with the subject as its first argument.
        args, kwargs: its others; arrays, numbers, texts and tuples of these.
    """
    name = f"{question.__module__}.{question.__qualname__}"
    answer: T = _ask(model_id, version(model_id), name, args, kwargs, question)
    return answer


@st.cache_data(max_entries=128, show_spinner=False)
def _ask(
    model_id: str,
    version: int,
    name: str,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    _question: Callable[..., Any],
) -> Any:
    return state.client().ask(model_id, partial(_question, **kwargs), *args)
