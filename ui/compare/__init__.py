"""The compare page: curves, settings, cost and samples of several models side by side."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import streamlit as st

from aecore.data import datasets
from aecore.errors import N_
from aecore.files import pretrained
from aecore.files.runs_table import Model
from aecore.parts.datasets import DIGIT
from aecore.spec.anatomy import anatomy
from aecore.spec.view import RunView
from aecore.topics.compare import figures as figures
from ui.compare.table import number, one_kind, plain, tables
from ui.kit import (
    charts,
    components,
    digits,
    echoes,
    kinds,
    layout,
    models,
    own_digit,
    own_runs,
    runs,
    state,
)
from ui.kit.frame import is_dark
from ui.kit.language import _

if TYPE_CHECKING:
    from aecore.topics.compare.ask import Scores
    from aecore.topics.reconstructions.ask import PictureErrors

TICK = 1.0
"""Seconds between looks at runs that train."""

COMPARE_SEEN = "compare_seen"
"""Session: the states of the runs that the page was last drawn for."""

EXAMPLES = ("vanilla-32", "vae-16")

CURVES_HELP = N_(
    "Mean squared error over the validation samples of each model, after each epoch. Of a "
    "pretrained model only the last one is known: the diamond."
)


def pick() -> list[str]:
    """A menu of all models, of which two or more are compared."""
    own = models.own_labels()
    newest = list(own)[:3]
    chosen = own_runs.compared() or [*newest, *EXAMPLES][: max(2, len(newest))]
    labels = own | {name: models.label(name) for name in (*pretrained.available(), *chosen)}
    key = state.widget_key(state.COMPARED)
    echoes.show(key, chosen)
    st.multiselect(
        _("Models to compare"),
        list(labels),
        format_func=lambda name: labels.get(name, name),  # the widget may remember one that is gone
        key=key,
        max_selections=own_runs.MOST_COMPARED,
        on_change=_change,
        placeholder=_("choose two or more"),
        help=_("Your runs and the pretrained models; at most {n}.").format(
            n=own_runs.MOST_COMPARED
        ),
    )
    return chosen


def _change() -> None:
    key = state.widget_key(state.COMPARED)
    if not echoes.is_echo(key, lambda told: all(map(own_runs.is_model, told))):
        own_runs.set_compared(st.session_state[key])


def panel(chosen: list[str]) -> None:
    """Everything about the models; refreshes itself while one of them trains."""
    states = _states(chosen)
    st.session_state[COMPARE_SEEN] = states
    moving = any(name in ("preparing", "queued", "running") for name in states)
    st.fragment(_panel, run_every=TICK if moving else None)(chosen)
    at_rest = [view for view in map(_view, chosen) if view is not None]
    runs.follow([] if moving else at_rest)


def _states(chosen: Sequence[str]) -> list[str]:
    """What each model is doing; a run that is gone is like one that stands still."""
    client = state.client()
    return [own_runs.look(m).state if client.knows(m) else "" for m in chosen]


def _panel(chosen: list[str]) -> None:
    if _states(chosen) != st.session_state[COMPARE_SEEN]:
        state.rerun()  # the timer must follow, and a deleted run leaves the menu
    if len(chosen) < 2:
        st.info(_("Choose at least two models above."), icon=":material/info:")
        return
    names = [models.label(m) for m in chosen]
    shared = _shared(chosen)
    on_bundled = shared == "bundled"
    with st.spinner(_("Running the models …")):
        scores = [_scores(m, on_bundled) for m in chosen]
    table = [_facts(m, n, s) for m, n, s in zip(chosen, names, scores, strict=True)]
    _curves(chosen, table, scores[0].val_mean if shared else None)
    if shared:
        settings_column, results = layout.beside("compare")
        with settings_column:
            spec = datasets.DATASETS[datasets.BUNDLED if on_bundled else _dataset(chosen[0])]
            names_of_classes = [_(name) for name in spec.classes]
            wish = digits.pick_menu(names_of_classes, many=kinds.many(spec))
            if wish[0] in ("best", "worst"):
                st.caption(_("Best and worst for: {model}").format(model=names[0]))
        with results:
            _pictures(chosen, table, wish, on_bundled)
            _notes(chosen, on_bundled, scores[0])
    else:
        st.info(_(SHARE_NO_SHAPE), icon=":material/info:")
    tables(table)


def _dataset(model_id: str) -> str:
    """Whose test pictures a model is asked about."""
    if model_id in pretrained.available():
        return datasets.BUNDLED
    return models.experiment(model_id).dataset


def _shared(chosen: Sequence[str]) -> Literal["own", "bundled", ""]:
    """Which test samples all models can be shown.

    Returns:
        "own" for those of their one dataset; "bundled" for the digits, where models of different
        datasets take pictures of that size; "" where there are none.
    """
    found = {_dataset(m) for m in chosen}
    if len(found) == 1:
        return "own"
    return "bundled" if all(datasets.DATASETS[key].shape == DIGIT for key in found) else ""


def _scores(model_id: str, on_bundled: bool) -> "Scores":
    from aecore.topics.compare import (
        ask as compare,  # imports torch: not before the page needs an answer
    )

    return models.ask(model_id, compare.scores, on_bundled)


def _view(model_id: str) -> RunView | None:
    """A look at a run; None for a pretrained model."""
    return own_runs.look(model_id) if state.client().knows(model_id) else None


def _facts(model_id: str, name: str, scores: "Scores") -> Model:
    experiment, view = models.experiment(model_id), _view(model_id)
    if view is None:
        epochs, seconds = experiment.epochs, float(pretrained.card(model_id)["train_seconds"])
    else:
        epochs, seconds = view.epoch, view.seconds
        name = _("{name} (diverged)").format(name=name) if view.ended == "diverged" else name
    return Model(
        name=name,
        experiment=experiment,
        epochs_done=epochs,
        train_seconds=seconds,
        parameters=anatomy(experiment).parameters,
        val_mse=scores.val,
        # Nobody looks at the test set while a model trains.
        test_mse=scores.model if view is None or not view.is_training else math.nan,
        mean_mse=scores.mean,
        pca_mse=scores.pca,
    )


SHARE_NO_SHAPE = N_(
    "These models have learned from data of different kinds or sizes: none can be given the "
    "samples of another, and each error is measured on the model's own data, so the errors cannot "
    "be compared either. Choose models of one dataset to see samples side by side."
)

# ---- curves


def _curves(chosen: Sequence[str], table: Sequence[Model], mean: float | None) -> None:
    """The validation errors over epochs; `mean` is that of the mean, None where each has its own."""
    kind = one_kind(table)
    curves = []
    for model_id, model in zip(chosen, table, strict=True):
        view = _view(model_id)
        if view is None:
            curves.append(figures.Curve(model.name, [model.epochs_done], [model.val_mse]))
        else:
            history = view.history
            curves.append(figures.Curve(model.name, history.epochs, history.val_mse))
    comparable = mean is not None
    st.markdown(_finding(table) if comparable else _(UNRANKED), help=_(CURVES_HELP))
    charts.live_plot(
        figures.error_curves(
            curves,
            mean,
            mean_name=kinds.mean(kind) if kind else "",
            axis=kinds.validation_mse(kind),
            revision=",".join(chosen),
            dark=is_dark(),
            _=_,
        ),
        key="compare_curves",
        height=250,
        alt=_("The validation error of each model over the epochs."),
    )


UNRANKED = N_("**Validation error** over the epochs")


def _finding(table: Sequence[Model]) -> str:
    """Which model rebuilds the validation samples best, in one line."""
    ranked = sorted((m for m in table if math.isfinite(m.val_mse)), key=lambda m: m.val_mse)
    if len(ranked) < 2:
        return _(UNRANKED)
    best, worst = ranked[0], ranked[-1]
    return _(
        "**Validation error**: lowest for {best} ({low:.4f}), {times:.1f} times as high for {worst} "
        "({high:.4f})"
    ).format(
        best=plain(best.name),
        low=best.val_mse,
        times=worst.val_mse / best.val_mse,
        worst=plain(worst.name),
        high=worst.val_mse,
    )


# ---- pictures


def _errors(model_id: str, on_bundled: bool) -> "PictureErrors":
    from aecore.topics.variants import ask as variants

    return (
        models.ask(model_id, variants.bundled_errors)
        if on_bundled
        else digits.test_errors(model_id)
    )


def _pictures(
    chosen: Sequence[str], table: Sequence[Model], wish: tuple[str, int, int], on_bundled: bool
) -> None:
    """The same test samples as each model rebuilds them, below the originals."""
    from aecore.topics.variants import ask as variants

    picked = digits.pick(wish, _errors(chosen[0], on_bundled))
    shape = DIGIT if on_bundled else models.shape(chosen[0])
    shown: list[components.Row] = []
    for model_id, model in zip(chosen, table, strict=True):
        if on_bundled:
            passed = models.ask(model_id, variants.pass_bundled, picked)
            originals, x_input, x_hat = passed.originals, passed.x_input, passed.x_hat
        else:
            answer = digits.reconstruct_test(model_id, picked)
            originals, x_hat = answer.originals, answer.x_hat
            x_input = originals if answer.corrupted is None else answer.corrupted
        shown = shown or [components.Row(_("original"), originals)]
        if model.experiment.corruption != "none":
            label = _("Input of {model}").format(model=model.name)
            shown.append(components.Row(label, x_input))
        shown.append(components.Row(f"{model.name}: {number(model.test_mse)}", x_hat))
    components.sample_rows(
        shown,
        shape=shape,
        key="compare_digits",
        alt=_("The same test samples, original and as each model rebuilds them."),
    )


@st.fragment
def own(chosen: list[str]) -> None:
    """The learner's own digit through every model, if all can be given one."""
    unfit = [m for m in chosen if models.shape(m) != DIGIT]
    pixels = own_digit.section((unfit or chosen)[0], key="compare") if chosen else None
    if pixels is None or len(chosen) < 2:
        return
    answers = [digits.reconstruct_own(m, pixels) for m in chosen]
    shape = models.shape(chosen[0])
    rows = [components.Row(_("original"), answers[0].originals)]
    for model_id, answer in zip(chosen, answers, strict=True):
        name = models.label(model_id)
        rows.append(components.Row(f"{name}: {float(answer.errors[0]):.4f}", answer.x_hat))
    components.sample_rows(
        rows, shape=shape, key="compare_own", alt=_("Your digit, and as each model rebuilds it.")
    )


def _notes(chosen: Sequence[str], on_bundled: bool, scores: "Scores") -> None:
    """What the numbers are measured on, and what that means for each model."""
    says = [
        _("The numbers: {mse} over {n:,} test samples, the same for all.").format(
            mse=kinds.mse(models.shape(chosen[0]).kind), n=scores.n_test
        )
    ]
    if any(m in pretrained.available() for m in chosen):
        says.append(
            _(
                "Pretrained models come without a curve: the diamond is their last error, and their training time was measured on another computer."
            )
        )
    own_datasets = {_dataset(m) for m in chosen}
    if on_bundled:
        says.append(
            _(
                "These models learned from different datasets, so all are shown the bundled MNIST "
                "digits; each curve belongs to the model's own validation samples."
            )
        )
        if "mnist" in own_datasets:
            says.append(
                _("One that learned from all of MNIST may have seen these digits in training.")
            )
    if any(models.experiment(m).corruption != "none" for m in chosen):
        says.append(_("One with input noise gets the noisy samples: a harder task."))
    st.caption(" ".join(says))
