"""Compression: rounding has bounds, sizes are honest, and the command says the same as the page."""

import io
import json

import numpy as np
import pytest
from PIL import Image

from aecore.data import datasets
from aecore.errors import ExperimentError
from aecore.files import pretrained, store
from aecore.model.autoencoder import Autoencoder
from aecore.parts.datasets import DIGIT
from aecore.spec import variants
from aecore.spec.view import History
from aecore.topics.compression import ask as compression
from aecore.topics.compression import figures as figures
from aecore.topics.compression import measure as analysis
from aecore.topics.compression.measure import FilePoint, Range
from aecore.training.monitor import seen
from aecore.training.subject import Subject

VQ = {"key": "vq", "latent_dim": 32, "codebook_size": 64, "vector_size": 4}


@pytest.fixture
def vanilla(digits) -> Subject:
    return Subject(pretrained.load("vanilla-32"), digits)


@pytest.fixture
def vq(tiny) -> Subject:
    return Subject(Autoencoder(variants.build(**VQ, dataset="mnist-5k")).eval(), tiny)


def random_codes(n=500, numbers=7, seed=0):
    random = np.random.default_rng(seed)
    spread = np.linspace(0.1, 30, numbers)
    return (random.normal(size=(n, numbers)) * spread + 5).astype(np.float32)


# ---- rounding


@pytest.mark.parametrize("bits", [1, 2, 3, 8, 12])
def test_rounding_inside_the_range_is_at_most_half_a_step_off(bits):
    codes = random_codes()
    within = Range(codes.min(axis=0), codes.max(axis=0))
    change = np.abs(analysis.rounded(codes, within, bits) - codes)
    step = (within.high - within.low) / 2**bits
    assert (change <= step / 2 * 1.01 + 1e-5).all()
    assert (change.max(axis=0) > step / 4).all()


def test_rounding_to_16_bits_loses_nearly_nothing():
    codes = random_codes()
    within = Range(codes.min(axis=0), codes.max(axis=0))
    change = np.abs(analysis.rounded(codes, within, 16) - codes)
    assert (change.max(axis=0) < 1e-4 * codes.std(axis=0)).all()


@pytest.mark.parametrize("bits", [1, 5, 16])
def test_whole_numbers_fit_in_their_bits(bits):
    indices = analysis.quantise(random_codes(), Range(np.zeros(7), np.ones(7)), bits)
    assert indices.dtype == np.uint16
    assert (indices.min(), indices.max()) == (0, 2**bits - 1)


def test_numbers_outside_the_range_are_cut_off_and_dead_ones_stay():
    within = Range(np.array([0, 3], np.float32), np.array([1, 3], np.float32))
    codes = np.array([[-9, 3], [9, 3], [0.4, 3]], np.float32)
    np.testing.assert_allclose(
        analysis.rounded(codes, within, 2), [[0.125, 3], [0.875, 3], [0.375, 3]]
    )


def test_range_leaves_out_the_outermost():
    codes = np.arange(10_001, dtype=np.float32)[:, None]
    within = analysis.range_of(codes)
    assert (within.low[0], within.high[0]) == pytest.approx((5, 9_995), abs=0.5)


@pytest.mark.parametrize("bits", [0, -1, 17])
def test_bits_that_there_cannot_be_are_refused(bits):
    with pytest.raises(ExperimentError, match="whole number from 1 to 16"):
        analysis.rounded(random_codes(), Range(np.zeros(7), np.ones(7)), bits)


# ---- sizes


def test_bytes_are_numbers_times_bits_over_eight():
    assert analysis.bytes_per_sample(32, 8) == 32
    assert analysis.bytes_per_sample(2, 1) == 0.25
    assert analysis.bytes_per_sample(8, 6) == 6


def test_split_table_predicts_the_error_of_rounded_coefficients():
    coefficients = random_codes(numbers=6)[:, ::-1]
    within = analysis.range_of(coefficients)
    table = analysis.split_table(coefficients, within)
    for components, bits in ((0, 1), (3, 2), (6, 5)):
        kept = np.zeros_like(coefficients)
        kept[:, :components] = analysis.rounded(coefficients, within, bits)[:, :components]
        expected = np.square(kept - coefficients).sum(axis=1).mean()
        assert table.errors[bits - 1, components] == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("budget", [1, 5, 12.5, 600])
def test_best_split_keeps_to_the_budget_and_beats_all_others(budget):
    coefficients = random_codes(numbers=6)[:, ::-1]
    table = analysis.split_table(coefficients, analysis.range_of(coefficients))
    components, bits = table.best(budget)
    assert 1 <= components * bits <= budget
    for other in range(1, 17):
        fit = min(6, int(budget // other))
        if fit:
            assert table.errors[bits - 1, components] <= table.errors[other - 1, fit]


def test_sheet_is_cut_into_the_same_pictures(digits):
    pictures = seen(digits.x_test[:23], DIGIT)
    sheet = analysis.sheet_of(pictures)
    assert sheet.shape == (3 * 28, 10 * 28)
    np.testing.assert_array_equal(sheet[28:56, 56:84], pictures[12])
    np.testing.assert_array_equal(analysis.cut(sheet, pictures), pictures)


def test_png_is_as_large_as_pillow_writes_it_and_loses_nothing(digits):
    pictures = seen(digits.x_test[:5], DIGIT)
    sizes = []
    for picture in pictures:
        file = io.BytesIO()
        Image.fromarray(picture).save(file, "png", optimize=True)
        sizes.append(len(file.getvalue()))
    (point,) = analysis.file_points(pictures, "png", together=False)
    assert (point.bytes, point.mse) == (np.mean(sizes), 0)


@pytest.mark.parametrize("kind", ["jpeg", "webp"])
def test_files_grow_and_err_less_with_quality_and_sheets_save_headers(kind, digits):
    pictures = seen(digits.x_test[:100], DIGIT)
    alone, together = (
        analysis.file_points(pictures, kind, together=shared) for shared in (False, True)
    )
    for points in (alone, together):
        assert np.all(np.diff([point.bytes for point in points]) > 0)
        assert np.all(np.diff([point.mse for point in points]) < 0)
    for one, shared in zip(alone, together, strict=True):
        assert shared.bytes < one.bytes
        assert shared.mse == pytest.approx(one.mse, rel=0.3)


def test_nearest_points_are_nearest_as_ratios():
    points = (FilePoint(1, 10, 0.1), FilePoint(2, 100, 0.01), FilePoint(3, 1000, 0.0))
    assert analysis.nearest_size(points, 40).quality == 2
    assert analysis.nearest_size(points, 3).quality == 1
    assert analysis.nearest_error(points, 0.05).quality == 1


def test_decoder_pays_off_once_it_has_saved_more_than_it_weighs():
    assert analysis.pays_off_from(1000, 32, 132) == 11
    assert analysis.pays_off_from(999, 32, 132) == 10
    assert analysis.pays_off_from(1000, 132, 132) is None


def test_strangers_are_four_different_pictures_and_always_the_same():
    first, again = analysis.strangers(), analysis.strangers()
    assert (first.shape, first.dtype) == ((4, 28, 28), np.uint8)
    np.testing.assert_array_equal(first, again)
    assert len({picture.tobytes() for picture in first}) == 4
    assert all(picture.max() > 250 for picture in first)


# ---- a model as a compressor


@pytest.mark.parametrize("key", ["vanilla-32", "vae-2", "sparse-128"])
def test_error_falls_with_every_bit_down_to_that_of_the_code_as_it_is(key, digits):
    measured = compression.measure(Subject(pretrained.load(key), digits))
    errors = np.array([rate.mse for rate in measured.rates])
    assert np.all(np.diff(errors[:8]) < 0)
    assert np.all(np.diff(errors) < 1e-5)
    assert errors[-1] == pytest.approx(measured.exact_mse, rel=0.01)


def test_pca_never_takes_more_bytes_than_the_code(vanilla):
    for rate in compression.measure(vanilla, (1, 5, 8)).rates:
        assert rate.bytes == 32 * rate.bits / 8
        assert rate.pca_bytes == rate.pca_components * rate.pca_bits / 8
        assert rate.bytes - rate.pca_bits / 8 < rate.pca_bytes <= rate.bytes


def test_unrounded_error_is_that_of_the_reconstructions(vanilla, digits):
    x = digits.x_test
    expected = (vanilla.model.reconstruct(x) - x).square().mean().item()
    assert compression.measure(vanilla, (8,)).exact_mse == pytest.approx(expected, rel=1e-5)


def test_codebook_code_is_whole_numbers_already(vq):
    measured = compression.measure(vq)
    (rate,) = measured.rates
    assert measured.whole
    assert (rate.numbers, rate.bits, rate.bytes) == (8, 6, 6)
    assert rate.mse == measured.exact_mse
    code = vq.model.code
    weights = sum(p.numel() for p in vq.model.decoder.parameters()) + code.codebook.weight.numel()
    assert measured.decoder_bytes == 4 * weights


def test_restored_pictures_have_the_errors_that_the_measurement_means(vanilla):
    measured = compression.measure(vanilla, (2, 8))
    restored = compression.restore_test(vanilla, tuple(range(measured.n_test)), measured)
    assert restored.model.shape == (2, measured.n_test, 28, 28)
    for i, rate in enumerate(measured.rates):
        assert restored.model_mse[i].mean() == pytest.approx(rate.mse, rel=1e-4)
        assert restored.pca_mse[i].mean() == pytest.approx(rate.pca_mse, rel=1e-4)


def test_own_picture_is_restored_like_a_test_picture(vanilla, digits):
    measured = compression.measure(vanilla, (4,))
    own = compression.restore_own(vanilla, digits.x_test[7:8].numpy(), measured)
    test = compression.restore_test(vanilla, (7,), measured)
    np.testing.assert_array_equal(own.model, test.model)
    np.testing.assert_array_equal(own.pca, test.pca)
    assert own.jpeg.pictures.shape == (1, 1, 28, 28)


def test_diverged_model_is_measured_without_a_crash(tiny):
    model = Autoencoder(variants.build("vanilla", dataset="mnist-5k")).eval()
    for parameter in model.parameters():
        parameter.data.fill_(float("nan"))
    subject = Subject(model, tiny)
    measured = compression.measure(subject)
    assert np.isnan(measured.exact_mse)
    compression.restore_test(subject, (0, 1), measured)


@pytest.mark.parametrize("dataset", ["breast-cancer", "water-flow"])
def test_what_is_no_picture_is_compared_with_pca_alone(dataset):
    data = datasets.load(dataset)
    experiment = variants.get("vanilla").experiment.moved_to(dataset)
    subject = Subject(Autoencoder(experiment).eval(), data)
    measured = compression.measure(subject, (4, 8))
    restored = compression.restore_test(subject, (0, 1), measured)
    assert compression.files(subject) is None
    assert restored.jpeg is None
    assert restored.pca.shape == (2, 2, *data.shape.seen)
    assert measured.rates[0].bytes == experiment.latent_dim / 2
    assert 0 < measured.rates[1].pca_mse < measured.rates[0].pca_mse


def test_chart_of_what_is_no_picture_ends_below_its_smallest_error():
    figure = figures.size_against_error(
        [4.0], [float("nan")], [4.0], [0.02], names=["a"], pca_names=["b"], alone={}, together={},
        chosen=0, error="", size="",
    )  # fmt: skip
    low, high = figure["layout"]["yaxis"]["range"]
    assert low == pytest.approx(np.log10(0.01))
    assert low < high


# ---- the chart


def test_chart_marks_the_current_setting_and_puts_lossless_files_at_its_floor():
    lossy = (FilePoint(5, 40.0, 0.01), FilePoint(90, 300.0, 0.0001))
    lossless = (FilePoint(None, 170.0, 0.0),)
    figure = figures.size_against_error(
        [4.0, 8.0],
        [0.05, 0.02],
        [4.0, 8.0],
        [0.03, 0.02],
        names=["1 bit", "2 bits"],
        pca_names=["2 × 2", "3 × 3"],
        alone={"jpeg": lossy, "png": lossless},
        together={"jpeg": lossy, "png": lossless},
        chosen=1,
        error="MSE per pixel",
        size="bytes per sample",
    )
    mark = next(trace for trace in figure["data"] if trace["name"] == "chosen")
    assert (list(mark["x"]), list(mark["y"])) == ([8.0], [np.float32(0.02)])
    floors = [trace["y"] for trace in figure["data"] if "PNG" in trace["name"]]
    assert floors
    assert all((np.asarray(y) == figures.FLOOR).all() for y in floors)
    assert figure["layout"]["xaxis"]["type"] == figure["layout"]["yaxis"]["type"] == "log"


# ---- commands


def test_compress_prints_what_the_question_answers(aecore, vanilla):
    code, out, _ = aecore("compress", "vanilla-32", "--bits", "4", "--json")
    result = json.loads(out.splitlines()[-1])
    (rate,) = compression.measure(vanilla, (4,)).rates
    assert code == 0
    assert (result["run"], result["bits"], result["bytes_per_sample"]) == ("vanilla-32", 4, 16)
    assert result["test_mse"] == pytest.approx(rate.mse, rel=1e-5)
    assert result["pca_components"] * result["pca_bits"] <= 128
    assert result["pca_test_mse"] == pytest.approx(rate.pca_mse, rel=1e-5)
    assert 0 < result["jpeg_mse"] < 0.05
    assert result["jpeg_bytes"] < result["jpeg_file_bytes"]
    assert result["png_bytes"] < result["png_file_bytes"]


def test_compress_takes_a_saved_run_with_a_codebook(aecore, vq, tmp_path):
    e = vq.model.experiment
    store.save(tmp_path / "run", vq.model, e, History(), {})
    code, out, _ = aecore("compress", str(tmp_path / "run"), "--json")
    result = json.loads(out.splitlines()[-1])
    assert code == 0
    assert (result["dataset"], result["bits"], result["bytes_per_sample"]) == ("mnist-5k", 6, 6)


@pytest.mark.parametrize("bits", ["0", "17", "2.5", "many"])
def test_compress_refuses_bits_in_one_sentence(aecore, bits):
    code, out, err = aecore("compress", "vanilla-32", "--bits", bits, "--json")
    assert (code, out) == (2, "")
    assert "--bits must be a whole number from 1 to 16" in err
    assert bits in err


@pytest.mark.parametrize("command", ["compress", "probe"])
def test_unknown_run_and_dataset_are_said(aecore, command, tmp_path):
    code, _, err = aecore(command, "no-such-run")
    assert code == 2
    assert "no-such-run" in err
    assert "vanilla-32" in err
    code, _, err = aecore(command, "vanilla-32", "--dataset", "letters")
    assert code == 2
    assert "letters" in err
    code, _, err = aecore(command, str(tmp_path))
    assert code == 1
    assert "run.json" in err
    assert "Traceback" not in err


def test_probe_prints_accuracies_on_code_pixels_and_pca(aecore):
    code, out, _ = aecore("probe", "vanilla-2", "--json")
    result = json.loads(out.splitlines()[-1])
    assert code == 0
    assert (result["latent_dim"], result["pca_components"]) == (2, 2)
    assert (result["n_train"], result["n_test"]) == (3500, 1000)
    assert 0.2 < result["pca_accuracy"] < result["code_accuracy"] < result["pixels_accuracy"] < 1
    assert result["pca_knn_accuracy"] < result["code_knn_accuracy"]
