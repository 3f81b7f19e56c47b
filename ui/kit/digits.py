"""Choosing pictures, and showing what a model makes of them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from aecore.errors import N_
from aecore.figures import samples
from aecore.shapes import Shape
from aecore.spec.view import Viewed
from aecore.topics.reconstructions import figures as figures
from ui.kit import charts, components, models, predict_first, state
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


def test_errors(model_id: str) -> "PictureErrors":
    """The error of every test picture."""
    from aecore.topics.reconstructions import (
        ask as reconstruction,  # imports torch: not before a page needs an answer
    )

    return models.ask(model_id, reconstruction.test_errors)


def reconstruct_test(model_id: str, indices: tuple[int, ...]) -> "Reconstruction":
    """Some of the test pictures and what becomes of them."""
    from aecore.topics.reconstructions import ask as reconstruction

    return models.ask(model_id, reconstruction.reconstruct_test, indices)


def reconstruct_own(model_id: str, pixels: NDArray[np.float32]) -> "Reconstruction":
    """What becomes of pictures from outside: (n, numbers), in [0, 1]."""
    from aecore.topics.reconstructions import ask as reconstruction

    return models.ask(model_id, reconstruction.reconstruct_own, pixels)


def pick_menu(class_names: Sequence[str]) -> tuple[str, int, int]:
    """Which test digits to show. Returns (how, class, seed)."""
    how = st.radio(_("Test digits"), list(HOW), format_func=lambda h: _(HOW[h]), key="_pick")
    label = 0
    if how == "class":
        label = st.selectbox(
            _("Class"), range(10), format_func=class_names.__getitem__, key="_pick_class"
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
    """The test pictures of a wish: the same for every model, except for best and worst."""
    how, label, seed = wish
    if how in ("best", "worst"):
        order = np.argsort(answer.errors, kind="stable")
        chosen = order[:SHOWN] if how == "best" else order[::-1][:SHOWN]
        return tuple(map(int, chosen))
    order = np.random.default_rng(seed).permutation(len(answer.labels))
    if how == "class":
        order = order[answer.labels[order] == label]
    elif how == "classes":
        first = {int(answer.labels[i]): int(i) for i in reversed(order)}
        return tuple(first[c] for c in sorted(first))
    return tuple(map(int, order[:SHOWN]))


def finding(answer: "PictureErrors", picked: tuple[int, ...], class_names: Sequence[str]) -> None:
    """What the pictures show, in one line."""
    classes = np.unique(answer.labels)
    means = [float(answer.errors[answer.labels == c].mean()) for c in classes]
    easy, hard = class_names[int(np.argmin(means))], class_names[int(np.argmax(means))]
    predict_first.headline(
        ONE_OR_EIGHT,
        _(
            "MSE per pixel **{shown:.4f}** for these, **{all:.4f}** for all {n:,} test digits. "
            "Easiest class: **{easy}**. Hardest: **{hard}**."
        ).format(
            shown=answer.errors[list(picked)].mean(),
            all=answer.errors.mean(),
            n=len(answer.errors),
            easy=easy,
            hard=hard,
        ),
    )


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
    """What a model makes of some pictures, with the error of each."""
    captions = [f"{error:.3f}" for error in answer.errors]
    components.sample_rows(
        compared(answer.originals, answer.corrupted, answer.x_hat, captions, shape),
        shape=shape,
        key=key,
        alt=_(
            "Test pictures above their reconstructions and their difference; the number is the "
            "MSE per pixel."
        ),
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


def error_by_class(answer: "PictureErrors", class_names: Sequence[str]) -> None:
    if not predict_first.is_shown(ONE_OR_EIGHT):
        st.markdown(_("**Error of each class**: after your prediction"))
        return
    title = _("**Error of each class**: simple shapes come back better")
    st.markdown(title)
    figure = charts.drawn(
        figures.error_by_class,
        answer.errors,
        answer.labels,
        class_names=class_names,
        dark=is_dark(),
        _=_,
    )
    charts.show(figure, key="by_class", alt=title)


def error_histogram(answer: "PictureErrors", picked: tuple[int, ...]) -> None:
    title = _("**All test digits** by their error")
    st.markdown(title)
    marked = [float(error) for error in answer.errors[list(picked)]]
    figure = charts.drawn(figures.error_histogram, answer.errors, marked, dark=is_dark(), _=_)
    charts.show(figure, key="histogram", alt=title)
