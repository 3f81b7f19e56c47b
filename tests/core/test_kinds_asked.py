"""What pages ask of models of rows, series and coloured pictures: everything comes as it is seen."""

import numpy as np
import pytest
import torch

from aecore.data.datasets import Dataset
from aecore.model.autoencoder import Autoencoder
from aecore.parts.datasets import DATASETS
from aecore.spec import variants
from aecore.topics.ae_vs_pca import ask as comparison
from aecore.topics.denoising import ask as denoising
from aecore.topics.features import ask as features
from aecore.topics.latent_space import ask as latent_map
from aecore.topics.reconstructions import ask as reconstruction
from aecore.topics.sparsity import ask as sparsity
from aecore.training.subject import Subject


@pytest.fixture(params=["breast-cancer", "water-flow", "blood-mnist"], scope="module")
def subject(request):
    """An untrained model of four numbers, and a few samples at random."""
    spec = DATASETS[request.param]
    random = torch.Generator().manual_seed(0)
    parts = []
    for n in (60, 20, 24):
        labels = torch.arange(n) % max(len(spec.classes), 1)
        parts += [torch.rand(n, spec.shape.size, generator=random), labels]
    experiment = variants.get("vanilla").experiment.moved_to(spec.key)
    small = experiment.replace(latent_dim=4, hidden=(8,), n_train=60)
    return Subject(Autoencoder(small), Dataset(spec.key, *parts))


def test_reconstructions_are_as_seen(subject):
    answer = reconstruction.reconstruct_test(subject, (0, 5, 7))
    assert answer.originals.shape == answer.x_hat.shape == (3, *subject.shape.seen)
    errors = reconstruction.test_errors(subject)
    np.testing.assert_allclose(answer.errors, errors.errors[[0, 5, 7]], rtol=1e-5)


def test_walk_goes_between_two_samples(subject):
    walk = latent_map.walk(subject, 1, 2, 5)
    assert walk.decoded.shape == walk.faded.shape == (5, *subject.shape.seen)
    both = reconstruction.reconstruct_test(subject, (1, 2))
    np.testing.assert_array_equal(walk.faded[[0, -1]], both.originals)
    np.testing.assert_array_equal(walk.decoded[[0, -1]], both.x_hat)


def test_noise_is_put_on_and_only_pictures_have_a_structural_similarity(subject):
    cleaned = denoising.clean_test(subject, (0, 1), "gaussian", 0.3, 0)
    assert all(x.shape == (2, *subject.shape.seen) for x in cleaned.cleaned.values())
    assert bool(cleaned.ssim) == (subject.shape.kind == "picture")
    assert ("median" in cleaned.cleaned) == (subject.shape.kind != "row")
    assert ("nl_means" in cleaned.cleaned) == (subject.shape.kind == "picture")


def test_units_draw_what_is_seen(subject):
    pictures = sparsity.unit_pictures(subject)
    assert pictures.draws.shape == pictures.seeks.shape == (4, *subject.shape.seen)
    lengths = np.linalg.norm(pictures.seeks.reshape(4, -1), axis=1)
    np.testing.assert_allclose(lengths[lengths > 0], 1, rtol=1e-4)
    built = sparsity.build_up(subject, 3)
    assert built.steps.shape == (len(built.units) + 1, *subject.shape.seen)


def test_pca_has_as_many_components_as_numbers(subject):
    found = comparison.errors(subject)
    assert len(found.pca) == subject.shape.size + 1
    assert (np.diff(found.pca[:5]) < 0).all()
    shown = comparison.features(subject)
    assert shown.model.shape == shown.pca.shape == (4, *subject.shape.seen)


def test_groups_have_means_as_seen(subject):
    found = features.cluster(subject, 3)
    assert all(found[name].means.shape == (3, *subject.shape.seen) for name in found)


def test_guessing_is_right_for_the_most_frequent_class(subject):
    if not subject.dataset.spec.classes:
        pytest.skip("nobody has labelled anything")
    found = features.classify(subject, 50)
    counts = np.bincount(subject.dataset.y_test.numpy())
    assert found.guess == pytest.approx(counts.max() / counts.sum())
