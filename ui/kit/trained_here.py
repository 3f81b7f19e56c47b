"""A run that is trained on a lab page itself, and then becomes the model on show."""

import streamlit as st

from aecore.spec.experiment import Experiment
from aecore.spec.view import RunView
from ui.kit import browser, own_runs, state
from ui.kit.language import _

TICK = 0.5
"""Seconds between looks at a run that trains."""


def is_training(page: str) -> bool:
    """Whether a run that was started on this page is still under way."""
    return own_runs.trains(page) is not None


def run_every(page: str) -> float | None:
    """How often the fragment with the progress bar runs again."""
    return TICK if is_training(page) else None


def trainer(page: str, experiment: Experiment | None, *, label: str, about: str, idle: str) -> None:
    """A button that trains, or cancels while it does, and a progress bar below.

    Stands in a fragment that runs `run_every(page)`.

    Args:
        page: the page's key.
        experiment: what to train; None while the settings are no choice.
        label: of the button.
        about: its help.
        idle: what the progress bar says while nothing trains.
    """
    view = _watched(page)
    if view is None:
        if st.button(
            label,
            key=f"{page}_train",
            type="primary",
            icon=":material/play_arrow:",
            help=about,
            disabled=experiment is None,
        ):
            assert experiment is not None
            _start(page, experiment)
    elif st.button(_("Cancel"), key=f"{page}_cancel", icon=":material/close:"):
        _forget(page, view.run_id)
        state.rerun()
    st.progress(0.0 if view is None else view.progress, text=idle if view is None else _far(view))


def look(run_id: str) -> RunView | None:
    """A look at a run that trains on a lab page; one that paused meanwhile goes on.

    Returns:
        None if nothing will come of it: it expired while nobody looked, or failed, which is said.
    """
    client = state.client()
    if not client.knows(run_id):
        return None
    view = client.view(run_id)
    if view.state == "paused":  # because the learner was away
        client.play(run_id)
    if view.state == "failed":
        if view.error is not None:
            state.notify(view.error)
        client.delete(run_id)
        return None
    return view


def waiting(view: RunView) -> str:
    """What a run says that waits for others to end."""
    return _(
        "All training slots are busy: this run is number {place} in the queue and starts "
        "automatically."
    ).format(place=view.queue_place)


def _start(page: str, experiment: Experiment) -> None:
    run_id = own_runs.new_run(experiment)
    state.client().play(run_id)
    own_runs.set_trains(page, run_id)
    state.rerun()  # the whole page, as the fragment must begin to tick


def _watched(page: str) -> RunView | None:
    """The run that trains here; one that has come to its end is shown instead."""
    run_id = own_runs.trains(page)
    if run_id is None:
        return None
    view = look(run_id)
    if view is None:
        own_runs.set_trains(page, None)
        state.rerun()
    if view.state == "ended":
        own_runs.set_trains(page, None)
        browser.say_ended(view)
        own_runs.watch(run_id)
        own_runs.set_model(run_id)
        own_runs.forget_old_runs()
        state.rerun()
    return view


def _forget(page: str, run_id: str) -> None:
    own_runs.set_trains(page, None)
    own_runs.discard(run_id)


def _far(view: RunView) -> str:
    if view.state == "queued":
        return waiting(view)
    if view.state == "preparing":
        return _("Preparing …")
    return _("Training: epoch {epoch} of {epochs}").format(
        epoch=view.under_way[0], epochs=view.experiment.epochs
    )
