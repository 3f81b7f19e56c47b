"""The normal classes, and the training of a model on them alone, here on the page."""

import streamlit as st

from aecore.data import datasets
from aecore.data.datasets import BUNDLED
from aecore.errors import LabError
from aecore.spec import variants
from aecore.spec.experiment import Experiment, spec_of
from aecore.topics.anomaly.measure import check_normal
from ui.anomaly.answers import data_for_training
from ui.anomaly.words import NORMAL_HELP, TRAIN_HELP
from ui.kit import language, models, state, trained_here
from ui.kit.language import _

DEFAULT_NORMAL = (3,)

EPOCHS = 30

SIZES = (2, 4, 8, 16, 32, 64, 128, 256)


def panel(model_id: str) -> tuple[int, ...]:
    """The normal classes and what to train, in a row above all that follows from them.

    Returns:
        The classes that are normal for the model on show: those that it was trained on; the
        chosen ones if it has seen all.
    """
    shown = models.experiment(model_id)
    training = trained_here.is_training("anomaly")
    data = data_for_training(model_id, state.experiment().dataset)
    names = [_(name) for name in datasets.DATASETS[data].classes]
    with st.container(key="pair_anomaly"):
        classes, variant, size, trainer = st.columns([1.1, 1, 1, 1.3], gap="medium")
    with classes:
        chosen = st.multiselect(
            _("Normal classes"),
            range(len(names)),
            default=shown.classes or DEFAULT_NORMAL,
            format_func=names.__getitem__,
            key=f"_anomaly_normal_{model_id}",
            help=_(NORMAL_HELP),
            placeholder=_("choose one"),
            disabled=training,
        )
    normal = tuple(sorted(chosen))
    _set_out_from(shown)
    with variant:
        wished = _variant_menu(locked=training)
    with size:
        experiment = _experiment(wished, data, normal, locked=training)
    with trainer:
        st.fragment(_trainer, run_every=trained_here.run_every("anomaly"))(experiment)
    _difference(shown, normal)
    return shown.classes or normal


def recipe(variant: str, size: int, data: str, normal: tuple[int, ...]) -> Experiment:
    """A quick training on some classes; few pictures need small batches."""
    preset = variants.get(variant).experiment
    return preset.replace(
        latent_dim=size,
        k=min(preset.k, size),
        dataset=data,
        classes=normal,
        epochs=EPOCHS,
        layer_epochs=min(preset.layer_epochs, 5),
        batch_size=32 if data == BUNDLED else 128,
    )


def _set_out_from(shown: Experiment) -> None:
    """The settings start as those of the model on show."""
    start = {
        "_anomaly_variant": shown.variant,
        "_anomaly_size": min(SIZES, key=lambda size: abs(size - shown.latent_dim)),
    }
    for key, value in start.items():
        st.session_state.setdefault(key, value)


def _variant_menu(*, locked: bool) -> str:
    return st.selectbox(
        _("Variant"),
        list(variants.VARIANTS),
        format_func=lambda v: _(variants.VARIANTS[v].title),
        key="_anomaly_variant",
        help=_(variants.get(st.session_state["_anomaly_variant"]).changes),
        disabled=locked,
    )


def _experiment(
    variant: str, data: str, normal: tuple[int, ...], *, locked: bool
) -> Experiment | None:
    """The code size, and with it what to train; None while the classes are no choice."""
    size = st.select_slider(
        _("Code size"),
        SIZES,
        key="_anomaly_size",
        help=_(spec_of("latent_dim").help),
        disabled=locked,
    )
    try:
        return recipe(
            variant, size, data, check_normal(normal, len(datasets.DATASETS[data].classes))
        )
    except LabError as error:
        st.info(language.say(error), icon=":material/info:")
        return None


def _trainer(experiment: Experiment | None) -> None:
    key = BUNDLED if experiment is None else experiment.dataset
    choices = spec_of("dataset").choices  # type: ignore[attr-defined]
    trained_here.trainer(
        "anomaly",
        experiment,
        label=_("Train on them alone"),
        about=_(TRAIN_HELP),
        idle=_("{n} epochs on {dataset}").format(n=EPOCHS, dataset=_(choices[key])),
    )


def _difference(shown: Experiment, normal: tuple[int, ...]) -> None:
    """Says so while the results are not those of the chosen classes."""
    with st.container(key="anomaly_difference"):
        if shown.classes and shown.classes != normal:
            names = datasets.DATASETS[shown.dataset].classes
            trained = ", ".join(_(names[label]) for label in shown.classes)
            st.caption(
                _("Still shown: the model whose normal classes are {classes}.").format(
                    classes=trained
                )
            )
