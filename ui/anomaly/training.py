"""The normal classes, and the training of a model on them alone, here on the page."""

import streamlit as st

from aecore import datasets, variants
from aecore.analysis.anomaly import check_normal
from aecore.datasets import BUNDLED
from aecore.errors import LabError
from aecore.experiment import Experiment, spec_of
from aecore.view import RunView
from ui import language, models, state
from ui.anomaly.answers import data_for_training
from ui.anomaly.words import NORMAL_HELP, TRAIN_HELP
from ui.language import _

ANOMALY_RUN = "anomaly_run"
"""Session key of the run that is being trained on this page."""

DEFAULT_NORMAL = (3,)

EPOCHS = 30

SIZES = (2, 4, 8, 16, 32, 64, 128, 256)

TICK = 0.5
"""Seconds between looks at a run that trains."""


def panel(model_id: str) -> tuple[int, ...]:
    """The normal classes and what to train.

    Returns:
        The classes that are normal for the model on show: those that it was trained on; the
        chosen ones if it has seen all.
    """
    shown = models.experiment(model_id)
    training = st.session_state.get(ANOMALY_RUN) is not None
    data = data_for_training(model_id, state.experiment().dataset)
    names = [_(name) for name in datasets.SPECS[data].classes]
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
    experiment = _experiment(shown, data, normal, locked=training)
    st.fragment(_trainer, run_every=TICK if training else None)(experiment)
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


def _experiment(
    shown: Experiment, data: str, normal: tuple[int, ...], *, locked: bool
) -> Experiment | None:
    """What to train; it starts as the model on show. None while the classes are no choice."""
    start = {
        "_anomaly_variant": shown.variant,
        "_anomaly_size": min(SIZES, key=lambda size: abs(size - shown.latent_dim)),
    }
    for key, value in start.items():
        st.session_state.setdefault(key, value)
    variant = st.selectbox(
        _("Variant"),
        list(variants.VARIANTS),
        format_func=lambda v: _(variants.VARIANTS[v].title),
        key="_anomaly_variant",
        help=_(variants.get(st.session_state["_anomaly_variant"]).changes),
        disabled=locked,
    )
    size = st.select_slider(
        _("Code size"),
        SIZES,
        key="_anomaly_size",
        help=_(spec_of("latent_dim").help),
        disabled=locked,
    )
    try:
        return recipe(variant, size, data, check_normal(normal))
    except LabError as error:
        st.info(language.say(error), icon=":material/info:")
        return None


def _trainer(experiment: Experiment | None) -> None:
    view = _watched()
    if view is None:
        if st.button(
            _("Train on them alone"),
            key="anomaly_train",
            type="primary",
            icon=":material/play_arrow:",
            help=_(TRAIN_HELP),
            disabled=experiment is None,
        ):
            assert experiment is not None
            _start(experiment)
    elif st.button(_("Cancel"), key="anomaly_cancel", icon=":material/close:"):
        _forget(view.run_id)
        state.rerun()
    st.progress(0.0 if view is None else view.progress, text=_progress_text(view, experiment))


def _progress_text(view: RunView | None, experiment: Experiment | None) -> str:
    if view is None:
        key = BUNDLED if experiment is None else experiment.dataset
        choices = spec_of("dataset").choices  # type: ignore[attr-defined]
        return _("{n} epochs on {dataset}").format(n=EPOCHS, dataset=_(choices[key]))
    if view.state == "preparing":
        return _("Preparing …")
    return _("Training: epoch {epoch} of {epochs}").format(
        epoch=view.epoch, epochs=view.experiment.epochs
    )


def _difference(shown: Experiment, normal: tuple[int, ...]) -> None:
    """Says so while the results are not those of the chosen classes."""
    with st.container(key="anomaly_difference"):
        if shown.classes and shown.classes != normal:
            names = datasets.SPECS[shown.dataset].classes
            trained = ", ".join(_(names[label]) for label in shown.classes)
            st.caption(
                _("Still on show: the model whose normal classes are {classes}.").format(
                    classes=trained
                )
            )


def _start(experiment: Experiment) -> None:
    client = state.client()
    run_id = client.create(experiment)
    client.play(run_id)
    st.session_state[ANOMALY_RUN] = run_id
    state.rerun()  # the whole page, as the fragment must begin to tick


def _watched() -> RunView | None:
    """The run that trains here; one that has come to its end is shown instead."""
    run_id = st.session_state.get(ANOMALY_RUN)
    if run_id is None:
        return None
    client = state.client()
    if not client.knows(run_id):  # expired while nobody looked
        st.session_state[ANOMALY_RUN] = None
        state.rerun()
    view = client.view(run_id)
    if view.state in ("ready", "paused"):  # paused because the learner was away
        client.play(run_id)
    if view.state == "failed" and view.error is not None:
        state.notify(view.error)
        _forget(run_id)
        state.rerun()
    if view.state == "ended":
        st.session_state[ANOMALY_RUN] = None
        state.watch(run_id)
        state.set_model(run_id)
        state.forget_old_runs()
        state.rerun()
    return view


def _forget(run_id: str) -> None:
    st.session_state[ANOMALY_RUN] = None
    state.client().delete(run_id)
