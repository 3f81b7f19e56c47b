"""A linear autoencoder on its way to PCA, watched through the angles between the two."""

import math

import numpy as np
import streamlit as st

from aecore.data import datasets
from aecore.engine.job import Job
from aecore.errors import N_
from aecore.figures import samples
from aecore.files import pretrained
from aecore.parts.datasets import DIGIT
from aecore.topics.ae_vs_pca import figures as figures
from aecore.topics.ae_vs_pca.linear import Look, approach_pca, approaching_pca
from ui.kit import background, charts, components, layout, models, state
from ui.kit.frame import is_dark
from ui.kit.language import _

LINEAR = ("ae_vs_pca", "linear")
"""The job that trains."""


def panel(model_id: str) -> None:
    """Trains a linear autoencoder and shows how it closes in; the chosen model plays no part."""
    settings, results = layout.beside("ae_pca_linear")
    with settings:
        size = st.slider(_("Code size"), 2, 16, 8, key="_linear_size", help=_(SIZE_HELP))
        background.button("linear", _("Train"), _start, size, names=[LINEAR])
        st.caption(_(ABOUT).format(n=datasets.DATASETS[datasets.BUNDLED].n_train))
    with results:
        background.watching(_results, LINEAR)(size)


SIZE_HELP = N_("How many numbers the linear autoencoder's code has, and components PCA uses.")

ABOUT = N_(
    "A linear autoencoder has no hidden layers and no activations. Nothing in its "
    "training mentions PCA, and yet gradient descent leads it to the same subspace: the "
    "set of all pictures that the code can draw. Trained on the {n:,} digits that come "
    "with the lab: SGD with momentum, learning rate 2, batches of 256, 150 epochs, "
    "slowed down so that you can watch."
)


def _start(size: int) -> None:
    from aecore.topics.ae_vs_pca import ask  # torch: not before a page needs an answer

    client, owner = state.client(), state.owner()
    job = Job(
        lambda: approach_pca(client, size, ask.approach, owner), owner=owner, keeps=1, waits=True
    )
    background.start(LINEAR, job)


def _results(size: int) -> None:
    job = background.job(LINEAR)
    look: Look | None = None if job is None else job.newest
    background.progress(job, _status(job, look))
    st.markdown(_finding(look), help=_(ANGLE_HELP))
    charts.live_plot(
        figures.angles_over_epochs(
            look.epochs if look else (),
            {
                _("largest angle"): look.largest if look else (),
                _("mean angle"): look.mean if look else (),
            },
            approaching_pca(size).epochs,
            revision=look.view.run_id if look else "",
            dark=is_dark(),
            _=_,
        ),
        key="angles",
        height=240,
        alt=_("The angles between the linear autoencoder's subspace and PCA's, falling to zero."),
    )
    _rows(size, look)


ANGLE_HELP = N_(
    "Two planes through one point can be tilted against each other; subspaces of k dimensions have "
    "k such angles, called principal angles. 0° means that all directions of one lie in the other, "
    "90° that some direction of one is at right angles to the whole of the other. When the largest "
    "is 0°, both can draw exactly the same pictures."
)


def _status(job: Job[Look] | None, look: Look | None) -> str:
    if job is None:
        return _("Press ‘Train’ to watch a linear autoencoder find PCA.")
    view = None if look is None else look.view
    if view is None or view.state in ("preparing", "queued"):
        return _("Preparing: loading data and drawing initial weights …")
    line = _("epoch {epoch} of {epochs}").format(epoch=view.epoch, epochs=view.experiment.epochs)
    if job.over:
        how = _("Stopped") if job.cancelled else _("Done")
        line = f"{how} · {line}"
    if view.val_mse is not None:
        numbers = _("validation MSE {mse:.5f}, PCA {pca:.5f}").format(
            mse=view.val_mse, pca=view.references_mse.get("pca", math.nan)
        )
        return f"{line} · {numbers}"
    return line


def _finding(look: Look | None) -> str:
    if look is None or not look.largest:
        return _("**Angles between the autoencoder's subspace and PCA's**")
    return _(
        "Code size {size}: the largest angle to PCA's subspace is **{largest:.1f}°**, the mean "
        "**{mean:.1f}°**."
    ).format(size=look.view.experiment.latent_dim, largest=look.largest[-1], mean=look.mean[-1])


def _rows(size: int, look: Look | None) -> None:
    """Eigen-digits, the same as far as the decoder can draw them, and its own features."""
    if look is not None and look.latest is not None:
        seen = look.latest
        pca, drawn, decoder = seen.components, seen.drawn, seen.decoder
        degrees = np.degrees(np.arccos(np.clip(seen.lengths, 0, 1)))
        captions = [f"{angle:.0f}°" for angle in degrees]
    else:
        from aecore.topics.ae_vs_pca import ask

        pca = models.ask(pretrained.available()[0], ask.eigen_digits, size)
        drawn = decoder = np.zeros_like(pca)
        captions = ["–"] * size
    strength = np.abs(pca).max(axis=(1, 2), keepdims=True)
    components.sample_rows(
        [
            components.Row(
                _("PCA: eigen-digits"), samples.signed(pca, DIGIT, strength, dark=is_dark())
            ),
            components.Row(
                _("nearest that the autoencoder can draw"),
                samples.signed(drawn, DIGIT, strength, dark=is_dark()),
                captions,
            ),
            components.Row(
                _("its decoder features"), samples.signed(decoder, DIGIT, dark=is_dark())
            ),
        ],
        shape=DIGIT,
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
