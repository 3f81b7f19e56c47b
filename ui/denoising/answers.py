"""What the denoising page asks, and what the answers say."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from aecore.analysis import intervals
from aecore.analysis.intervals import Interval, verdict
from aecore.parts.corruptions import CORRUPTIONS
from aecore.parts.datasets import DatasetSpec
from aecore.spec.experiment import Experiment
from ui.denoising.words import METHODS, MODEL, NOISY, PLAIN
from ui.kit import kinds, models, spread
from ui.kit.language import _
from ui.kit.page_list import PAGES

if TYPE_CHECKING:
    from aecore.topics.denoising.ask import Benchmark, Cleaned, DenoisingScore

TENTHS = tuple(round(0.1 * i, 1) for i in range(11))


@dataclass(frozen=True)
class Noise:
    """What the learner has chosen: kind and level as in `aecore.model.corruption`, and the seed."""

    kind: str
    level: float
    seed: int

    @property
    def name(self) -> str:
        return _(CORRUPTIONS[self.kind].name)


def noises_of(model_id: str) -> list[str]:
    """The kinds of noise that can be put on a model's data."""
    kind = models.shape(model_id).kind
    return [key for key, noise in CORRUPTIONS.items() if kind in noise.kinds]


def trained_noise(model_id: str) -> Experiment:
    """The experiment whose noise the page starts with: the model's own, else the example's."""
    own = models.experiment(model_id)
    return models.experiment(PAGES["denoising"].example) if own.corruption == "none" else own


def levels_of(model_id: str) -> tuple[float, ...]:
    """The tenths, and the level that the model was trained with."""
    return tuple(sorted({*TENTHS, trained_noise(model_id).noise_level}))


def clean_test(model_id: str, picked: tuple[int, ...], noise: Noise) -> "Cleaned":
    from aecore.topics.denoising import (
        ask as denoising,  # imports torch: not before a page needs an answer
    )

    return models.ask(model_id, denoising.clean_test, picked, noise.kind, noise.level, noise.seed)


def clean_own(model_id: str, pixels: NDArray[np.float32], noise: Noise) -> "Cleaned":
    from aecore.topics.denoising import ask as denoising

    return models.ask(model_id, denoising.clean_own, pixels, noise.kind, noise.level, noise.seed)


def benchmark(model_id: str, kind: str, levels: tuple[float, ...]) -> "Benchmark":
    from aecore.topics.denoising import ask as denoising

    return models.ask(model_id, denoising.benchmark, kind, levels)


def gains_by_kind(model_id: str, level: float) -> dict[str, list[Interval]]:
    """Method -> decibels gained on the noisy samples, per kind of noise; NaN without any noise."""
    from aecore.topics.denoising import ask as denoising
    from aecore.topics.denoising.measure import decibels

    def gain(errors: "Mapping[str, NDArray[np.float64]]", method: str) -> Interval:
        if not errors[NOISY].all():
            return Interval(math.nan, math.nan, math.nan)
        return intervals.of_difference(decibels(errors[method]), decibels(errors[NOISY]))

    answer = models.ask(model_id, denoising.by_kind, levels_of(model_id))
    errors = [answer[kind][level] for kind in noises_of(model_id)]
    return {
        method: [gain(each, method) for each in errors]
        for method in (MODEL, PLAIN)
        if method in errors[0]
    }


def filters_of(scores: "Mapping[str, DenoisingScore]") -> list[str]:
    """Methods that are classical filters: none for rows of a table."""
    return [method for method in scores if method not in (NOISY, MODEL, PLAIN)]


def called(method: str, spec: DatasetSpec) -> str:
    """What a method is called."""
    return _(METHODS[method]).format(one=kinds.one(spec))


def psnr_text(mse: float) -> str:
    from aecore.topics.denoising.measure import psnr  # imports scikit-image

    value = psnr(float(mse))
    return f"{value:.1f}" if np.isfinite(value) else "∞"


def winner_of(scores: "Mapping[str, DenoisingScore]") -> str:
    """The method with the least error; the noisy sample itself where nothing beats it."""
    return min(scores, key=lambda method: scores[method].mse)


def rivals_of(winner: str, scores: "Mapping[str, DenoisingScore]") -> list[str]:
    """Methods whose errors, sample by sample, cannot be told from the winner's."""
    return [
        method
        for method, score in scores.items()
        if method != winner
        and verdict(intervals.of_difference(score.errors, scores[winner].errors)) == "unclear"
    ]


def decibels_text(score: "DenoisingScore") -> str:
    """The mean PSNR with its interval."""
    return spread.plus_minus(score.psnr, 1) if np.isfinite(score.psnr.value) else "∞"
