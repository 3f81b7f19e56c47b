"""The model that a lab page looks at: which one, and what it answers (cached)."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Concatenate, NoReturn, ParamSpec, TypeVar

import streamlit as st

from aecore.data import datasets
from aecore.errors import RunError
from aecore.files import pretrained, run_labels
from aecore.shapes import Shape
from aecore.spec.experiment import Experiment
from aecore.spec.view import RunView
from ui.kit import echoes, own_runs, state
from ui.kit.language import _

if TYPE_CHECKING:
    from aecore.training.subject import Subject

P = ParamSpec("P")
T = TypeVar("T")

LABELS = "run_labels"
"""Session: what its runs were called when the page was last drawn."""


def picker(example: str) -> str:
    """A menu of the models that can be looked at. Returns the chosen one's id.

    Args:
        example: the pretrained model that the page shows while the learner has chosen none.
    """
    key = state.widget_key(state.MODEL)
    own = own_labels()
    echoes.show(key, own_runs.chosen_model() or "")
    st.selectbox(
        _("Model"),
        ["", *own, *pretrained.available()],
        format_func=lambda m: _option(m, example, own),
        key=key,
        on_change=_change_model,
        help=_(
            "★ is the example of this page. The number is the code size. The pretrained models have learned from {n:,} MNIST "
            "digits; none of the test digits here was among them. Your own runs join the list "
            "once they have trained."
        ).format(n=pretrained.n_pictures()),
    )
    model = own_runs.chosen_model() or example
    if experiment(model).condition == "label":
        st.caption(
            _(
                "This model can be given the class. Where test digits are simply "
                "reconstructed, it gets theirs, as in training; elsewhere it gets none, "
                "as for one training picture in ten."
            )
        )
    return model


def run_picker() -> None:
    """A menu of the learner's runs, for the page that trains."""
    key = state.widget_key(state.RUN)
    own = own_labels()
    watched = own_runs.run_id()
    echoes.show(key, watched if watched in own else "")
    st.selectbox(
        _("Run"),
        ["", *own],
        format_func=lambda run: own.get(run) or _("New run"),
        key=key,
        on_change=_change_run,
        help=_("Your runs of this session; choosing one brings its settings back as well."),
    )


def _change_run() -> None:
    chosen = _told(state.widget_key(state.RUN))
    if chosen:
        own_runs.attempt(partial(own_runs.watch, chosen))
    elif chosen is not None:
        own_runs.set_run(None)


def _option(model_id: str, example: str, own: Mapping[str, str]) -> str:
    if not model_id:
        return f"★ {label(example)}"
    return own.get(model_id) or label(model_id)


def _change_model() -> None:
    chosen = _told(state.widget_key(state.MODEL))
    if chosen is None:
        return
    own_runs.set_model(chosen or None)
    if chosen and chosen not in pretrained.available():
        own_runs.attempt(partial(own_runs.watch, chosen))


def _told(key: str) -> str | None:
    """What was chosen in a menu; None if it is an echo, or no part of the menu any more."""
    chosen: str = st.session_state[key]
    return None if echoes.is_echo(key, _is_offered) else chosen


def _is_offered(told: str) -> bool:
    return not told or own_runs.is_model(told)


def experiment(model_id: str) -> Experiment:
    """What the model was trained to do."""
    return (
        pretrained.experiment_of(model_id)
        if _is_pretrained(model_id)
        else _view(model_id).experiment
    )


def dataset(model_id: str) -> datasets.DatasetSpec:
    """What a model is asked about: the dataset of a run, for pretrained models the bundled digits."""
    key = datasets.BUNDLED if _is_pretrained(model_id) else experiment(model_id).dataset
    return datasets.DATASETS[key]


def shape(model_id: str) -> Shape:
    """Of a sample that a model is asked about."""
    return dataset(model_id).shape


def class_names(model_id: str) -> tuple[str, ...]:
    """What the classes of its test samples are called; () where nobody has labelled them."""
    return tuple(_(name) for name in dataset(model_id).classes)


def label(model_id: str) -> str:
    """What a model is called: variant and code size; a run by what tells it from the others."""
    if _is_pretrained(model_id):
        return run_labels.described(experiment(model_id), _)
    known: Mapping[str, str] = st.session_state.get(LABELS, {})
    return known.get(model_id) or run_label(_view(model_id))


def own_labels() -> dict[str, str]:
    """Run -> label, newest first: for each of the learner's runs another one.

    A menu tells the server which option was chosen by its words: two runs that are called the same
    would be one to it.
    """
    trained = own_runs.own_runs()
    known = {view.run_id for view in trained} | set(pretrained.available())
    others = [own_runs.look(m) for m in own_runs.compared() if m not in known]  # not trained yet
    views = [*others, *trained][::-1]
    taken = [_("New run"), *(label(key) for key in pretrained.available())]
    found = run_labels.labels([(view.name, view.experiment) for view in views], taken=taken, _=_)
    st.session_state[LABELS] = dict(zip((view.run_id for view in views), found, strict=True))
    return {view.run_id: st.session_state[LABELS][view.run_id] for view in trained}


def run_label(view: RunView) -> str:
    """What a run is called for itself: its name, or its model."""
    return run_labels.labels([(view.name, view.experiment)], _=_)[0]


def version(model_id: str) -> int:
    """Changes whenever the model does: part of every cache key."""
    return 0 if _is_pretrained(model_id) else _view(model_id).step


def _is_pretrained(model_id: str) -> bool:
    return model_id in pretrained.available()


def _view(run_id: str) -> RunView:
    """A look at a run; if it is gone (expired, or deleted in another tab), the page starts anew."""
    try:
        return own_runs.look(run_id)
    except RunError as error:
        _let_go(error)


def _let_go(error: RunError) -> NoReturn:
    state.notify(error)
    own_runs.set_model(None)
    state.rerun()


def ask(
    model_id: str,
    question: "Callable[Concatenate[Subject, P], T]",
    *args: "P.args",
    **kwargs: "P.kwargs",
) -> T:
    """What a question of `aecore.topics.<page>.ask` answers about a model; remembered until it changes.

    Args:
        model_id: a run, or a pretrained model.
        question: a module's function, with the subject as its first argument.
        args, kwargs: its others; arrays, numbers, texts and tuples of these.
    """
    name = f"{question.__module__}.{question.__qualname__}"
    try:
        answer: T = _ask(model_id, version(model_id), name, args, kwargs, question)
    except RunError as error:
        _let_go(error)
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
