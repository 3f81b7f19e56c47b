"""The sliders of the penalty, and the training of a model with them, here on the page."""

from typing import TypeVar

import streamlit as st

from aecore.errors import N_
from aecore.parts.datasets import DatasetSpec
from aecore.spec.experiment import Experiment
from ui.kit import kinds, models, trained_here
from ui.kit.language import _
from ui.sparsity import recipes

Step = TypeVar("Step", int, float)

TRAIN_HELP = N_(
    "Weights change only by training: this trains a new model with these settings on {n:,} {many}, "
    "{epochs} epochs, in seconds, and then shows it on this page. It becomes your run."
)


def panel(model_id: str) -> None:
    """The settings; while a run trains, they look at it twice a second."""
    st.fragment(_panel, run_every=trained_here.run_every("sparsity"))(model_id)


def _panel(model_id: str) -> None:
    spec = models.dataset(model_id)
    experiment = _settings(
        models.experiment(model_id), spec, locked=trained_here.is_training("sparsity")
    )
    trained_here.trainer(
        "sparsity",
        experiment,
        label=_("Train it here"),
        about=_(TRAIN_HELP).format(
            n=recipes.n_train(spec.key), many=kinds.many(spec), epochs=experiment.epochs
        ),
        idle=_("{epochs} epochs, a few seconds").format(epochs=experiment.epochs),
    )


def _settings(shown: Experiment, spec: DatasetSpec, *, locked: bool) -> Experiment:
    """What to train; starts as the model on show, and then stays as the learner leaves it."""
    starts = {
        "_sparsity_kind": recipes.kind_of(shown),
        "_sparsity_size": _nearest(recipes.SIZES, shown.latent_dim),
        "_sparsity_l1": _nearest(recipes.L1_WEIGHTS, _own(shown, "l1", 0.03)),
        "_sparsity_kl": _nearest(recipes.KL_WEIGHTS, _own(shown, "kl_sparsity", 0.001)),
        "_sparsity_rho": _nearest(recipes.RHOS, shown.rho),
    }
    for key, start in starts.items():
        st.session_state[key] = st.session_state.get(key, start)  # also of a kind not shown now
    kind = st.segmented_control(
        _("Sparsity by"),
        list(recipes.KINDS),
        required=True,
        format_func=lambda k: _(recipes.KINDS[k]),
        key="_sparsity_kind",
        help=_(recipes.KINDS_HELP),
        disabled=locked,
        wrap=True,
    )
    size = st.select_slider(
        _("Code size (units)"),
        recipes.SIZES,
        key="_sparsity_size",
        help=_(
            "How many units the code has. One {one} has {n} numbers: with more units than that the "
            "code is overcomplete, and without sparsity could simply copy them."
        ).format(one=kinds.one(spec), n=spec.shape.size),
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
    return recipes.on(spec.key, recipes.build(kind, size, weight=weight, rho=rho, k=k))


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
