"""The session: who it is to the server, what the controls show, what a teacher's link fixes, and
what there is to tell.

All query keys are named here, and the session's keys that more than one page knows. A key that
one page alone knows stands in its own module, and begins with the page's name. The session's runs
are in `own_runs`, and the link that finds all of it again in `session_link`.
"""

import secrets
from typing import NoReturn

import streamlit as st

from aecore.engine.client import Client
from aecore.engine.jobs import Jobs
from aecore.errors import N_, ExperimentError, LabError, Sentence
from aecore.spec import links
from aecore.spec.experiment import Experiment
from aecore.spec.links import Guidance
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


LARGER = 1.25
"""How much larger everything is written for a projector."""


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


def is_dark() -> bool:
    """Whether the page is light on dark."""
    return bool(st.context.theme.type == "dark")


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
