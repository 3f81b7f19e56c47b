"""Codes as the input of other models: fair subsets, honest scores, purity by hand."""

import dataclasses

import numpy as np
import pytest
from sklearn.metrics.cluster import contingency_matrix

from aecore.analysis import intervals
from aecore.analysis.intervals import Interval, verdict
from aecore.files import pretrained
from aecore.model.autoencoder import Autoencoder
from aecore.parts.datasets import DIGIT
from aecore.spec import variants
from aecore.topics.features import ask as features
from aecore.topics.features import figures as figures
from aecore.topics.features.clusters import majorities, purity
from aecore.training.subject import Subject


@pytest.fixture
def vanilla(digits) -> Subject:
    return Subject(pretrained.load("vanilla-32"), digits)


def test_purity_of_hand_made_clusters():
    labels = np.array([0, 0, 0, 1, 1, 1])
    assert purity(labels, labels) == 1
    assert purity(np.zeros(6, int), labels) == 0.5
    assert purity(np.array([0, 0, 1, 1, 1, 1]), labels) == pytest.approx(5 / 6)
    assert purity(np.arange(6), labels) == 1


def test_purity_agrees_with_scikit_learns_contingency_matrix():
    random = np.random.default_rng(0)
    clusters, labels = random.integers(0, 7, 300), random.integers(0, 10, 300)
    expected = contingency_matrix(labels, clusters).max(axis=0).sum() / 300
    assert purity(clusters, labels) == pytest.approx(expected)


def test_majorities_count_each_cluster():
    clusters, labels = np.array([4, 4, 4, 9]), np.array([2, 2, 7, 1])
    assert majorities(clusters, labels) == [(2, 2, 3), (1, 1, 1)]


@pytest.mark.parametrize("n", [50, 100, 500, 1000])
def test_labelled_subset_is_stratified_and_always_the_same(n, digits):
    labels = digits.y_train.numpy()
    chosen = features.stratified(labels, n)
    counts = np.bincount(labels[chosen], minlength=10)
    assert len(set(chosen.tolist())) == n
    assert np.ptp(counts) <= 1
    np.testing.assert_array_equal(chosen, features.stratified(labels, n))
    assert set(chosen) < set(features.stratified(labels, n + 10))


def test_more_labels_than_there_are_means_all(digits):
    labels = digits.y_train.numpy()
    assert sorted(features.stratified(labels, 9999)) == list(range(len(labels)))


def test_classifiers_beat_guessing_and_the_confusion_is_of_the_best_on_the_code(vanilla):
    found = features.classify(vanilla, 50)
    accuracies = {kind: score.accuracy.value for kind, score in found.scores["code"].items()}
    assert set(found.scores) == {"code", "pca", "pixels"}
    assert all(s.accuracy.value > 0.45 for every in found.scores.values() for s in every.values())
    assert accuracies[found.best["code"]] == max(accuracies.values())
    assert found.n_test == 1000
    assert found.n_draws == features.DRAWS
    assert found.confusion.sum() == 1000 * features.DRAWS
    share = np.trace(found.confusion) / found.confusion.sum()
    assert share == pytest.approx(accuracies[found.best["code"]])
    assert (found.n_labels, found.components) == (50, 32)


def test_a_code_that_is_the_class_helps_and_a_constant_one_does_not(vanilla, monkeypatch):
    """Both verdicts can be had, and neither from a code that is as good as the pixels."""
    whole = features._input

    def input_with(code):
        def found(subject, name):
            return code(subject) if name == features.CODE else whole(subject, name)

        return found

    def classes(subject):
        return tuple(np.eye(10, dtype=np.float32)[y] for y in features._labels(subject))

    def constant(subject):
        return tuple(np.zeros((len(y), 2), np.float32) for y in features._labels(subject))

    for code, said in (
        (classes, "better"),
        (constant, "worse"),
        (lambda subject: whole(subject, features.RAW), "unclear"),
    ):
        monkeypatch.setattr(features, "_input", input_with(code))
        assert verdict(features.classify(vanilla, 50).gains["pixels"]) == said


def test_validation_pictures_choose_the_classifier(vanilla, monkeypatch):
    """A code that is the class on test pictures only, and noise elsewhere, is no better for it."""
    y_train, y_val, y_test = features._labels(vanilla)
    random = np.random.default_rng(0)

    def told(subject, name):
        noise = [random.random((len(y), 10)).astype(np.float32) for y in (y_train, y_val)]
        return (*noise, np.eye(10, dtype=np.float32)[y_test])

    monkeypatch.setattr(features, "_input", told)
    draws = (features.stratified(y_train, 100),)
    tested = features._tested(vanilla, features.CODE, draws)
    assert tested.best == max(tested.on_validation, key=tested.on_validation.__getitem__)
    worst = {kind: 1 - share for kind, share in tested.on_validation.items()}
    other = dataclasses.replace(tested, on_validation=worst)
    assert other.best == max(worst, key=worst.__getitem__) != tested.best


def test_an_interval_knows_of_labels_and_of_pictures():
    random = np.random.default_rng(0)
    right = random.random((5, 400)) < np.linspace(0.6, 0.8, 5)[:, None]
    both = features._share(right).half_width
    assert both > intervals.of_seeds(right.mean(axis=1).tolist()).half_width
    assert both > intervals.of_mean(right.mean(axis=0)).half_width


def test_all_labels_are_drawn_once(tiny):
    subject = Subject(Autoencoder(variants.build("vanilla", latent_dim=2)).eval(), tiny)
    assert features.classify(subject, 4000).n_draws == 1
    assert features.classify(subject, len(tiny.x_train)).n_draws == 1


def test_same_labels_give_the_same_scores(vanilla):
    first, again = (features.classify(vanilla, 50) for _ in range(2))
    for name, every in first.scores.items():
        for kind, score in every.items():
            assert score.accuracy == again.scores[name][kind].accuracy


def test_another_model_is_held_against_the_same_scores_of_pca_and_pixels(vanilla, monkeypatch):
    first = features.classify(vanilla, 50)
    trained = []
    fitted = features._fitted
    monkeypatch.setattr(
        features, "_fitted", lambda kind, x, y: trained.append(x.shape[1]) or fitted(kind, x, y)
    )
    two = Subject(pretrained.load("vanilla-2"), vanilla.dataset)
    narrower = features.classify(two, 50)
    assert DIGIT.size not in trained
    assert narrower.scores["pixels"] == first.scores["pixels"]
    assert narrower.scores["pca"] != first.scores["pca"]  # as many components as the code has


def test_noisy_pictures_have_scores_of_their_own(vanilla):
    noisy = variants.build("denoising", noise_level=0.9)
    subject = Subject(Autoencoder(noisy).eval(), vanilla.dataset)
    clean = features.classify(vanilla, 50).scores["pixels"]
    noisy_scores = features.classify(subject, 50).scores["pixels"]
    assert noisy_scores["knn"].accuracy.value < clean["knn"].accuracy.value


def test_clusters_are_as_pure_as_their_shares_say(vanilla):
    found = features.cluster(vanilla, 5)
    for clustering in found.values():
        assert clustering.means.shape == (5, 28, 28)
        assert clustering.shares.min() <= clustering.purity <= clustering.shares.max()
        assert 0.2 < clustering.purity < 0.5  # five groups cannot hold ten classes apart
        assert np.all(np.diff(clustering.classes) >= 0)


def test_code_of_a_diverged_model_is_classified_without_a_crash(tiny):
    model = Autoencoder(variants.build("vanilla", dataset="mnist-5k")).eval()
    for parameter in model.parameters():
        parameter.data.fill_(float("nan"))
    subject = Subject(model, tiny)
    found = features.classify(subject, 50)
    assert found.scores["code"]["logistic"].accuracy.value < 0.4
    assert len(features.cluster(subject, 5)["code"].means) == 1


def test_charts_show_counts_and_percentages():
    matrix = figures.confusion(np.array([[3, 1], [0, 0]]), ["a", "b"])
    np.testing.assert_allclose(matrix.data[0].z, [[0.75, 0.25], [0, 0]])
    np.testing.assert_array_equal(matrix.data[0].text, [[3, 1], [0, 0]])
    lines = figures.accuracy_by_labels(
        [50, 100],
        {"code": [Interval(0.5, 0.4, 0.7), Interval(0.75, -np.inf, np.inf)]},
        names={"code": "c"},
        many="digits",
    )
    assert list(lines.data[0].y) == [50, 75]
    np.testing.assert_allclose(lines.data[0].error_y.array, [20, 0])
    np.testing.assert_allclose(lines.data[0].error_y.arrayminus, [10, 0])
