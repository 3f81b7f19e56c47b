"""Intervals: against scipy and scikit-learn, and by how often they hold what is true."""

import math

import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import roc_auc_score

from aecore.analysis import intervals
from aecore.analysis.intervals import Interval


def test_shares_have_wilsons_interval():
    found = intervals.of_share(82, 100)
    z, p, n = stats.norm.ppf(0.975), 0.82, 100
    centre = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * math.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    assert found.value == pytest.approx(0.82)
    assert (found.low, found.high) == pytest.approx((centre - half, centre + half))


@pytest.mark.parametrize("hits", [0, 10])
def test_shares_of_none_or_all_stay_within_zero_and_one(hits):
    found = intervals.of_share(hits, 10)
    assert 0 <= found.low < found.high <= 1
    assert found.value in (0, 1)


def test_an_area_is_scikit_learns_also_with_ties():
    random = np.random.default_rng(0)
    strange = random.random(300) < 0.4
    scores = np.round(random.normal(strange.astype(float), 1), 1)
    found = intervals.of_auroc(scores, strange)
    assert found.value == pytest.approx(roc_auc_score(strange, scores))


def test_an_areas_interval_is_that_of_scipys_bootstrap():
    random = np.random.default_rng(1)
    normal, strange = random.normal(0, 1, 100), random.normal(1, 1, 300)

    def area(n, s, axis=-1):
        return (n[..., :, None] < s[..., None, :]).mean(axis=(-1, -2))

    wanted = stats.bootstrap(
        (normal, strange), area, n_resamples=2000, batch=20, method="percentile", rng=random
    ).confidence_interval
    flags = np.repeat([False, True], [100, 300])
    found = intervals.of_auroc(np.concatenate([normal, strange]), flags)
    assert (found.low, found.high) == pytest.approx((wanted.low, wanted.high), abs=0.01)


def test_seeds_have_students_interval():
    values = [0.11, 0.12, 0.10, 0.14, 0.12]
    wanted = stats.ttest_1samp(values, 0).confidence_interval()
    found = intervals.of_seeds(values)
    assert (found.low, found.high) == pytest.approx((wanted.low, wanted.high))


def test_one_seed_says_nothing_about_the_spread():
    assert intervals.verdict(intervals.of_seeds([0.3])) == "unclear"
    assert intervals.verdict(intervals.of_seed_difference([0.3], [0.1, 0.1])) == "unclear"


def _coverage(interval_of, truth: float, n: int, times: int = 300) -> float:
    random = np.random.default_rng(7)
    held = [interval_of(random, n) for _ in range(times)]
    return float(np.mean([found.low <= truth <= found.high for found in held]))


def test_intervals_hold_the_truth_about_as_often_as_they_say():
    def mean(random, n):
        return intervals.of_mean(random.exponential(size=n))

    def share(random, n):
        return intervals.of_share(random.binomial(n, 0.3), n)

    def seeds(random, n):
        return intervals.of_seeds(random.normal(size=n).tolist())

    def area(random, n):
        scores = np.concatenate([random.normal(0, 1, n), random.normal(1, 1, n)])
        return intervals.of_auroc(scores, np.repeat([False, True], [n, n]))

    assert 0.90 < _coverage(mean, 1.0, 60) < 0.99
    assert 0.92 < _coverage(share, 0.3, 60) < 0.99
    assert 0.92 < _coverage(seeds, 0.0, 5) < 0.98
    truth = stats.norm.cdf(1 / math.sqrt(2))
    assert 0.90 < _coverage(area, truth, 60, times=100) <= 0.99


def test_a_paired_difference_is_much_surer_than_two_means():
    random = np.random.default_rng(2)
    hard = random.normal(0, 10, 200)  # pictures differ far more than methods do
    a, b = hard + random.normal(0.5, 0.1, 200), hard + random.normal(0, 0.1, 200)
    paired = intervals.of_difference(a, b)
    assert paired.half_width < 0.05 < intervals.of_mean(a).half_width
    assert intervals.verdict(paired) == "better"


def test_a_ratio_of_means_has_scipys_paired_bootstrap():
    random = np.random.default_rng(4)
    b = random.exponential(size=150)
    a = 2 * b + random.normal(0, 0.3, 150)
    wanted = stats.bootstrap(
        (a, b),
        lambda x, y, axis=-1: x.mean(axis=axis) / y.mean(axis=axis),
        paired=True,
        method="percentile",
        n_resamples=2000,
        rng=random,
    ).confidence_interval
    found = intervals.of_ratio(a, b)
    assert found.value == pytest.approx(a.mean() / b.mean())
    assert (found.low, found.high) == pytest.approx((wanted.low, wanted.high), abs=0.01)


def test_intervals_are_the_same_each_time():
    values = np.random.default_rng(3).normal(size=50)
    assert intervals.of_mean(values) == intervals.of_mean(values)
    assert intervals.of_mean(values) != intervals.of_mean(values, seed=1)


@pytest.mark.parametrize(
    ("gain", "worth", "said"),
    [
        (Interval(1, 0.1, 2), 0, "better"),
        (Interval(-1, -2, -0.1), 0, "worse"),
        (Interval(1, -0.1, 2), 0, "unclear"),
        (Interval(1, 0.1, 2), 0.5, "unclear"),
        (Interval(math.nan, math.nan, math.nan), 0, "unclear"),
    ],
)
def test_a_verdict_is_said_only_where_the_interval_allows_it(gain, worth, said):
    assert intervals.verdict(gain, worth) == said


def test_what_never_varies_has_no_width():
    assert intervals.of_mean([0.5] * 10) == Interval(0.5, 0.5, 0.5)
    assert intervals.of_mean([0.5]).high == math.inf
    assert math.isnan(intervals.of_mean([0.5, math.nan]).low)
