"""Every mistake, made with the shipped settings, is measurably worse than its cure."""

import dataclasses
from functools import cache

import numpy as np
import pytest

from aecore.topics.pitfalls import PITFALLS, Trial
from aecore.topics.pitfalls.trials import Seen, run


@cache
def last_of(trial: Trial) -> Seen:
    """What a trial shows in the end; each is trained once for all tests."""
    found = list(run(trial))
    assert found[-1].figures
    assert len(found[-1].curve) == (found[-1].epochs + 1 if found[-1].epochs else 0)
    return found[-1]


def last(key: str, which: str) -> Seen:
    trial = getattr(PITFALLS[key], which)
    # Sentences differ where the training is the same.
    return last_of(dataclasses.replace(trial, measured=""))


def both(key: str, figure: str) -> tuple[float, float]:
    return last(key, "wrong").figures[figure], last(key, "cured").figures[figure]


@pytest.mark.parametrize("key", PITFALLS)
def test_sentences_can_be_filled_with_what_was_measured(key):
    for which in ("wrong", "cured"):
        said = getattr(PITFALLS[key], which).measured.format(**last(key, which).figures)
        assert "nan" not in said


def test_relu_leaves_code_units_dead_and_costs_error():
    assert both("relu-code", "dead") == (14, 0)
    wrong, cured = both("relu-code", "mse")
    assert wrong > 1.1 * cured


def test_wide_code_copies_noise_and_noisy_training_takes_it_off():
    wrong, cured = both("identity", "denoised")
    noise = last("identity", "wrong").figures["noise"]
    assert wrong > 0.8 * noise
    assert cured < 0.4 * noise
    assert last("identity", "wrong").figures["mse"] < 0.01


def test_high_learning_rate_ends_above_the_mean_picture():
    wrong, cured = both("learning-rate", "mse")
    assert wrong > last("learning-rate", "wrong").figures["mean"] > 2 * cured
    pictures = last("learning-rate", "wrong").x_hat
    assert (pictures == pictures[0]).all()


def test_small_code_is_hardly_better_than_the_mean_picture():
    wrong, cured = both("small-code", "mse")
    assert 0.9 * last("small-code", "wrong").figures["mean"] < wrong
    assert wrong > 1.9 * cured


def test_large_beta_collapses_the_whole_code():
    assert both("collapse", "collapsed") == (8, 0)
    wrong, cured = both("collapse", "mse")
    assert wrong > 1.7 * cured
    pictures = last("collapse", "wrong").x_hat.astype(int)
    assert np.abs(pictures - pictures[0]).max() < 10  # the same for all


def test_sigmoid_cannot_reach_below_its_floor_on_wrong_pixels():
    wrong, cured = both("pixel-range", "mse")
    floor = last("pixel-range", "wrong").figures["floor"]
    assert wrong >= floor > 6 * cured
    assert last("pixel-range", "cured").figures["floor"] == 0
    assert last("pixel-range", "wrong").x_hat.min() >= 127  # grey at best


def test_leak_reports_an_error_that_new_digits_do_not_have():
    leaked, honest = last("leak", "wrong").figures, last("leak", "cured").figures
    assert leaked["fresh"] > 2 * leaked["mse"]
    assert honest["fresh"] == pytest.approx(honest["mse"], rel=0.1)
    assert honest["val"] == pytest.approx(honest["mse"], rel=0.1)
    assert leaked["fresh"] == pytest.approx(honest["fresh"], rel=0.15)


def test_sum_is_784_times_the_mean_and_turns_the_ranking_around():
    apart, alike = last("units", "wrong").figures, last("units", "cured").figures
    assert apart["a_sse"] > apart["b_mse"]
    assert alike["a_mse"] < alike["b_mse"]
    assert alike["ratio"] == pytest.approx(784, rel=1e-4)


def test_same_trial_gives_the_same_numbers():
    again = list(run(PITFALLS["learning-rate"].cured))[-1]
    assert again.curve == last("learning-rate", "cured").curve


def test_mistake_and_cure_differ_in_as_little_as_can_be():
    for pitfall in PITFALLS.values():
        wrong, cured = pitfall.wrong.experiment, pitfall.cured.experiment
        if wrong is None or cured is None:
            continue
        changed = cured.differences(wrong)
        allowed = {"corruption", "noise_level"} if pitfall.key == "identity" else set(changed)
        assert set(changed) <= allowed
        assert len(set(changed) - {"noise_level"}) == (1 if pitfall.settings else 0)
