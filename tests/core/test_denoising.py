"""Taking noise out: scores against scikit-image, fair filters, and noise that stays the same."""

import dataclasses
import math

import numpy as np
import pytest
import torch
from skimage import metrics
from torch import Generator

from aecore.analysis.intervals import Interval, verdict
from aecore.files import pretrained
from aecore.parts.corruptions import CORRUPTIONS, corrupted
from aecore.parts.datasets import DIGIT
from aecore.parts.losses.ssim import ssim
from aecore.topics.denoising import ask as denoising
from aecore.topics.denoising import figures as figures
from aecore.topics.denoising.measure import FILTERS, psnr, tune
from aecore.topics.super_resolution import ask as super_resolution
from aecore.training.subject import Subject

NOISY_KINDS = list(CORRUPTIONS)
PICKED = (3, 1, 4, 15, 9)


@pytest.fixture
def denoiser(digits) -> Subject:
    return Subject(pretrained.load("denoising-32"), digits)


@pytest.fixture
def vanilla(digits) -> Subject:
    return Subject(pretrained.load("vanilla-32"), digits)


def squares(x):
    return x.view(-1, 28, 28).numpy()


def noisy_pair(digits, kind="gaussian", level=0.4, n=20):
    x = digits.x_train[:n]
    return squares(x), squares(corrupted(kind, x, level, Generator().manual_seed(5), DIGIT))


def random_pair():
    x = torch.rand(4, 784, generator=Generator().manual_seed(0))
    return squares(x), squares(1 - x * x)


@pytest.mark.parametrize("real", [True, False])
def test_psnr_agrees_with_scikit_image(real, digits):
    for a, b in zip(*(noisy_pair(digits) if real else random_pair()), strict=True):
        expected = metrics.peak_signal_noise_ratio(a, b, data_range=1)
        assert psnr(float(np.square(a - b).mean())) == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("real", [True, False])
def test_ssim_agrees_with_scikit_image(real, digits):
    a, b = noisy_pair(digits) if real else random_pair()
    ours = ssim(*(torch.from_numpy(y).reshape(len(y), -1) for y in (b, a)), DIGIT).numpy()
    expected = [
        metrics.structural_similarity(
            first.astype(float),
            second.astype(float),
            gaussian_weights=True,
            sigma=1.5,
            use_sample_covariance=False,
            data_range=1,
        )
        for first, second in zip(a, b, strict=True)
    ]
    np.testing.assert_allclose(ours, expected, atol=1e-4)


def test_psnr_of_equal_pictures_is_infinite():
    assert psnr(0.0) == math.inf
    assert psnr(0.01) == pytest.approx(20)


@pytest.mark.parametrize("name", FILTERS)
def test_filter_keeps_shape_range_and_even_pictures(name):
    filter_ = FILTERS[name]
    even = np.full((2, 28, 28), 0.3, np.float32)
    rng = np.random.default_rng(0)
    rough = rng.random((3, 28, 28), dtype=np.float32)
    for strength in filter_.strengths:
        np.testing.assert_allclose(filter_.apply(even, strength), even, atol=1e-4)
        smooth = filter_.apply(rough, strength)
        assert smooth.shape == rough.shape
        assert smooth.min() >= rough.min() - 1e-4
        assert smooth.max() <= rough.max() + 1e-4


@pytest.mark.parametrize("name", FILTERS)
def test_filter_treats_each_picture_alone(name, digits):
    _clean, noisy = noisy_pair(digits, n=3)
    filter_ = FILTERS[name]
    alone = filter_.apply(noisy[1:2], filter_.default)
    np.testing.assert_allclose(filter_.apply(noisy, filter_.default)[1:2], alone, atol=1e-6)


@pytest.mark.parametrize(
    ("kind", "level"), [("gaussian", 0.1), ("gaussian", 0.7), ("masking", 0.5)]
)
@pytest.mark.parametrize("name", FILTERS)
def test_tuned_filter_is_never_worse_than_the_default_one(name, kind, level, digits):
    clean, noisy = noisy_pair(digits, kind, level)
    filter_ = FILTERS[name]

    def error(strength):
        return np.square(filter_.apply(noisy, strength) - clean).mean()

    best = tune(filter_, clean, noisy)
    assert filter_.default in filter_.strengths
    assert all(error(best) <= error(strength) for strength in filter_.strengths)


def test_stronger_noise_asks_for_a_stronger_filter(digits):
    weak, strong = (noisy_pair(digits, level=level) for level in (0.1, 1.0))
    for filter_ in FILTERS.values():
        assert tune(filter_, *weak) < tune(filter_, *strong)


@pytest.mark.parametrize("kind", NOISY_KINDS)
def test_level_zero_gives_the_clean_pictures(kind, denoiser):
    answer = denoising.clean_test(denoiser, PICKED, kind, 0.0, 0)
    np.testing.assert_array_equal(answer.cleaned["noisy"], answer.originals)
    assert (answer.mse["noisy"] == 0).all()


@pytest.mark.parametrize("kind", [k for k in NOISY_KINDS if k != "low_resolution"])
def test_same_seed_gives_the_same_noise(kind, denoiser):
    first, again, other = (
        denoising.clean_test(denoiser, PICKED, kind, 0.4, seed).cleaned["noisy"]
        for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


@pytest.mark.parametrize("kind", ["salt_pepper", "masking"])
def test_pixels_that_are_hit_stay_hit_while_the_level_rises(kind, denoiser):
    weak, strong = (denoising.clean_test(denoiser, PICKED, kind, level, 0) for level in (0.3, 0.4))
    hit = weak.cleaned["noisy"] != weak.originals
    assert hit.any()
    if kind == "masking":
        assert (strong.cleaned["noisy"][hit] == weak.cleaned["noisy"][hit]).all()
    else:  # black may turn white, and then be what it was
        assert np.isin(strong.cleaned["noisy"][hit], (0, 255)).all()


@pytest.mark.parametrize("kind", ["gaussian", "speckle"])
def test_added_noise_keeps_its_pattern_while_the_level_rises(kind, denoiser):
    weak, strong = (
        denoising.clean_test(denoiser, PICKED, kind, level, 0).cleaned["noisy"].ravel()
        for level in (0.3, 0.4)
    )
    assert np.corrcoef(weak, strong)[0, 1] > 0.97


def test_answer_belongs_to_the_pictures_asked_for(denoiser):
    answer = denoising.clean_test(denoiser, PICKED, "gaussian", 0.4, 0)
    own = denoising.clean_own(
        denoiser, denoiser.dataset.x_test[list(PICKED)].numpy(), "gaussian", 0.4, 0
    )
    assert list(answer.cleaned) == ["noisy", "model", "plain", *FILTERS]
    for method, pictures in answer.cleaned.items():
        np.testing.assert_array_equal(own.cleaned[method], pictures)
        seen = (pictures.astype(float) - answer.originals) / 255
        np.testing.assert_allclose((seen**2).mean(axis=(1, 2)), answer.mse[method], atol=1e-3)
        assert answer.ssim[method].shape == (len(PICKED),)


def test_denoiser_beats_noisy_pictures_plain_autoencoder_and_filters_at_its_own_noise(denoiser):
    e = denoiser.model.experiment
    scores = denoising.benchmark(denoiser, e.corruption, (e.noise_level,)).scores[e.noise_level]
    assert set(scores) == {"noisy", "model", "plain", *FILTERS}
    assert all(scores["model"].mse < 0.7 * s.mse for name, s in scores.items() if name != "model")
    assert all(scores["model"].ssim > s.ssim for name, s in scores.items() if name != "model")


def test_filter_beats_the_denoiser_where_there_is_little_noise(denoiser):
    scores = denoising.benchmark(denoiser, "gaussian", (0.1,)).scores[0.1]
    assert min(scores[name].mse for name in FILTERS) < 0.5 * scores["model"].mse


def test_benchmark_scores_the_filters_at_their_tuned_strength(denoiser):
    answer = denoising.benchmark(denoiser, "gaussian", (0.2, 0.4))
    for level, scores in answer.scores.items():
        x = denoiser.dataset.x_test[: answer.n]
        noise = Generator().manual_seed(denoising.SCORING_SEED)
        noisy = squares(corrupted("gaussian", x, level, noise, DIGIT))
        for name, filter_ in FILTERS.items():
            strength = scores[name].strength
            assert strength in filter_.strengths
            mse = np.square(filter_.apply(noisy, strength) - squares(x)).mean()
            assert scores[name].mse == pytest.approx(mse, rel=0.01)


def test_errors_by_kind_agree_with_the_benchmark_and_leave_no_kind_out(denoiser):
    answer = denoising.by_kind(denoiser, (0.0, 0.4))
    assert list(answer) == NOISY_KINDS
    scores = denoising.benchmark(denoiser, "gaussian", (0.4,)).scores[0.4]
    for method, errors in answer["gaussian"][0.4].items():
        np.testing.assert_allclose(errors, scores[method].errors)
    assert not any(errors[0.0]["noisy"].any() for errors in answer.values())


def test_psnr_is_the_mean_of_the_pictures_ratios_here_and_at_super_resolution(denoiser, digits):
    scores = denoising.benchmark(denoiser, "low_resolution", (0.5,)).scores[0.5]
    model = scores["model"]
    assert model.psnr.value == pytest.approx(np.mean([psnr(e) for e in model.errors]))
    first = dataclasses.replace(digits, x_test=digits.x_test[:100], y_test=digits.y_test[:100])
    there = super_resolution.measure(Subject(denoiser.model, first), 14).scores["model"]
    assert there.psnr.value == pytest.approx(model.psnr.value, abs=0.01)


def test_a_gain_has_a_paired_interval(denoiser):
    scores = denoising.benchmark(denoiser, "gaussian", (0.4,)).scores[0.4]
    gain = scores["model"].gain(scores["noisy"])
    wanted = np.mean([psnr(e) for e in scores["model"].errors])
    wanted -= np.mean([psnr(e) for e in scores["noisy"].errors])
    assert gain.value == pytest.approx(wanted)
    assert verdict(gain) == "better"
    assert verdict(scores["model"].gain(scores["model"])) == "unclear"


@pytest.mark.parametrize(
    ("model", "plain"),
    [
        ("denoising-32", "vanilla-32"),
        ("vae-2", "vanilla-2"),
        ("sparse-128", "vanilla-32"),
        ("vanilla-32", None),
    ],
)
def test_plain_autoencoder_is_another_one_of_the_nearest_code_size(model, plain, digits):
    assert denoising.plain_autoencoder(Subject(pretrained.load(model), digits)) == plain


def test_model_of_other_pictures_is_not_held_against_one_of_digits(denoiser):
    clothes = dataclasses.replace(denoiser.dataset, key="fashion-mnist")
    assert denoising.plain_autoencoder(Subject(denoiser.model, clothes)) is None


def test_chart_over_the_levels_marks_the_current_one():
    errors = {"noisy": [0.0, 0.1], "model": [0.01, 0.02], "filter": [0.0, 0.05]}
    figure = figures.error_by_level(
        (0.0, 0.4),
        errors,
        names=dict.fromkeys(errors, "name"),
        best=["median filter", "Gaussian blur"],
        mse="MSE per pixel",
        level=0.4,
    )
    assert [mark["x0"] for mark in figure["layout"]["shapes"]] == [0.4]
    assert figure["data"][2]["customdata"] == ["median filter", "Gaussian blur"]


def test_bars_of_gains_mark_the_kind_that_was_trained_and_stay_in_the_frame():
    figure = figures.gain_by_kind(
        {"model": [Interval(7, 6, 9), Interval(-20, -21, -19), Interval(*[np.nan] * 3)]},
        ["Gaussian", "speckle", "block"],
        names={"model": "this model"},
        trained=0,
    )
    (bars,) = figure["data"]
    assert bars["text"] == ["+7.0", "-20.0", ""]
    assert bars["error_y"]["array"][0] == 2
    assert bars["error_y"]["arrayminus"][0] == 1
    assert bars["y"][1] == -figures.GAIN_SHOWN
    ticks = figure["layout"]["xaxis"]["ticktext"]
    assert ["trained" in tick for tick in ticks] == [True, False, False]
