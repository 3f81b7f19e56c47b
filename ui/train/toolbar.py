"""What to press: play, pause, step, stop, reset and the pace; and what that will train."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from aecore.errors import N_
from aecore.spec import variants
from aecore.spec.view import RunView
from ui.kit import echoes, own_runs, state
from ui.kit.language import _
from ui.train import watched

PACES = {
    "slow": (N_("slow"), 4.0),
    "medium": (N_("medium"), 40.0),
    "full": (N_("full speed"), None),
}


def toolbar(view: RunView) -> None:
    """Play, pause, step, stop, reset, and the pace."""
    client = state.client()
    run_id = view.run_id
    running = watched.is_set_going(view)
    can_step = view.state in ("ready", "paused")
    with st.container(horizontal=True, vertical_alignment="bottom", key="toolbar"):
        if running:
            st.button(
                _("Pause"),
                key="pause",
                icon=":material/pause:",
                type="primary",
                on_click=own_runs.attempt,
                args=(partial(client.pause, run_id),),
            )
        else:
            st.button(
                _("Play"),
                key="play",
                icon=":material/play_arrow:",
                type="primary",
                on_click=own_runs.attempt,
                args=(partial(play, run_id),),
                help=_(AGAIN) if view.state == "ended" else None,
            )
        batch, epoch = partial(step, client.step_batch), partial(step, client.step_epoch)
        for key, label, icon, action, enabled in (
            ("step_batch", _("1 batch"), "skip_next", batch, can_step),
            ("step_epoch", _("1 epoch"), "fast_forward", epoch, can_step),
            ("stop", _("Stop"), "stop", client.stop, running or view.state == "paused"),
            ("reset", _("Reset"), "restart_alt", client.reset, view.step > 0 or bool(view.error)),
        ):
            st.button(
                label,
                key=key,
                icon=f":material/{icon}:",
                disabled=not enabled,
                on_click=own_runs.attempt,
                args=(partial(action, run_id),),
                help=_(HELP[key]),
            )
        _pace_menu(view)


AGAIN = N_("This run is finished and stays as it is: Play starts a new one.")


HELP = {
    "step_batch": N_("One update of the weights, then pause."),
    "step_epoch": N_("To the end of this epoch, then pause."),
    "stop": N_("Ends the run; what it shows stays."),
    "reset": N_("Back to the same initial weights."),
}


def _pace_menu(view: RunView) -> None:
    key = state.widget_key(state.PACE)
    echoes.show(key, _pace_of(view))
    st.selectbox(
        _("Pace"),
        list(PACES),
        format_func=lambda pace: _(PACES[pace][0]),
        key=key,
        on_change=_change_pace,
        args=(view.run_id,),
        width=state.type_wide(130),
        label_visibility="collapsed",
        help=_("Slow shows 4 batches per second, medium 40: watch what single updates change."),
    )


def _pace_of(view: RunView) -> str:
    """The pace of a run under way, which another viewer may have set; else the learner's own."""
    chosen: str = st.session_state.get(state.PACE, "full")
    if not watched.is_set_going(view):
        return chosen
    pace = state.client().pace(view.run_id)
    return next((key for key, (_name, known) in PACES.items() if known == pace), chosen)


def _change_pace(run_id: str) -> None:
    key = state.widget_key(state.PACE)
    chosen = st.session_state[key]
    if not echoes.is_echo(key, PACES.__contains__):
        st.session_state[state.PACE] = chosen
        own_runs.attempt(partial(state.client().set_pace, run_id, PACES[chosen][1]))


def facts(view: RunView) -> None:
    """What it is that is seen below, and what Play will do if the controls say otherwise."""
    experiment = view.experiment
    parts = [
        _(variants.get(experiment.variant).title),
        _("code size {latent_dim}").format(latent_dim=experiment.latent_dim),
    ]
    if view.n_parameters:
        parts += [
            _training_samples(view),
            _("{n:,} weights").format(n=view.n_parameters),
            view.device,
        ]
    line = " · ".join(parts)
    if not watched.fits(view, state.experiment()):
        line = _(":orange[Settings changed: Play starts a new run.] Shown: {run}").format(run=line)
    st.caption(line)


def _training_samples(view: RunView) -> str:
    if view.experiment.kind == "picture":
        return _("{n:,} training pictures").format(n=view.n_train)
    return _("{n:,} training samples").format(n=view.n_train)


def play(run_id: str) -> None:
    """Goes on with this run, or starts a new one if it is over or the controls say something else."""
    client = state.client()
    experiment = state.experiment()
    if not client.knows(run_id):
        run_id = own_runs.new_run(experiment)
    view = client.view(run_id)
    if view.state == "failed" and watched.fits(view, experiment):
        client.reset(run_id)
    elif view.state in watched.OVER or not watched.fits(view, experiment):
        if view.state not in watched.OVER:
            client.stop(run_id)
        run_id = own_runs.new_run(experiment)
    client.set_pace(run_id, PACES[st.session_state.get(state.PACE, "full")][1])
    client.play(run_id)
    own_runs.set_run(run_id)
    own_runs.set_model(run_id)
    own_runs.forget_old_runs()


def step(command: Callable[[str], None], run_id: str) -> None:
    """Trains a little; what trains is what the lab pages look at, as with Play."""
    command(run_id)
    own_runs.set_model(run_id)
