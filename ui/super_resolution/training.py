"""The training of a model of one's own, here on the page."""

import streamlit as st

from aecore.files import pretrained
from aecore.parts.datasets import BUNDLED, DATASETS
from aecore.spec import variants
from aecore.spec.experiment import Experiment
from ui.kit import models, trained_here
from ui.kit.language import _
from ui.super_resolution.words import SIZE_HELP, TRAIN_HELP

SIZES = (2, 8, 16, 32, 64, 128)

EPOCHS, EPOCHS_ON_MANY = 10, 5
"""On at most `FEW` pictures, and on more."""

FEW = 5_000


def recipe(side: int, size: int, data: str) -> Experiment:
    """A quick training for small pictures of one side; few pictures need small batches."""
    few = DATASETS[data].n_train < FEW
    return variants.get("super-resolution").experiment.replace(
        latent_dim=size,
        noise_level=1 - side / DATASETS[data].shape.axes[-1],
        dataset=data,
        epochs=EPOCHS if few else EPOCHS_ON_MANY,
        batch_size=32 if few else 64,
    )


def panel(model_id: str, side: int) -> None:
    """The code size and the button; the pictures are of the kind that the model on show knows."""
    size = st.select_slider(
        _("Code size"),
        SIZES,
        64,
        key="_superres_size",
        help=_(SIZE_HELP),
        disabled=trained_here.is_training("super_resolution"),
    )
    own = model_id not in pretrained.available()
    data = models.experiment(model_id).dataset if own else BUNDLED
    run_every = trained_here.run_every("super_resolution")
    st.fragment(_trainer, run_every=run_every)(recipe(side, size, data))


def _trainer(experiment: Experiment) -> None:
    data = _(DATASETS[experiment.dataset].title)
    trained_here.trainer(
        "super_resolution",
        experiment,
        label=_("Train your own"),
        about=_(TRAIN_HELP).format(epochs=experiment.epochs, dataset=data),
        idle=_("{n} epochs on {dataset}").format(n=experiment.epochs, dataset=data),
    )
