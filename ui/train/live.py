"""The live view of a run: how far it is, and what there is to see.

The same elements are drawn in the same order whatever the run's state, so that nothing jumps.
"""

import numpy as np
import streamlit as st

from aecore.data import datasets
from aecore.errors import N_
from aecore.figures import live as figures
from aecore.parts.codes import CODES
from aecore.parts.losses import LOSSES
from aecore.spec import schedule
from aecore.spec.view import RunView
from ui.kit import (
    browser,
    charts,
    codebook,
    components,
    digits,
    kinds,
    language,
    own_runs,
    runs,
    state,
)
from ui.kit.frame import is_dark
from ui.kit.language import _
from ui.train import detail, progress

MOST = 10
"""Samples on the grid before it is known which: as many as there are of most datasets."""

TICK = 0.4
"""Seconds between refreshes while a run trains."""

EVERY = {"picture": 1, "series": 2, "row": 2}
"""Kind of data -> every which sample of the probe is on the grid: curves and bars are wider than
pictures, and all of them would push what stands below the grid off the screen."""


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
    view = own_runs.look(run_id)
    if _seen(view) != st.session_state[state.SEEN_STATE]:
        if view.state in ("ended", "failed"):
            browser.say_ended(view)
        state.rerun()  # the buttons and menus around this fragment must follow
    progress.bar(view)
    progress.incidents(view)
    progress.numbers(view)
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
    detail.panel(view, _places(view))
    if CODES[view.experiment.code].codebook:
        codebook.panel(view)
    _findings(view)


def _places(view: RunView) -> tuple[int, ...]:
    """Which samples of the probe are on the grid; as many as there will be while it is prepared."""
    n = MOST if view.probe is None else len(view.probe.originals)
    return tuple(range(0, n, EVERY[view.experiment.kind]))


def _grid(view: RunView) -> None:
    """Original, (corrupted), reconstruction, difference."""
    probe, moment, places = view.probe, view.moment, list(_places(view))
    shape = view.experiment.shape
    blank = np.zeros((len(places), *shape.seen), np.uint8)
    original = blank if probe is None else probe.originals[places]
    x_hat = blank if moment is None else moment.x_hat[places]
    corrupted = None
    if view.experiment.corruption != "none":
        noisy = None if probe is None else probe.corrupted
        corrupted = blank if noisy is None else noisy[places]
    errors = None if moment is None else moment.errors[places]
    captions = [""] * len(places) if errors is None else [f"{e:.3f}" for e in errors]
    components.sample_rows(
        digits.compared(original, corrupted, x_hat, captions, shape),
        shape=shape,
        key="grid",
        alt=_(
            "Validation samples: each original above its reconstruction and their difference; the "
            "number is the {mse}."
        ).format(mse=kinds.mse(shape.kind)),
    )


def _curves(view: RunView, chosen: int | None) -> None:
    st.markdown(_finding(view), help=_(CURVES_HELP))
    charts.live_plot(
        figures.loss_curves(
            view.history,
            view.references,
            loss_name=_(LOSSES[view.experiment.recon_loss].axis),
            kind=view.experiment.kind,
            marked_epoch=chosen,
            drawn=CODES[view.experiment.code].drawn,
            stages=_stage_notes(view),
            revision=view.run_id,
            dark=is_dark(),
            _=_,
        ),
        key="curves",
        height=300,
        alt=_("Training and validation loss over the epochs, with PCA and the mean as lines."),
    )


def _stage_notes(view: RunView) -> dict[int, str]:
    """What begins at which epoch, for the stages that the run has reached."""
    parts = schedule.stages(view.experiment)
    if len(parts) == 1:
        return {}
    reached = [part for part in parts if part.first_epoch <= view.epoch]
    return {part.first_epoch: progress.stage_name(part) for part in reached}


CURVES_HELP = N_(
    "The training curve is the mean over an epoch's batches while the weights move, so early on "
    "it lies above the validation curve. The code of a VAE is drawn at random: both curves are "
    "of drawn codes (one draw per sample), while the number above is of the mean code, which "
    "rebuilds better. With BCE even a perfect reconstruction costs something, wherever a number "
    "is neither 0 nor 1: that floor is a line. Both axes can be zoomed; a double click resets."
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
    title = _("**Latent space**: {n:,} validation samples").format(
        n=len(view.probe.labels) if view.probe else 0
    )
    if plane is not None and plane.kind == "pca":
        title = _("**Latent space** through PCA (variance shown: {percent:.0f}%)").format(
            percent=100 * plane.explained
        )
    st.markdown(
        title, help=f"{_(MAP_HELP)} {_(MARKS) if view.experiment.n_classes else ''}".strip()
    )
    names = [_(name) for name in datasets.DATASETS[view.experiment.dataset].classes]
    charts.live_plot(
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
        alt=_("The codes of the validation samples on a plane, each marked by its class.")
        if names
        else _("The codes of the validation samples on a plane, each a dot."),
    )
    if names and any(name != str(label) for label, name in enumerate(names)):
        st.caption(" · ".join(f"{label} {name}" for label, name in enumerate(names)))


MAP_HELP = N_(
    "Where the encoder puts each validation sample. A code of more than two numbers is seen through a PCA of the codes: "
    "along the two directions in which they vary most. The axes are held still until the points "
    "leave them or shrink far inside."
)

MARKS = N_(
    "Each sample is marked and coloured by its class; unless the class is given to the model, the "
    "labels are never used in training."
)


def _findings(view: RunView) -> None:
    for finding in view.findings:
        st.warning(language.say(finding), icon=":material/stethoscope:")
