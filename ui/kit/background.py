"""Background work on a page: begun, watched and cancelled in the same way everywhere."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, ParamSpec

import streamlit as st

from aecore.engine.job import Job
from aecore.engine.jobs import Name
from aecore.engine.trainings import Trained, Trainings
from aecore.files import run_labels
from aecore.spec.experiment import Experiment
from ui.kit import language, state
from ui.kit.language import _

P = ParamSpec("P")

TICK = 0.5
"""Seconds between looks at what is under way."""


def job(name: Name) -> Job[Any] | None:
    """A job of this session, or of the one whose link opened it."""
    return state.jobs().get(state.owner(), name)


def trainings(name: Name) -> Trainings[Any] | None:
    """The same, if it is one that trains."""
    found = job(name)
    return found if isinstance(found, Trainings) else None


def names(*beginning: object) -> list[Name]:
    """The jobs of this session whose names begin like that."""
    known = state.jobs().names(state.owner())
    return [n for n in known if isinstance(n, tuple) and n[: len(beginning)] == beginning]


def start(name: Name, new: Job[Any]) -> None:
    """Begins with a job; one of this name that is at work goes on instead."""
    state.jobs().start(state.owner(), name, new)


def train(
    name: Name,
    experiments: Sequence[Experiment],
    question: Callable[..., Any] | None = None,
    *,
    anew: bool = False,
) -> None:
    """Trains some experiments one after another; each is a point of a curve, or a line of a table.

    Args:
        name: of the job.
        experiments: what to train, in this order.
        question: of `aecore.topics.<page>.ask`, asked about each trained model.
        anew: whether earlier results of this job are forgotten, instead of joined.
    """
    known = [] if anew else [r for r in _found(name) if r.error is None]
    new = Trainings[Any](
        state.client(), experiments, owner=state.owner(), question=question, known=known
    )
    start(name, new)


def _found(name: Name) -> list[Trained[Any]]:
    now = trainings(name)
    return [] if now is None else now.found


def cancel(*names: Name) -> None:
    """Ends jobs; what they have found stays."""
    for name in names:
        state.jobs().cancel(state.owner(), name)


def forget(name: Name) -> None:
    """Lets a job go, with what it has found."""
    state.jobs().forget(state.owner(), name)


def is_working(*names: Name) -> bool:
    """Whether one of these jobs is under way."""
    return any(found is not None and not found.over for found in map(job, names))


def watching(draw: Callable[P, None], *names: Name) -> Callable[P, None]:
    """What `draw` draws, again and again while one of these jobs is under way.

    Looking is what keeps a job going. Once one begins or ends, the whole page is drawn anew: what
    stands around must follow.
    """
    working = is_working(*names)

    def look_and_draw(*args: P.args, **kwargs: P.kwargs) -> None:
        language.choose()  # this may run without the rest of the page
        for found in filter(None, map(job, names)):
            state.jobs().look(found)
        if is_working(*names) != working:
            state.rerun()
        draw(*args, **kwargs)

    return st.fragment(look_and_draw, run_every=TICK if working else None)


def button(
    key: str,
    label: str,
    begin: Callable[..., None],
    *args: Any,
    names: Iterable[Name],
    primary: bool = True,
    disabled: bool = False,
    about: str | None = None,
) -> None:
    """A button that begins, or cancels what is under way.

    Args:
        key: the two buttons are called `<key>_train` and `<key>_cancel`.
        label: of the one that begins.
        begin, args: what it does.
        names: the jobs that it begins.
        primary: whether it is the main thing to press.
        disabled: whether there is nothing to begin.
        about: its help.
    """
    names = tuple(names)
    if is_working(*names):
        st.button(
            _("Cancel"),
            icon=":material/close:",
            key=f"{key}_cancel",
            on_click=cancel,
            args=names,
        )
        return
    st.button(
        label,
        icon=":material/play_arrow:",
        type="primary" if primary else "secondary",
        key=f"{key}_train",
        disabled=disabled,
        help=about,
        on_click=begin,
        args=args,
    )


def progress(found: Job[Any] | None, text: str) -> None:
    """How far a job is; that it waits in line, or why it failed, instead of the text."""
    if found is None:
        st.progress(0.0, text=text)
    elif found.error is not None:
        st.progress(found.share, text=f":red[{language.say(found.error)}]")
    elif found.queue_place:
        st.progress(found.share, text=_waiting(found.queue_place))
    else:
        st.progress(found.share, text=text)


def _waiting(place: int) -> str:
    return _(
        "Many compute at the moment: this is number {place} in the queue and starts automatically."
    ).format(place=place)


def failures(results: Iterable[Trained[Any]]) -> None:
    """Why trainings have gone wrong; those are left out of tables and charts."""
    for result in results:
        if result.error is not None:
            says = _("{model}, seed {seed}: {reason}").format(
                model=run_labels.described(result.experiment, _),
                seed=result.experiment.seed,
                reason=language.say(result.error),
            )
            st.warning(says, icon=":material/error:")
