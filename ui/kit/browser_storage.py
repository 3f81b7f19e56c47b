"""What the learner's own browser keeps between visits: progress, language, choices, and runs' ids.

The browser is asked once per session. Until it answers, the page shows what the link says, or else
what it shows to everybody; what the link says itself is never replaced. Nobody else sees any of it,
and a browser that keeps nothing, or may not, is no harm.
"""

import secrets
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

import streamlit as st

from aecore.errors import StoreError
from aecore.files import pretrained
from aecore.spec import links
from aecore.topics import progress
from aecore.topics.challenges import CHALLENGES
from ui.kit import browser, language, own_runs, session_link, state

SESSION = "browser_session"
LINK_SAID = "browser_link_said"
TAKEN = "browser_taken"
CHOSEN = "browser_chosen"
FORGET = "browser_forget"

PAGE = "page"
"""The element at the top of each page."""

SETTINGS = "settings"
DONE = "challenges_done"
NOT_BEGUN = ("preparing", "ready")

MOST_FOUND_AGAIN = 20
"""Runs of earlier visits that come back to a new one."""


def done() -> dict[str, progress.Outcome]:
    """The challenges that the learner has done, and how they ended."""
    return st.session_state.setdefault(DONE, {})


def take_over() -> None:
    """Puts what the browser has told in place of what this session shows; once, before a page."""
    st.session_state.setdefault(LINK_SAID, frozenset(st.query_params))
    told = browser.stored(PAGE)
    if st.session_state.get(TAKEN) or not isinstance(told, Mapping):
        return
    if told.get("session") != _session():  # of before the server was started again
        return
    st.session_state[TAKEN] = True
    state.keep_notices()  # of the run before, which this one replaces
    try:
        kept = progress.read_kept(told.get("text"), CHALLENGES)
    except StoreError as error:
        state.notify(error)
        return
    done().update({**kept.done, **done()})
    _take_language(kept)
    own_runs.find_again(kept.runs[:MOST_FOUND_AGAIN])
    if not _link_said() - {state.LANGUAGE}:
        _take_choices(kept)


def mount() -> None:
    """Asks the browser, and has it keep what has changed; at the top of each page."""
    asks = not st.session_state.get(TAKEN)
    forget = st.session_state.get(FORGET, "")
    browser.mount(PAGE, _news(), session=_session(), ask=asks, forget=forget)


def mount_progress(part: str) -> None:
    """Has the browser keep progress, where a part of the page runs without the rest."""
    browser.mount(part, {"done": done()})


def forget() -> None:
    """Has the browser forget everything, and this session its progress."""
    st.session_state[FORGET] = secrets.token_hex(4)
    st.session_state[TAKEN] = True
    done().clear()


def _session() -> str:
    """This session, so that an answer to another one is told apart."""
    return st.session_state.setdefault(SESSION, secrets.token_hex(4))


def _link_said() -> frozenset[str]:
    return st.session_state[LINK_SAID]


def _take_language(kept: progress.Kept) -> None:
    chosen = kept.choices.get(state.LANGUAGE)
    if chosen is None or chosen.value not in language.LANGUAGES:
        return
    if state.LANGUAGE not in _link_said():
        _take(state.LANGUAGE, chosen)
        st.session_state[state.LANGUAGE] = chosen.value


def _take_choices(kept: progress.Kept) -> None:
    """Settings, run and model of the last visit, as far as they are still there."""
    if (settings := kept.choices.get(SETTINGS)) is not None:
        experiment, _said = links.read_experiment(dict(parse_qsl(settings.value)))
        _take(SETTINGS, settings)
        state.set_experiment(experiment)
    run = kept.choices.get(state.RUN)
    if run is not None and state.client().knows(run.value):
        _take(state.RUN, run)
        _watch_again(run.value)
    model = kept.choices.get(state.MODEL)
    if model is not None and _is_there(model.value):
        _take(state.MODEL, model)
        own_runs.set_model(model.value or None)


def _watch_again(run_id: str) -> None:
    """Watches a run instead of the untouched one that the page has made meanwhile."""
    fresh = own_runs.run_id()
    if fresh is not None and fresh != run_id and not _has_begun(fresh):
        state.client().delete(fresh)
    own_runs.set_run(run_id)


def _has_begun(run_id: str) -> bool:
    view = own_runs.look(run_id)
    return bool(view.step) or view.state not in NOT_BEGUN


def _is_there(model: str) -> bool:
    return not model or model in pretrained.available() or state.client().knows(model)


def _take(name: str, choice: progress.Choice) -> None:
    """Notes when a choice was made, so that it is not taken for a new one."""
    _chosen()[name] = (choice.value, choice.at)


def _chosen() -> dict[str, tuple[str, float]]:
    return st.session_state.setdefault(CHOSEN, {})


def _news() -> dict[str, Any]:
    """All that the browser shall keep of this session."""
    known, said = _chosen(), _link_said()
    said |= {SETTINGS} if said - {state.LANGUAGE} else set()
    for name, value in _now().items():
        if name not in known:  # nobody has chosen it, unless the link did, or a run has begun
            is_chosen = name in said or name == state.RUN
            known[name] = (value, time.time() if is_chosen else 0.0)
        elif known[name][0] != value:
            known[name] = (value, time.time())
    chosen = {name: list(choice) for name, choice in known.items() if choice[1]}
    runs = [view.run_id for view in own_runs.own_runs()]
    return {"done": done(), "choices": chosen, "runs": runs[: progress.MOST_RUNS]}


def _now() -> dict[str, str]:
    """What is chosen at the moment, each as a text; no run while none has begun."""
    now = {
        state.LANGUAGE: language.current(),
        SETTINGS: urlencode(session_link.experiment_query(state.experiment())),
        state.MODEL: own_runs.chosen_model() or "",
    }
    watched = own_runs.run_id()
    if watched is not None and state.client().knows(watched) and _has_begun(watched):
        now[state.RUN] = watched
    return now
