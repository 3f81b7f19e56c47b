"""An autoencoder next to PCA."""

import dataclasses

import numpy as np
import pytest
import torch
from scipy.linalg import subspace_angles
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier

from aecore.analysis import probe
from aecore.analysis.latent import Plane
from aecore.figures.pictures import signed
from aecore.files import pretrained
from aecore.model.autoencoder import Autoencoder
from aecore.spec import variants
from aecore.spec.experiment import Experiment
from aecore.topics.ae_vs_pca import ask as comparison
from aecore.topics.ae_vs_pca import figures as figures
from aecore.topics.ae_vs_pca import subspace
from aecore.topics.ae_vs_pca.linear import approaching_pca
from aecore.topics.reconstructions import ask as reconstruction
from aecore.training.loop import Training
from aecore.training.references import fitted_pca, references
from aecore.training.subject import Subject

KINDS = ("vanilla-32", "vanilla-2", "vae-16", "denoising-32", "sparse-128", "convolutional-32")


def untrained(digits, **changes) -> Subject:
    return Subject(Autoencoder(Experiment(dataset="mnist-5k", **changes)), digits)


@pytest.fixture
def subject(digits) -> Subject:
    return Subject(pretrained.load("vanilla-32"), digits)


# ---- principal angles


@pytest.mark.parametrize(("k", "n"), [(1, 2), (3, 10), (8, 784)])
def test_principal_angles_equal_those_of_scipy(k, n):
    random = np.random.default_rng(k)
    a, b = random.normal(size=(2, k, n))
    expected = np.sort(np.degrees(subspace_angles(a.T, b.T)))
    np.testing.assert_allclose(subspace.principal_angles(a, b), expected, atol=1e-5)


def test_principal_angles_of_known_planes():
    x, y, z, w = np.eye(4)
    np.testing.assert_allclose(
        subspace.principal_angles(np.array([x, y]), np.array([x + y, 5 * y])), 0, atol=1e-5
    )
    np.testing.assert_allclose(
        subspace.principal_angles(np.array([x, y]), np.array([z, w])), 90, atol=1e-5
    )
    turned = np.cos(np.radians(30)) * y + np.sin(np.radians(30)) * z
    np.testing.assert_allclose(
        subspace.principal_angles(np.array([x, y]), np.array([x, turned])), [0, 30], atol=1e-5
    )


def test_projection_is_the_nearest_of_the_subspace():
    random = np.random.default_rng(0)
    onto, vectors = random.normal(size=(3, 9)), random.normal(size=(4, 9))
    weights = np.linalg.lstsq(onto.T, vectors.T, rcond=None)[0]
    np.testing.assert_allclose(subspace.projected(vectors, onto), (onto.T @ weights).T, atol=1e-10)


# ---- the linear autoencoder


def test_linear_autoencoder_comes_within_five_degrees_of_pca(digits):
    training = Training(approaching_pca(8), digits)
    before = comparison.approach(Subject(training.model, digits))
    assert before.angles[-1] > 60
    for snapshot in training:
        last = snapshot
    assert last.ended == "epochs"
    after = comparison.approach(Subject(training.model, digits))
    assert after.angles[-1] < 5
    assert after.lengths.min() > np.cos(np.radians(5))
    by_pca = references(training.experiment, digits).mse["pca"]
    assert last.val.mse == pytest.approx(by_pca, rel=0.01)


def test_approach_of_pca_itself_is_at_zero_degrees(digits):
    fitted = fitted_pca(digits, 60_000)
    subject = untrained(digits, network="linear", hidden=(), output="identity", latent_dim=5)
    with torch.no_grad():
        (weight,) = (p for p in subject.model.decoder.parameters() if p.dim() == 2)
        weight.copy_(fitted.components[:5].T.flip(1) * 3)
    answer = comparison.approach(subject)
    np.testing.assert_allclose(answer.angles, 0, atol=0.1)
    np.testing.assert_allclose(answer.drawn, answer.components, atol=1e-5)
    np.testing.assert_allclose(answer.decoder[0], 3 * answer.components[4], atol=1e-5)
    np.testing.assert_array_equal(answer.components, comparison.eigen_digits(subject, 5))


# ---- errors


@pytest.mark.parametrize("key", KINDS)
def test_errors_are_those_of_the_other_pages(key, digits):
    subject = Subject(pretrained.load(key), digits)
    answer = comparison.errors(subject)
    expected = references(subject.model.experiment, digits, "test").mse
    assert answer.pca[answer.components] == pytest.approx(expected["pca"], rel=1e-4)
    assert answer.pca[0] == pytest.approx(expected["mean"], rel=1e-4)
    assert answer.model == pytest.approx(
        reconstruction.test_errors(subject).errors.mean(), rel=1e-4
    )
    assert (answer.n_test, answer.n_pca) == (1000, 3500)


def test_pca_error_falls_to_nothing_with_all_components(subject):
    curve = comparison.errors(subject).pca
    assert curve.shape == (785,)
    assert (np.diff(curve) <= 1e-9).all()
    assert curve[-1] == pytest.approx(0, abs=1e-7)


def test_pca_sees_no_more_pictures_than_the_run(digits):
    subject = untrained(digits, n_train=100)
    answer = comparison.errors(subject)
    assert answer.n_pca == 100
    assert answer.pca[32] == pytest.approx(
        references(subject.model.experiment, digits, "test").mse["pca"], rel=1e-4
    )


@pytest.mark.parametrize("key", ["vanilla-32", "denoising-32"])
def test_side_by_side_belongs_to_the_pictures_asked_for(key, digits):
    subject = Subject(pretrained.load(key), digits)
    answer = comparison.side_by_side(subject, (7, 2))
    alone = reconstruction.reconstruct_test(subject, (7, 2))
    np.testing.assert_array_equal(answer.model, alone.x_hat)
    np.testing.assert_array_equal(answer.originals, alone.originals)
    assert (answer.corrupted is None) == (alone.corrupted is None)
    np.testing.assert_allclose(answer.model_errors, alone.errors, rtol=1e-5)
    everything = comparison.side_by_side(subject, tuple(range(1000)))
    errors = comparison.errors(subject)
    assert everything.pca_errors.mean() == pytest.approx(errors.pca[errors.components], rel=1e-4)


# ---- maps and features


def test_maps_show_the_same_digits_and_as_much_variance_as_they_say(subject):
    answer = comparison.maps(subject)
    x = subject.dataset.x_test
    assert answer.model.points.shape == answer.pca.points.shape == (1000, 2)
    share = answer.pca.points.var(axis=0).sum() / x.var(dim=0, correction=0).sum().item()
    assert answer.pca.explained == pytest.approx(share, rel=1e-3)
    np.testing.assert_array_equal(answer.labels, subject.dataset.y_test.numpy())


def test_features_are_what_one_standard_deviation_adds(subject):
    answer = comparison.features(subject)
    assert answer.model.shape == answer.pca.shape == (16, 28, 28)
    assert (np.diff(answer.deviations) <= 0).all()
    codes = subject.model.encode(subject.dataset.x_test)
    unit, mean = int(answer.units[3]), codes.mean(dim=0)
    moved = mean.clone()
    moved[unit] += codes[:, unit].std(correction=0)
    expected = subject.model.decode(moved[None]) - subject.model.decode(mean[None])
    np.testing.assert_allclose(answer.model[3].reshape(-1), expected[0].numpy(), atol=1e-5)
    assert (np.diff(answer.shares) <= 1e-3).all()
    assert 0.3 < answer.shares.sum() < 1


def test_small_code_has_few_features(digits):
    answer = comparison.features(Subject(pretrained.load("vae-2"), digits))
    assert len(answer.model) == len(answer.pca) == 2


# ---- any model


@pytest.mark.parametrize("latent_dim", [1, 784, 1000])
def test_any_code_size_is_answered(latent_dim, digits):
    subject = untrained(digits, hidden=(16,), latent_dim=latent_dim)
    errors = comparison.errors(subject)
    assert (errors.latent_dim, errors.components) == (latent_dim, min(latent_dim, 784))
    shown = comparison.side_by_side(subject, (0,))
    if latent_dim >= 784:
        np.testing.assert_array_equal(shown.pca, shown.originals)
    assert comparison.features(subject).model.shape == (min(latent_dim, 16), 28, 28)
    assert comparison.maps(subject).model.points.shape == (1000, 2)


def test_codes_wider_than_pictures_are_classified(tiny):
    subject = Subject(Autoencoder(Experiment(hidden=(16,), latent_dim=1000)), tiny)
    assert 0 <= comparison.probe_pca(subject).knn <= 1
    assert 0 <= comparison.probe_model(subject).logistic <= 1


@pytest.mark.parametrize("variant", variants.VARIANTS)
def test_every_variant_is_answered(variant, tiny):
    experiment = variants.get(variant).experiment
    subject = Subject(Autoencoder(experiment), tiny)
    assert np.isfinite(comparison.errors(subject).model)
    assert np.isfinite(comparison.features(subject).model).all()
    assert np.isfinite(comparison.maps(subject).model.points).all()
    assert comparison.probe_model(subject).knn <= 1


def test_diverged_model_is_answered(tiny):
    model = Autoencoder(Experiment(hidden=(16,), latent_dim=4))
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.fill_(torch.nan)
    subject = Subject(model, tiny)
    assert not np.isfinite(comparison.errors(subject).model)
    assert np.isfinite(comparison.features(subject).model).all()
    assert comparison.side_by_side(subject, (0, 1)).model.shape == (2, 28, 28)
    assert comparison.probe_model(subject).knn <= 1


# ---- classifiers


def test_accuracy_equals_that_of_scikit_learn(subject):
    digits = subject.dataset
    train, test = subject.model.encode(digits.x_train), subject.model.encode(digits.x_test)
    knn = KNeighborsClassifier(5).fit(train, digits.y_train)
    factor = (30 / train.var(dim=0).sum()).sqrt()  # one scale for all numbers
    centred, centred_test = (factor * (z - train.mean(dim=0)) for z in (train, test))
    logistic = LogisticRegression(max_iter=100).fit(centred, digits.y_train)
    answer = comparison.probe_model(subject)
    assert answer.knn == pytest.approx(knn.score(test, digits.y_test), abs=0.002)
    theirs = logistic.score(centred_test, digits.y_test)
    assert round(1000 * abs(answer.logistic - theirs)) <= 2  # of 1,000 test pictures
    assert min(answer.knn, answer.logistic) > 0.8


def test_all_components_are_as_good_to_neighbours_as_the_pixels(tiny):
    subject = Subject(Autoencoder(Experiment(hidden=(16,), latent_dim=784)), tiny)
    assert comparison.probe_pca(subject).knn == comparison.probe_pixels(subject).knn


def test_meaningless_codes_are_classified_by_chance():
    random = np.random.default_rng(0)
    codes = random.normal(size=(1000, 3)).astype(np.float32)
    labels = random.integers(0, 10, 1000)
    answer = probe.accuracy(codes[:500], labels[:500], codes[500:], labels[500:])
    assert 0.05 < answer.knn < 0.16
    assert 0.05 < answer.logistic < 0.16


def test_rounding_errors_in_a_code_are_not_blown_up():
    random = np.random.default_rng(0)
    labels = np.repeat([0, 1], 200)
    codes = random.normal(size=(400, 2)).astype(np.float32) + 8 * labels[:, None]
    constant = np.concatenate([codes, random.normal(size=(400, 1)) * 1e-7], axis=1)
    never_seen = np.concatenate([codes, random.normal(size=(400, 1))], axis=1)
    answer = probe.accuracy(
        constant.astype(np.float32), labels, never_seen.astype(np.float32), labels
    )
    assert answer.logistic > 0.98


# ---- figures


def test_signed_pictures_are_red_above_blue_below_and_pale_at_zero():
    values = np.zeros((1, 28, 28), np.float32)
    values[0, 0, :2] = (2.0, -1.0)
    red, blue, pale = signed(values)[0, 0, :3].astype(int)
    assert red[0] > red[2] + 100
    assert blue[2] > blue[0] + 50
    assert pale.min() > 240
    weaker = signed(values, 4.0)[0, 0, 0].astype(int)
    assert weaker[1] > red[1]


def test_map_is_filled_by_its_points_wherever_they_lie():
    random = np.random.default_rng(0)
    points = (random.uniform(0, 10, (500, 2)) + np.array([100, 0])).astype(np.float32)
    labels = np.zeros(500, np.int64)
    for kind in ("codes", "strip"):
        layout = figures.map_of_codes(Plane(points, kind, 1.0), labels, class_names=["0"])["layout"]
        low, high = layout["xaxis"]["range"]
        assert 98 < low < 101
        assert 109 < high < 112
    same = Plane(np.ones((5, 2), np.float32), "codes", 1.0)
    layout = figures.map_of_codes(same, labels[:5], class_names=["0"])["layout"]
    assert layout["xaxis"]["range"] == [0.0, 2.0]


def test_chart_of_errors_draws_each_model_where_it_belongs():
    group = figures.Points("vanilla", [2, 8], [0.04, 0.02], ["a", "b"], joined=True, look=3)
    figure = figures.error_against_size(np.linspace(0.06, 0, 784), 0.067, [group])
    pca, mean, points = figure["data"]
    assert pca["x"][0] == 1
    assert pca["x"][-1] == 784
    assert min(pca["y"]) > 0  # the axis is logarithmic
    assert set(mean["y"]) == {0.067}
    assert (points["x"], points["y"]) == ([2, 8], [0.04, 0.02])
    assert figure["layout"]["xaxis"]["type"] == figure["layout"]["yaxis"]["type"] == "log"


def test_chart_of_angles_holds_its_axes_still():
    empty = figures.angles_over_epochs([], {"largest": []}, 150)
    full = figures.angles_over_epochs([0, 9], {"largest": [90, 40]}, 150)
    for figure in (empty, full):
        assert figure["layout"]["xaxis"]["range"] == [0, 150]
        assert figure["layout"]["yaxis"]["range"][0] == 0


def test_bars_of_accuracy_are_in_percent():
    figure = figures.accuracies(["code", "pixels"], {"knn": [0.5, 0.9]}, many="digits")
    assert list(figure.data[0].y) == [50, 90]


def test_answers_are_frozen(subject):
    with pytest.raises(dataclasses.FrozenInstanceError):
        comparison.maps(subject).labels = None
