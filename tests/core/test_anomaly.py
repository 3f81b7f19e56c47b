"""Anomaly detection: scores, curves and thresholds against direct computation; the class filter."""

import dataclasses
import json

import numpy as np
import pytest
import torch
from scipy import stats
from scipy.spatial.distance import cdist
from skimage.metrics import structural_similarity
from sklearn.metrics import average_precision_score, roc_auc_score

from aecore.errors import ExperimentError, LabError
from aecore.files import pretrained
from aecore.model import pca
from aecore.model.autoencoder import Autoencoder
from aecore.spec import variants
from aecore.spec.experiment import Experiment
from aecore.topics.anomaly import ask as questions
from aecore.topics.anomaly import figures as figures
from aecore.topics.anomaly import measure as anomaly
from aecore.training.loop import Training, training_pictures
from aecore.training.references import fitted_pca, references
from aecore.training.subject import Subject


@pytest.fixture(autouse=True)
def on_the_cpu(monkeypatch):
    monkeypatch.setenv("AECORE_DEVICE", "cpu")


@pytest.fixture(scope="module")
def example(digits):
    return Subject(pretrained.load("anomaly-3"), digits)


@pytest.fixture(scope="module")
def found(example):
    return questions.detect(example, (3,))


def trained_on(digits, classes, **changes):
    e = Experiment(classes=classes, batch_size=32, epochs=20, **changes)
    training = Training(e, digits)
    for _ in training:
        pass
    return training


# ---- training on some classes


def test_training_sees_the_chosen_classes_alone(digits):
    wanted = digits.x_train[(digits.y_train == 3) | (digits.y_train == 5)]
    assert torch.equal(Training(Experiment(classes=(3, 5)), digits).x_train, wanted)
    few = Training(Experiment(classes=(3, 5), n_train=30), digits)
    assert torch.equal(few.x_train, wanted[:30])
    assert torch.equal(few.x_test, digits.x_test)


def test_other_classes_have_no_influence_on_the_weights(digits):
    spoilt = digits.x_train.clone()
    spoilt[digits.y_train != 3] = 1
    other = dataclasses.replace(digits, x_train=spoilt)
    models = []
    for data in (digits, other):
        training = Training(Experiment(classes=(3,), epochs=2), data)
        for _ in training:
            pass
        models.append(training.model.reconstruct(digits.x_test[:20]))
    assert torch.equal(*models)


def test_no_class_named_means_all(digits):
    assert torch.equal(training_pictures(digits, 60_000), digits.x_train)
    assert Experiment(classes=tuple(range(10))) == Experiment()


def test_baselines_are_fitted_on_the_same_pictures(digits):
    threes = digits.x_train[digits.y_train == 3]
    fitted, expected = fitted_pca(digits, 60_000, (3,)), pca.fit(threes)
    assert torch.allclose(fitted.mean, threes.mean(dim=0), atol=1e-6)
    x = digits.x_test[:50]
    assert torch.allclose(fitted.reconstruct(x, 5), expected.reconstruct(x, 5), atol=1e-4)
    mse = references(Experiment(classes=(3,)), digits).mse["mean"]
    assert mse == pytest.approx((threes.mean(dim=0) - digits.x_val).square().mean().item(), 1e-4)


def test_pca_of_other_classes_as_many_is_another_one(digits):
    assert fitted_pca(digits, 400, (3,)) is fitted_pca(digits, 60_000, (3,))
    assert fitted_pca(digits, 400, (3,)) is not fitted_pca(digits, 400, (5,))
    assert fitted_pca(digits, 400, (3,)) is not fitted_pca(digits, 400)


@pytest.mark.parametrize("value", [(5, 3), [3, 5, 3], "5,3", " 3, 5 "])
def test_classes_have_one_order(value):
    assert Experiment(classes=value).classes == (3, 5)


@pytest.mark.parametrize("value", ["3,x", (10,), (-1,), (True,), 3, (1.5,), "3-5"])
def test_what_is_no_class_is_refused_with_its_value(value):
    with pytest.raises(ExperimentError, match="must be class numbers") as caught:
        Experiment(classes=value)
    assert repr(value) in str(caught.value)


# ---- scores


def test_scores_are_what_they_say(example, found, digits):
    x = digits.x_test[:40]
    x_hat = example.model.reconstruct(x)
    mse = ((x_hat - x) ** 2).mean(dim=1).numpy()
    assert found.scores["mse"][:40] == pytest.approx(mse, rel=1e-4)
    pairs = zip(
        x.double().view(-1, 28, 28).numpy(),
        x_hat.double().view(-1, 28, 28).numpy(),
        strict=True,
    )
    options = {"gaussian_weights": True, "sigma": 1.5, "use_sample_covariance": False}
    ssim = [structural_similarity(a, b, data_range=1.0, **options) for a, b in pairs]
    assert found.scores["ssim"][:40] == pytest.approx(1 - np.array(ssim), abs=1e-4)


def test_strange_is_whatever_is_of_no_normal_class(digits):
    answer = questions.detect(Subject(pretrained.load("vanilla-2"), digits), (3, 5))
    labels = digits.y_test.numpy()
    assert np.array_equal(answer.strange, (labels != 3) & (labels != 5))
    assert answer.n_known == 700


def test_latent_distance_is_mahalanobis():
    random = np.random.default_rng(0)
    mix = random.normal(size=(4, 4))
    known = (random.normal(size=(50_000, 4)) @ mix).astype(np.float32)
    codes = (5 * random.normal(size=(100, 4))).astype(np.float32)
    inverse = np.linalg.inv(np.cov(known.T, bias=True))
    expected = cdist(codes, known.mean(axis=0, keepdims=True), "mahalanobis", VI=inverse)[:, 0]
    assert anomaly.mahalanobis(codes, known) == pytest.approx(expected, rel=0.02)


@pytest.mark.parametrize("width", [1, 40, 300])
def test_latent_distance_is_finite_for_wide_and_for_dead_codes(width):
    known = np.random.default_rng(0).normal(size=(20, width)).astype(np.float32)
    known[:, 0] = 0
    far = np.full((1, width), 9, np.float32)
    near, distance = anomaly.mahalanobis(np.concatenate([known[:1], far]), known)
    assert np.isfinite([near, distance]).all()
    assert width == 1 or distance > near


@pytest.mark.parametrize("width", [2, 40, 300])
def test_unit_that_never_moved_counts_when_it_moves(width):
    known = np.random.default_rng(0).normal(size=(20, width)).astype(np.float32)
    known[:, 0] = 0
    moved = known[:1].copy()
    moved[0, 0] = 9
    still, awake = anomaly.mahalanobis(np.concatenate([known[:1], moved]), known)
    assert awake > 1.1 * still


@pytest.mark.parametrize("name", anomaly.SCORES)
def test_areas_are_those_of_the_same_scores(found, name):
    curves, scores = found.curves[name], found.scores[name]
    assert curves.auroc == pytest.approx(roc_auc_score(found.strange, scores))
    assert curves.auprc == pytest.approx(average_precision_score(found.strange, scores))
    assert curves.auroc == pytest.approx(np.trapezoid(curves.tpr, curves.fpr), abs=1e-6)
    low, high = scores[~found.strange], scores[found.strange]
    chance = (high[:, None] > low).mean() + 0.5 * (high[:, None] == low).mean()
    assert curves.auroc == pytest.approx(chance)
    assert curves.base_rate == found.strange.mean() == 0.9


def test_threshold_counts_each_picture_once():
    scores = np.array([0.1, 0.2, 0.3, 0.4, 0.5], np.float32)
    strange = np.array([False, True, False, True, True])
    counted = anomaly.confusion(scores, strange, 0.25)
    assert counted == anomaly.Confusion(caught=2, missed=1, false_alarms=1, passed=1)
    assert (counted.tpr, counted.fpr, counted.precision) == (2 / 3, 1 / 2, 2 / 3)
    assert anomaly.confusion(scores, strange, 0.5).precision is None  # an alarm is above it


def test_usual_threshold_alarms_one_held_out_picture_in_twenty(example, found, digits):
    held_out = questions.score_own(example, (3,), digits.x_val[digits.y_val == 3].numpy())
    for name, usual in found.usual.items():
        alarms = (held_out.scores[name] > usual.threshold).mean()
        assert alarms == pytest.approx(anomaly.ALARMED_NORMAL, abs=0.021)
        assert usual.n_held_out == len(held_out.originals) > 30
        counted = anomaly.confusion(found.scores[name], found.strange, usual.threshold)
        assert (usual.caught.value, usual.alarms.value) == (counted.tpr, counted.fpr)


def test_usual_threshold_never_sees_the_test_pictures(example, digits):
    """Other test pictures, the same threshold."""
    half = dataclasses.replace(digits, x_test=digits.x_test[500:], y_test=digits.y_test[500:])
    for name, usual in questions.detect(Subject(example.model, half), (3,)).usual.items():
        whole = questions.detect(example, (3,)).usual[name]
        assert usual.threshold == pytest.approx(whole.threshold, rel=1e-4)
        assert usual.caught != whole.caught


def test_usual_thresholds_interval_is_wider_than_that_of_the_very_threshold(found):
    usual = found.usual["mse"]
    counted = anomaly.confusion(found.scores["mse"], found.strange, usual.threshold)
    assert usual.caught.half_width > 2 * counted.recall_interval.half_width
    assert usual.caught.low < usual.caught.value < usual.caught.high


def test_usual_thresholds_interval_holds_the_truth():
    """Normal and strange scores from known distributions, drawn 60 times."""
    random = np.random.default_rng(5)
    truth = stats.norm.sf(stats.norm.ppf(0.95) - 2)
    held = []
    for _ in range(60):
        scores = np.concatenate([random.normal(0, 1, 200), random.normal(2, 1, 400)])
        flags = np.repeat([False, True], [200, 400])
        usual = anomaly.at_usual_threshold(random.normal(0, 1, 200), scores, flags)
        held.append(usual.caught.low <= truth <= usual.caught.high)
    assert 0.88 < np.mean(held) <= 1


def test_areas_have_intervals_around_them(found):
    for name, area in found.areas.items():
        assert area.value == pytest.approx(found.curves[name].auroc)
        assert area.low < area.value < area.high <= 1


def test_most_confusing_pictures_are_the_lowest_strange_and_the_highest_normal(found):
    scores, strange = found.scores["mse"], found.strange
    low, high = anomaly.confusing(scores, strange, 5)
    assert np.array_equal(np.sort(scores[strange])[:5], scores[list(low)])
    assert np.array_equal(np.sort(scores[~strange])[::-1][:5], scores[list(high)])


def test_own_pictures_are_scored_as_test_pictures_are(example, found, digits):
    own = questions.score_own(example, (3,), digits.x_test[:6].numpy())
    again = questions.score_test(example, (3,), (0, 1, 2, 3, 4, 5))
    for name in anomaly.SCORES:
        assert own.scores[name] == pytest.approx(found.scores[name][:6], rel=1e-3, abs=1e-5)
        assert own.scores[name] == pytest.approx(again.scores[name], rel=1e-6)
    assert np.array_equal(own.x_hat, again.x_hat)


def test_made_up_pictures_begin_with_a_normal_one(example, found, digits):
    made = questions.made_up(digits, (3,))
    assert torch.equal(made[0], digits.x_test[digits.y_test == 3][0])
    assert torch.equal(made[3], 1 - made[0])
    assert made.shape == (7, 784)
    scored = questions.score_made_up(example, (3,))
    usual = found.usual["mse"].threshold
    assert scored.scores["mse"][0] < usual
    assert (scored.scores["mse"][3:6] > usual).all()


# ---- how well it works


def test_a_few_epochs_on_the_bundled_digits_tell_threes_from_others(digits):
    model = trained_on(digits, (3,)).model
    found = questions.detect(Subject(model, digits), (3,))
    assert found.curves["mse"].auroc > 0.92
    assert found.curves["ssim"].auroc > 0.96
    assert found.curves["latent"].auroc > 0.7


def test_model_of_all_digits_finds_none_strange_by_its_reconstruction(digits):
    found = questions.detect(Subject(pretrained.load("vanilla-32"), digits), (3,))
    assert found.curves["mse"].auroc < 0.6
    assert found.curves["latent"].auroc > 0.9


# ---- what cannot be scored


@pytest.mark.parametrize("classes", [(), tuple(range(10))])
def test_normal_classes_must_leave_something_strange(classes):
    with pytest.raises(ExperimentError, match="some of the 10 classes"):
        anomaly.check_normal(classes, 10)


def test_test_set_without_anything_strange_is_said(digits):
    threes = digits.y_test == 3
    data = dataclasses.replace(digits, x_test=digits.x_test[threes], y_test=digits.y_test[threes])
    with pytest.raises(LabError, match="nothing to compare"):
        questions.detect(Subject(pretrained.load("vanilla-2"), data), (3,))


def test_diverged_model_is_said(digits):
    model = Autoencoder(Experiment())
    with torch.no_grad():
        next(model.parameters()).fill_(torch.nan)
    with pytest.raises(LabError, match="diverged"):
        questions.detect(Subject(model, digits), (3,))


@pytest.mark.parametrize("key", variants.VARIANTS)
def test_every_variant_is_scored_even_untrained(key, digits):
    subject = Subject(Autoencoder(variants.build(key, dataset="mnist-5k")), digits)
    scored = questions.score_test(subject, (1,), (0, 1, 2))
    assert all(np.isfinite(scores).all() for scores in scored.scores.values())


# ---- charts


def test_histogram_holds_all_pictures_and_every_mark(found):
    scores, strange = found.scores["mse"], found.strange
    figure = figures.histogram(scores, strange, 0.02, title="MSE", marks=[("yours", 1.5)])
    normal, odd, marks = figure["data"]
    assert (normal["customdata"].sum(), odd["customdata"].sum()) == (100, 900)
    assert normal["y"].sum() == pytest.approx(100, rel=1e-4)
    low, high = figure["layout"]["xaxis"]["range"]
    assert low <= scores.min()
    assert high > 1.5 == marks["x"][0]
    assert figure["layout"]["shapes"][0]["x0"] == 0.02


def test_histogram_of_equal_scores_has_an_axis():
    strange = np.array([True, False])
    figure = figures.histogram(np.ones(2, np.float32), strange, 1.0, title="MSE")
    low, high = figure["layout"]["xaxis"]["range"]
    assert low < 1 < high


# ---- the command line

QUICK = ("anomaly", "--dataset=mnist-5k", "--epochs=2", "--set=batch_size=32", "--json")


@pytest.mark.parametrize("score", anomaly.SCORES)
def test_command_prints_what_was_asked_for(aecore, score):
    code, out, _ = aecore(*QUICK, "--normal=5,3", "--latent-dim=8", "--score", score)
    result = json.loads(out.splitlines()[-1])
    assert code == 0
    assert result["normal"] == [3, 5]
    assert (result["variant"], result["score"], result["seed"]) == ("vanilla", score, 0)
    assert (result["epochs"], result["dataset"]) == (2, "mnist-5k")
    assert (result["n_train"], result["n_normal"], result["n_strange"]) == (700, 200, 800)
    assert result["auroc"] == result["auroc_of_each_score"][score]
    assert 0.5 < result["auroc"] < 1
    assert result["auprc"] > 0.8


def test_command_asks_for_threes_by_default(aecore):
    out = aecore(*QUICK, "--set=n_train=100")[1]
    assert json.loads(out)["normal"] == [3]
    assert json.loads(out)["n_train"] == 100


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--normal=0,1,2,3,4,5,6,7,8,9"], "some of the 10"),
        (["--normal="], "some of the 10"),
        (["--normal=three"], "three"),
        (["--normal=12"], "12"),
        (["--score=fame"], "mse, ssim, latent"),
        (["--variant=nonsense"], "nonsense"),
    ],
)
def test_bad_arguments_are_one_sentence(aecore, arguments, said):
    code, out, err = aecore("anomaly", "--dataset=mnist-5k", *arguments)
    assert (code, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1
    assert "Traceback" not in err


def test_command_says_when_training_diverged(aecore):
    diverging = ("--variant=linear", "--set=optimizer=sgd", "--set=learning_rate=10")
    options = ("--set=batch_size=2", "--epochs=50", "--dataset=mnist-5k")
    code, out, err = aecore("anomaly", *options, *diverging, "--json")
    assert (code, out) == (1, "")
    assert "diverged" in err


def test_command_says_so_even_if_the_scores_are_numbers(aecore, monkeypatch):
    monkeypatch.setattr("aecore.training.loop.EXPLODED", 0.0)
    code, out, err = aecore(*QUICK)
    assert (code, out) == (1, "")
    assert "diverged" in err
