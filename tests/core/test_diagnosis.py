"""What goes wrong is named where it happens, and only there."""

import pytest
import torch
from torch import nn

from aecore.model.autoencoder import Autoencoder
from aecore.spec import variants
from aecore.spec.experiment import Experiment
from aecore.training.diagnosis import diagnose, diverged, no_better_than_mean
from aecore.training.loop import Training
from aecore.training.references import references


def found(model, data):
    return {d.key: str(d.finding) for d in diagnose(model, data.x_test)[0]}


def trained(experiment, data):
    training = Training(experiment, data)
    for _ in training:
        pass
    return training.model


def silence(layer, units):
    """A bias that no input can overcome."""
    with torch.no_grad():
        layer.bias[:units] = -100


# Top-k is not among these: even untrained, some of its units are never among the k largest.
@pytest.mark.parametrize("key", sorted(variants.VARIANTS.keys() - {"top-k"}))
def test_untrained_model_is_healthy(key, digits):
    assert found(Autoencoder(variants.build(key)), digits) == {}


@pytest.mark.parametrize("key", ["linear", "vanilla", "deep", "vae", "denoising", "convolutional"])
def test_trained_model_is_healthy(key, digits):
    experiment = variants.build(key, epochs=2, n_train=1000, batch_size=32)
    assert found(trained(experiment, digits), digits) == {}


# ---- dead hidden units


def test_dead_relu_units_of_the_encoder_are_counted(digits):
    model = Autoencoder(Experiment())
    silence(model.encoder[0], 100)
    findings = found(model, digits)
    assert "100 of 128 ReLU units" in findings["dead_units"]


def test_dead_relu_units_of_the_decoder_are_counted(digits):
    model = Autoencoder(Experiment())
    silence(model.decoder[2], 128)
    assert "128 of 128 ReLU units" in found(model, digits)["dead_units"]


def test_dead_channels_are_counted_as_units(digits):
    model = Autoencoder(variants.build("convolutional"))
    silence(model.encoder[1], 12)
    assert "12 of 16 ReLU units" in found(model, digits)["dead_units"]


def test_picture_edges_that_stay_black_are_not_dead_units(digits):
    model = Autoencoder(variants.build("convolutional"))
    first = model.decoder[0]  # to 32 channels of 7 x 7 units
    with torch.no_grad():
        first.bias.view(32, 7, 7)[:, [0, 1, 5, 6]] = -100
        first.bias.view(32, 7, 7)[:, :, [0, 1, 5, 6]] = -100
    assert found(model, digits) == {}


def test_few_dead_units_are_not_worth_a_word(digits):
    model = Autoencoder(Experiment())
    silence(model.encoder[0], 60)
    assert found(model, digits) == {}


def test_leaky_relu_never_dies(digits):
    model = Autoencoder(Experiment(activation="leaky_relu"))
    silence(model.encoder[0], 128)
    assert "dead_units" not in found(model, digits)


def test_learning_rate_too_high_kills_relus_for_real(digits):
    experiment = Experiment(n_train=500, batch_size=20, learning_rate=1.0, epochs=2)
    assert "dead_units" in found(trained(experiment, digits), digits)


# ---- dead and collapsed codes


@pytest.mark.parametrize("activation", ["relu", "identity"])
def test_dead_code_units_are_counted(activation, digits):
    model = Autoencoder(Experiment(latent_dim=8, code_activation=activation))
    with torch.no_grad():
        model.encoder[-1].weight[:3] = 0
        model.encoder[-1].bias[:3] = -0.5
    findings = found(model, digits)
    assert "3 of 8 code units are dead" in findings["dead_code"]


def test_code_that_is_dead_altogether_is_found(digits):
    model = Autoencoder(Experiment(latent_dim=8, code_activation="relu"))
    silence(model.encoder[-1], 8)
    assert "8 of 8 code units are dead" in found(model, digits)["dead_code"]


def test_small_codes_are_not_dead(digits):
    model = Autoencoder(Experiment(latent_dim=8))
    with torch.no_grad():
        model.encoder[-1].weight *= 1e-4
    assert found(model, digits) == {}


def test_large_beta_collapses_the_posterior_for_real(digits):
    experiment = variants.build(
        "vae", latent_dim=4, beta=100, n_train=1000, batch_size=20, epochs=3, learning_rate=3e-3
    )
    findings = found(trained(experiment, digits), digits)
    assert "in 4 of 4 code dimensions" in findings["collapsed"]


def test_collapsed_dimensions_are_counted(digits):
    model = Autoencoder(variants.build("vae", latent_dim=4))
    last = model.encoder[-1]  # mu in the first 4 rows, log sigma^2 in the others
    with torch.no_grad():
        last.bias[:4] = 1.0
        for row in (0, 4):
            last.weight[row], last.bias[row] = 0, 0
    assert "in 1 of 4 code dimensions" in found(model, digits)["collapsed"]


# ---- no better than the mean picture


def test_model_that_knows_only_the_mean_is_no_better(digits):
    mean = references(Experiment(), digits).mse["mean"]
    diagnosis = no_better_than_mean(mean, mean, 0.001)
    assert diagnosis.key == "no_better_than_mean"
    assert f"{mean:.4f}" in str(diagnosis.finding)
    assert "0.001" in str(diagnosis.finding)


def test_crawling_learning_rate_is_no_better_than_the_mean_for_real(digits):
    experiment = Experiment(n_train=500, epochs=3, learning_rate=1e-6)
    *_, last = Training(experiment, digits)
    mean = references(experiment, digits).loss["mean"]
    assert no_better_than_mean(last.val.terms["recon_loss"], mean, 1e-6) is not None


def test_error_below_the_mean_or_unknown_is_judged_rightly():
    assert no_better_than_mean(0.05, 0.067, 0.001) is None
    assert no_better_than_mean(0.98, 1.0, 0.001) is None
    assert no_better_than_mean(float("nan"), 0.067, 0.001) is not None


# ---- how it looks


def test_divergence_names_the_learning_rate():
    assert "learning rate (now 10)" in str(diverged(10.0).finding)


def test_diagnosing_leaves_the_model_as_it_was(tiny):
    model = Autoencoder(Experiment())
    _, output = diagnose(model, tiny.x_test)
    assert torch.equal(output.x_hat, model.reconstruct(tiny.x_test))
    assert not output.x_hat.requires_grad
    relus = [layer for layer in model.modules() if isinstance(layer, nn.ReLU)]
    assert len(relus) == 4
    assert not any(layer._forward_hooks for layer in relus)
