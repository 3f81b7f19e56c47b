"""Super-resolution: classical ways as scikit-image says, honest scores, commands like the page."""

import json

import numpy as np
import pytest
import torch
from skimage import metrics

from aecore.files import pretrained
from aecore.model.autoencoder import Autoencoder
from aecore.parts.corruptions.low_resolution import blow_up, shrink
from aecore.parts.datasets import DIGIT
from aecore.spec import variants
from aecore.topics.denoising import ask as denoising
from aecore.topics.super_resolution import ask as super_resolution
from aecore.topics.super_resolution import figures as figures
from aecore.topics.super_resolution.measure import WAYS, enlarge
from aecore.training.subject import Subject

METHODS = ["nearest", "bilinear", "bicubic", "model"]


@pytest.fixture
def superres(digits) -> Subject:
    return Subject(pretrained.load("superres-14"), digits)


def last_object(out):
    return json.loads(out.splitlines()[-1])


# ---- the classical ways


@pytest.mark.parametrize("side", [1, 7, 14, 20, 27])
def test_nearest_is_what_the_network_gets(side, digits):
    small = shrink(digits.x_test[:6], side, DIGIT)
    nearest = enlarge(small.numpy(), "nearest", DIGIT.height)
    np.testing.assert_array_equal(nearest.reshape(6, -1), blow_up(small, DIGIT).numpy())


@pytest.mark.parametrize("way", WAYS)
def test_even_pictures_stay_even_and_all_stay_in_range(way, digits):
    even = np.full((2, 7, 7), 0.3, np.float32)
    np.testing.assert_allclose(enlarge(even, way, DIGIT.height), 0.3, atol=1e-5)
    large = enlarge(shrink(digits.x_test[:20], 7, DIGIT).numpy(), way, DIGIT.height)
    assert (large.shape, large.dtype) == ((20, 28, 28), np.float32)
    assert 0 <= large.min() < large.max() <= 1


def test_bilinear_of_a_ramp_is_a_ramp():
    ramp = np.tile(np.linspace(0, 1, 7, dtype=np.float32), (1, 7, 1))
    steps = np.diff(enlarge(ramp, "bilinear", DIGIT.height)[0], axis=1)[:, 2:-2]
    np.testing.assert_allclose(steps, 1 / 6 / 4, atol=1e-5)


# ---- scores


@pytest.mark.parametrize(("key", "side"), [("superres-7", 7), ("superres-14", 14)])
def test_pretrained_model_beats_bicubic_by_far(key, side, digits):
    measured = super_resolution.measure(Subject(pretrained.load(key), digits), side)
    assert list(measured.scores) == METHODS
    assert measured.gain.low > 4
    assert measured.scores["model"].ssim.low > measured.scores["bicubic"].ssim.high + 0.1
    assert measured.scores["bicubic"].psnr.low > measured.scores["nearest"].psnr.high
    assert measured.wins.low > 0.95
    assert not measured.diverged


def test_scores_of_a_picture_agree_with_scikit_image(superres, digits):
    answer = super_resolution.enlarge_test(superres, (3, 1, 4), 14)
    assert answer.small.shape == (3, 14, 14)
    x = digits.x_test[[3, 1, 4]].view(-1, 28, 28).numpy().astype(float)
    small = shrink(digits.x_test[[3, 1, 4]], 14, DIGIT).numpy()
    for i, picture in enumerate(x):
        bicubic = enlarge(small, "bicubic", DIGIT.height)[i].astype(float)
        expected = metrics.peak_signal_noise_ratio(picture, bicubic, data_range=1)
        assert answer.psnr["bicubic"][i] == pytest.approx(expected, abs=1e-3)
        expected = metrics.structural_similarity(
            picture, bicubic, gaussian_weights=True, sigma=1.5,
            use_sample_covariance=False, data_range=1,
        )  # fmt: skip
        assert answer.ssim["bicubic"][i] == pytest.approx(expected, abs=1e-4)


def test_measured_is_the_mean_over_single_pictures(superres):
    measured = super_resolution.measure(superres, 14)
    each = super_resolution.enlarge_test(superres, tuple(range(1000)), 14)
    for method, score in measured.scores.items():
        assert score.psnr.value == pytest.approx(each.psnr[method].mean(), abs=1e-3)
        assert score.psnr_std == pytest.approx(each.psnr[method].std(), abs=1e-3)
        assert score.ssim.value == pytest.approx(each.ssim[method].mean(), abs=1e-4)


def test_model_gets_the_small_picture_alone(superres, digits):
    blocks = blow_up(shrink(digits.x_test[5:6], 14, DIGIT), DIGIT)
    first = super_resolution.enlarge_test(superres, (5,), 14).enlarged
    again = super_resolution.enlarge_own(superres, blocks.numpy(), 14).enlarged
    for method, pictures in first.items():
        np.testing.assert_allclose(again[method].astype(int), pictures.astype(int), atol=1)


def test_diverged_model_is_said_and_scored_as_black(tiny):
    model = Autoencoder(variants.build("super-resolution", dataset="mnist-5k")).eval()
    for parameter in model.parameters():
        parameter.data.fill_(float("nan"))
    measured = super_resolution.measure(Subject(model, tiny), 7)
    assert measured.diverged
    assert np.isfinite(measured.scores["model"].psnr.value)


def test_picture_that_loses_nothing_has_an_infinite_psnr(superres):
    board = torch.zeros(14, 14)
    board[::2] = 1
    answer = super_resolution.enlarge_own(superres, blow_up(board[None], DIGIT).numpy(), 14)
    assert np.isinf(answer.psnr["nearest"][0])


def test_chart_has_both_measures_with_the_model_last():
    figure = figures.scores_by_method(
        [(18.0, 1.0), (25.0, 2.0)], [(0.8, 0.1), (0.9, 0.05)], ["nearest", "autoencoder"]
    )
    bars = [trace for trace in figure["data"] if trace["type"] == "bar"]
    assert [trace["x"] for trace in bars] == [[18.0, 25.0], [0.8, 0.9]]
    assert [trace["error_x"]["array"] for trace in bars] == [[1.0, 2.0], [0.1, 0.05]]
    assert {trace["xaxis"] for trace in bars} == {"x", "x2"}
    assert len(set(bars[0]["marker"]["color"])) == 2


# ---- commands


def test_superres_prints_what_the_page_shows(aecore, superres):
    code, out, _ = aecore("superres", "--json")
    result = last_object(out)
    measured = super_resolution.measure(superres, 14)
    assert code == 0
    assert (result["run"], result["side"], result["trained_side"]) == ("superres-14", 14, 14)
    assert result["n_test"] == 1000
    for method, score in measured.scores.items():
        assert result[f"{method}_psnr"] == pytest.approx(score.psnr.value, abs=1e-3)
        assert result[f"{method}_ssim"] == pytest.approx(score.ssim.value, abs=1e-4)


def test_superres_takes_any_run_and_the_side_it_was_trained_on(aecore):
    assert last_object(aecore("superres", "superres-7", "--json")[1])["side"] == 7
    result = last_object(aecore("superres", "vanilla-32", "--side", "7", "--json")[1])
    assert (result["side"], result["trained_side"]) == (7, None)


@pytest.mark.parametrize("side", ["0", "28", "7.5", "x"])
def test_superres_refuses_a_side_in_one_sentence(aecore, side):
    code, out, err = aecore("superres", "--side", side, "--json")
    assert (code, out) == (2, "")
    assert "--side must be a whole number from 1 to 27" in err


def test_denoise_prints_what_the_page_shows(aecore, digits):
    code, out, _ = aecore("denoise", "--corruption", "masking", "--level", "0.5", "--json")
    result = last_object(out)
    subject = Subject(pretrained.load("denoising-32"), digits)
    scores = denoising.benchmark(subject, "masking", (0.5,)).scores[0.5]
    assert code == 0
    assert (result["run"], result["corruption"], result["level"]) == (
        "denoising-32", "masking", 0.5,
    )  # fmt: skip
    for method, score in scores.items():
        assert result[f"{method}_psnr"] == pytest.approx(score.psnr.value)
        assert result[f"{method}_ssim"] == pytest.approx(score.ssim)


def test_denoise_starts_with_the_noise_of_the_run(aecore):
    result = last_object(aecore("denoise", "superres-14", "--json")[1])
    assert (result["corruption"], result["level"]) == ("low_resolution", 0.5)
    result = last_object(aecore("denoise", "vanilla-32", "--level", "0", "--json")[1])
    assert (result["corruption"], result["noisy_psnr"]) == ("gaussian", None)


@pytest.mark.parametrize(
    ("flag", "text"), [("--corruption", "rain"), ("--level", "1.5"), ("--level", "x")]
)
def test_denoise_refuses_other_noise_in_one_sentence(aecore, flag, text):
    code, out, err = aecore("denoise", flag, text, "--json")
    assert (code, out) == (2, "")
    assert flag in err
    assert text in err
