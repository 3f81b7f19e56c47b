"""The session and the link, and how both are kept in step.

All query keys are named here, and the session's keys that more than one page knows. A key that
one page alone knows stands in its own module, and begins with the page's name.

A session holds one experiment (what the controls show) and one run (what is watched). Both stand
in the link, so that a reload, a bookmark or another page finds them again.
"""

import secrets
import threading
from collections.abc import Callable, Sequence
from typing import NoReturn

import streamlit as st

from aecore.engine.client import Client
from aecore.engine.jobs import Jobs
from aecore.errors import N_, ExperimentError, LabError, RunError, Sentence
from aecore.files import pretrained
from aecore.spec import links, variants
from aecore.spec.experiment import SPECS, Experiment
from aecore.spec.links import Guidance
from aecore.spec.view import RunView
from aecore.topics.challenges import BY_PAGE, CHALLENGES

LANGUAGE = "lang"
RUN = "run"
VARIANT = links.VARIANT
RUNS = "runs"
STARTED = "started_runs"
DELETED = "deleted_runs"
AGREED = "agreed"
TRAINS = "trains"
KEPT = "kept"
MODEL = "model"
COMPARED = "compare"
MORE_SETTINGS = "more_settings"
LOCK = "lock"
HIDE = "hide"
TASK = "task"
CHALLENGE = "challenge"
BIG = "big"
PART = "part"
GUIDANCE = "guidance"
CHALLENGES_AT_WORK = "challenges_at_work"
EXPERIMENT = "experiment"
OWNER = "owner"
JOBS = "jobs"
PACE = "pace"
PICK_SEED = "pick_seed"
NOTICES = "notices"
SHOWN = "shown_notices"
RERUN = "rerun"
SEEN_STATE = "seen_state"

MOST_RUNS = 8
"""Runs of a session that stay without being kept."""

MOST_KEPT_IN_LINK = 20
"""More would make a link that cannot be passed on."""

LARGER = 1.25
"""How much larger everything is written for a projector."""

MOST_COMPARED = 6
"""Models side by side; more curves cannot be told apart."""


_run = threading.local()
"""What the run of a page that this thread is at has seen of the learner's runs."""


def widget_key(name: str) -> str:
    """The key of the widget that edits a field; a widget's state dies with its page."""
    return f"_{name}"


@st.cache_resource(show_spinner=False)
def client() -> Client:
    """The one client of this process: all sessions train through it."""
    return Client()


@st.cache_resource(show_spinner=False)
def jobs() -> Jobs:
    """The background work of all sessions."""
    return Jobs()


def owner() -> str:
    """Who this session is to the server: its runs and jobs share a turn, and its limits.

    A page that is loaded anew is another session: its link names the one before, whose jobs go on.
    """
    if OWNER not in st.session_state:
        st.session_state[OWNER] = secrets.token_hex(8)
        jobs().share(st.query_params.get(JOBS, ""), st.session_state[OWNER])
    value: str = st.session_state[OWNER]
    return value


def new_run(value: Experiment) -> str:
    """A run of this session, not yet started. Returns its id."""
    run_id = client().create(value, owner())
    _started().append(run_id)
    return run_id


def adopt(file: bytes) -> str:
    """A run of this session from a saved file. Returns its id. Raises StoreError."""
    run_id = client().adopt(file, owner())
    _started().append(run_id)
    return run_id


def discard(run_id: str) -> None:
    """Lets a run go; it is deleted if this session started it: others may still look at theirs."""
    if has_started(run_id):
        client().delete(run_id)
    if run_id in _own_ids():
        _own_ids().remove(run_id)


def delete(run_id: str) -> None:
    """Deletes a run, and takes it out of all that this session looks at."""
    if wished_model() == run_id:
        set_model(None)
    if st.session_state.get(RUN) == run_id:
        set_run(None)
    if run_id in st.session_state.get(COMPARED, ()):
        set_compared([other for other in st.session_state[COMPARED] if other != run_id])
    if run_id in _own_ids():
        _own_ids().remove(run_id)
    st.session_state.setdefault(DELETED, []).append(str(client().missing(run_id)))
    client().delete(run_id)


def has_started(run_id: str) -> bool:
    """Whether this session began the run, as against one that came with its link."""
    return run_id in _started()


def _started() -> list[str]:
    ids: list[str] = st.session_state.setdefault(STARTED, [])
    return ids


def experiment() -> Experiment:
    """What the controls show: from the session, else from the link, else the vanilla preset."""
    value: Experiment | None = st.session_state.get(EXPERIMENT)
    if value is None:
        value, said = links.read_experiment(st.query_params.to_dict())
        st.session_state[EXPERIMENT] = value
        for sentence in said:
            notify(sentence)
    return value


def set_experiment(value: Experiment) -> None:
    """Takes an experiment, except for the settings that a teacher's link has locked."""
    locked, now = guidance().locked, experiment()
    if VARIANT in locked and value.variant != now.variant:
        notify(Sentence(N_("The link locks the variant: the settings stay as they are.")))
        return
    kept = {name: getattr(now, name) for name in locked - {VARIANT}}
    try:
        st.session_state[EXPERIMENT] = value.replace(**kept)
    except ExperimentError as error:
        notify(error)


def guidance() -> Guidance:
    """What a teacher's link locks, hides and asks: for the session that it opened."""
    value: Guidance | None = st.session_state.get(GUIDANCE)
    if value is None:
        query = st.query_params
        value, said = links.read_guidance(
            query.get(LOCK, ""),
            query.get(HIDE, ""),
            query.get(TASK, ""),
            query.get(CHALLENGE, ""),
            CHALLENGES,
        )
        st.session_state[GUIDANCE] = value
        _open_challenge(value.challenge)
        for sentence in said:
            notify(sentence)
    return value


def _open_challenge(key: str) -> None:
    """Has the page of a challenge show its challenges from the start."""
    pages = {page for page, found in BY_PAGE.items() if any(c.key == key for c in found)}
    st.session_state.setdefault(CHALLENGES_AT_WORK, set()).update(pages)


def release() -> None:
    """Opens the session without what a teacher's link locks, hides and asks."""
    st.session_state[GUIDANCE] = Guidance()


def is_big() -> bool:
    """Whether everything is written large, for a projector."""
    if BIG not in st.session_state:
        st.session_state[BIG] = st.query_params.get(BIG) == "1"
    return bool(st.session_state[BIG])


def type_wide(pixels: int) -> int:
    """The width of a widget that holds as much text in large type: it does not follow by itself."""
    return round(pixels * LARGER) if is_big() else pixels


def set_big(value: bool) -> None:
    st.session_state[BIG] = value


def compared() -> list[str]:
    """The models that the learner wants side by side: runs and pretrained ones."""
    if COMPARED not in st.session_state:
        named = dict.fromkeys(st.query_params.get(COMPARED, "").split(","))
        st.session_state[COMPARED] = [name for name in named if name][:MOST_COMPARED]
    known = []
    for name in st.session_state[COMPARED]:
        if is_model(name):
            known.append(name)
        else:
            notify(client().missing(name))
    set_compared(known)
    return known


def is_model(name: str) -> bool:
    """Whether there is a model of that name: a pretrained one, or a run."""
    return name in pretrained.available() or client().knows(name)


def set_compared(value: list[str]) -> None:
    st.session_state[COMPARED] = value


def run_id() -> str | None:
    """The run that this session watches, if any."""
    if RUN not in st.session_state:
        st.session_state[RUN] = st.query_params.get(RUN) or None
        if st.session_state[RUN] and not client().knows(st.session_state[RUN]):
            notify(client().missing(st.session_state[RUN]))
            st.session_state[RUN] = None
        if st.session_state[RUN]:
            set_run(st.session_state[RUN])
            _take_live_fields(st.session_state[RUN])
    value: str | None = st.session_state[RUN]
    return value


def set_run(value: str | None) -> None:
    st.session_state[RUN] = value
    if value is None:
        return
    if value not in _own_ids():
        _own_ids().append(value)
    agree(value, live_fields(client().view(value).experiment))


def watch(value: str) -> None:
    """Makes a run the one that the Train page shows, with its settings in the controls."""
    experiment = client().view(value).experiment
    set_run(value)
    set_experiment(experiment)


def live_fields(value: Experiment) -> dict[str, object]:
    """What may change while a run of this experiment trains."""
    return {name: getattr(value, name) for name, spec in SPECS.items() if spec.live}


def agree(run_id: str, fields: dict[str, object]) -> None:
    """Takes down in which live fields the controls and a run are at one: what differs from them
    later has been moved, here by this learner, there by another one who watches the run as well."""
    st.session_state[AGREED] = (run_id, fields)


def agreed(run_id: str) -> dict[str, object]:
    """The live fields in which the controls and a run were at one; empty if they never were."""
    at_one, fields = st.session_state.get(AGREED, ("", {}))
    return dict(fields) if at_one == run_id else {}


def _take_live_fields(run_id: str) -> None:
    """The controls follow a run that a link has brought: it may have been changed since."""
    found, now = client().view(run_id).experiment, experiment()
    if found.same_run(now):
        set_experiment(now.replace(**live_fields(found)))


def attempt(command: Callable[[], object]) -> None:
    """Does something to a run that may have expired, or been deleted in another tab, meanwhile."""
    try:
        command()
    except RunError as error:
        notify(error)


def look_anew() -> None:
    """From here to the end of the page, each of the learner's runs is looked at once."""
    _run.views = {}
    _run.part = ""


def end_looks() -> None:
    """The run of the page is over: what this thread does next looks for itself."""
    _run.views = None


def look(run_id: str) -> RunView:
    """A look at a run, the same one throughout a run of a page.

    A page asks for the learner's runs in a dozen places, and where they train on workers each
    look is a message there and back. And what a page draws is of one moment: a run that it calls
    running, so that it looks again, has not ended in one of its charts.

    Raises:
        RunError: no such run.
    """
    seen: dict[str, RunView] | None = getattr(_run, "views", None)
    if seen is None:
        return client().view(run_id)
    if run_id not in seen:
        seen[run_id] = client().view(run_id)
    return seen[run_id]


def own_runs() -> list[RunView]:
    """The runs of this session that have trained, newest first."""
    run_id()  # the one of the link is among them
    known = [look(own) for own in reversed(_own_ids()) if client().knows(own)]
    return [view for view in known if view.step]


def forget_old_runs() -> None:
    """Lets the oldest runs go that nobody wants to keep, past `MOST_RUNS` of them.

    What the learner looks at or compares stays.
    """
    wanted = {run_id(), wished_model(), *st.session_state.get(COMPARED, ())}
    passing = [v.run_id for v in own_runs() if not v.kept and v.run_id not in wanted]
    for old in passing[MOST_RUNS - 1 :]:
        discard(old)


def _own_ids() -> list[str]:
    """All runs of this session, oldest first: those that it started, and those of its link."""
    if RUNS not in st.session_state:
        query = st.query_params
        kept = query.get(KEPT, "").split(",")[:MOST_KEPT_IN_LINK]
        together = query.get(COMPARED, "").split(",")[:MOST_COMPARED]
        named = dict.fromkeys([*kept, *together, query.get(MODEL, "")])
        st.session_state[RUNS] = [own for own in named if own and client().knows(own)]
    ids: list[str] = st.session_state[RUNS]
    return ids


def trains(page: str) -> str | None:
    """The run that trains on a lab page, and becomes its model when it ends."""
    return _all_that_train().get(page)


def set_trains(page: str, value: str | None) -> None:
    _all_that_train().pop(page, None)
    if value is not None:
        _all_that_train()[page] = value


def _all_that_train() -> dict[str, str]:
    """Page -> run; a link has them as well, so that a reload does not lose sight of them."""
    if TRAINS not in st.session_state:
        pairs = (pair.partition(":") for pair in st.query_params.get(TRAINS, "").split(",")[:9])
        st.session_state[TRAINS] = {page: run for page, _, run in pairs if client().knows(run)}
    found: dict[str, str] = st.session_state[TRAINS]
    return found


def wished_model() -> str | None:
    """The model that the learner has chosen, also one that has not trained yet."""
    if MODEL not in st.session_state:
        st.session_state[MODEL] = st.query_params.get(MODEL) or None
    value: str | None = st.session_state[MODEL]
    return value


def find_again(runs: Sequence[str]) -> None:
    """Takes runs of earlier sessions, newest first, into the list of this one."""
    earlier = [run for run in reversed(runs) if run not in _own_ids() and client().knows(run)]
    st.session_state[RUNS] = [*earlier, *_own_ids()]


def chosen_model() -> str | None:
    """The model that the lab pages look at: a pretrained one, or a run; None for each page's own.

    A run counts from its first batch on; until then the page's own is shown.
    """
    chosen = wished_model()
    if chosen is None or chosen in pretrained.available():
        return chosen
    if client().knows(chosen):
        return chosen if look(chosen).step else None
    notify(client().missing(chosen))
    st.session_state[MODEL] = None
    return None


def set_model(value: str | None) -> None:
    st.session_state[MODEL] = value


def own_model() -> str | None:
    """The run of this session, if it has trained at all."""
    watched = run_id()
    if watched is None or not client().knows(watched):
        return None
    return watched if look(watched).step else None


def notify(sentence: Sentence | LabError) -> None:
    """Keeps a sentence to be shown at the top of the page, once however often it is said.

    That a run is gone is no news to whoever has deleted it.
    """
    notices = st.session_state.setdefault(NOTICES, [])
    if str(sentence) not in [*map(str, notices), *st.session_state.get(DELETED, ())]:
        notices.append(sentence)


def take_notices() -> list[Sentence | LabError]:
    """What there is to tell; shown until the learner does something."""
    notices: list[Sentence | LabError] = st.session_state.pop(NOTICES, [])
    if st.session_state.pop(RERUN, False):
        notices = st.session_state.get(SHOWN, []) + notices
    st.session_state[SHOWN] = notices
    return notices


def keep_notices() -> None:
    """Leaves what there is to tell where it is in the next run of the page."""
    st.session_state[RERUN] = True


def rerun() -> NoReturn:
    """Draws the page again for a reason of its own, not the learner's: notices stay."""
    keep_notices()
    st.rerun()


def link() -> dict[str, str]:
    """The query parameters that reproduce this session: language, run and experiment."""
    value = experiment()
    query = {LANGUAGE: st.session_state[LANGUAGE]}
    if (watched := run_id()) is not None:
        query[RUN] = watched
    chosen_model()  # lets go of one that is no more
    if (model := wished_model()) is not None:
        query[MODEL] = model
    training = [f"{p}:{run}" for p, run in _all_that_train().items() if client().knows(run)]
    if training:
        query[TRAINS] = ",".join(training)
    if jobs().names(owner()):
        query[JOBS] = owner()
    if kept := [view.run_id for view in own_runs() if view.kept]:
        query[KEPT] = ",".join(kept[:MOST_KEPT_IN_LINK])
    if together := compared():
        query[COMPARED] = ",".join(together)
    query |= guidance_query(guidance(), is_big())
    return query | experiment_query(value)


def experiment_query(value: Experiment) -> dict[str, str]:
    """The query parameters that reproduce an experiment."""
    differences = value.differences(variants.get(value.variant).experiment)
    return {VARIANT: value.variant} | differences


def guidance_query(value: Guidance, big: bool) -> dict[str, str]:
    """The query parameters of a teacher's wishes."""
    query = {
        LOCK: links.write_names(value.locked),
        HIDE: links.write_names(value.hidden),
        TASK: value.task,
        CHALLENGE: value.challenge,
        BIG: "1" if big else "",
    }
    return {name: text for name, text in query.items() if text}


def set_part(value: str) -> None:
    """Which part of the page is shown; empty for the first, or a page that has none."""
    _run.part = value


def page_link() -> dict[str, str]:
    """The query parameters that lead back to this page as it is: its part as well."""
    part = getattr(_run, "part", "")
    return link() | ({PART: part} if part else {})


def write_link() -> None:
    """Puts the link into the address bar, if it is not there already."""
    query = page_link()
    if st.query_params.to_dict() != query:
        st.query_params.from_dict(query)
