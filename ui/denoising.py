"""The denoising page: noise on sliders, what each method makes of it, and who comes closest."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from aecore.errors import N_
from aecore.experiment import Experiment, spec_of
from aecore.figures import denoising as figures
from aecore.figures.pictures import differences
from ui import components, digits, models, own_digit
from ui.frame import PAGES, is_dark
from ui.language import _

if TYPE_CHECKING:
    from aecore.questions.denoising import Benchmark, Cleaned, Score

SEED = "noise_seed"

TENTHS = tuple(round(0.1 * i, 1) for i in range(11))

NOISY, MODEL, PLAIN = "noisy", "model", "plain"
FILTERS = ("median", "gaussian_blur", "nl_means", "total_variation")

METHODS = {
    NOISY: N_("noisy picture"),
    MODEL: N_("this model"),
    PLAIN: N_("plain autoencoder"),
    "median": N_("median filter"),
    "gaussian_blur": N_("Gaussian blur"),
    "nl_means": N_("non-local means"),
    "total_variation": N_("total variation"),
}

STRENGTHS = {
    "median": "{0:.0f}×{0:.0f} px",
    "gaussian_blur": "σ {:.1f} px",
    "nl_means": "h {:.2f}",
    "total_variation": "λ {:.2f}",
}

KINDS = {
    "gaussian": N_("Gaussian"),
    "salt_pepper": N_("salt and pepper"),
    "masking": N_("masking"),
    "speckle": N_("speckle"),
    "block": N_("block"),
}

KIND_SAYS = {
    "gaussian": N_("Adds a random grey to every pixel. The level is its standard deviation."),
    "salt_pepper": N_(
        "Turns random pixels white or black. The level is the share of pixels that are hit."
    ),
    "masking": N_("Turns random pixels black. The level is the share of pixels that are hit."),
    "speckle": N_(
        "Makes each pixel brighter or darker by a random factor; black stays black. The level is "
        "the factor's standard deviation."
    ),
    "block": N_(
        "Hides a square at a random place. The level is its side as a share of the picture's side."
    ),
}

MEASURES_HELP = N_(
    "**PSNR**, the peak signal-to-noise ratio in decibels (dB), says how small the squared error "
    "is: higher is better, and 10 dB more is a tenth of the error; equal pictures have ∞. The mean "
    "is the PSNR of the mean error. **SSIM**, the structural similarity, compares brightness, "
    "contrast and shapes in small windows: 1 for equal pictures, near 0 for unrelated ones, higher "
    "is better. Outputs are scored as shown, cut off at black and white."
)

METHODS_HELP = N_(
    "**Median filter**: each pixel becomes the middle one of its surroundings. **Gaussian blur**: "
    "a mean of its surroundings, near ones count more. **Non-local means**: a mean of pixels whose "
    "surroundings look alike. **Total variation**: the nearest picture with few and short edges. "
    "**Plain autoencoder**: the pretrained one of the nearest code size, trained without noise. "
    "Each filter has the strength that does best for this noise on 20 training pictures, so each "
    "is shown at its best. Scores are means over {n} test pictures with a fixed noise of their own."
)

LEVELS_HELP = N_(
    "Lower is better. The dotted line marks the level chosen above. The filter is the best of the "
    "four at each level, at its best strength. Means over {n} test pictures."
)

KINDS_HELP = N_(
    "How many decibels of PSNR the output gains on the noisy picture, at the level chosen above. "
    "Above 0 the picture got better, below 0 worse; bars end at ±12 dB, the numbers do not. "
    "Without any noise there is nothing to gain. A model learns the noise that it is trained with; "
    "for other kinds nothing is promised."
)

WORTH = 0.1
"""Decibels below which a gain is none: the eye sees no difference."""

PLOT_WORDS = ("Zoom", "Pan", "Zoom in", "Zoom out", "Reset axes", "Download plot as a PNG")


@dataclass(frozen=True)
class Noise:
    """What the learner has chosen: kind and level as in `aecore.corruption`, and the seed."""

    kind: str
    level: float
    seed: int

    @property
    def name(self) -> str:
        return _(KINDS[self.kind])


def trained_noise(model_id: str) -> Experiment:
    """The experiment whose noise the page starts with: the model's own, else the example's."""
    own = models.experiment(model_id)
    return models.experiment(PAGES["denoising"].example) if own.corruption == "none" else own


def levels_of(model_id: str) -> tuple[float, ...]:
    """The tenths, and the level that the model was trained with."""
    return tuple(sorted({*TENTHS, trained_noise(model_id).noise_level}))


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
    settings, results = st.columns([1, 3.8], gap="medium")
    with settings:
        noise = _noise_menu(model_id)
        wish = digits.pick_menu(models.class_names(model_id))
    with results:
        say_if_untrained_for_noise(model_id)
        with st.spinner(_("Asking the model …")):
            picked = digits.pick(wish, digits.test_errors(model_id))
            cleaned = _clean_test(model_id, picked, noise)
            now = _benchmark(model_id, noise.kind, (noise.level,))
        scores = now.scores[noise.level]
        _finding(scores, now.n)
        _before_and_after(cleaned)
    _side_by_side(cleaned, scores, now.n)
    by_level, by_kind = st.columns(2, gap="medium")
    with by_level:
        _error_by_level(model_id, noise)
    with by_kind:
        _gain_by_kind(model_id, noise)
    st.subheader(_("Your own digit"))
    pixels = own_digit.ask(key="denoising")
    if pixels is not None:
        _own(_clean_own(model_id, pixels, noise))


def _noise_menu(model_id: str) -> Noise:
    trained = trained_noise(model_id)
    kinds = list(KINDS)
    kind = st.selectbox(
        _("Kind of noise"),
        kinds,
        index=kinds.index(trained.corruption),
        format_func=lambda k: _(KINDS[k]),
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
    st.caption(_(KIND_SAYS[kind]))
    seed = st.session_state.setdefault(SEED, 0)
    st.button(
        _("Other noise"),
        icon=":material/grain:",
        key="other_noise",
        on_click=_other_seed,
        help=_("Draws the same kind of noise anew. Until then it stays while the level moves."),
    )
    return Noise(kind, float(level), seed)


def _other_seed() -> None:
    st.session_state[SEED] += 1


def _clean_test(model_id: str, picked: tuple[int, ...], noise: Noise) -> "Cleaned":
    from aecore.questions import denoising  # imports torch: not before a page needs an answer

    return models.ask(model_id, denoising.clean_test, picked, noise.kind, noise.level, noise.seed)


def _clean_own(model_id: str, pixels: NDArray[np.float32], noise: Noise) -> "Cleaned":
    from aecore.questions import denoising

    return models.ask(model_id, denoising.clean_own, pixels, noise.kind, noise.level, noise.seed)


def _benchmark(model_id: str, kind: str, levels: tuple[float, ...]) -> "Benchmark":
    from aecore.questions import denoising

    return models.ask(model_id, denoising.benchmark, kind, levels)


def psnr_text(mse: float) -> str:
    from aecore.analysis.denoising import psnr  # imports scikit-image

    value = psnr(float(mse))
    return f"{value:.1f}" if np.isfinite(value) else "∞"


def winner_of(scores: "Mapping[str, Score]") -> str:
    """The method with the least error; the noisy picture itself where nothing beats it."""
    return min(scores, key=lambda method: scores[method].mse)


def _finding(scores: "Mapping[str, Score]", n: int) -> None:
    """Who comes closest, in one line; also when that is a filter, or nobody."""
    winner = winner_of(scores)
    says = {
        NOISY: N_(
            "Here the **noisy picture itself** is closest to the original: every method takes "
            "away more than it mends."
        ),
        MODEL: N_("Closest to the originals: **{winner}**."),
        PLAIN: N_("Closest to the originals: **{winner}**, trained without noise."),
    }.get(
        winner,
        N_(
            "Closest to the originals: **{winner}**, {best} dB. It leaves what looks right as it "
            "is; an autoencoder draws the whole picture anew from its code."
        ),
    )
    means = _(
        "Noisy **{noisy} dB** (SSIM {noisy_ssim:.2f}), through this model **{model} dB** "
        "(SSIM {model_ssim:.2f}), over {n} test pictures."
    ).format(
        noisy=psnr_text(scores[NOISY].mse),
        noisy_ssim=scores[NOISY].ssim,
        model=psnr_text(scores[MODEL].mse),
        model_ssim=scores[MODEL].ssim,
        n=n,
    )
    verdict = _(says).format(winner=_(METHODS[winner]), best=psnr_text(scores[winner].mse))
    st.markdown(f"{means} {verdict}", help=_(MEASURES_HELP))


def _before_and_after(cleaned: "Cleaned") -> None:
    noisy, x_hat = cleaned.cleaned[NOISY], cleaned.cleaned[MODEL]
    components.digit_rows(
        [
            components.Row(_("original"), cleaned.originals),
            components.Row(_("noisy"), noisy, _decibels(cleaned, NOISY)),
            components.Row(_("denoised"), x_hat, _decibels(cleaned, MODEL)),
            components.Row(_("difference"), differences(cleaned.originals, x_hat)),
        ],
        key="before_and_after",
        alt=_(
            "Test pictures, the same with noise, what the model makes of them, and how that "
            "differs from the original; the number is the PSNR in decibels."
        ),
    )


def _decibels(cleaned: "Cleaned", method: str) -> list[str]:
    return [f"{psnr_text(mse)} dB" for mse in cleaned.mse[method]]


def _side_by_side(cleaned: "Cleaned", scores: "Mapping[str, Score]", n: int) -> None:
    """One row of pictures per method, and a table of their scores."""
    st.subheader(_("Next to other methods"), help=_(METHODS_HELP).format(n=n))
    pictures, table = st.columns([2.3, 1], gap="medium")
    with pictures:
        components.digit_rows(
            [
                components.Row(_(METHODS[method]), images)
                for method, images in cleaned.cleaned.items()
                if method != NOISY
            ],
            key="side_by_side",
            alt=_("The same noisy pictures as each of the methods cleans them."),
        )
    with table:
        st.markdown(_table(scores))
        st.caption(_("Means over {n} test pictures; higher is better.").format(n=n))


def _table(scores: "Mapping[str, Score]") -> str:
    winner = winner_of(scores)
    head = [_("method"), _("strength"), "PSNR, dB", "SSIM"]
    lines = ["| " + " | ".join(head) + " |", "|---|---|--:|--:|"]
    for method, score in scores.items():
        strength = STRENGTHS[method].format(score.strength) if score.strength else ""
        cells = [_(METHODS[method]), strength, psnr_text(score.mse), f"{score.ssim:.2f}"]
        if method == winner:
            cells = [f"**{cell}**" if cell else "" for cell in cells]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _error_by_level(model_id: str, noise: Noise) -> None:
    with st.spinner(_("Trying all noise levels …")):
        answer = _benchmark(model_id, noise.kind, levels_of(model_id))
    every = answer.scores.values()
    best = [min(FILTERS, key=lambda f: scores[f].mse) for scores in every]
    methods = [m for m in (NOISY, MODEL, PLAIN) if m in answer.scores[noise.level]]
    errors = {m: [scores[m].mse for scores in every] for m in methods}
    errors["filter"] = [scores[f].mse for scores, f in zip(every, best, strict=True)]
    st.markdown(
        _("**Error against noise level**: {kind}").format(kind=noise.name),
        help=_(LEVELS_HELP).format(n=answer.n),
    )
    components.live_plot(
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
        words=_plot_words(),
    )


def _gain_by_kind(model_id: str, noise: Noise) -> None:
    from aecore.analysis.denoising import psnr
    from aecore.questions import denoising

    answer = models.ask(model_id, denoising.by_kind, levels_of(model_id))
    errors = [answer[kind][noise.level] for kind in KINDS]
    methods = [m for m in (MODEL, PLAIN) if m in errors[0]]
    gains = {
        m: [psnr(e[m]) - psnr(e[NOISY]) if e[NOISY] else np.nan for e in errors] for m in methods
    }
    own = models.experiment(model_id).corruption
    st.markdown(_kinds_title(gains[MODEL], noise.level), help=_(KINDS_HELP))
    components.live_plot(
        figures.gain_by_kind(
            gains,
            [_(name) for name in KINDS.values()],
            names={m: _(METHODS[m]) for m in methods},
            trained=list(KINDS).index(own) if own in KINDS else None,
            dark=is_dark(),
            _=_,
        ),
        key="gain_by_kind",
        height=300,
        alt=_("Decibels gained on the noisy picture for each kind of noise, as bars."),
        words=_plot_words(),
    )


def _kinds_title(gains: list[float], level: float) -> str:
    """For which kinds of noise the model helps."""
    better = [_(name) for name, gain in zip(KINDS.values(), gains, strict=True) if gain > WORTH]
    return _("**All kinds of noise**, level {level:.2f}. This model mends: {better}").format(
        level=level, better=", ".join(better) or _("none")
    )


def _plot_words() -> dict[str, str]:
    return {word: _(word) for word in PLOT_WORDS}


def _own(own: "Cleaned") -> None:
    """The learner's own digit, with the same noise, through every method."""
    steps, others = st.columns(2, gap="medium")
    errors = {method: float(mse[0]) for method, mse in own.mse.items()}
    with steps:
        components.digit_rows(
            [
                components.Row(_("original"), own.originals),
                _own_row(_("noisy"), own, NOISY),
                _own_row(_("denoised"), own, MODEL),
                components.Row(_("difference"), differences(own.originals, own.cleaned[MODEL])),
            ],
            key="own_steps",
            alt=_("Your digit, with noise, denoised by the model, and their difference."),
        )
    with others:
        components.digit_rows(
            [_own_row(_(METHODS[m]), own, m) for m in own.cleaned if m not in (NOISY, MODEL)],
            key="own_others",
            alt=_("Your noisy digit as the other methods clean it."),
        )
    closest = _(METHODS[min(errors, key=errors.__getitem__)])
    st.markdown(_("Closest to your digit: **{winner}**.").format(winner=closest))


def _own_row(label: str, own: "Cleaned", method: str) -> components.Row:
    return components.Row(label, own.cleaned[method], _decibels(own, method))
