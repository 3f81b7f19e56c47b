"""Telling strange from normal by a score: how well it separates, and what a threshold does.

A score is higher for what is stranger. An alarm is a score above the threshold.
scikit-learn takes a second to import: not before it is needed.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aecore.analysis import intervals
from aecore.analysis.intervals import Interval
from aecore.errors import N_, ExperimentError
from aecore.parts.datasets import DatasetSpec
from aecore.shapes import Kind

SCORES = ("mse", "ssim", "latent")
"""By reconstruction error, by structural dissimilarity, by the distance of codes."""

Scores = NDArray[np.float32]
"""(n,), higher is stranger."""

Flags = NDArray[np.bool_]
"""(n,), true for what is strange, that is of no normal class."""

FIRST_NORMAL = 3
"""The class that is taken for normal where the dataset calls none usual."""

ALARMED_NORMAL = 0.05
"""Share of the normal pictures that a usual threshold lets raise a false alarm."""


def scores_for(kind: Kind) -> tuple[str, ...]:
    """Those of `SCORES` that a kind of data can be given: SSIM compares pictures."""
    return tuple(name for name in SCORES if name != "ssim" or kind == "picture")


@dataclass(frozen=True, eq=False)
class Curves:
    """How well a score separates strange from normal, over all thresholds.

    Attributes:
        fpr, tpr: (k,), shares of the normal and of the strange pictures with an alarm (ROC).
        recall, precision: (m,), share of the strange ones with an alarm, and share of the alarms
            that are strange.
        auroc: area under the ROC curve: the chance that a strange picture scores higher than a
            normal one, ties counting half; 0.5 is guessing.
        auprc: average precision; guessing has the share of strange pictures.
        base_rate: that share.
    """

    fpr: NDArray[np.float64]
    tpr: NDArray[np.float64]
    recall: NDArray[np.float64]
    precision: NDArray[np.float64]
    auroc: float
    auprc: float
    base_rate: float


@dataclass(frozen=True)
class Confusion:
    """What a threshold does, in pictures."""

    caught: int
    missed: int
    false_alarms: int
    passed: int

    @property
    def tpr(self) -> float:
        """Share of the strange pictures that are caught; also called recall."""
        return self.caught / (self.caught + self.missed)

    @property
    def fpr(self) -> float:
        """Share of the normal pictures that raise a false alarm."""
        return self.false_alarms / (self.false_alarms + self.passed)

    @property
    def precision(self) -> float | None:
        """Share of the alarms that are strange; None without any alarm."""
        alarms = self.caught + self.false_alarms
        return self.caught / alarms if alarms else None

    @property
    def recall_interval(self) -> Interval:
        """The share caught, as far as so many strange pictures tell it for this very threshold."""
        return intervals.of_share(self.caught, self.caught + self.missed)

    @property
    def alarm_interval(self) -> Interval:
        """Likewise the share of normal pictures with a false alarm."""
        return intervals.of_share(self.false_alarms, self.false_alarms + self.passed)

    @property
    def precision_interval(self) -> Interval | None:
        """Likewise the share of alarms that are right; None without any alarm."""
        alarms = self.caught + self.false_alarms
        return intervals.of_share(self.caught, alarms) if alarms else None


@dataclass(frozen=True)
class Usual:
    """What the usual threshold does. It was set on other normal pictures than it is measured on.

    Attributes:
        threshold: the score above which 5% of the held-out normal pictures lie.
        caught: share of the strange test pictures that it catches.
        alarms: share of the normal test pictures with a false alarm. Both intervals know that
            other held-out pictures would have set another threshold.
        n_held_out: pictures that it was set on.
    """

    threshold: float
    caught: Interval
    alarms: Interval
    n_held_out: int


def usual_classes(spec: DatasetSpec) -> tuple[int, ...]:
    """What is taken for normal until somebody chooses: () where nobody has labelled anything."""
    if spec.usual or not spec.classes:
        return spec.usual
    return (min(FIRST_NORMAL, len(spec.classes) - 1),)


def check_normal(classes: tuple[int, ...], n_classes: int) -> tuple[int, ...]:
    """The normal classes, if something is left that is strange.

    Args:
        classes: the normal ones.
        n_classes: how many the dataset has.
    Raises:
        ExperimentError: none is normal, or all are.
    """
    if not 0 < len(set(classes)) < n_classes:
        raise ExperimentError(
            N_(
                "Choose some of the {n} classes as normal: with none there is nothing to train on, "
                "and with all of them no class is left that would be strange."
            ),
            n=n_classes,
        )
    return classes


def mahalanobis(codes: NDArray[np.float32], known: NDArray[np.float32]) -> Scores:
    """How far codes lie from the middle of known ones, measured in the known ones' own spread.

    Args:
        codes: (n, latent_dim).
        known: (m, latent_dim), m at least 2.

    Returns:
        (n,), sqrt((z - mean) C^-1 (z - mean)), where C is the known codes' covariance with
        Ledoit & Wolf's shrinkage (2004): it stays invertible where codes are wider than known
        ones are many.
    """
    from sklearn.covariance import LedoitWolf

    fitted = LedoitWolf().fit(known.astype(np.float64))
    squared = fitted.mahalanobis(codes.astype(np.float64))
    return np.sqrt(np.maximum(squared, 0)).astype(np.float32)


def curves(scores: Scores, strange: Flags) -> Curves:
    """ROC and precision-recall curves of a score, for at least one picture of either kind."""
    from sklearn.metrics import (
        average_precision_score,
        precision_recall_curve,
        roc_auc_score,
        roc_curve,
    )

    fpr, tpr, _thresholds = roc_curve(strange, scores)
    precision, recall, _thresholds = precision_recall_curve(strange, scores)
    return Curves(
        fpr=fpr,
        tpr=tpr,
        recall=recall,
        precision=precision,
        auroc=float(roc_auc_score(strange, scores)),
        auprc=float(average_precision_score(strange, scores)),
        base_rate=float(strange.mean()),
    )


def confusion(scores: Scores, strange: Flags, threshold: float) -> Confusion:
    """How many are caught, missed, falsely alarmed and passed."""
    alarm = scores > threshold
    return Confusion(
        caught=int((alarm & strange).sum()),
        missed=int((~alarm & strange).sum()),
        false_alarms=int((alarm & ~strange).sum()),
        passed=int((~alarm & ~strange).sum()),
    )


def usual_threshold(held_out: Scores) -> float:
    """The score above which 5% of normal pictures lie: it needs no strange ones.

    Args:
        held_out: (n,), scores of normal pictures that are neither learned from nor tested on.
    """
    return float(np.quantile(held_out, 1 - ALARMED_NORMAL))


def at_usual_threshold(held_out: Scores, scores: Scores, strange: Flags) -> Usual:
    """The usual threshold, and what it does to test pictures, with a bootstrap over all three.

    Args:
        held_out: (n,), as in `usual_threshold`.
        scores, strange: (m,), of the test pictures.
    """
    random = np.random.default_rng(intervals.SEED)
    groups = held_out, scores[strange], scores[~strange]
    drawn = []
    for _draw in range(intervals.RESAMPLES):
        known, unusual, usual = (g[random.integers(len(g), size=len(g))] for g in groups)
        threshold = usual_threshold(known)
        drawn.append(((unusual > threshold).mean(), (usual > threshold).mean()))
    share = (1 - intervals.LEVEL) / 2
    low, high = np.quantile(drawn, [share, 1 - share], axis=0)
    threshold = usual_threshold(held_out)
    counted = confusion(scores, strange, threshold)
    return Usual(
        threshold,
        Interval(counted.tpr, float(low[0]), float(high[0])),
        Interval(counted.fpr, float(low[1]), float(high[1])),
        len(held_out),
    )


def extremes(scores: Scores, n: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Indices of the n highest scores, highest first; and of the n lowest, lowest first."""
    order = np.argsort(scores, kind="stable")
    return tuple(map(int, order[::-1][:n])), tuple(map(int, order[:n]))


def confusing(scores: Scores, strange: Flags, n: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Where the score is most wrong: strange pictures that score low, normal ones that score high.

    Returns:
        Indices of the n lowest strange ones, lowest first; and of the n highest normal ones,
        highest first.
    """
    order = np.argsort(scores, kind="stable")
    low = order[strange[order]][:n]
    high = order[~strange[order]][::-1][:n]
    return tuple(map(int, low)), tuple(map(int, high))
