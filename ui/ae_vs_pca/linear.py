"""A linear autoencoder on its way to PCA, watched through the angles between the two."""

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from aecore.data import datasets
from aecore.engine.sweep import approaching_pca
from aecore.errors import N_, LabError
from aecore.figures.pictures import signed_pictures
from aecore.files import pretrained
from aecore.spec.view import RunView
from aecore.topics.ae_vs_pca import figures as figures
from ui.kit import components, language, layout, models, state
from ui.kit.frame import is_dark
from ui.kit.language import _

if TYPE_CHECKING:
    from aecore.topics.ae_vs_pca.ask import Approach

TICK = 0.5
"""Seconds between looks."""

PACE = 200.0
"""Batches per second: a training of three seconds is spread over twelve, to be watched."""

WATCHED = "ae_vs_pca_linear"
WATCHED_SEEN = "ae_vs_pca_linear_seen"


@dataclass
class Watched:
    """A linear autoencoder under training, and what has been seen of it.

    Attributes:
        run_id: its run.
        size: its code size.
        epochs, largest, mean: when it was looked at, and the angles in degrees then.
        latest: the last look; None before the first.
        view: the run then.
        error: what went wrong, if anything.
        over: whether it trains no more.
    """

    run_id: str
    size: int
    epochs: list[int] = field(default_factory=list)
    largest: list[float] = field(default_factory=list)
    mean: list[float] = field(default_factory=list)
    latest: "Approach | None" = None
    view: RunView | None = None
    error: LabError | None = None
    over: bool = False


def panel(model_id: str) -> None:
    """Trains a linear autoencoder and shows how it closes in; the chosen model plays no part."""
    settings, results = layout.beside("ae_pca_linear")
    with settings:
        size = st.slider(_("Code size"), 2, 16, 8, key="_linear_size", help=_(SIZE_HELP))
        _button(size)
        st.caption(_(ABOUT).format(n=datasets.SPECS[datasets.BUNDLED].n_train))
    with results:
        running = _is_running()
        st.session_state[WATCHED_SEEN] = running
        st.fragment(_results, run_every=TICK if running else None)(size)


SIZE_HELP = N_("How many numbers the linear autoencoder's code has, and components PCA uses.")

ABOUT = N_(
    "A linear autoencoder has no hidden layers and no activations. Nothing in its "
    "training mentions PCA, and yet gradient descent leads it to the same subspace: the "
    "set of all pictures that the code can draw. Trained on the {n:,} digits that come "
    "with the lab: SGD with momentum, learning rate 2, batches of 256, 150 epochs, "
    "slowed down so that you can watch."
)


def _watched() -> Watched | None:
    watched: Watched | None = st.session_state.get(WATCHED)
    return watched


def _is_running() -> bool:
    watched = _watched()
    return watched is not None and not watched.over


def _button(size: int) -> None:
    if _is_running():
        st.button(_("Stop"), icon=":material/stop:", key="linear_stop", on_click=_stop)
    else:
        st.button(
            _("Train"),
            icon=":material/play_arrow:",
            type="primary",
            key="linear_start",
            on_click=_start,
            args=(size,),
        )


def _start(size: int) -> None:
    client = state.client()
    run_id = state.new_run(approaching_pca(size))
    client.set_pace(run_id, PACE)
    st.session_state[WATCHED] = Watched(run_id, size)


def _stop() -> None:
    watched = _watched()
    if watched is not None:
        state.client().delete(watched.run_id)
        watched.over = True


def _look(watched: Watched) -> None:
    """Takes in how the training stands."""
    from aecore.topics.ae_vs_pca import (
        ask as comparison,  # torch: not before a page needs an answer
    )

    client = state.client()
    try:
        watched.view = view = client.view(watched.run_id)
        if view.state not in ("preparing", "queued", "failed"):
            seen = client.ask(watched.run_id, comparison.approach)
            _remember(watched, view.epoch, seen)
        if view.state in ("ready", "paused"):  # seen untrained; or nobody had watched for a while
            client.play(watched.run_id)
        watched.error = view.error
        watched.over = view.state in ("ended", "failed")
    except LabError as error:
        watched.error, watched.over = error, True
    if watched.over:
        client.delete(watched.run_id)


def _remember(watched: Watched, epoch: int, seen: "Approach") -> None:
    watched.latest = seen
    if not watched.epochs or epoch > watched.epochs[-1]:
        watched.epochs.append(epoch)
        watched.largest.append(float(seen.angles[-1]))
        watched.mean.append(float(seen.angles.mean()))


def _results(size: int) -> None:
    watched = _watched()
    if watched is not None and not watched.over:
        _look(watched)
    if _is_running() != st.session_state[WATCHED_SEEN]:
        state.rerun()  # the button beside this fragment must follow
    view = watched.view if watched else None
    st.progress(view.progress if view else 0.0, text=_status(watched))
    st.markdown(_finding(watched), help=_(ANGLE_HELP))
    components.live_plot(
        figures.angles_over_epochs(
            watched.epochs if watched else [],
            {
                _("largest angle"): watched.largest if watched else [],
                _("mean angle"): watched.mean if watched else [],
            },
            approaching_pca(size).epochs,
            revision=watched.run_id if watched else "",
            dark=is_dark(),
            _=_,
        ),
        key="angles",
        height=240,
        alt=_("The angles between the linear autoencoder's subspace and PCA's, falling to zero."),
    )
    _rows(size, watched)


ANGLE_HELP = N_(
    "Two planes through one point can be tilted against each other; subspaces of k dimensions have "
    "k such angles, called principal angles. 0° means that all directions of one lie in the other, "
    "90° that some direction of one is at right angles to the whole of the other. When the largest "
    "is 0°, both can draw exactly the same pictures."
)


def _status(watched: Watched | None) -> str:
    if watched is None:
        return _("Press ‘Train’ to watch a linear autoencoder find PCA.")
    if watched.error is not None:
        return f":red[{language.say(watched.error)}]"
    view = watched.view
    if view is None or view.state in ("preparing", "queued"):
        return _("Preparing: loading data and drawing initial weights …")
    line = _("epoch {epoch} of {epochs}").format(epoch=view.epoch, epochs=view.experiment.epochs)
    if watched.over:
        how = _("Done") if view.state == "ended" else _("Stopped")
        line = f"{how} · {line}"
    if view.val_mse is not None:
        numbers = _("validation MSE {mse:.5f}, PCA {pca:.5f}").format(
            mse=view.val_mse, pca=view.references_mse.get("pca", math.nan)
        )
        return f"{line} · {numbers}"
    return line


def _finding(watched: Watched | None) -> str:
    if watched is None or not watched.largest:
        return _("**Angles between the autoencoder's subspace and PCA's**")
    return _(
        "Code size {size}: the largest angle to PCA's subspace is **{largest:.1f}°**, the mean "
        "**{mean:.1f}°**."
    ).format(size=watched.size, largest=watched.largest[-1], mean=watched.mean[-1])


def _rows(size: int, watched: Watched | None) -> None:
    """Eigen-digits, the same as far as the decoder can draw them, and its own features."""
    if watched is not None and watched.latest is not None:
        seen = watched.latest
        pca, drawn, decoder = seen.components, seen.drawn, seen.decoder
        degrees = np.degrees(np.arccos(np.clip(seen.lengths, 0, 1)))
        captions = [f"{angle:.0f}°" for angle in degrees]
    else:
        from aecore.topics.ae_vs_pca import ask as comparison

        pca = models.ask(pretrained.available()[0], comparison.eigen_digits, size)
        drawn = decoder = np.zeros_like(pca)
        captions = ["–"] * size
    strength = np.abs(pca).max(axis=(1, 2), keepdims=True)
    components.digit_rows(
        [
            components.Row(_("PCA: eigen-digits"), signed_pictures(pca, strength, dark=is_dark())),
            components.Row(
                _("nearest that the autoencoder can draw"),
                signed_pictures(drawn, strength, dark=is_dark()),
                captions,
            ),
            components.Row(_("its decoder features"), signed_pictures(decoder, dark=is_dark())),
        ],
        key="eigen_digits",
        alt=_(
            "PCA's components, the closest picture to each that the linear autoencoder "
            "can draw, and its own decoder features; the number is the angle between the "
            "first two."
        ),
    )
    st.caption(
        _(
            "The decoder features stay mixtures of eigen-digits: the error says which subspace is "
            "best, but not which directions in it to choose. PCA orders them by variance."
        )
    )
