"""How far a figure can be trusted: intervals of shares, means and areas, and what a difference says.

All intervals are of 95%. scipy takes half a second to import: not before it is needed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

LEVEL = 0.95

RESAMPLES = 1_000
"""Draws of a bootstrap: the ends of its interval move by a few per cent of its width from one
seed to another."""

SEED = 0

Verdict = Literal["better", "worse", "unclear"]


@dataclass(frozen=True)
class Interval:
    """A figure with the ends of its 95% interval."""

    value: float
    low: float
    high: float

    def times(self, factor: float) -> "Interval":
        """The same in another unit: per cent for shares, say. The factor is above 0."""
        return Interval(self.value * factor, self.low * factor, self.high * factor)

    @property
    def half_width(self) -> float:
        return (self.high - self.low) / 2


def of_share(hits: int, n: int) -> Interval:
    """A share, with Wilson's interval (1927): it stays within 0 and 1, also for none or all.

    Args:
        hits: how many, 0 to n.
        n: out of how many, at least 1.
    """
    from scipy.stats import binomtest

    found = binomtest(int(hits), int(n)).proportion_ci(LEVEL, method="wilson")
    return Interval(hits / n, float(found.low), float(found.high))


def of_mean(values: ArrayLike, seed: int = SEED) -> Interval:
    """The mean of a sample, with a percentile bootstrap.

    Args:
        values: (n,), of as many pictures; one alone has an interval without end.
        seed: of the draws.
    """
    from scipy.stats import bootstrap

    sample = np.asarray(values, np.float64)
    mean = float(sample.mean())
    if not np.isfinite(sample).all():
        return Interval(mean, np.nan, np.nan)
    if len(sample) < 2:
        return Interval(mean, -np.inf, np.inf)
    if np.ptp(sample) == 0:
        return Interval(mean, mean, mean)
    found = bootstrap(
        (sample,),
        np.mean,
        n_resamples=RESAMPLES,
        batch=100,  # bounds the memory
        confidence_level=LEVEL,
        method="percentile",
        rng=np.random.default_rng(seed),
    ).confidence_interval
    return Interval(mean, float(found.low), float(found.high))


def of_difference(a: ArrayLike, b: ArrayLike, seed: int = SEED) -> Interval:
    """The mean of a - b, where both were measured on the same pictures or draws.

    Args:
        a, b: (n,), in the same order.
        seed: of the draws.
    """
    return of_mean(np.asarray(a, np.float64) - np.asarray(b, np.float64), seed)


def of_ratio(a: ArrayLike, b: ArrayLike, seed: int = SEED) -> Interval:
    """How many times the mean of b the mean of a is, both measured on the same pictures.

    Args:
        a, b: (n,), in the same order; the mean of b is above 0.
        seed: of the draws.
    """
    first, second = np.asarray(a, np.float64), np.asarray(b, np.float64)
    random = np.random.default_rng(seed)
    drawn = random.integers(len(first), size=(RESAMPLES, len(first)))
    times = first[drawn].mean(axis=1) / second[drawn].mean(axis=1)
    low, high = np.quantile(times, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Interval(float(first.mean() / second.mean()), float(low), float(high))


def of_auroc(scores: ArrayLike, strange: NDArray[np.bool_], seed: int = SEED) -> Interval:
    """The area under the ROC curve, with a percentile bootstrap that draws either kind by itself.

    Args:
        scores: (n,), higher is stranger; ties count half.
        strange: (n,), at least one of either kind.
        seed: of the draws.
    """
    _values, places = np.unique(np.asarray(scores), return_inverse=True)
    normal, unusual = places[~strange], places[strange]
    levels = int(places.max()) + 1
    random = np.random.default_rng(seed)
    drawn = [
        _area(_again(normal, random), _again(unusual, random), levels) for _draw in range(RESAMPLES)
    ]
    low, high = np.quantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Interval(_area(normal, unusual, levels), float(low), float(high))


def _again(places: NDArray[Any], random: np.random.Generator) -> NDArray[Any]:
    """As many, drawn from these with replacement."""
    return places[random.integers(len(places), size=len(places))]


def _area(normal: NDArray[Any], strange: NDArray[Any], levels: int) -> float:
    """The chance that a strange one ranks above a normal one; ranks are whole, below `levels`."""
    n = np.bincount(normal, minlength=levels)
    s = np.bincount(strange, minlength=levels)
    below = np.cumsum(n) - n
    return float(s @ (below + n / 2) / (len(normal) * len(strange)))


def of_seeds(values: Sequence[float]) -> Interval:
    """The mean over several trainings, with Student's t interval.

    Args:
        values: one figure for each seed; a single one has an interval without end.
    """
    from scipy.stats import t

    sample = np.asarray(values, np.float64)
    mean, n = float(sample.mean()), len(sample)
    if n < 2:
        return Interval(mean, -np.inf, np.inf)
    half = float(t.ppf((1 + LEVEL) / 2, n - 1) * sample.std(ddof=1) / np.sqrt(n))
    return Interval(mean, mean - half, mean + half)


def of_seed_difference(a: Sequence[float], b: Sequence[float]) -> Interval:
    """The difference of the means of two groups of trainings, a minus b, by Welch's t interval.

    Args:
        a, b: one figure for each seed; where a group has a single one, nothing is known of its
            spread, and the interval has no end.
    """
    from scipy.stats import ttest_ind

    first, second = np.asarray(a, np.float64), np.asarray(b, np.float64)
    gap = float(first.mean() - second.mean())
    if min(len(first), len(second)) < 2:
        return Interval(gap, -np.inf, np.inf)
    if first.std() == 0 and second.std() == 0:
        return Interval(gap, gap, gap)
    found = ttest_ind(first, second, equal_var=False).confidence_interval(LEVEL)
    return Interval(gap, float(found.low), float(found.high))


def of_both(a: Interval, b: Interval) -> Interval:
    """A figure that two independent chances decide, each with an interval of its own.

    Args:
        a, b: about the same figure, whose value is a's; one knows of the spread over labels, say,
            the other of the spread over pictures. Distances to the ends add up as squares.
    """
    down = np.hypot(a.value - a.low, b.value - b.low)
    up = np.hypot(a.high - a.value, b.high - b.value)
    return Interval(a.value, float(a.value - down), float(a.value + up))


def verdict(gain: Interval, worth: float = 0.0) -> Verdict:
    """Whether a gain can be told from none.

    Args:
        gain: of a figure that is better when higher.
        worth: a gain that is no larger than this is none.
    """
    if gain.low > worth:
        return "better"
    if gain.high < -worth:
        return "worse"
    return "unclear"
