"""The sliders of the penalty, and the training of a model with them, here on the page."""

from typing import TypeVar

import streamlit as st

from aecore.errors import N_
from aecore.experiment import Experiment
from aecore.view import RunView
from ui import models, state
from ui.language import _
from ui.sparsity import recipes

Step = TypeVar("Step", int, float)

TRAINED_HERE = "sparsity_run"
"""Session key of the run that is being trained on this page."""

TICK = 0.5
"""Seconds between looks at a run that trains."""

TRAIN_HELP = N_(
    "Weights change only by training: this trains a new model with these settings on 4,000 bundled "
    "digits, 15 epochs, in seconds, and then shows it on this page. It becomes your run."
)


def panel(model_id: str) -> None:
    """The settings; while a run trains, they look at it twice a second."""
    moving = st.session_state.get(TRAINED_HERE) is not None
    st.fragment(_panel, run_every=TICK if moving else None)(model_id)


def _panel(model_id: str) -> None:
    view = _watched()
    experiment = _settings(models.experiment(model_id), locked=view is not None)
    if view is None:
        if st.button(
            _("Train it here"),
            key="sparsity_train",
            type="primary",
            icon=":material/play_arrow:",
            help=_(TRAIN_HELP),
        ):
            _start(experiment)
    elif st.button(_("Cancel"), key="sparsity_cancel", icon=":material/close:"):
        _forget(view.run_id)
        state.rerun()
    st.progress(0.0 if view is None else view.progress, text=_progress_text(view))


def _settings(shown: Experiment, *, locked: bool) -> Experiment:
    """What to train; starts as the model on show, and then stays as the learner leaves it."""
    starts = {
        "_sparsity_kind": recipes.kind_of(shown),
        "_sparsity_size": _nearest(recipes.SIZES, shown.latent_dim),
        "_sparsity_l1": _nearest(recipes.L1_WEIGHTS, _own(shown, "l1", 0.03)),
        "_sparsity_kl": _nearest(recipes.KL_WEIGHTS, _own(shown, "kl_sparsity", 0.001)),
        "_sparsity_rho": _nearest(recipes.RHOS, shown.rho),
    }
    for key, start in starts.items():
        st.session_state.setdefault(key, start)
    kind = st.segmented_control(
        _("Sparsity by"),
        list(recipes.KINDS),
        required=True,
        format_func=lambda k: _(recipes.KINDS[k]),
        key="_sparsity_kind",
        help=_(recipes.KINDS_HELP),
        disabled=locked,
    )
    size = st.select_slider(
        _("Code size (units)"),
        recipes.SIZES,
        key="_sparsity_size",
        help=_(
            "How many units the code has. A picture has 784 pixels: with more units than that the "
            "code is overcomplete, and without sparsity could simply copy the picture."
        ),
        disabled=locked,
    )
    kind = kind or "none"  # never None, as a choice is required
    weight, rho, k = 0.0, 0.05, 16
    if kind == "l1":
        weight = _choice("penalty_weight", recipes.L1_WEIGHTS, "_sparsity_l1", locked)
    elif kind == "kl":
        rho = _choice("rho", recipes.RHOS, "_sparsity_rho", locked)
        weight = _choice("penalty_weight", recipes.KL_WEIGHTS, "_sparsity_kl", locked)
    elif kind == "top_k":
        k = _k_slider(size, locked)
    return recipes.build(kind, size, weight=weight, rho=rho, k=k)


def _own(shown: Experiment, penalty: str, default: float) -> float:
    """The weight of the model on show, if it is of this kind."""
    return shown.penalty_weight if shown.penalty == penalty else default


def _nearest(steps: tuple[Step, ...], wanted: float) -> Step:
    return min(steps, key=lambda step: abs(step - wanted))


def _choice(field: str, steps: tuple[float, ...], key: str, locked: bool) -> float:
    """A slider over round numbers, named as the experiment's field."""
    title, text = recipes.title_and_help(field)
    return st.select_slider(
        _(title), steps, format_func=lambda w: f"{w:g}", key=key, help=_(text), disabled=locked
    )


def _k_slider(size: int, locked: bool) -> int:
    title, text = recipes.title_and_help("k")
    start = min(16, size)
    return st.slider(
        _(title), 1, size, start, key=f"_sparsity_k_{size}", help=_(text), disabled=locked
    )


def _start(experiment: Experiment) -> None:
    client = state.client()
    run_id = client.create(experiment)
    client.play(run_id)
    st.session_state[TRAINED_HERE] = run_id
    state.rerun()  # the whole page, as the fragment must begin to tick


def _watched() -> RunView | None:
    """The run that trains here; one that has come to its end is shown instead."""
    run_id = st.session_state.get(TRAINED_HERE)
    if run_id is None:
        return None
    client = state.client()
    if not client.knows(run_id):  # expired while nobody looked
        st.session_state[TRAINED_HERE] = None
        state.rerun()
    view = client.view(run_id)
    if view.state in ("ready", "paused"):  # paused because the learner was away
        client.play(run_id)
    if view.state == "failed" and view.error is not None:
        state.notify(view.error)
        _forget(run_id)
        state.rerun()
    if view.state == "ended":
        _take_over(view)
    return view


def _take_over(view: RunView) -> None:
    """Makes the run the learner's own, and the model on show."""
    st.session_state[TRAINED_HERE] = None
    state.watch(view.run_id)
    state.set_model(view.run_id)
    state.forget_old_runs()
    state.rerun()


def _forget(run_id: str) -> None:
    st.session_state[TRAINED_HERE] = None
    state.client().delete(run_id)


def _progress_text(view: RunView | None) -> str:
    if view is None:
        return _("15 epochs, a few seconds")
    if view.state == "preparing":
        return _("Preparing …")
    return _("Training: epoch {epoch} of {epochs}").format(
        epoch=view.epoch, epochs=view.experiment.epochs
    )
