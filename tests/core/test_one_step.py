"""One training step, seen from the inside."""

import numpy as np
import pytest
import torch

from aecore.model.autoencoder import Autoencoder
from aecore.spec.experiment import Experiment
from aecore.spec.variants import VARIANTS
from aecore.topics.one_step.ask import one_step
from aecore.training.subject import Subject

EXPERIMENTS = {key: variant.experiment for key, variant in VARIANTS.items()} | {
    "conv vae": Experiment(network="conv", hidden=(4, 8), code="gaussian"),
    "linear": Experiment(network="linear"),
    "tied": Experiment(tied=True),
    "tied conditional vae": Experiment(tied=True, code="gaussian", condition="label"),
}


@pytest.fixture(params=EXPERIMENTS.values(), ids=EXPERIMENTS.keys())
def subject(request, tiny):
    return Subject(Autoencoder(request.param), tiny)


def test_numbers_are_those_of_the_model(subject):
    step, model = one_step(subject, 2, 0.1), subject.model
    assert len(step.encoder) == sum(hasattr(layer, "weight") for layer in model.encoder)
    assert len(step.decoder) == sum(hasattr(layer, "weight") for layer in model.decoder)
    assert np.allclose(step.x, subject.dataset.x_test[2])
    labels = subject.dataset.y_test[2:3]
    z = torch.from_numpy(step.z)[None]
    np.testing.assert_allclose(model.decode(z, labels)[0], step.x_hat, atol=1e-5)


def test_model_itself_is_not_changed(subject):
    before = {name: weight.clone() for name, weight in subject.model.state_dict().items()}
    one_step(subject, 0, 1.0)
    for name, weight in subject.model.state_dict().items():
        assert torch.equal(weight, before[name])
    assert all(parameter.grad is None for parameter in subject.model.parameters())


def test_small_step_downhill_lowers_the_loss_by_the_gradient_squared(tiny):
    model, rate = Autoencoder(Experiment(hidden=(16,), activation="tanh")), 0.3
    step = one_step(Subject(model, tiny), 1, rate)
    biases = sum(float(np.square(layer.gradient).sum()) for layer in step.encoder + step.decoder)
    weights = sum(layer.gradient_norm**2 for layer in step.encoder + step.decoder)
    fall = step.before["total_loss"] - step.after["total_loss"]
    assert fall == pytest.approx(rate * (weights + biases), rel=0.02)  # Taylor, first order


def test_layer_numbers_add_up(tiny):
    step = one_step(Subject(Autoencoder(Experiment(hidden=(16,))), tiny), 0, 0.1)
    first = step.encoder[0]
    np.testing.assert_allclose(first.out, np.maximum(first.weighted + first.bias, 0), atol=1e-6)
    last = step.decoder[-1]
    np.testing.assert_allclose(last.out, 1 / (1 + np.exp(-(last.weighted + last.bias))), atol=1e-6)
    np.testing.assert_allclose(step.pixel_gradient, 2 * (step.x_hat - step.x) / 784, atol=1e-7)


def test_drawn_code_is_mean_plus_sigma_times_noise(tiny):
    step = one_step(Subject(Autoencoder(VARIANTS["vae"].experiment), tiny), 0, 0.1)
    np.testing.assert_allclose(step.z, step.mu + step.sigma * step.eps, atol=1e-5)
    assert one_step(Subject(Autoencoder(Experiment()), tiny), 0, 0.1).sigma is None


def test_quantised_code_names_its_entries(tiny):
    experiment = VARIANTS["vq"].experiment
    model = Autoencoder(experiment)
    step = one_step(Subject(model, tiny), 0, 0.1)
    assert step.entries.shape == (experiment.latent_dim // experiment.vector_size,)
