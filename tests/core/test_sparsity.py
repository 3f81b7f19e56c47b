"""Sparse codes: who is active, what each unit draws, and how few make a digit."""

import re

import numpy as np
import pytest
import torch

from aecore.figures.pictures import signed
from aecore.files import pretrained
from aecore.model.autoencoder import Autoencoder
from aecore.parts.datasets import DIGIT
from aecore.spec import variants
from aecore.topics.sparsity import ask as sparsity
from aecore.topics.sparsity import figures as figures
from aecore.topics.sparsity import measure as analysis
from aecore.training import diagnosis
from aecore.training.diagnosis import diagnose
from aecore.training.evaluation import evaluate
from aecore.training.loop import corrupt_fixed
from aecore.training.monitor import seen
from aecore.training.subject import Subject

MODELS = ["sparse-128", "top-k-128", "sparse-kl-128", "vanilla-2", "vae-16", "convolutional-32"]


@pytest.fixture
def subject(digits) -> Subject:
    return Subject(pretrained.load("sparse-128"), digits)


def test_activity_of_a_code_made_by_hand():
    z = np.array([[0, 2, -10], [0, 0.4, 10], [0, 0.6, 0], [0, 0, 10]], np.float32)
    found = analysis.activity(z)
    assert found.threshold == pytest.approx(0.5)
    np.testing.assert_allclose(found.unit_share, [0, 0.5, 0.75])
    np.testing.assert_allclose(found.unit_mean, [0, 0.75, 7.5])
    np.testing.assert_allclose(found.picture_share, np.array([2, 1, 1, 1]) / 3)
    assert found.share == pytest.approx(5 / 12)
    np.testing.assert_allclose(
        analysis.by_class(found.picture_share, np.array([0, 0, 7, 7])), [0.5, 1 / 3]
    )


def test_activity_of_a_code_of_zeros_is_none():
    assert analysis.activity(np.zeros((5, 3), np.float32)).share == 0


@pytest.mark.parametrize("k", [1, 3, 7, 8])
def test_keep_largest_keeps_exactly_k_and_those_are_the_largest(k):
    z = np.random.default_rng(0).normal(size=(20, 8)).astype(np.float32)
    kept = analysis.keep_largest(z, k)
    assert (np.count_nonzero(kept, axis=1) == k).all()
    assert (kept[kept != 0] == z[kept != 0]).all()
    smallest_kept = np.where(kept != 0, np.abs(z), np.inf).min(axis=1)
    largest_dropped = np.where(kept == 0, np.abs(z), 0).max(axis=1)
    assert (smallest_kept >= largest_dropped).all()


def test_keep_largest_keeps_no_more_than_k_of_equal_ones():
    assert np.count_nonzero(analysis.keep_largest(np.ones((4, 6), np.float32), 2)) == 8


def test_keep_largest_is_what_a_top_k_code_does(digits):
    model = Autoencoder(variants.build("top-k", code_activation="relu", k=16))
    whole = Autoencoder(variants.build("top-k", code_activation="relu", k=128))
    z = whole.encode(digits.x_test[:50]).numpy()
    expected = model.encode(digits.x_test[:50]).numpy()
    np.testing.assert_allclose(analysis.keep_largest(z, 16), expected, atol=1e-6)


def test_one_by_one_adds_the_units_in_their_order():
    z = np.array([5, 6, 0, 7], np.float32)
    built = analysis.one_by_one(z, np.array([3, 0, 1]))
    np.testing.assert_array_equal(built, [[0, 0, 0, 0], [0, 0, 0, 7], [5, 0, 0, 7], [5, 6, 0, 7]])


@pytest.mark.parametrize("key", MODELS)
def test_build_up_with_all_units_is_the_reconstruction(key, digits):
    subject = Subject(pretrained.load(key), digits)
    x = digits.x_test[7:8]
    answer = sparsity.build_up(subject, 7)
    expected = subject.model.reconstruct(x)
    np.testing.assert_array_equal(answer.steps[-1], seen(expected, DIGIT)[0])
    assert answer.errors[-1] == pytest.approx((expected - x).square().mean().item(), rel=1e-4)
    nothing = subject.model.decode(torch.zeros(1, subject.model.experiment.latent_dim))
    np.testing.assert_array_equal(answer.steps[0], seen(nothing, DIGIT)[0])
    assert len(answer.steps) == len(answer.errors) == len(answer.units) + 1


def test_build_up_has_just_the_units_that_are_not_zero_and_the_strongest_first(subject):
    answer = sparsity.build_up(subject, 3)
    z = subject.model.encode(subject.dataset.x_test[3:4]).numpy()[0]
    assert sorted(answer.units) == list(np.flatnonzero(z))
    np.testing.assert_allclose(answer.activations, z[answer.units], rtol=1e-5)
    strength = np.linalg.norm(answer.contributions, axis=(1, 2))
    assert (np.diff(strength) <= 1e-5).all()


def test_contributions_of_a_linear_decoder_add_up_to_the_whole(subject):
    x = subject.dataset.x_test[3:4]
    whole = subject.model(x).logits.detach().numpy().ravel()
    bias = subject.model.decoder[0].bias.detach().numpy()
    added = sparsity.build_up(subject, 3).contributions.sum(axis=0).ravel()
    np.testing.assert_allclose(bias + added, whole, atol=1e-3)


def test_unit_picture_of_a_linear_decoder_is_its_column_of_weights(subject):
    weights = subject.model.decoder[0].weight.detach().numpy()  # (784, units)
    draws = sparsity.unit_pictures(subject).draws.reshape(128, 784)
    np.testing.assert_allclose(draws, weights.T, atol=1e-4)


def test_a_single_layer_looks_for_its_weights_of_length_one(subject):
    weights = subject.model.encoder[0].weight.detach()  # (units, 784)
    expected = (weights / weights.norm(dim=1, keepdim=True)).numpy()
    seeks = sparsity.unit_pictures(subject).seeks.reshape(128, 784)
    np.testing.assert_allclose(seeks, expected, atol=1e-5)


@pytest.mark.parametrize("key", ["vanilla-32", "vae-16", "convolutional-32"])
def test_what_a_unit_looks_for_excites_it_more_than_noise_of_the_same_length(key, digits):
    subject = Subject(pretrained.load(key), digits)
    units = subject.model.experiment.latent_dim
    sought = torch.from_numpy(sparsity.unit_pictures(subject).seeks.reshape(units, 784))
    noise = torch.randn(units, 784, generator=torch.Generator().manual_seed(0))
    noise = noise / noise.norm(dim=1, keepdim=True)
    mean = digits.x_test.mean(dim=0)
    step = 0.1
    diagonal = subject.model.encode(mean + step * sought).diagonal()
    assert (diagonal > subject.model.encode(mean + step * noise).diagonal()).all()


@pytest.mark.parametrize("key", MODELS)
def test_every_unit_has_two_pictures_and_asking_leaves_the_model_alone(key, digits):
    model = pretrained.load(key)
    found = sparsity.unit_pictures(Subject(model, digits))
    shape = (model.experiment.latent_dim, 28, 28)
    assert found.draws.shape == found.seeks.shape == shape
    assert np.isfinite(found.draws).all()
    assert all(parameter.grad is None for parameter in model.parameters())


@pytest.mark.parametrize("key", MODELS)
def test_dead_units_are_those_of_the_diagnosis(key, digits):
    model = pretrained.load(key)
    dead = int(sparsity.code_table(Subject(model, digits)).dead.sum())
    found, _output = diagnose(model, corrupt_fixed(model.experiment, digits.x_test))
    said = [d.finding.params for d in found if d.key in ("dead_code", "collapsed")]
    counts = [int(params.get("dead", params.get("collapsed", 0))) for params in said]
    assert dead == sum(counts)


def test_dead_units_are_found_where_there_are_some(digits):
    model = Autoencoder(variants.build("sparse", latent_dim=6))
    with torch.no_grad():
        model.encoder[0].bias[[1, 4]] = -100.0
    table = sparsity.code_table(Subject(model, digits))
    np.testing.assert_array_equal(table.dead.nonzero()[0], [1, 4])
    (finding,) = (d.finding for d in diagnose(model, digits.x_test)[0] if d.key == "dead_code")
    assert re.match("2 of 6", str(finding))
    assert diagnosis.COLLAPSED == 0.01


@pytest.mark.parametrize("unit", [0, 6, 100])
def test_most_exciting_digits_are_those_with_the_highest_activation(subject, unit):
    z = sparsity.code_table(subject).z
    top = analysis.most_exciting(z, unit, 10)
    assert top[0] == z[:, unit].argmax()
    assert len(set(top)) == 10
    others = np.delete(z[:, unit], top)
    assert (z[top, unit].min() >= others).all()
    assert (np.diff(z[top, unit]) <= 0).all()


def test_all_units_kept_is_the_reconstruction_and_one_unit_is_worse(subject):
    whole = sparsity.thinned(subject, (0, 5), 128)
    np.testing.assert_array_equal(whole.kept, whole.x_hat)
    few = sparsity.thinned(subject, (0, 5), 1)
    np.testing.assert_array_equal(few.x_hat, whole.x_hat)
    assert (few.kept_errors > 2 * few.errors).all()


def test_k_of_a_top_k_model_loses_nothing(digits):
    subject = Subject(pretrained.load("top-k-128"), digits)
    answer = sparsity.thinned(subject, (0, 1, 2), subject.model.experiment.k)
    np.testing.assert_array_equal(answer.kept, answer.x_hat)


def test_figures_of_a_model_are_those_of_its_parts(subject):
    found = sparsity.in_figures(subject)
    x = subject.dataset.x_test
    assert found.mse == pytest.approx(evaluate(subject.model, x, x).mse, rel=1e-4)
    z = subject.model.encode(x).numpy()
    assert found.mean == pytest.approx(np.abs(z).mean(), rel=1e-4)
    assert found.share == pytest.approx((z > 0.05 * z.max()).mean(), rel=1e-4)
    assert found.originals.shape == found.x_hat.shape == (8, 28, 28)


def test_a_diverged_model_is_shown_as_silent(digits):
    model = Autoencoder(variants.build("sparse", latent_dim=4))
    with torch.no_grad():
        model.encoder[0].weight.fill_(float("nan"))
    subject = Subject(model, digits)
    assert analysis.activity(sparsity.code_table(subject).z).share == 0
    assert len(sparsity.build_up(subject, 0).units) == 0
    assert np.isfinite(sparsity.unit_pictures(subject).draws).all()


def test_signed_pictures_are_white_at_zero_red_above_and_blue_below():
    values = np.zeros((1, 28, 28))
    values[0, 0, :2] = [2, -1]
    picture = signed(values, None)
    np.testing.assert_array_equal(picture[0, 5, 5], [247, 247, 247])
    np.testing.assert_array_equal(picture[0, 0, 0], [178, 24, 43])
    assert picture[0, 0, 1, 2] > picture[0, 0, 1, 0]
    fainter = signed(values, 4.0)
    assert fainter[0, 0, 0, 1] > picture[0, 0, 0, 1]


def test_histogram_counts_every_activation():
    z = np.random.default_rng(0).normal(size=(50, 8)).astype(np.float32)
    figure = figures.activation_histogram(z, 0.1)
    assert np.nansum(figure.data[0].y) == 400
    assert figure.layout.yaxis.type == "log"
    assert len(figure.layout.shapes) == 2  # the threshold, on both sides


def test_units_by_rank_marks_the_dead():
    values = np.array([0.1, 0.9, 0.0])
    figure = figures.units_by_rank(
        values, np.array([False, False, True]), title="share", percent=True
    )
    living, dead = figure.data
    assert list(living.y) == [0.9, 0.1]
    assert list(living.customdata) == [1, 0]
    assert list(dead.customdata) == [2]
