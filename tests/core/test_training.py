"""The one training loop: its pace, its ends, and that it learns what it should."""

import dataclasses
import math

import pytest
import torch
from torch import Generator
from torch.distributions import Normal, kl_divergence

from aecore.data.datasets import Dataset
from aecore.errors import ExperimentError
from aecore.model.autoencoder import Autoencoder
from aecore.parts.corruptions import CORRUPTIONS
from aecore.spec import variants
from aecore.spec.experiment import Experiment
from aecore.spec.presets import PRESETS
from aecore.training.evaluation import CHUNK, evaluate
from aecore.training.loop import Training, corrupt_fixed, train
from aecore.training.references import fitted_pca

SMALL = Experiment(hidden=(16,), latent_dim=4, batch_size=20, epochs=3)  # 3 batches of `tiny`


def weights(model):
    return torch.cat([p.detach().flatten() for p in model.parameters()])


def ending(experiment, data):
    *_, last = train(experiment, data)
    return last.ended, last.epoch


@pytest.fixture
def untrainable():
    """Pictures whose training set teaches the opposite of the test set."""
    white, black = torch.ones(40, 784), torch.zeros(20, 784)
    return Dataset(
        "mnist-5k",
        white,
        torch.zeros(40).long(),
        black,
        torch.zeros(20).long(),
        black,
        torch.zeros(20).long(),
    )


# ---- the pace


def test_first_snapshot_is_the_untrained_model(tiny):
    training = Training(SMALL, tiny)
    first = next(iter(training))
    untrained = Autoencoder(SMALL)
    assert (first.epoch, first.step, first.train, first.ended) == (0, 0, None, None)
    assert torch.equal(weights(training.model), weights(untrained))
    assert first.val.mse == evaluate(untrained, tiny.x_val, tiny.x_val).mse


def test_each_next_is_one_batch(tiny):
    training = Training(SMALL, tiny)
    snapshots = iter(training)
    next(snapshots)
    for step in range(1, 6):
        before = weights(training.model)
        assert next(snapshots).step == training.step == step
        assert training.images == 20 * step
        assert not torch.equal(weights(training.model), before)


def test_epoch_ends_with_a_smaller_batch_and_a_look_at_the_test_set(tiny):
    training = Training(SMALL.replace(batch_size=25, epochs=2), tiny)
    assert training.steps_per_epoch == 3
    seen, images = [], []
    for s in training:
        seen.append((s.epoch, s.step, s.val is not None, s.train is not None))
        images.append(training.images)
    assert seen == [
        (0, 0, True, False),
        (0, 1, False, False), (0, 2, False, False), (1, 3, True, True),
        (1, 4, False, False), (1, 5, False, False), (2, 6, True, True),
    ]  # fmt: skip
    assert images == [0, 25, 50, 60, 85, 110, 120]


def test_epoch_shows_every_picture_once(tiny, monkeypatch):
    training = Training(SMALL, tiny)
    shown, learn = [], training.train_batch
    monkeypatch.setattr(training, "train_batch", lambda b: (shown.extend(b.tolist()), learn(b))[1])
    for _ in training:
        pass
    epochs = [shown[i : i + 60] for i in (0, 60, 120)]
    assert all(sorted(epoch) == list(range(60)) for epoch in epochs)
    assert epochs[0] != epochs[1] != epochs[2]


def test_train_terms_are_the_means_of_the_batches(tiny):
    snapshots = list(train(SMALL.replace(penalty="l1", epochs=1), tiny))
    for name in ("recon_loss", "penalty", "total_loss"):
        by_hand = sum(s.terms[name].item() for s in snapshots[1:]) / 3
        assert snapshots[-1].train[name] == pytest.approx(by_hand, rel=1e-5)


def test_snapshots_keep_no_graph(tiny):
    *_, last = train(SMALL, tiny)
    assert not any(term.requires_grad for term in last.terms.values())
    assert not last.val.sample.x_hat.requires_grad


def test_closing_within_an_epoch_is_harmless(tiny):
    training = Training(SMALL, tiny)
    snapshots = iter(training)
    for _ in range(3):
        next(snapshots)
    snapshots.close()
    before = weights(training.model)
    assert next(snapshots, None) is None
    assert torch.equal(weights(training.model), before)
    assert [s.ended for s in training][-1] == "epochs"


# ---- the ends


def test_run_ends_after_its_epochs(tiny):
    assert ending(SMALL, tiny) == ("epochs", 3)


def test_run_ends_at_its_target(tiny):
    curve = [s.val.mse for s in train(SMALL.replace(epochs=8), tiny) if s.val]
    target = (curve[4] + curve[5]) / 2
    assert curve == sorted(curve, reverse=True)
    assert ending(SMALL.replace(epochs=8, target_mse=target), tiny) == ("target", 5)


def test_run_ends_after_its_seconds(tiny):
    ended, epoch = ending(SMALL.replace(max_seconds=1e-6), tiny)
    assert ended == "seconds"
    assert epoch <= 1
    assert ending(SMALL.replace(max_seconds=1000), tiny) == ("epochs", 3)


def test_run_ends_when_patience_is_lost(untrainable):
    patient = SMALL.replace(epochs=20, patience=4)
    assert ending(patient, untrainable) == ("patience", 5)  # the first epoch is the best


def test_patience_waits_while_the_error_falls(tiny):
    assert ending(SMALL.replace(epochs=6, patience=1), tiny) == ("epochs", 6)


def test_divergence_ends_the_run(digits):
    ended, epoch = ending(PRESETS["too-fast"].experiment, digits)
    assert (ended, epoch) == ("diverged", 0)


def test_divergence_is_seen_at_the_end_of_a_short_epoch(tiny):
    wild = PRESETS["too-fast"].experiment.replace(batch_size=10)
    *_, last = train(wild, tiny)
    assert last.ended == "diverged"
    assert last.epoch < 5
    assert not last.val.mse < 100


def test_explosion_counts_as_divergence_while_it_is_still_a_number(tiny):
    training = Training(SMALL.replace(output="identity", learning_rate=1e-6), tiny)
    snapshots = iter(training)
    next(snapshots)
    with torch.no_grad():
        training.model.decoder[-1].weight *= 1e4
    *_, last = snapshots
    assert last.ended == "diverged"
    assert last.epoch <= 1
    assert math.isfinite(last.val.mse)


# ---- live changes


def step_size(data, **changes):
    """How far the weights move in the first step of plain gradient descent."""
    training = Training(SMALL.replace(optimizer="sgd", learning_rate=0.01), data)
    before = weights(training.model)
    snapshots = iter(training)
    next(snapshots)
    training.adjust(**changes)
    next(snapshots)
    return (weights(training.model) - before).norm().item()


def test_adjusted_learning_rate_takes_effect_at_the_next_step(tiny):
    assert step_size(tiny, learning_rate=0.03) == pytest.approx(3 * step_size(tiny), rel=1e-3)


def test_adjust_refuses_values_outside_limits_and_keeps_the_old(tiny):
    training = Training(SMALL, tiny)
    with pytest.raises(ExperimentError, match="learning_rate"):
        training.adjust(learning_rate=11)
    assert training.experiment == SMALL


def test_more_epochs_let_an_ended_training_go_on_as_if_it_had_never_ended(tiny):
    training = Training(SMALL.replace(epochs=1), tiny)
    assert [s.ended for s in training][-1] == "epochs"
    training.adjust(epochs=3)
    assert [(s.epoch, s.step) for s in training] == [(1, 4), (1, 5), (2, 6), (2, 7), (2, 8), (3, 9)]
    whole = Training(SMALL, tiny)
    for _ in whole:
        pass
    assert torch.equal(weights(training.model), weights(whole.model))


# ---- the data


def test_only_the_first_n_train_pictures_are_learned_from(tiny):
    spoilt = tiny.x_train.clone()
    spoilt[20:] = 1
    other = dataclasses.replace(tiny, x_train=spoilt)
    trained = []
    for data in (tiny, other):
        training = Training(SMALL.replace(n_train=20), data)
        assert training.steps_per_epoch == 1
        for _ in training:
            pass
        trained.append(weights(training.model))
    assert torch.equal(*trained)


def test_target_of_training_is_the_clean_picture():
    white = torch.ones(40, 784)
    data = Dataset("mnist-5k", white, torch.zeros(40).long(), *2 * (white, torch.zeros(40).long()))
    blind = SMALL.replace(corruption="masking", noise_level=1.0, learning_rate=0.01, epochs=30)
    curve = [s.val.mse for s in train(blind, data) if s.val]  # sees black, is shown white
    assert curve[-1] < 0.9 * curve[0]


@pytest.mark.parametrize("corruption", CORRUPTIONS)
def test_training_leaves_the_shared_dataset_as_it_was(corruption, tiny):
    before = tiny.x_train.clone(), tiny.x_test.clone()
    for _ in train(SMALL.replace(corruption=corruption), tiny):
        pass
    assert torch.equal(tiny.x_train, before[0])
    assert torch.equal(tiny.x_test, before[1])


def test_test_input_has_the_same_noise_every_time_and_the_target_none(tiny):
    noisy = SMALL.replace(corruption="masking", noise_level=0.5)
    training = Training(noisy, tiny)
    assert torch.equal(training.x_val_input, corrupt_fixed(noisy, tiny.x_val))
    assert not torch.equal(training.x_val_input, tiny.x_val)
    assert torch.equal(training.x_test, tiny.x_test)
    assert not torch.equal(corrupt_fixed(noisy.replace(seed=1), tiny.x_val), training.x_val_input)


# ---- evaluation


@pytest.mark.parametrize("key", ["vanilla", "vae", "sparse", "denoising"])
def test_evaluation_equals_a_computation_by_hand(key, digits):
    experiment = variants.build(key, latent_dim=3)
    model = Autoencoder(experiment)
    x, x_input = digits.x_train[:1300], corrupt_fixed(experiment, digits.x_train[:1300])
    found = evaluate(model, x_input, x)
    x_hat = model.reconstruct(x_input)
    squares = ((x_hat.double() - x.double()) ** 2).numpy()
    assert len(x) % CHUNK  # the last chunk is smaller
    assert found.mse == pytest.approx(squares.mean(), rel=1e-5)
    assert found.sse == pytest.approx(squares.sum(axis=1).mean(), rel=1e-5)
    assert found.sse == pytest.approx(784 * found.mse)
    total = found.terms["recon_loss"] + found.terms.get("penalty", 0)
    assert found.terms["total_loss"] == pytest.approx(total)
    if experiment.recon_loss == "mse":
        assert found.terms["recon_loss"] == pytest.approx(found.mse, rel=1e-5)


def test_evaluation_shows_the_first_pictures(digits):
    model = Autoencoder(SMALL)
    sample = evaluate(model, digits.x_train, digits.x_train).sample
    torch.testing.assert_close(sample.x_hat, model.reconstruct(digits.x_train[:CHUNK]))


# ---- codes


@pytest.mark.parametrize("k", [1, 3, 8])
def test_top_k_code_keeps_the_k_largest(k, tiny):
    model = Autoencoder(SMALL.replace(code="top_k", k=k, latent_dim=8))
    h = model.encoder(tiny.x_test)
    z = model.encode(tiny.x_test)
    assert ((z != 0).sum(dim=1) <= k).all()
    kept = h.detach().sort(dim=1, descending=True).values[:, :k]
    assert torch.equal(z.sum(dim=1), torch.where(z != 0, h, 0).sum(dim=1))
    torch.testing.assert_close(z.sum(dim=1), kept.sum(dim=1))


@pytest.fixture
def vae():
    return Autoencoder(SMALL.replace(code="gaussian", beta=1))


def test_gaussian_code_is_its_mean_without_a_generator(vae, tiny):
    output = vae(tiny.x_test)
    mu = vae.encoder(tiny.x_test)[:, :4]
    assert torch.equal(output.code.z, mu)
    assert torch.equal(vae.encode(tiny.x_test), mu)


def test_gaussian_code_is_drawn_with_its_own_mean_and_deviation(vae, tiny):
    x = tiny.x_test[:1].expand(20_000, -1)
    with torch.no_grad():
        mu, log_var = vae.encoder(x[:1]).squeeze().chunk(2)
        z = vae(x, Generator().manual_seed(0)).code.z
    sigma = (log_var / 2).exp()
    torch.testing.assert_close(z.mean(dim=0), mu, atol=0.03, rtol=0)
    torch.testing.assert_close(z.std(dim=0), sigma, atol=0, rtol=0.03)
    assert sigma.std() > 0.01  # the deviations differ, so a mix-up would show


def test_beta_scales_the_kl_divergence_per_pixel(vae, tiny):
    with torch.no_grad():
        output = vae(tiny.x_test)
        mu, log_var = vae.encoder(tiny.x_test).chunk(2, dim=1)
        kl = kl_divergence(Normal(mu, (log_var / 2).exp()), Normal(0.0, 1.0))
        heavy = Autoencoder(SMALL.replace(code="gaussian", beta=7))
        penalties = [m.losses(output, tiny.x_test)["penalty"].item() for m in (vae, heavy)]
    assert penalties[0] == pytest.approx(kl.sum(dim=1).mean().item() / 784, rel=1e-4)
    assert penalties[1] == pytest.approx(7 * penalties[0], rel=1e-5)


def test_beta_orders_the_latent_space(digits):
    kls = []
    for beta in (0.1, 10):
        experiment = variants.build("vae", beta=beta, n_train=1000, epochs=3, batch_size=50)
        *_, last = train(experiment, digits)
        kls.append(last.val.terms["penalty"] / beta)
    assert kls[1] < kls[0] / 3


def test_penalty_weight_scales_the_penalty(tiny):
    found = []
    for weight in (0.1, 0.3):
        model = Autoencoder(SMALL.replace(penalty="l1", penalty_weight=weight))
        found.append(model.losses(model(tiny.x_test), tiny.x_test)["penalty"].item())
    z = model.encode(tiny.x_test)
    assert found[0] == pytest.approx(0.1 * z.abs().mean().item(), rel=1e-5)
    assert found[1] == pytest.approx(3 * found[0], rel=1e-5)


# ---- the theorem


def test_linear_autoencoder_closes_in_on_pca_and_never_passes_it(digits):
    experiment = variants.build("linear", latent_dim=8, batch_size=100, learning_rate=5e-3)
    training = Training(experiment.replace(epochs=15), digits)
    for _ in training:
        pass
    training.adjust(learning_rate=2.5e-4, epochs=20)
    *_, last = training
    pca = fitted_pca(digits, 4000)

    def pca_error(x):
        return (pca.reconstruct(x, 8) - x).square().mean().item()

    x = digits.x_train
    assert 1 <= evaluate(training.model, x, x).mse / pca_error(x) < 1.02
    assert math.isclose(last.val.mse, pca_error(digits.x_val), rel_tol=0.02)


def test_time_limit_does_not_wait_for_the_end_of_an_epoch(digits):
    experiment = variants.build("vanilla", batch_size=1, max_seconds=0.05)
    training = Training(experiment, digits)
    last = list(training)[-1]
    assert last.ended == "seconds"
    assert last.epoch == 0
    assert last.step < training.steps_per_epoch


def test_training_iterated_again_within_the_first_epoch_does_not_start_over(tiny):
    training = Training(variants.build("vanilla", batch_size=8), tiny)
    first = iter(training)
    assert [next(first).step for _ in range(2)] == [0, 1]
    assert next(iter(training)).step == 2


def test_adjust_refuses_what_a_running_training_cannot_change(tiny):
    training = Training(variants.build("vanilla"), tiny)
    with pytest.raises(ExperimentError, match="latent_dim"):
        training.adjust(latent_dim=5)
    assert training.experiment.latent_dim == 32
