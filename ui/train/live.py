"""The live view of a run: what to press, how far it is, and what there is to see.

The same elements are drawn in the same order whatever the run's state, so that nothing jumps.
"""

from collections.abc import Callable
from functools import partial

import numpy as np
import streamlit as st

from aecore.data import datasets
from aecore.errors import N_
from aecore.figures import live as figures
from aecore.parts.codes import CODES
from aecore.spec import schedule, variants
from aecore.spec.experiment import Experiment
from aecore.spec.view import RunView
from ui.kit import (
    browser,
    codebook,
    components,
    digits,
    echoes,
    language,
    runs,
    state,
    trained_here,
)
from ui.kit.frame import is_dark
from ui.kit.language import _

TICK = 0.4
"""Seconds between refreshes while a run trains."""

PACES = {
    "slow": (N_("slow"), 4.0),
    "medium": (N_("medium"), 40.0),
    "full": (N_("full speed"), None),
}

ENDED = {
    "epochs": N_("Done: all epochs"),
    "target": N_("Done: the target validation error is reached"),
    "seconds": N_("Done: the time is up"),
    "patience": N_("Done: the validation error has stopped improving"),
    "diverged": N_("Stopped: the loss has diverged"),
    "stopped": N_("Stopped"),
    "loaded": N_("Opened from a file"),
}


def watched_run() -> RunView:
    """The run of this session, made to fit the controls.

    A run that nobody has set going yet follows the controls; one that trains, or has trained, is
    kept, and Play starts a new one if the controls have moved away from it.
    """
    client = state.client()
    run_id = state.run_id()
    if run_id is not None and client.knows(run_id):
        view = state.look(run_id)
        if view.experiment.same_run(state.experiment()):
            return _brought_together(view)
        if view.step or _is_set_going(view):
            return view
        state.discard(run_id)
    run_id = state.new_run(state.experiment())
    state.set_run(run_id)
    return state.look(run_id)


def _brought_together(view: RunView) -> RunView:
    """A run and the controls with the same live fields, as far as one of them may still change.

    What this learner has moved since they were at one goes into the run, unless it is over: a
    finished run stays as it is. The controls take what another viewer has moved.
    """
    of_run = state.live_fields(view.experiment)
    mine = state.live_fields(state.experiment())
    at_one = state.agreed(view.run_id) or mine
    moved = {name: value for name, value in mine.items() if value != at_one[name]}
    if taken := {name: of_run[name] for name in of_run if name not in moved}:
        state.set_experiment(state.experiment().replace(**taken))
    if moved and view.state not in OVER:
        state.attempt(partial(state.client().adjust, view.run_id, **moved))
        state.look_anew()
        view, of_run = state.look(view.run_id), of_run | moved
        moved = {}
    state.agree(view.run_id, of_run | {name: at_one[name] for name in moved})
    return view


OVER = ("ended", "failed")
"""States of a run that stays as it is."""


def fits(view: RunView, experiment: Experiment) -> bool:
    """Whether Play would go on with this run: if it is over, it must be the same altogether."""
    if view.state in OVER:
        return view.experiment.canonical() == experiment.canonical()
    return view.experiment.same_run(experiment)


def toolbar(view: RunView) -> None:
    """Play, pause, step, stop, reset, and the pace."""
    client = state.client()
    run_id = view.run_id
    running = _is_set_going(view)
    can_step = view.state in ("ready", "paused")
    with st.container(horizontal=True, vertical_alignment="bottom", key="toolbar"):
        if running:
            st.button(
                _("Pause"),
                key="pause",
                icon=":material/pause:",
                type="primary",
                on_click=state.attempt,
                args=(partial(client.pause, run_id),),
            )
        else:
            st.button(
                _("Play"),
                key="play",
                icon=":material/play_arrow:",
                type="primary",
                on_click=state.attempt,
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
                on_click=state.attempt,
                args=(partial(action, run_id),),
                help=_(HELP[key]),
            )
        _pace_menu(view)


AGAIN = N_("This run is finished and stays as it is: Play starts a new one.")

HELP = {
    "step_batch": N_("One update of the weights, then pause."),
    "step_epoch": N_("To the end of this epoch, then pause."),
    "stop": N_("Ends the run; its pictures and curves stay."),
    "reset": N_("Back to the same initial weights."),
}


def _is_set_going(view: RunView) -> bool:
    """Whether it trains, waits for its turn, or will train as soon as its model is built."""
    if view.state != "preparing":
        return view.state in ("running", "queued")
    known = state.client().mark(view.run_id)
    return known is not None and known[0]


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
        help=_(
            "Slow shows 4 batches per second, medium 40: watch single updates change the pictures."
        ),
    )


def _pace_of(view: RunView) -> str:
    """The pace of a run under way, which another viewer may have set; else the learner's own."""
    chosen: str = st.session_state.get(state.PACE, "full")
    if not _is_set_going(view):
        return chosen
    pace = state.client().pace(view.run_id)
    return next((key for key, (_name, known) in PACES.items() if known == pace), chosen)


def _change_pace(run_id: str) -> None:
    key = state.widget_key(state.PACE)
    chosen = st.session_state[key]
    if not echoes.is_echo(key, PACES.__contains__):
        st.session_state[state.PACE] = chosen
        state.attempt(partial(state.client().set_pace, run_id, PACES[chosen][1]))


def facts(view: RunView) -> None:
    """What the pictures below belong to, and what Play will do if the controls say otherwise."""
    experiment = view.experiment
    parts = [
        _(variants.get(experiment.variant).title),
        _("code size {latent_dim}").format(latent_dim=experiment.latent_dim),
    ]
    if view.n_parameters:
        parts += [
            _("{n:,} training pictures").format(n=view.n_train),
            _("{n:,} weights").format(n=view.n_parameters),
            view.device,
        ]
    line = " · ".join(parts)
    if not fits(view, state.experiment()):
        line = _(":orange[Settings changed: Play starts a new run.] Shown: {run}").format(run=line)
    st.caption(line)


def play(run_id: str) -> None:
    """Goes on with this run, or starts a new one if it is over or the controls say something else."""
    client = state.client()
    experiment = state.experiment()
    if not client.knows(run_id):
        run_id = state.new_run(experiment)
    view = client.view(run_id)
    if view.state == "failed" and fits(view, experiment):
        client.reset(run_id)
    elif view.state in OVER or not fits(view, experiment):
        if view.state not in OVER:
            client.stop(run_id)
        run_id = state.new_run(experiment)
    client.set_pace(run_id, PACES[st.session_state.get(state.PACE, "full")][1])
    client.play(run_id)
    state.set_run(run_id)
    state.set_model(run_id)
    state.forget_old_runs()


def step(command: Callable[[str], None], run_id: str) -> None:
    """Trains a little; what trains is what the lab pages look at, as with Play."""
    command(run_id)
    state.set_model(run_id)


def panel(view: RunView) -> None:
    """Everything there is to see of a run; refreshes itself while there is something new."""
    moving = view.is_training or view.is_measuring
    st.session_state[state.SEEN_STATE] = _seen(view)
    st.fragment(_panel, run_every=TICK if moving else None)(view.run_id)
    runs.follow([] if moving else [view])


def _seen(view: RunView) -> tuple[str, bool, bool]:
    """What the buttons and menus around the panel depend on."""
    return view.state, view.step > 0, view.is_measuring


def _panel(run_id: str) -> None:
    language.choose()  # for all the words below, as this may run without the rest of the page
    client = state.client()
    if not client.knows(run_id):
        state.rerun()
    view = state.look(run_id)
    if _seen(view) != st.session_state[state.SEEN_STATE]:
        if view.state in ("ended", "failed"):
            browser.say_ended(view)
        state.rerun()  # the buttons and menus around this fragment must follow
    _progress(view)
    _incidents(view)
    _numbers(view)
    chosen = components.scrubber(
        view.epochs_stored,
        view.state == "running",
        {
            "label": _("Look back"),
            "value": _("epoch {epoch} of {last}"),
            "live": _("Live"),
            "latest": _("Newest"),
            "empty": _("nothing trained yet"),
        },
        key=f"scrubber_{run_id}",
    )
    if chosen is not None:
        view = client.view(run_id, chosen)
    _grid(view)
    curves, latent = st.columns(2)
    with curves:
        _curves(view, chosen)
    with latent:
        _map(view)
    if CODES[view.experiment.code].codebook:
        codebook.panel(view)
    _findings(view)


def _progress(view: RunView) -> None:
    """How far it is, in one line."""
    if view.state == "failed" and view.error is not None:
        text = f":red[{language.say(view.error)}]"
    elif view.state == "preparing":
        text = _("Preparing: loading data and drawing initial weights …")
        if view.fetched:
            done, total = (n / 1e6 for n in view.fetched)
            text = _("Downloading: {done:.1f} of {total:.1f} MB").format(done=done, total=total)
    elif view.state == "queued":
        text = trained_here.waiting(view)
    elif view.state == "ready":
        text = _("Ready, untrained: the weights are random. Press Play.")
    else:
        text = _status(view)
    share = view.fetched[0] / max(view.fetched[1], 1) if view.fetched else view.progress
    st.progress(min(share, 1.0), text=text)


def _incidents(view: RunView) -> None:
    """What happened to the run itself; the container is always there, so that nothing jumps."""
    with st.container(key="incidents"):
        for incident in view.incidents:
            st.info(language.say(incident), icon=":material/build:")


def _status(view: RunView) -> str:
    epoch, batch = view.under_way
    parts = [
        _("epoch {epoch} of {epochs}").format(
            epoch=epoch, epochs=max(epoch, view.experiment.epochs)
        ),
        _("{speed:,.0f} images/s").format(speed=view.images_per_second),
    ]
    if view.experiment.schedule == "layer_by_layer" and not view.ended:
        stage = schedule.stage_at(view.experiment, view.epoch)
        name = _stage_name(stage)
        parts.insert(1, f"{name} ({stage.widths[0]} → {stage.widths[1]})" if stage.widths else name)
    of_epoch = _("batch {batch} of {batches}").format(batch=batch, batches=view.steps_per_epoch)
    if view.state == "paused":
        parts.insert(1, of_epoch)
        paused = _("Paused, because nobody was watching") if view.unwatched else _("Paused")
        parts.insert(0, paused)
    elif view.ended:
        if batch != view.steps_per_epoch:
            parts.insert(1, of_epoch)
        parts.insert(0, _(ENDED[view.ended]))
        parts.append(_("{seconds:.1f} s of training").format(seconds=view.seconds))
    elif view.seconds_left is not None:
        parts.append(_("{seconds:.0f} s left").format(seconds=view.seconds_left))
    return " · ".join(parts)


def _numbers(view: RunView) -> None:
    """The validation error next to its baselines, and the test error of a run at rest."""
    diverged = view.ended == "diverged"  # the last measured error is of a model that is gone
    shown = (
        (_("validation MSE per pixel"), None if diverged else view.val_mse),
        (_("PCA, same code size"), view.references_mse.get("pca")),
        (_("the mean picture"), view.references_mse.get("mean")),
        (_("test MSE, at rest"), None if diverged else view.test_mse),
    )
    parts = [f"**{'–' if number is None else f'{number:.4f}'}** {name}" for name, number in shown]
    st.markdown(" &ensp; ".join(parts), help=_(NUMBERS_HELP))


NUMBERS_HELP = N_(
    "Mean squared error over all validation pictures, which are never trained on: choose "
    "settings by this number. PCA is the best linear code of this size, found on the "
    "training pictures; the mean picture is what a code without any information can "
    "achieve; both are measured on the validation pictures too. The test pictures are for "
    "the last number: they are measured only when the run is paused or has ended."
)


def _grid(view: RunView) -> None:
    """Original, (corrupted), reconstruction, difference."""
    probe, moment = view.probe, view.moment
    blank = np.zeros((10, 28, 28), np.uint8)
    original = blank if probe is None else probe.originals
    x_hat = blank if moment is None else moment.x_hat
    corrupted = None
    if view.experiment.corruption != "none":
        corrupted = blank if probe is None or probe.corrupted is None else probe.corrupted
    captions = [""] * len(original) if moment is None else [f"{e:.3f}" for e in moment.errors]
    components.digit_rows(
        digits.compared(original, corrupted, x_hat, captions),
        key="grid",
        alt=_(
            "One validation picture of each class: original above its reconstruction and their "
            "difference; the number is the MSE per pixel."
        ),
    )


def _curves(view: RunView, chosen: int | None) -> None:
    st.markdown(_finding(view), help=_(CURVES_HELP))
    components.live_plot(
        figures.loss_curves(
            view.history,
            view.references,
            loss_name=_(LOSS_NAMES[view.experiment.recon_loss]),
            marked_epoch=chosen,
            drawn=CODES[view.experiment.code].drawn,
            stages=_stage_notes(view),
            revision=view.run_id,
            dark=is_dark(),
            _=_,
        ),
        key="curves",
        height=300,
        alt=_(
            "Training and validation loss over the epochs, with PCA and the mean picture as lines."
        ),
    )


def _stage_notes(view: RunView) -> dict[int, str]:
    """What begins at which epoch, for the stages that the run has reached."""
    parts = schedule.stages(view.experiment)
    if len(parts) == 1:
        return {}
    reached = [part for part in parts if part.first_epoch <= view.epoch]
    return {part.first_epoch: _stage_name(part) for part in reached}


def _stage_name(stage: schedule.Stage) -> str:
    if stage.layer is None:
        return _("fine-tuning")
    return _("layer {n}").format(n=stage.layer)


LOSS_NAMES = {
    "mse": N_("MSE per pixel"),
    "bce": N_("BCE per pixel, nats"),
    "l1": N_("L1 per pixel"),
    "ssim": "1 − SSIM",
}

CURVES_HELP = N_(
    "The training curve is the mean over an epoch's batches while the weights move, so early on "
    "it lies above the validation curve. The code of a VAE is drawn at random: both curves are "
    "of drawn codes (one draw per picture), while the number above is of the mean code, which "
    "rebuilds better. With BCE even a perfect reconstruction of grey pixels costs something: "
    "that floor is a line. Both axes can be zoomed; a double click resets."
)


def _finding(view: RunView) -> str:
    """What the curves say, in one line."""
    val = view.history.val.get("recon_loss", ())
    pca = view.references.get("pca")
    if len(val) < 2 or pca is None:
        return _("**Loss** over the epochs")
    if view.ended == "diverged":
        return _("**Loss**: no longer a number")
    share = val[-1] / pca
    if share < 1:
        return _("**Loss**: {percent:.0f}% below PCA").format(percent=100 * (1 - share))
    if share < 2:
        return _("**Loss**: {percent:.0f}% above PCA").format(percent=100 * (share - 1))
    return _("**Loss**: {times:.1f} times PCA's").format(times=share)


def _map(view: RunView) -> None:
    plane = view.moment.plane if view.moment else None
    title = _("**Latent space**: {n:,} validation pictures").format(
        n=len(view.probe.labels) if view.probe else 0
    )
    if plane is not None and plane.kind == "pca":
        title = _("**Latent space** through PCA (variance shown: {percent:.0f}%)").format(
            percent=100 * plane.explained
        )
    st.markdown(title, help=_(MAP_HELP))
    names = [_(name) for name in datasets.SPECS[view.experiment.dataset].classes]
    components.live_plot(
        figures.latent_map(
            plane,
            np.zeros(0, np.int64) if view.probe is None else view.probe.labels,
            class_names=names,
            half_height=view.map_range or 1.0,
            revision=f"{view.run_id}/{view.map_range}",
            dark=is_dark(),
            _=_,
        ),
        key="map",
        height=300,
        alt=_("The codes of the validation pictures on a plane, each marked by its class."),
    )


MAP_HELP = N_(
    "Where the encoder puts each validation picture, marked and coloured by its class; the labels are "
    "never used in training. A code of more than two numbers is seen through a PCA of the codes: "
    "along the two directions in which they vary most. The axes are held still until the points "
    "leave them or shrink far inside."
)


def _findings(view: RunView) -> None:
    for finding in view.findings:
        st.warning(language.say(finding), icon=":material/stethoscope:")
