"""The runs of this session: the one that the Train page watches, the model that the lab pages look
at, those that are compared, and those that train on a lab page.

Each stands in the link, so that a reload, a bookmark or another page finds it again.
"""

import threading
from collections.abc import Callable, Sequence

import streamlit as st

from aecore.errors import RunError
from aecore.files import pretrained
from aecore.spec.experiment import SPECS, Experiment
from aecore.spec.view import RunView
from ui.kit import state

_page = threading.local()
"""What the page that this thread draws has seen of the learner's runs."""

MOST_RUNS = 8
"""Runs of a session that stay without being kept."""


MOST_KEPT_IN_LINK = 20
"""More would make a link that cannot be passed on."""


MOST_COMPARED = 6
"""Models side by side; more curves cannot be told apart."""


def new_run(value: Experiment) -> str:
    """A run of this session, not yet started. Returns its id."""
    run_id = state.client().create(value, state.owner())
    _started().append(run_id)
    return run_id


def adopt(file: bytes) -> str:
    """A run of this session from a saved file. Returns its id. Raises StoreError."""
    run_id = state.client().adopt(file, state.owner())
    _started().append(run_id)
    return run_id


def discard(run_id: str) -> None:
    """Lets a run go; it is deleted if this session started it: others may still look at theirs."""
    if has_started(run_id):
        state.client().delete(run_id)
    if run_id in _own_ids():
        _own_ids().remove(run_id)


def delete(run_id: str) -> None:
    """Deletes a run, and takes it out of all that this session looks at."""
    if wished_model() == run_id:
        set_model(None)
    if st.session_state.get(state.RUN) == run_id:
        set_run(None)
    if run_id in st.session_state.get(state.COMPARED, ()):
        set_compared([other for other in st.session_state[state.COMPARED] if other != run_id])
    if run_id in _own_ids():
        _own_ids().remove(run_id)
    st.session_state.setdefault(state.DELETED, []).append(str(state.client().missing(run_id)))
    state.client().delete(run_id)


def has_started(run_id: str) -> bool:
    """Whether this session began the run, as against one that came with its link."""
    return run_id in _started()


def _started() -> list[str]:
    ids: list[str] = st.session_state.setdefault(state.STARTED, [])
    return ids


def compared() -> list[str]:
    """The models that the learner wants side by side: runs and pretrained ones."""
    if state.COMPARED not in st.session_state:
        named = dict.fromkeys(st.query_params.get(state.COMPARED, "").split(","))
        st.session_state[state.COMPARED] = [name for name in named if name][:MOST_COMPARED]
    known = []
    for name in st.session_state[state.COMPARED]:
        if is_model(name):
            known.append(name)
        else:
            state.notify(state.client().missing(name))
    set_compared(known)
    return known


def is_model(name: str) -> bool:
    """Whether there is a model of that name: a pretrained one, or a run."""
    return name in pretrained.available() or state.client().knows(name)


def set_compared(value: list[str]) -> None:
    st.session_state[state.COMPARED] = value


def run_id() -> str | None:
    """The run that this session watches, if any."""
    if state.RUN not in st.session_state:
        st.session_state[state.RUN] = st.query_params.get(state.RUN) or None
        if st.session_state[state.RUN] and not state.client().knows(st.session_state[state.RUN]):
            state.notify(state.client().missing(st.session_state[state.RUN]))
            st.session_state[state.RUN] = None
        if st.session_state[state.RUN]:
            set_run(st.session_state[state.RUN])
            _take_live_fields(st.session_state[state.RUN])
    value: str | None = st.session_state[state.RUN]
    return value


def set_run(value: str | None) -> None:
    st.session_state[state.RUN] = value
    if value is None:
        return
    if value not in _own_ids():
        _own_ids().append(value)
    agree(value, live_fields(state.client().view(value).experiment))


def watch(value: str) -> None:
    """Makes a run the one that the Train page shows, with its settings in the controls."""
    experiment = state.client().view(value).experiment
    set_run(value)
    state.set_experiment(experiment)


def live_fields(value: Experiment) -> dict[str, object]:
    """What may change while a run of this experiment trains."""
    return {name: getattr(value, name) for name, spec in SPECS.items() if spec.live}


def agree(run_id: str, fields: dict[str, object]) -> None:
    """Takes down in which live fields the controls and a run are at one: what differs from them
    later has been moved, here by this learner, there by another one who watches the run as well."""
    st.session_state[state.AGREED] = (run_id, fields)


def agreed(run_id: str) -> dict[str, object]:
    """The live fields in which the controls and a run were at one; empty if they never were."""
    at_one, fields = st.session_state.get(state.AGREED, ("", {}))
    return dict(fields) if at_one == run_id else {}


def _take_live_fields(run_id: str) -> None:
    """The controls follow a run that a link has brought: it may have been changed since."""
    found, now = state.client().view(run_id).experiment, state.experiment()
    if found.same_run(now):
        state.set_experiment(now.replace(**live_fields(found)))


def attempt(command: Callable[[], object]) -> None:
    """Does something to a run that may have expired, or been deleted in another tab, meanwhile."""
    try:
        command()
    except RunError as error:
        state.notify(error)


def look_anew() -> None:
    """From here to the end of the page, each of the learner's runs is looked at once."""
    _page.views = {}


def end_looks() -> None:
    """The run of the page is over: what this thread does next looks for itself."""
    _page.views = None


def look(run_id: str) -> RunView:
    """A look at a run, the same one throughout a run of a page.

    A page asks for the learner's runs in a dozen places, and where they train on workers each
    look is a message there and back. And what a page draws is of one moment: a run that it calls
    running, so that it looks again, has not ended in one of its charts.

    Raises:
        RunError: no such run.
    """
    seen: dict[str, RunView] | None = getattr(_page, "views", None)
    if seen is None:
        return state.client().view(run_id)
    if run_id not in seen:
        seen[run_id] = state.client().view(run_id)
    return seen[run_id]


def own_runs() -> list[RunView]:
    """The runs of this session that have trained, newest first."""
    run_id()  # the one of the link is among them
    known = [look(own) for own in reversed(_own_ids()) if state.client().knows(own)]
    return [view for view in known if view.step]


def forget_old_runs() -> None:
    """Lets the oldest runs go that nobody wants to keep, past `MOST_RUNS` of them.

    What the learner looks at or compares stays.
    """
    wanted = {run_id(), wished_model(), *st.session_state.get(state.COMPARED, ())}
    passing = [v.run_id for v in own_runs() if not v.kept and v.run_id not in wanted]
    for old in passing[MOST_RUNS - 1 :]:
        discard(old)


def _own_ids() -> list[str]:
    """All runs of this session, oldest first: those that it started, and those of its link."""
    if state.RUNS not in st.session_state:
        query = st.query_params
        kept = query.get(state.KEPT, "").split(",")[:MOST_KEPT_IN_LINK]
        together = query.get(state.COMPARED, "").split(",")[:MOST_COMPARED]
        named = dict.fromkeys([*kept, *together, query.get(state.MODEL, "")])
        st.session_state[state.RUNS] = [own for own in named if own and state.client().knows(own)]
    ids: list[str] = st.session_state[state.RUNS]
    return ids


def trains(page: str) -> str | None:
    """The run that trains on a lab page, and becomes its model when it ends."""
    return all_that_train().get(page)


def set_trains(page: str, value: str | None) -> None:
    all_that_train().pop(page, None)
    if value is not None:
        all_that_train()[page] = value


def all_that_train() -> dict[str, str]:
    """Page -> run; a link has them as well, so that a reload does not lose sight of them."""
    if state.TRAINS not in st.session_state:
        pairs = (
            pair.partition(":") for pair in st.query_params.get(state.TRAINS, "").split(",")[:9]
        )
        st.session_state[state.TRAINS] = {
            page: run for page, _, run in pairs if state.client().knows(run)
        }
    found: dict[str, str] = st.session_state[state.TRAINS]
    return found


def wished_model() -> str | None:
    """The model that the learner has chosen, also one that has not trained yet."""
    if state.MODEL not in st.session_state:
        st.session_state[state.MODEL] = st.query_params.get(state.MODEL) or None
    value: str | None = st.session_state[state.MODEL]
    return value


def find_again(runs: Sequence[str]) -> None:
    """Takes runs of earlier sessions, newest first, into the list of this one."""
    earlier = [run for run in reversed(runs) if run not in _own_ids() and state.client().knows(run)]
    st.session_state[state.RUNS] = [*earlier, *_own_ids()]


def chosen_model() -> str | None:
    """The model that the lab pages look at: a pretrained one, or a run; None for each page's own.

    A run counts from its first batch on; until then the page's own is shown.
    """
    chosen = wished_model()
    if chosen is None or chosen in pretrained.available():
        return chosen
    if state.client().knows(chosen):
        return chosen if look(chosen).step else None
    state.notify(state.client().missing(chosen))
    st.session_state[state.MODEL] = None
    return None


def set_model(value: str | None) -> None:
    st.session_state[state.MODEL] = value


def own_model() -> str | None:
    """The run of this session, if it has trained at all."""
    watched = run_id()
    if watched is None or not state.client().knows(watched):
        return None
    return watched if look(watched).step else None
