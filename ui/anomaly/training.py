"""The normal classes, and the training of a model on them alone, here on the page."""

import streamlit as st

from aecore.errors import LabError
from aecore.parts.datasets import BUNDLED, DATASETS
from aecore.spec import variants
from aecore.spec.experiment import Experiment, spec_of
from aecore.topics.anomaly.measure import check_normal, usual_classes
from ui.anomaly import answers
from ui.anomaly.words import DATA_HELP, NORMAL_HELP, TRAIN_HELP
from ui.kit import language, models, state, trained_here
from ui.kit.language import _

EPOCHS = 30

SIZES = (2, 4, 8, 16, 32, 64, 128, 256)

FEW, SMALL_BATCH, LARGE_BATCH = 5_000, 32, 128
"""Of fewer samples than `FEW` the batches are small, so that an epoch has more than a few steps."""


def panel(model_id: str) -> tuple[int, ...]:
    """The normal classes and what to train, in a row above all that follows from them.

    Returns:
        The classes that are normal for the model on show: those that it was trained on; the
        chosen ones if it has seen all; () where nobody has labelled its samples.
    """
    shown = models.experiment(model_id)
    training = trained_here.is_training("anomaly")
    with st.container(key="pair_anomaly"):
        menu, classes, variant, size, trainer = st.columns([1.05, 1, 1, 1, 1.2], gap="medium")
    with menu:
        data = _data_menu(model_id, locked=training)
    with classes:
        normal = _normal_menu(model_id, data, locked=training)
    _set_out_from(shown, data)
    with variant:
        wished = _variant_menu(data, locked=training)
    with size:
        experiment = _experiment(wished, data, normal, locked=training)
    with trainer:
        st.fragment(_trainer, run_every=trained_here.run_every("anomaly"))(experiment)
    own = normal if data == models.dataset(model_id).key else ()
    _difference(shown, own, data)
    return shown.classes or own or usual_classes(models.dataset(model_id))


def recipe(variant: str, size: int, data: str, normal: tuple[int, ...]) -> Experiment:
    """A quick training on some classes; few samples need small batches.

    Raises:
        LabError: the variant is made for another kind of data.
    """
    preset = variants.get(variant).experiment
    return preset.replace(
        latent_dim=size,
        k=min(preset.k, size),
        dataset=data,
        classes=normal,
        epochs=EPOCHS,
        layer_epochs=min(preset.layer_epochs, 5),
        batch_size=SMALL_BATCH if DATASETS[data].n_train < FEW else LARGE_BATCH,
    )


def variants_for(data: str) -> list[str]:
    """The variants that a dataset's kind of samples can be given."""
    return [key for key in variants.VARIANTS if _goes_with(key, data)]


def sizes_for(data: str) -> list[int]:
    """Codes that are smaller than a sample."""
    return [size for size in SIZES if size < DATASETS[data].shape.size]


def _goes_with(variant: str, data: str) -> bool:
    try:
        variants.get(variant).experiment.moved_to(data)
    except LabError:
        return False
    return True


def _data_menu(model_id: str, *, locked: bool) -> str:
    first = answers.data_for_training(model_id, state.experiment().dataset)
    offered = answers.can_be_trained_on()
    return st.selectbox(
        _("Dataset"),
        offered,
        index=offered.index(first),
        # Names may be alike; what stands in brackets has no room.
        format_func=lambda key: _(DATASETS[key].title).split("(")[0].strip(),
        key=f"_anomaly_data_{model_id}",
        help=_(DATA_HELP),
        disabled=locked,
    )


def _normal_menu(model_id: str, data: str, *, locked: bool) -> tuple[int, ...]:
    shown = models.experiment(model_id)
    own = shown.classes if data == models.dataset(model_id).key else ()
    names = [_(name) for name in DATASETS[data].classes]
    chosen = st.multiselect(
        _("Normal classes"),
        range(len(names)),
        default=own or usual_classes(DATASETS[data]),
        format_func=names.__getitem__,
        key=f"_anomaly_normal_{model_id}_{data}",
        help=_(NORMAL_HELP),
        placeholder=_("choose one"),
        disabled=locked,
    )
    return tuple(sorted(chosen))


def _set_out_from(shown: Experiment, data: str) -> None:
    """The settings start as those of the model on show, and stay possible with the dataset."""
    start = {"_anomaly_variant": shown.variant, "_anomaly_size": shown.latent_dim}
    for key, value in start.items():
        st.session_state.setdefault(key, value)
    sizes, offered = sizes_for(data), variants_for(data)
    wished = st.session_state["_anomaly_size"]
    st.session_state["_anomaly_size"] = min(sizes, key=lambda size: abs(size - wished))
    if st.session_state["_anomaly_variant"] not in offered:
        st.session_state["_anomaly_variant"] = offered[0]


def _variant_menu(data: str, *, locked: bool) -> str:
    return st.selectbox(
        _("Variant"),
        variants_for(data),
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
        sizes_for(data),
        key="_anomaly_size",
        help=_(spec_of("latent_dim").help),
        disabled=locked,
    )
    try:
        return recipe(variant, size, data, check_normal(normal, len(DATASETS[data].classes)))
    except LabError as error:
        st.info(language.say(error), icon=":material/info:")
        return None


def _trainer(experiment: Experiment | None) -> None:
    key = BUNDLED if experiment is None else experiment.dataset
    trained_here.trainer(
        "anomaly",
        experiment,
        label=_("Train on them alone"),
        about=_(TRAIN_HELP),
        idle=_("{n} epochs on {dataset}").format(n=EPOCHS, dataset=_(DATASETS[key].title)),
    )


def _difference(shown: Experiment, normal: tuple[int, ...], data: str) -> None:
    """Says so while the results are not those of the chosen classes."""
    with st.container(key="anomaly_difference"):
        if data != shown.dataset and not shown.classes:
            return
        if shown.classes and shown.classes != normal:
            names = DATASETS[shown.dataset].classes
            trained = ", ".join(_(names[label]) for label in shown.classes)
            st.caption(
                _("Still shown: the model whose normal classes are {classes}.").format(
                    classes=trained
                )
            )
