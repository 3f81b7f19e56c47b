"""The link that reproduces a session, and the address bar, which always shows it."""

import threading

import streamlit as st

from aecore.spec import links, variants
from aecore.spec.experiment import Experiment
from aecore.spec.links import Guidance
from ui.kit import own_runs, state

_page = threading.local()
"""Which part of its page this thread draws."""


def link() -> dict[str, str]:
    """The query parameters that reproduce this session: language, run and experiment."""
    value = state.experiment()
    query = {state.LANGUAGE: st.session_state[state.LANGUAGE]}
    if (watched := own_runs.run_id()) is not None:
        query[state.RUN] = watched
    own_runs.chosen_model()  # lets go of one that is no more
    if (model := own_runs.wished_model()) is not None:
        query[state.MODEL] = model
    training = [
        f"{p}:{run}" for p, run in own_runs.all_that_train().items() if state.client().knows(run)
    ]
    if training:
        query[state.TRAINS] = ",".join(training)
    if state.jobs().names(state.owner()):
        query[state.JOBS] = state.owner()
    if kept := [view.run_id for view in own_runs.own_runs() if view.kept]:
        query[state.KEPT] = ",".join(kept[: own_runs.MOST_KEPT_IN_LINK])
    if together := own_runs.compared():
        query[state.COMPARED] = ",".join(together)
    query |= guidance_query(state.guidance(), state.is_big())
    return query | experiment_query(value)


def experiment_query(value: Experiment) -> dict[str, str]:
    """The query parameters that reproduce an experiment."""
    differences = value.differences(variants.get(value.variant).experiment)
    return {state.VARIANT: value.variant} | differences


def guidance_query(value: Guidance, big: bool) -> dict[str, str]:
    """The query parameters of a teacher's wishes."""
    query = {
        state.LOCK: links.write_names(value.locked),
        state.HIDE: links.write_names(value.hidden),
        state.TASK: value.task,
        state.CHALLENGE: value.challenge,
        state.BIG: "1" if big else "",
    }
    return {name: text for name, text in query.items() if text}


def set_part(value: str) -> None:
    """Which part of the page is shown; empty for the first, or a page that has none."""
    _page.part = value


def page_link() -> dict[str, str]:
    """The query parameters that lead back to this page as it is: its part as well."""
    part = getattr(_page, "part", "")
    return link() | ({state.PART: part} if part else {})


def write_link() -> None:
    """Puts the link into the address bar, if it is not there already."""
    query = page_link()
    if st.query_params.to_dict() != query:
        st.query_params.from_dict(query)
