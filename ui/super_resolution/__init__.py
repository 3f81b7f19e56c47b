"""The super-resolution page: digits made small, and what each way of enlarging makes of them."""

import math
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from aecore.files import pretrained
from aecore.parts.corruptions.low_resolution import small_side
from aecore.parts.datasets import DIGIT
from aecore.shapes import Shape
from aecore.spec.view import Viewed
from aecore.topics.super_resolution import figures as figures
from aecore.topics.super_resolution.measure import can_be_enlarged, halved
from ui.kit import (
    charts,
    components,
    digits,
    kinds,
    layout,
    models,
    own_digit,
    own_runs,
    predict_first,
    spread,
)
from ui.kit.frame import is_dark
from ui.kit.language import _
from ui.kit.page_list import PAGES
from ui.super_resolution import training
from ui.super_resolution.words import (
    HONEST,
    MEASURES_HELP,
    METHODS,
    MODEL,
    OTHER_DATA,
    ROWS,
    SIDE_HELP,
    STRANGERS_SAY,
    WAYS_HELP,
)

if TYPE_CHECKING:
    from aecore.topics.super_resolution.ask import Enlarged, Measured

AROUND = 127
"""The grey around a small picture that is shown to scale; it is no part of it."""


def lab(model_id: str) -> None:
    """Everything that follows the size of the small picture.

    No fragment: the one that looks at a run in training stands inside, and has to tick.
    """
    if not can_be_enlarged(models.shape(model_id)):
        name = _(models.dataset(model_id).name)
        st.info(_(OTHER_DATA).format(name=name), icon=":material/info:")
        return
    settings, results = layout.beside("super_resolution")
    with settings:
        side = _side_menu(model_id)
        model_id = _model_for(model_id, side)
        st.caption(_on_show(model_id))
        many = kinds.many(models.dataset(model_id))
        wish = digits.pick_menu(models.class_names(model_id), many=many)
        training.panel(model_id, side)
    with results:
        with st.spinner(_("Enlarging the test pictures in several ways …")):
            measured = _measured(model_id, side)
            picked = digits.pick(wish, measured.errors)
            enlarged = _enlarged_test(model_id, picked, side)
        _say_what_it_learned(model_id, side, measured)
        _finding(model_id, measured, side)
        _rows(
            enlarged,
            models.shape(model_id),
            key="enlarged",
            alt=_(
                "Test pictures, made small, and enlarged in four ways; the number is the PSNR in "
                "decibels."
            ),
        )
    chart, honest = st.columns([1.5, 1], gap="medium")
    with chart:
        _chart(measured)
    with honest:
        st.markdown(_("**What the network adds**"))
        st.markdown(_(HONEST).format(pixels=side * side))
    _strangers(model_id, side, measured)
    _own_digit(model_id, side)


@st.fragment
def _own_digit(model_id: str, side: int) -> None:
    """A stroke of the pen reruns only this."""
    pixels = own_digit.section(model_id, key="super_resolution")
    if pixels is not None:
        _own(_enlarged_own(model_id, pixels, side), models.shape(model_id))


def _side_menu(model_id: str) -> int:
    """How small the pictures get: as the model has learned, or another size."""
    trained, large = _trained_side(model_id), _large(model_id)
    usual = halved(large)
    sides = sorted({*usual, *({trained} if trained else ())})
    chosen = own_runs.chosen_model()
    side = st.segmented_control(
        _("Small picture"),
        sides,
        default=trained or usual[-1],
        required=True,
        format_func=lambda s: f"{s}×{s}",
        key=f"_superres_side_{chosen}",
        help=_(SIDE_HELP).format(large=f"{large}×{large}"),
        wrap=True,
    )
    return side or usual[-1]  # never None, as a choice is required


def _large(model_id: str) -> int:
    """The side of the pictures as they are."""
    return models.shape(model_id).axes[-1]


def _trained_side(model_id: str) -> int | None:
    """The side of the small pictures that the model was trained on; None if on large ones."""
    e, large = models.experiment(model_id), _large(model_id)
    side = small_side(e.noise_level, large)
    return side if e.corruption == "low_resolution" and side < large else None


def _on_show(model_id: str) -> str:
    """Which model it is, and what kind of picture it was trained on."""
    text = _("Shown: {model}.")
    if _trained_side(model_id) is None:
        text = _("Shown: {model}, trained on full-size pictures.")
    return text.format(model=models.label(model_id))


def _model_for(model_id: str, side: int) -> str:
    """The model on show; while the learner has chosen none, the pretrained one for this size."""
    fitting = f"superres-{side}"
    follows = own_runs.chosen_model() is None and fitting in pretrained.available()
    return fitting if follows else model_id


def _measured(model_id: str, side: int) -> "Measured":
    from aecore.topics.super_resolution import (
        ask as super_resolution,  # imports torch: not before it is needed
    )

    return models.ask(model_id, super_resolution.measure, side)


def _enlarged_test(model_id: str, picked: tuple[int, ...], side: int) -> "Enlarged":
    from aecore.topics.super_resolution import ask as super_resolution

    return models.ask(model_id, super_resolution.enlarge_test, picked, side)


def _enlarged_own(model_id: str, pixels: NDArray[np.float32], side: int) -> "Enlarged":
    from aecore.topics.super_resolution import ask as super_resolution

    return models.ask(model_id, super_resolution.enlarge_own, pixels, side)


def _say_what_it_learned(model_id: str, side: int, measured: "Measured") -> None:
    """One sentence where the model cannot be expected to do well; else nothing."""
    trained = _trained_side(model_id)
    says = ""
    if measured.diverged:
        says = _(
            "This model's training diverged, so its codes cannot be decoded: choose "
            "another model, or train again with a smaller learning rate."
        )
    elif trained is None:
        says = _(
            "This model was never trained to enlarge: it gives back the blocks that go in, as well "
            "as its code can. The example of this page was: {example}."
        ).format(example=models.label(PAGES["super_resolution"].example))
    elif trained != side:
        says = _(
            "This model was trained on {trained}×{trained} pixels and has never seen "
            "{side}×{side}: it mistakes these blocks for the ones that it knows."
        ).format(trained=trained, side=side)
    with st.container(key="superres_says"):
        if says:
            st.info(says, icon=":material/info:")


def _finding(model_id: str, measured: "Measured", side: int) -> None:
    large = _large(model_id)
    ours, theirs = measured.scores[MODEL], measured.scores["bicubic"]
    predict_first.headline(
        "super_resolution-tiny" if side == halved(large)[0] else "super_resolution-wins",
        _(
            "From {side}×{side} to {large}×{large}: PSNR **{ours} dB** through the autoencoder, "
            "**{theirs} dB** by bicubic; SSIM **{our_ssim:.2f}** and **{their_ssim:.2f}**. The "
            "autoencoder is closer to the original for {share} of {n:,} test pictures."
        ).format(
            side=side,
            large=large,
            ours=spread.plus_minus(ours.psnr, 1),
            theirs=spread.plus_minus(theirs.psnr, 1),
            our_ssim=ours.ssim.value,
            their_ssim=theirs.ssim.value,
            share=spread.percent(measured.wins, bold=True),
            n=len(measured.errors.errors),
        ),
        help=f"{_(MEASURES_HELP)} {_(spread.HELP)}",
        spec=models.dataset(model_id),
    )


def _rows(enlarged: "Enlarged", shape: Shape, *, key: str, alt: str) -> None:
    """The originals, the small pictures, and what each way makes of those."""
    components.sample_rows(
        [
            components.Row(_("original"), enlarged.originals),
            components.Row(_("small, to scale"), _to_scale(enlarged.small, enlarged.originals)),
            *(
                components.Row(_(ROWS[method]), pictures, _decibels(enlarged, method))
                for method, pictures in enlarged.enlarged.items()
            ),
        ],
        shape=shape,
        key=key,
        alt=alt,
    )


def _to_scale(small: Viewed, originals: Viewed) -> Viewed:
    """Small pictures (n, side, side[, 3]) in the middle of grey ones as large as the originals."""
    side = small.shape[1]
    top, left = ((length - side) // 2 for length in originals.shape[1:3])
    framed = np.full_like(originals, AROUND)
    framed[:, top : top + side, left : left + side] = small
    return framed


def _decibels(enlarged: "Enlarged", method: str) -> list[str]:
    return [_decibel(ratio) for ratio in enlarged.psnr[method]]


def _decibel(ratio: float) -> str:
    return f"{ratio:.1f}" if math.isfinite(ratio) else "∞"


def _chart(measured: "Measured") -> None:
    n = len(measured.errors.errors)
    st.markdown(_("**How close each method gets**"), help=_(WAYS_HELP))
    scores = measured.scores
    charts.live_plot(
        figures.scores_by_method(
            [(score.psnr.value, score.psnr_std) for score in scores.values()],
            [(score.ssim.value, score.ssim_std) for score in scores.values()],
            [_(METHODS[method]) for method in scores],
            dark=is_dark(),
            _=_,
        ),
        key="superres_scores",
        height=240,
        alt=_("PSNR and SSIM of nearest, bilinear, bicubic and the autoencoder, as bars."),
    )
    st.caption(
        _(
            "Means over {n:,} test pictures; the thin lines are one standard deviation up and "
            "down: how much pictures differ. Longer bars are better."
        ).format(n=n)
    )


def _strangers(model_id: str, side: int, measured: "Measured") -> None:
    """Pictures that are no digits; nothing where the large ones have another size."""
    from aecore.topics.compression.measure import strangers

    if models.shape(model_id) != DIGIT:
        return
    st.subheader(_("Pictures that are not digits"))
    pixels = (strangers().reshape(-1, DIGIT.size) / 255).astype(np.float32)
    enlarged = _enlarged_own(model_id, pixels, side)
    pictures, words = st.columns([1, 1.2], gap="medium")
    with pictures:
        _rows(
            enlarged,
            models.shape(model_id),
            key="superres_strangers",
            alt=_("A letter, a face, noise and a checkerboard, made small and enlarged again."),
        )
    with words:
        st.markdown(_(STRANGERS_SAY))
        theirs, ours = enlarged.psnr["bicubic"], enlarged.psnr[MODEL]
        head = [_("PSNR, dB"), _(METHODS["bicubic"]), _(METHODS[MODEL])]
        lines = ["| " + " | ".join(head) + " |", "|---|--:|--:|"]
        names = (_("letter"), _("face"), _("noise"), _("checkerboard"))
        for name, first, second in zip(names, theirs, ours, strict=True):
            lines.append(f"| {name} | {_decibel(first)} | {_decibel(second)} |")
        means = (measured.scores[method].psnr.value for method in ("bicubic", MODEL))
        cells = [_("test pictures"), *map(_decibel, means)]
        lines.append("| " + " | ".join(cells) + " |")
        st.markdown("\n".join(lines))


def _own(own: "Enlarged", shape: Shape) -> None:
    """The learner's own digit, made small and enlarged in every way."""
    methods = list(own.enlarged)
    pictures = [own.originals, _to_scale(own.small, own.originals), *own.enlarged.values()]
    names = [_(METHODS[method]) for method in methods]
    captions = [f"{n} {_decibels(own, m)[0]}" for n, m in zip(names, methods, strict=True)]
    st.markdown(_("The number is the PSNR in decibels, against your digit in its full size."))
    components.sample_rows(
        [components.Row("", np.concatenate(pictures), [_("original"), _("small"), *captions])],
        shape=shape,
        key="superres_own",
        large=True,
        alt=_("Your digit, made small, and enlarged in four ways."),
    )
