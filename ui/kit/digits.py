"""Choosing samples, and showing what a model makes of them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from aecore.errors import N_
from aecore.figures import samples
from aecore.parts.datasets import DatasetSpec
from aecore.shapes import Shape
from aecore.spec.view import Viewed
from aecore.topics.reconstructions import figures as figures
from ui.kit import charts, components, kinds, models, predict_first, state
from ui.kit.frame import is_dark
from ui.kit.language import _

if TYPE_CHECKING:
    from aecore.topics.reconstructions.ask import PictureErrors, Reconstruction

SHOWN = 10

ONE_OR_EIGHT = "reconstructions-one-or-eight"
"""The challenge that the errors of the classes answer."""

HOW = {
    "classes": N_("one of each class"),
    "class": N_("one class"),
    "random": N_("at random"),
    "best": N_("best"),
    "worst": N_("worst"),
}

FEW_CLASSES = N_("some of each class")
"""What the first is called where there is room for several."""


def test_errors(model_id: str) -> "PictureErrors":
    """The error of every test sample."""
    from aecore.topics.reconstructions import (
        ask as reconstruction,  # imports torch: not before a page needs an answer
    )

    return models.ask(model_id, reconstruction.test_errors)


def reconstruct_test(model_id: str, indices: tuple[int, ...]) -> "Reconstruction":
    """Some of the test samples and what becomes of them."""
    from aecore.topics.reconstructions import ask as reconstruction

    return models.ask(model_id, reconstruction.reconstruct_test, indices)


def reconstruct_own(model_id: str, pixels: NDArray[np.float32]) -> "Reconstruction":
    """What becomes of samples from outside: (n, numbers), in [0, 1]."""
    from aecore.topics.reconstructions import ask as reconstruction

    return models.ask(model_id, reconstruction.reconstruct_own, pixels)


def pick_menu(class_names: Sequence[str], *, many: str = "") -> tuple[str, int, int]:
    """Which test samples to show. Returns (how, class, seed).

    Args:
        class_names: () where nobody has labelled anything: then there is no choice of classes.
        many: what several samples are called; digits if nothing is said.
    """
    n = len(class_names)
    ways = [how for how in HOW if n or how not in ("classes", "class")]
    how = st.radio(
        _("Test digits") if many in ("", _("digits")) else _("Test {many}").format(many=many),
        ways,
        format_func=lambda h: _(FEW_CLASSES if h == "classes" and 2 * n <= SHOWN else HOW[h]),
        key="_pick" if n else "_pick_unlabelled",
    )
    label = 0
    if how == "class":
        label = st.selectbox(
            _("Class"), range(n), format_func=class_names.__getitem__, key=f"_pick_class_{n}"
        )
    seed = st.session_state.setdefault(state.PICK_SEED, 0)
    st.button(
        _("Others"),
        icon=":material/casino:",
        disabled=how in ("best", "worst"),
        key="others",
        on_click=_other_seed,
    )
    return how, label, seed


def _other_seed() -> None:
    st.session_state[state.PICK_SEED] += 1


def pick(wish: tuple[str, int, int], answer: "PictureErrors") -> tuple[int, ...]:
    """The test samples of a wish: the same for every model, except for best and worst."""
    how, label, seed = wish
    if how in ("best", "worst"):
        order = np.argsort(answer.errors, kind="stable")
        chosen = order[:SHOWN] if how == "best" else order[::-1][:SHOWN]
        return tuple(map(int, chosen))
    order = np.random.default_rng(seed).permutation(len(answer.labels))
    if how == "class":
        order = order[answer.labels[order] == label]
    elif how == "classes":
        return of_each_class(answer.labels, order)
    return tuple(map(int, order[:SHOWN]))


def of_each_class(labels: NDArray[np.int64], order: NDArray[np.int64]) -> tuple[int, ...]:
    """The first of each class in an order, as many as there is room for: at least one.

    Args:
        labels: (n,), the class of each sample.
        order: (n,), of the samples.
    """
    classes = np.unique(labels)
    room = max(1, SHOWN // len(classes))
    ordered = labels[order]
    return tuple(int(i) for c in classes for i in order[ordered == c][:room])


def finding(
    model_id: str, answer: "PictureErrors", picked: tuple[int, ...], class_names: Sequence[str]
) -> None:
    """What the samples show, in one line."""
    spec = models.dataset(model_id)
    said = _("{mse} **{shown:.4f}** for these, **{all:.4f}** for all {n:,} test {many}.").format(
        mse=kinds.mse(spec.shape.kind),
        shown=answer.errors[list(picked)].mean(),
        all=answer.errors.mean(),
        n=len(answer.errors),
        many=kinds.many(spec),
    )
    classes = np.unique(answer.labels)
    if not class_names or len(classes) < 2:
        st.markdown(said)
        return
    means = [float(answer.errors[answer.labels == c].mean()) for c in classes]
    easy, hard = (class_names[classes[arg(means)]] for arg in (np.argmin, np.argmax))
    ends = _("Easiest class: **{easy}**. Hardest: **{hard}**.").format(easy=easy, hard=hard)
    predict_first.headline(ONE_OR_EIGHT, f"{said} {ends}", spec=spec)


def compared(
    originals: Viewed,
    corrupted: Viewed | None,
    x_hat: Viewed,
    captions: Sequence[str],
    shape: Shape,
) -> list[components.Row]:
    """Original, (corrupted), reconstruction, difference: the order on every page."""
    shown = [components.Row(_("original"), originals)]
    if corrupted is not None:
        shown.append(components.Row(_("corrupted"), corrupted))
    return [
        *shown,
        components.Row(_("reconstruction"), x_hat),
        components.Row(
            _("difference"), samples.differences(originals, x_hat, shape, dark=is_dark()), captions
        ),
    ]


def in_one(shown: Sequence[components.Row], shape: Shape) -> components.Row:
    """Rows of one sample each as a single one, which has their labels as its captions."""
    pictures = [components.drawn(row.images, shape) for row in shown]
    colours = np.concatenate([samples.in_colour(images) for images in pictures])
    return components.Row("", colours, [row.label for row in shown])


def rows(answer: "Reconstruction", shape: Shape, *, key: str) -> None:
    """What a model makes of some samples, with the error of each."""
    captions = [f"{error:.3f}" for error in answer.errors]
    components.sample_rows(
        compared(answer.originals, answer.corrupted, answer.x_hat, captions, shape),
        shape=shape,
        key=key,
        alt=_(
            "Test samples above their reconstructions and their difference; the number: {mse}."
        ).format(mse=kinds.mse(shape.kind)),
    )


def own_answer(own: "Reconstruction", answer: "PictureErrors", shape: Shape) -> None:
    """The learner's own digit through the model, next to how test digits fare."""
    error = float(own.errors[0])
    share = float((answer.errors < error).mean())
    st.markdown(
        _(
            "MSE per pixel **{error:.4f}**; {percent:.0f}% of the test digits are "
            "reconstructed better than yours."
        ).format(error=error, percent=100 * share)
    )
    rows = compared(own.originals, own.corrupted, own.x_hat, [""], shape)
    components.sample_rows(
        [in_one(rows, shape)],
        shape=shape,
        key="own",
        large=True,
        alt=_("Your digit, what the model makes of it, and their difference."),
    )


def error_by_class(spec: DatasetSpec, answer: "PictureErrors", class_names: Sequence[str]) -> None:
    """The mean error of each class; where there are none, why."""
    if not class_names:
        st.caption(kinds.unlabelled(spec))
        return
    if predict_first.waits(ONE_OR_EIGHT, spec):
        st.markdown(_("**Error of each class**: after your prediction"))
        return
    title = _("**Error of each class**: simple shapes come back better")
    if not kinds.are_digits(spec):
        title = _("**Error of each class**: not all come back equally well")
    st.markdown(title)
    figure = charts.drawn(
        figures.error_by_class,
        answer.errors,
        answer.labels,
        class_names=class_names,
        mse=kinds.mse(spec.shape.kind),
        dark=is_dark(),
        _=_,
    )
    charts.show(figure, key="by_class", alt=title)


def error_histogram(spec: DatasetSpec, answer: "PictureErrors", picked: tuple[int, ...]) -> None:
    """How the errors of all test samples spread."""
    title = _("**All test {many}** by their error").format(many=kinds.many(spec))
    st.markdown(title)
    marked = [float(error) for error in answer.errors[list(picked)]]
    figure = charts.drawn(
        figures.error_histogram,
        answer.errors,
        marked,
        mse=kinds.mse(spec.shape.kind),
        many=kinds.many(spec),
        dark=is_dark(),
        _=_,
    )
    charts.show(figure, key="histogram", alt=title)
