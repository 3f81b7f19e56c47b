"""The run that this page watches, and how it and the controls are brought together."""

from functools import partial

from aecore.spec.experiment import Experiment
from aecore.spec.view import RunView
from ui.kit import own_runs, state

OVER = ("ended", "failed")
"""States of a run that stays as it is."""


def watched_run() -> RunView:
    """The run of this session, made to fit the controls.

    A run that nobody has set going yet follows the controls; one that trains, or has trained, is
    kept, and Play starts a new one if the controls have moved away from it.
    """
    client = state.client()
    run_id = own_runs.run_id()
    if run_id is not None and client.knows(run_id):
        view = own_runs.look(run_id)
        if view.experiment.same_run(state.experiment()):
            return _brought_together(view)
        if view.step or is_set_going(view):
            return view
        own_runs.discard(run_id)
    run_id = own_runs.new_run(state.experiment())
    own_runs.set_run(run_id)
    return own_runs.look(run_id)


def _brought_together(view: RunView) -> RunView:
    """A run and the controls with the same live fields, as far as one of them may still change.

    What this learner has moved since they were at one goes into the run, unless it is over: a
    finished run stays as it is. The controls take what another viewer has moved.
    """
    of_run = own_runs.live_fields(view.experiment)
    mine = own_runs.live_fields(state.experiment())
    at_one = own_runs.agreed(view.run_id) or mine
    moved = {name: value for name, value in mine.items() if value != at_one[name]}
    if taken := {name: of_run[name] for name in of_run if name not in moved}:
        state.set_experiment(state.experiment().replace(**taken))
    if moved and view.state not in OVER:
        own_runs.attempt(partial(state.client().adjust, view.run_id, **moved))
        own_runs.look_anew()
        view, of_run = own_runs.look(view.run_id), of_run | moved
        moved = {}
    own_runs.agree(view.run_id, of_run | {name: at_one[name] for name in moved})
    return view


def fits(view: RunView, experiment: Experiment) -> bool:
    """Whether Play would go on with this run: if it is over, it must be the same altogether."""
    if view.state in OVER:
        return view.experiment.canonical() == experiment.canonical()
    return view.experiment.same_run(experiment)


def is_set_going(view: RunView) -> bool:
    """Whether it trains, waits for its turn, or will train as soon as its model is built."""
    if view.state != "preparing":
        return view.state in ("running", "queued")
    known = state.client().mark(view.run_id)
    return known is not None and known[0]
