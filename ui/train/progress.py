"""How far a run is, what happened to it, and its errors next to the baselines, in words."""

import streamlit as st

from aecore.errors import N_
from aecore.spec import schedule
from aecore.spec.view import RunView
from ui.kit import kinds, language, trained_here
from ui.kit.language import _

ENDED = {
    "epochs": N_("Done: all epochs"),
    "target": N_("Done: the target validation error is reached"),
    "seconds": N_("Done: the time is up"),
    "patience": N_("Done: the validation error has stopped improving"),
    "diverged": N_("Stopped: the loss has diverged"),
    "stopped": N_("Stopped"),
    "loaded": N_("Opened from a file"),
}


def bar(view: RunView) -> None:
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


def incidents(view: RunView) -> None:
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
        _speed(view),
    ]
    if view.experiment.schedule == "layer_by_layer" and not view.ended:
        stage = schedule.stage_at(view.experiment, view.epoch)
        name = stage_name(stage)
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


def _speed(view: RunView) -> str:
    if view.experiment.kind == "picture":
        return _("{speed:,.0f} images/s").format(speed=view.images_per_second)
    return _("{speed:,.0f} samples/s").format(speed=view.images_per_second)


def numbers(view: RunView) -> None:
    """The validation error next to its baselines, and the test error of a run at rest."""
    diverged = view.ended == "diverged"  # the last measured error is of a model that is gone
    kind = view.experiment.kind
    shown = (
        (kinds.validation_mse(kind), None if diverged else view.val_mse),
        (_("PCA, same code size"), view.references_mse.get("pca")),
        (kinds.the_mean(kind), view.references_mse.get("mean")),
        (_("test MSE, at rest"), None if diverged else view.test_mse),
    )
    parts = [f"**{'–' if number is None else f'{number:.4f}'}** {name}" for name, number in shown]
    st.markdown(" &ensp; ".join(parts), help=_(NUMBERS_HELP))


NUMBERS_HELP = N_(
    "Mean squared error over all validation samples, which are never trained on: choose "
    "settings by this number. PCA is the best linear code of this size, found on the "
    "training samples; their mean is what a code without any information can "
    "achieve; both are measured on the validation samples too. The test samples are for "
    "the last number: they are measured only when the run is paused or has ended."
)


def stage_name(stage: schedule.Stage) -> str:
    if stage.layer is None:
        return _("fine-tuning")
    return _("layer {n}").format(n=stage.layer)
