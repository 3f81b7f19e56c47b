"""What can be asked about a model."""

import numpy as np
import pytest
import torch

from aecore.engine.client import Client
from aecore.errors import ExperimentError, RunError
from aecore.files import pretrained
from aecore.parts.datasets import DIGIT
from aecore.topics.latent_space import change as latent
from aecore.topics.reconstructions import ask as reconstruction
from aecore.training.monitor import seen
from aecore.training.subject import Subject


@pytest.fixture
def subject(digits) -> Subject:
    return Subject(pretrained.load("vanilla-32"), digits)


@pytest.fixture
def denoiser(digits) -> Subject:
    return Subject(pretrained.load("denoising-32"), digits)


def test_errors_average_to_the_error_of_the_card(subject):
    answer = reconstruction.test_errors(subject)
    expected = pretrained.card("vanilla-32")["test_mse_bundled"]
    assert answer.errors.mean() == pytest.approx(expected, rel=1e-3)
    assert answer.labels.shape == answer.errors.shape == (1000,)


def test_reconstruction_belongs_to_the_pictures_asked_for(subject):
    answer = reconstruction.reconstruct_test(subject, (5, 3))
    assert answer.corrupted is None
    errors = reconstruction.test_errors(subject).errors
    np.testing.assert_allclose(answer.errors, errors[[5, 3]], rtol=1e-5)
    seen = answer.x_hat.astype(float) - answer.originals.astype(float)
    np.testing.assert_allclose((seen**2).mean(axis=(1, 2)) / 255**2, answer.errors, rtol=0.05)


def test_denoiser_is_shown_with_what_it_gets(denoiser):
    answer = reconstruction.reconstruct_test(denoiser, (0, 1))
    assert answer.corrupted is not None
    assert (answer.corrupted != answer.originals).mean() > 0.5


def test_own_picture_goes_the_same_way_as_a_test_picture(subject):
    own = reconstruction.reconstruct_own(subject, subject.dataset.x_test[:2].numpy())
    known = reconstruction.reconstruct_test(subject, (0, 1))
    np.testing.assert_array_equal(own.x_hat, known.x_hat)


def test_client_answers_for_pretrained_models_and_says_when_there_is_none():
    client = Client(n_hosts=1)
    try:
        assert client.ask("vanilla-2", reconstruction.test_errors).errors.shape == (1000,)
        with pytest.raises(RunError, match="nonsense"):
            client.ask("nonsense", reconstruction.test_errors)
    finally:
        client.close()


def test_decoded_plane_shows_at_each_place_what_the_decoder_makes_of_it(digits):
    model = pretrained.load("vae-2")
    plane = latent.decoded_plane(Subject(model, digits), side=5)
    x_low, x_high, y_low, y_high = plane.extent
    corner = torch.tensor([[x_high, y_low]])
    expected = seen(model.decode(corner), DIGIT)[0]
    np.testing.assert_array_equal(plane.sprite[-1, -1], expected)
    inside = (plane.points >= [x_low, y_low]) & (plane.points <= [x_high, y_high])
    assert inside.all(axis=1).mean() > 0.97


def test_decoded_plane_of_a_larger_code_is_refused_in_a_sentence(subject):
    with pytest.raises(ExperimentError, match="latent_dim must be 2"):
        latent.decoded_plane(subject)
