"""The denoising page: noise on sliders, what each method makes of it, and who comes closest."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from aecore.analysis.intervals import Interval, verdict
from aecore.errors import N_
from aecore.figures import samples
from aecore.parts.corruptions import CORRUPTIONS
from aecore.shapes import Shape
from aecore.spec.experiment import spec_of
from aecore.topics.denoising import figures as figures
from ui.denoising.answers import (
    Noise,
    benchmark,
    clean_own,
    clean_test,
    decibels_text,
    gains_by_kind,
    levels_of,
    psnr_text,
    rivals_of,
    trained_noise,
    winner_of,
)
from ui.denoising.words import (
    KINDS_HELP,
    LEVELS_HELP,
    MEASURES_HELP,
    METHODS,
    METHODS_HELP,
    MODEL,
    NOISY,
    PLAIN,
    SHORT,
    STRENGTHS,
)
from ui.kit import charts, components, digits, layout, models, own_digit, spread
from ui.kit.frame import is_dark
from ui.kit.language import _
from ui.kit.page_list import PAGES

if TYPE_CHECKING:
    from aecore.topics.denoising.ask import Cleaned, DenoisingScore

SEED = "denoising_seed"

FILTERS = ("median", "gaussian_blur", "nl_means", "total_variation")

WORTH = 0.1
"""Decibels below which a gain is none: the eye sees no difference."""


def say_if_untrained_for_noise(model_id: str) -> None:
    with st.container(key="untrained_for_noise"):
        if models.experiment(model_id).corruption == "none":
            st.info(
                _(
                    "This model was trained without noise, so it never learned to remove any. "
                    "The example of this page was: {example}."
                ).format(example=models.label(PAGES["denoising"].example)),
                icon=":material/info:",
            )


@st.fragment
def lab(model_id: str) -> None:
    """Everything that follows the noise: one fragment, so that a slider reruns only this."""
    settings, results = layout.beside("denoising")
    with settings:
        noise = _noise_menu(model_id)
        wish = digits.pick_menu(models.class_names(model_id))
    with results:
        say_if_untrained_for_noise(model_id)
        with st.spinner(_("Running the model …")):
            picked = digits.pick(wish, digits.test_errors(model_id))
            cleaned = clean_test(model_id, picked, noise)
            now = benchmark(model_id, noise.kind, (noise.level,))
        scores = now.scores[noise.level]
        _finding(scores, now.n)
        _before_and_after(cleaned, models.shape(model_id))
    _side_by_side(cleaned, scores, now.n, models.shape(model_id))
    by_level, by_kind = st.columns(2, gap="medium")
    with by_level:
        _error_by_level(model_id, noise)
    with by_kind:
        _gain_by_kind(model_id, noise)
    st.subheader(_("Your own digit"))
    pixels = own_digit.ask(key="denoising")
    if pixels is not None:
        _own(clean_own(model_id, pixels, noise), models.shape(model_id))


def _noise_menu(model_id: str) -> Noise:
    trained = trained_noise(model_id)
    kinds = list(CORRUPTIONS)
    kind = st.selectbox(
        _("Kind of noise"),
        kinds,
        index=kinds.index(trained.corruption),
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


def _finding(scores: "Mapping[str, DenoisingScore]", n: int) -> None:
    """Who comes closest, in one line; also when that is a filter, or nobody."""
    winner = winner_of(scores)
    says = {
        NOISY: N_(
            "Here the **noisy picture itself** is closest to the original: every method "
            "loses more than it repairs."
        ),
        MODEL: N_("Closest to the originals: **{winner}**."),
        PLAIN: N_("Closest to the originals: **{winner}**, trained without noise."),
    }.get(
        winner,
        N_(
            "Closest to the originals: **{winner}**, {best} dB. It leaves what looks "
            "right as it is; an autoencoder redraws the whole picture from its code."
        ),
    )
    means = _(
        "Noisy **{noisy} dB** (SSIM {noisy_ssim:.2f}), through this model **{model} dB** "
        "(SSIM {model_ssim:.2f}), over {n} test pictures."
    ).format(
        noisy=decibels_text(scores[NOISY]),
        noisy_ssim=scores[NOISY].ssim,
        model=decibels_text(scores[MODEL]),
        model_ssim=scores[MODEL].ssim,
        n=n,
    )
    said = _(says).format(winner=_(METHODS[winner]), best=decibels_text(scores[winner]))
    if rivals := rivals_of(winner, scores):
        said = _("Closest to the originals: no difference that could be seen between {methods}.")
        said = said.format(methods=", ".join(_(METHODS[m]) for m in (winner, *rivals)))
    st.markdown(f"{means} {said}", help=f"{_(MEASURES_HELP)} {_(spread.HELP)}")


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
            "Test pictures, the same with noise, what the model makes of them, and how that "
            "differs from the original; the number is the PSNR in decibels."
        ),
    )


def _decibels(cleaned: "Cleaned", method: str) -> list[str]:
    return [psnr_text(mse) for mse in cleaned.mse[method]]


def _side_by_side(
    cleaned: "Cleaned", scores: "Mapping[str, DenoisingScore]", n: int, shape: Shape
) -> None:
    """One row of pictures per method, and a table of their scores."""
    st.subheader(_("Next to other methods"), help=_(METHODS_HELP).format(n=n))
    pictures, table = st.columns([1.6, 1], gap="medium")
    with pictures:
        components.sample_rows(
            [
                components.Row(_(METHODS[method]), images)
                for method, images in cleaned.cleaned.items()
                if method != NOISY
            ],
            shape=shape,
            key="side_by_side",
            alt=_("The same noisy pictures as each of the methods cleans them."),
        )
    with table:
        st.markdown(_table(scores))
        st.caption(
            _("Means over {n} test pictures. PSNR in dB; both are better when higher.").format(n=n)
        )


def _table(scores: "Mapping[str, DenoisingScore]") -> str:
    best = winner_of(scores)
    marked = {best, *rivals_of(best, scores)}
    head = [_("method"), _("strength"), "PSNR", "SSIM"]
    lines = ["| " + " | ".join(head) + " |", "|---|---|--:|--:|"]
    for method, score in scores.items():
        strength = STRENGTHS[method].format(score.strength) if score.strength else ""
        cells = [_(METHODS[method]), strength, decibels_text(score), f"{score.ssim:.2f}"]
        if method in marked:
            cells = [f"**{cell}**" if cell else "" for cell in cells]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _error_by_level(model_id: str, noise: Noise) -> None:
    with st.spinner(_("Trying all noise levels …")):
        answer = benchmark(model_id, noise.kind, levels_of(model_id))
    every = answer.scores.values()
    best = [min(FILTERS, key=lambda f: scores[f].mse) for scores in every]
    methods = [m for m in (NOISY, MODEL, PLAIN) if m in answer.scores[noise.level]]
    errors = {m: [scores[m].mse for scores in every] for m in methods}
    errors["filter"] = [scores[f].mse for scores, f in zip(every, best, strict=True)]
    st.markdown(
        _("**Error against noise level**: {kind}").format(kind=noise.name),
        help=_(LEVELS_HELP).format(n=answer.n),
    )
    st.caption(_("Lower is better. The dotted line marks the level chosen above."))
    charts.live_plot(
        figures.error_by_level(
            list(answer.scores),
            errors,
            names={m: _(METHODS[m]) for m in methods} | {"filter": _("best filter")},
            best=[_(METHODS[f]) for f in best],
            level=noise.level,
            revision=f"{model_id}/{noise.kind}",
            dark=is_dark(),
            _=_,
        ),
        key="error_by_level",
        height=300,
        alt=_("Error of each method over the noise level, as lines."),
    )


def _gain_by_kind(model_id: str, noise: Noise) -> None:
    gains = gains_by_kind(model_id, noise.level)
    own = models.experiment(model_id).corruption
    st.markdown(
        _("**Gain for each kind of noise**, level {level:.2f}").format(level=noise.level),
        help=_(KINDS_HELP),
    )
    st.caption(_("This model improves: {kinds}").format(kinds=_mended(gains[MODEL])))
    charts.live_plot(
        figures.gain_by_kind(
            gains,
            [_(kind.name) for kind in CORRUPTIONS.values()],
            names={method: _(METHODS[method]) for method in gains},
            trained=list(CORRUPTIONS).index(own) if own in CORRUPTIONS else None,
            dark=is_dark(),
            _=_,
        ),
        key="gain_by_kind",
        height=300,
        alt=_("Decibels gained on the noisy picture for each kind of noise, as bars."),
    )


def _mended(gains: list[Interval]) -> str:
    """The kinds of noise for which the model helps."""
    better = [
        _(kind.name)
        for kind, gain in zip(CORRUPTIONS.values(), gains, strict=True)
        if verdict(gain, WORTH) == "better"
    ]
    return ", ".join(better) or _("none")


def _own(own: "Cleaned", shape: Shape) -> None:
    """The learner's own digit, with the same noise, through every method."""
    errors = {method: float(mse[0]) for method, mse in own.mse.items()}
    every = ", ".join(f"{_(METHODS[m])} {psnr_text(mse)}" for m, mse in errors.items())
    st.markdown(
        _("Closest to your digit: **{winner}**. PSNR in dB: {every}.").format(
            winner=_(METHODS[min(errors, key=errors.__getitem__)]), every=every
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
