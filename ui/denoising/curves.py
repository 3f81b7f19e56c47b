"""The error over the noise level, and the gain for each kind of noise."""

import streamlit as st

from aecore.analysis.intervals import Interval, verdict
from aecore.parts.corruptions import CORRUPTIONS
from aecore.topics.denoising import figures as figures
from ui.denoising.answers import (
    Noise,
    benchmark,
    called,
    filters_of,
    gains_by_kind,
    levels_of,
    noises_of,
)
from ui.denoising.words import KINDS_HELP, LEVELS_HELP, MODEL, NOISY, PLAIN
from ui.kit import charts, kinds, models
from ui.kit.frame import is_dark
from ui.kit.language import _

WORTH = 0.1
"""Decibels below which a gain is none: the eye sees no difference."""


def error_by_level(model_id: str, noise: Noise) -> None:
    with st.spinner(_("Trying all noise levels …")):
        answer = benchmark(model_id, noise.kind, levels_of(model_id))
    spec = models.dataset(model_id)
    every = answer.scores.values()
    methods = [m for m in (NOISY, MODEL, PLAIN) if m in answer.scores[noise.level]]
    errors = {m: [scores[m].mse for scores in every] for m in methods}
    best: list[str] = []
    if filters := filters_of(answer.scores[noise.level]):
        best = [min(filters, key=lambda f: scores[f].mse) for scores in every]
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
            names={m: called(m, spec) for m in methods} | {"filter": _("best filter")},
            best=[called(f, spec) for f in best],
            mse=kinds.mse(spec.shape.kind),
            level=noise.level,
            revision=f"{model_id}/{noise.kind}",
            dark=is_dark(),
            _=_,
        ),
        key="error_by_level",
        height=300,
        alt=_("Error of each method over the noise level, as lines."),
    )


def gain_by_kind(model_id: str, noise: Noise) -> None:
    spec, noises = models.dataset(model_id), noises_of(model_id)
    gains = gains_by_kind(model_id, noise.level)
    own = models.experiment(model_id).corruption
    st.markdown(
        _("**Gain for each kind of noise**, level {level:.2f}").format(level=noise.level),
        help=_(KINDS_HELP),
    )
    st.caption(_("This model improves: {kinds}").format(kinds=_mended(noises, gains[MODEL])))
    charts.live_plot(
        figures.gain_by_kind(
            gains,
            [_(CORRUPTIONS[kind].name) for kind in noises],
            names={method: called(method, spec) for method in gains},
            trained=noises.index(own) if own in noises else None,
            dark=is_dark(),
            _=_,
        ),
        key="gain_by_kind",
        height=300,
        alt=_("Decibels gained on the noisy input for each kind of noise, as bars."),
    )


def _mended(noises: list[str], gains: list[Interval]) -> str:
    """The kinds of noise for which the model helps."""
    better = [
        _(CORRUPTIONS[kind].name)
        for kind, gain in zip(noises, gains, strict=True)
        if verdict(gain, WORTH) == "better"
    ]
    return ", ".join(better) or _("none")
