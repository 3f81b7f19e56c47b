"""The denoising page: noise on sliders, what each method makes of it, and who comes closest."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from aecore.data import datasets
from aecore.errors import N_
from aecore.figures import samples
from aecore.parts.corruptions import CORRUPTIONS
from aecore.parts.datasets import DatasetSpec
from aecore.shapes import Shape
from aecore.spec.experiment import spec_of
from aecore.topics.denoising import figures as figures
from ui.denoising import curves
from ui.denoising.answers import (
    Noise,
    benchmark,
    called,
    clean_own,
    clean_test,
    decibels_text,
    levels_of,
    noises_of,
    psnr_text,
    rivals_of,
    trained_noise,
    winner_of,
)
from ui.denoising.words import (
    MEASURES_HELP,
    MODEL,
    NO_FILTERS,
    NOISY,
    PICTURE_METHODS_HELP,
    PLAIN,
    SCORES_HELP,
    SERIES_METHODS_HELP,
    SHORT,
    SSIM_HELP,
    STRENGTHS,
)
from ui.kit import components, digits, kinds, layout, models, own_digit, spread
from ui.kit.frame import is_dark
from ui.kit.language import _
from ui.kit.page_list import PAGES

if TYPE_CHECKING:
    from aecore.topics.denoising.ask import Cleaned, DenoisingScore

SEED = "denoising_seed"


def say_if_untrained_for_noise(model_id: str) -> None:
    with st.container(key="untrained_for_noise"):
        if models.experiment(model_id).corruption == "none":
            never = _("This model was trained without noise, so it never learned to remove any.")
            what = _("Train a denoising one with the same data on the page ‘Train’.")
            if models.dataset(model_id).key == datasets.BUNDLED:
                what = _("The example of this page was trained with noise: {example}.").format(
                    example=models.label(PAGES["denoising"].example)
                )
            st.info(f"{never} {what}", icon=":material/info:")


@st.fragment
def lab(model_id: str) -> None:
    """Everything that follows the noise: one fragment, so that a slider reruns only this."""
    settings, results = layout.beside("denoising")
    spec = models.dataset(model_id)
    with settings:
        noise = _noise_menu(model_id)
        wish = digits.pick_menu(models.class_names(model_id), many=kinds.many(spec))
    with results:
        say_if_untrained_for_noise(model_id)
        with st.spinner(_("Running the model …")):
            picked = digits.pick(wish, digits.test_errors(model_id))
            cleaned = clean_test(model_id, picked, noise)
            now = benchmark(model_id, noise.kind, (noise.level,))
        scores = now.scores[noise.level]
        _finding(scores, now.n, spec)
        _before_and_after(cleaned, spec.shape)
    _side_by_side(cleaned, scores, now.n, spec)
    by_level, by_kind = st.columns(2, gap="medium")
    with by_level:
        curves.error_by_level(model_id, noise)
    with by_kind:
        curves.gain_by_kind(model_id, noise)
    pixels = own_digit.section(model_id, key="denoising")
    if pixels is not None:
        _own(clean_own(model_id, pixels, noise), spec)


def _noise_menu(model_id: str) -> Noise:
    trained = trained_noise(model_id)
    noises = noises_of(model_id)
    kind = st.selectbox(
        _("Kind of noise"),
        noises,
        index=noises.index(trained.corruption),
        format_func=lambda k: _(CORRUPTIONS[k].name),
        key=f"_noise_kind_{model_id}",
    )
    level = st.select_slider(
        _("Noise level"),
        levels_of(model_id),
        value=trained.noise_level,
        format_func=lambda number: f"{number:.2f}",
        key=f"_noise_level_{model_id}",
        help=_(spec_of("noise_level").help),
    )
    st.caption(_(CORRUPTIONS[kind].says))
    seed = st.session_state.setdefault(SEED, 0)
    st.button(
        _("Other noise"),
        icon=":material/grain:",
        key="other_noise",
        on_click=_other_seed,
        disabled=not CORRUPTIONS[kind].draws,
        help=_(
            "Draws new noise of the same kind. Until you press it, changing the level keeps "
            "the same pattern."
        ),
    )
    return Noise(kind, float(level), seed)


def _other_seed() -> None:
    st.session_state[SEED] += 1


def _finding(scores: "Mapping[str, DenoisingScore]", n: int, spec: DatasetSpec) -> None:
    """Who comes closest, in one line; also when that is a filter, or nobody."""
    winner = winner_of(scores)
    says = {
        NOISY: N_(
            "Here the **noisy {one} itself** is closest to the original: every method "
            "loses more than it repairs."
        ),
        MODEL: N_("Closest to the originals: **{winner}**."),
        PLAIN: N_("Closest to the originals: **{winner}**, trained without noise."),
    }.get(
        winner,
        N_(
            "Closest to the originals: **{winner}**, {best} dB. It leaves what looks "
            "right as it is; an autoencoder rebuilds the whole {one} from its code."
        ),
    )
    said = _(says).format(
        winner=called(winner, spec), best=decibels_text(scores[winner]), one=kinds.one(spec)
    )
    if rivals := rivals_of(winner, scores):
        said = _("Closest to the originals: no difference that could be seen between {methods}.")
        said = said.format(methods=", ".join(called(m, spec) for m in (winner, *rivals)))
    alike = f"{_(SSIM_HELP)} " if scores[NOISY].ssim is not None else ""
    st.markdown(
        f"{_means(scores, n, spec)} {said}", help=f"{_(MEASURES_HELP)} {alike}{_(spread.HELP)}"
    )


def _means(scores: "Mapping[str, DenoisingScore]", n: int, spec: DatasetSpec) -> str:
    """How near the noisy samples and the model's are to the originals."""
    noisy, model = scores[NOISY], scores[MODEL]
    decibels = {"noisy": decibels_text(noisy), "model": decibels_text(model)}
    about = decibels | {"n": n, "many": kinds.many(spec)}
    if noisy.ssim is None or model.ssim is None:
        return _(
            "Noisy **{noisy} dB**, through this model **{model} dB**, over {n} test {many}."
        ).format(**about)
    return _(
        "Noisy **{noisy} dB** (SSIM {noisy_ssim:.2f}), through this model **{model} dB** "
        "(SSIM {model_ssim:.2f}), over {n} test {many}."
    ).format(**about, noisy_ssim=noisy.ssim, model_ssim=model.ssim)


def _before_and_after(cleaned: "Cleaned", shape: Shape) -> None:
    noisy, x_hat = cleaned.cleaned[NOISY], cleaned.cleaned[MODEL]
    components.sample_rows(
        [
            components.Row(_("original"), cleaned.originals),
            components.Row(_("noisy, PSNR in dB"), noisy, _decibels(cleaned, NOISY)),
            components.Row(_("denoised, PSNR in dB"), x_hat, _decibels(cleaned, MODEL)),
            components.Row(
                _("difference"),
                samples.differences(cleaned.originals, x_hat, shape, dark=is_dark()),
            ),
        ],
        shape=shape,
        key="before_and_after",
        alt=_(
            "Test samples, the same with noise, what the model makes of them, and how that "
            "differs from the original; the number is the PSNR in decibels."
        ),
    )


def _decibels(cleaned: "Cleaned", method: str) -> list[str]:
    return [psnr_text(mse) for mse in cleaned.mse[method]]


def _side_by_side(
    cleaned: "Cleaned", scores: "Mapping[str, DenoisingScore]", n: int, spec: DatasetSpec
) -> None:
    """One row of samples per method, and a table of their scores."""
    shape = spec.shape
    if shape.kind == "row":
        st.caption(_(NO_FILTERS))
        return
    about = _(PICTURE_METHODS_HELP if shape.kind == "picture" else SERIES_METHODS_HELP)
    st.subheader(_("Next to other methods"), help=f"{about} {_(SCORES_HELP).format(n=n)}")
    pictures, table = st.columns([1.6, 1], gap="medium")
    with pictures:
        components.sample_rows(
            [
                components.Row(called(method, spec), images)
                for method, images in cleaned.cleaned.items()
                if method != NOISY
            ],
            shape=shape,
            key="side_by_side",
            alt=_("The same noisy samples as each of the methods cleans them."),
        )
    with table:
        st.markdown(_table(scores, spec))
        st.caption(
            _("Means over {n} test {many}. PSNR in dB; higher is better.").format(
                n=n, many=kinds.many(spec)
            )
        )


def _table(scores: "Mapping[str, DenoisingScore]", spec: DatasetSpec) -> str:
    best = winner_of(scores)
    marked = {best, *rivals_of(best, scores)}
    alike = spec.shape.kind == "picture"
    head = [_("method"), _("strength"), "PSNR", *(["SSIM"] if alike else [])]
    lines = ["| " + " | ".join(head) + " |", "|---|---|--:|" + "--:|" * alike]
    strengths = STRENGTHS.get(spec.shape.kind, {})
    for method, score in scores.items():
        strength = strengths[method].format(score.strength) if score.strength else ""
        cells = [called(method, spec), strength, decibels_text(score)]
        cells += [] if score.ssim is None else [f"{score.ssim:.2f}"]
        if method in marked:
            cells = [f"**{cell}**" if cell else "" for cell in cells]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _own(own: "Cleaned", spec: DatasetSpec) -> None:
    """The learner's own digit, with the same noise, through every method."""
    shape = spec.shape
    errors = {method: float(mse[0]) for method, mse in own.mse.items()}
    every = ", ".join(f"{called(m, spec)} {psnr_text(mse)}" for m, mse in errors.items())
    st.markdown(
        _("Closest to your digit: **{winner}**. PSNR in dB: {every}.").format(
            winner=called(min(errors, key=errors.__getitem__), spec), every=every
        )
    )
    steps, others = st.columns(2, gap="medium")
    with steps:
        change = samples.differences(own.originals, own.cleaned[MODEL], shape, dark=is_dark())
        rows = [
            components.Row(_("original"), own.originals),
            components.Row(_("noisy"), own.cleaned[NOISY]),
            components.Row(_("denoised"), own.cleaned[MODEL]),
            components.Row(_("difference"), change),
        ]
        components.sample_rows(
            [digits.in_one(rows, shape)],
            shape=shape,
            key="own_steps",
            large=True,
            alt=_("Your digit, with noise, denoised by the model, and their difference."),
        )
    with others:
        shown = [method for method in own.cleaned if method in SHORT]
        pictures = np.concatenate([own.cleaned[method] for method in shown])
        components.sample_rows(
            [components.Row("", pictures, [_(SHORT[method]) for method in shown])],
            shape=shape,
            key="own_others",
            alt=_("Your noisy digit as the other methods clean it."),
        )
