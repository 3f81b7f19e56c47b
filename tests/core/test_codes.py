"""What happens at the bottleneck: the vector-quantised code, and the slope of the encoder."""

import numpy as np
import pytest
import torch
from torch import Generator, nn

from aecore.model.autoencoder import Autoencoder
from aecore.model.codes import Bottleneck
from aecore.parts.codes.vq import REVIVE_AFTER
from aecore.parts.penalties.contractive import contractive
from aecore.spec import variants
from aecore.spec.experiment import Experiment
from aecore.training.diagnosis import diagnose
from aecore.training.loop import Training

VQ = Experiment(code="vq", latent_dim=6, vector_size=3, codebook_size=5)


@pytest.fixture
def code():
    module = Bottleneck(VQ)
    nn.init.normal_(module.codebook.weight, generator=Generator().manual_seed(0))
    return module


@pytest.fixture
def h():
    return torch.randn(40, 6, generator=Generator().manual_seed(1), requires_grad=True)


def test_each_vector_becomes_its_nearest_entry(code, h):
    found = code(h, None)
    for vector, entry, index in zip(
        h.view(-1, 3), found.mean.view(-1, 3), found.indices.view(-1), strict=True
    ):
        distances = (code.codebook.weight - vector).norm(dim=1)
        assert index == distances.argmin()
        assert torch.equal(entry, code.codebook.weight[index])
    torch.testing.assert_close(found.z, found.mean)


def test_gradient_passes_straight_through_to_the_encoder(code, h):
    weights = torch.randn(40, 6, generator=Generator().manual_seed(2))
    (code(h, None).z * weights).sum().backward()
    torch.testing.assert_close(h.grad, weights)
    assert code.codebook.weight.grad is None


def test_penalty_pulls_both_sides_together_with_the_weights_of_the_paper(code, h):
    found = code(h, None)
    gap = (h - found.mean).square().sum(dim=1).mean() / 784
    torch.testing.assert_close(code.penalty(found), 1.25 * gap)
    code.penalty(found).backward()
    # commitment only: 0.25 * 2 (e - q), spread over the batch and the pixels
    torch.testing.assert_close(h.grad, 0.5 * (h - found.mean).detach() / (40 * 784))
    assert code.codebook.weight.grad.abs().sum() > 0


def test_first_batch_spreads_the_entries_over_its_vectors(code, h):
    code(h, Generator().manual_seed(0))
    vectors = h.detach().view(-1, 3)
    for entry in code.codebook.weight:
        assert (vectors == entry).all(dim=1).any()


def test_entry_that_nothing_is_near_to_moves_after_a_while(code, h):
    noise = Generator().manual_seed(0)
    code(h, noise)
    with torch.no_grad():
        code.codebook.weight[2] = 1e3
    for _ in range(REVIVE_AFTER + 1):
        assert code.codebook.weight[2, 0] == 1e3
        code(h, noise)
    assert code.codebook.weight[2].abs().max() < 10


def test_looking_at_a_model_moves_no_entry(code, h):
    before = code.codebook.weight.detach().clone()
    for _ in range(2 * REVIVE_AFTER):
        code(h, None)
    assert torch.equal(code.codebook.weight, before)


def test_most_entries_are_in_use_after_training(digits):
    training = Training(Experiment(code="vq", epochs=3, batch_size=100), digits)
    for _ in training:
        pass
    found, output = diagnose(training.model, digits.x_test)
    assert len(output.code.indices.unique()) > 32
    assert "unused_entries" not in {diagnosis.key for diagnosis in found}


def test_unused_entries_are_named(digits):
    model = Autoencoder(Experiment(code="vq", codebook_size=64))
    with torch.no_grad():
        model.code.codebook.weight[3:] = 1e3
    sentences = [str(d.finding) for d in diagnose(model, digits.x_test)[0]]
    assert any("of 64 vectors" in sentence for sentence in sentences)


# ---- the contractive penalty


def slope(encoder: nn.Module, x: torch.Tensor) -> torch.Tensor:
    """The mean squared Frobenius norm of the Jacobian, entry by entry."""
    return torch.stack(
        [torch.autograd.functional.jacobian(encoder, row[None]).square().sum() for row in x]
    ).mean()


def test_contractive_penalty_is_the_squared_jacobian(digits):
    torch.manual_seed(0)
    encoder = nn.Sequential(nn.Linear(784, 12), nn.Tanh(), nn.Linear(12, 4), nn.Sigmoid())
    x = digits.x_test[:400]
    torch.testing.assert_close(contractive(encoder, x), slope(encoder, x), rtol=0.1, atol=0)


def test_contractive_penalty_is_exact_for_a_code_of_one_number(digits):
    torch.manual_seed(0)
    encoder = nn.Sequential(nn.Linear(784, 9), nn.Tanh(), nn.Linear(9, 1))
    x = digits.x_test[:20]
    torch.testing.assert_close(contractive(encoder, x), slope(encoder, x))


def test_contractive_penalty_can_be_measured_without_gradients(digits):
    encoder = nn.Sequential(nn.Linear(784, 9), nn.Tanh(), nn.Linear(9, 2))
    with torch.no_grad():
        measured = contractive(encoder, digits.x_test[:20])
    assert not measured.requires_grad
    torch.testing.assert_close(measured, contractive(encoder, digits.x_test[:20]))


@pytest.mark.parametrize("weight", [1e-4, 1e-3, 1e-2])
def test_contractive_penalty_is_the_jacobian_after_training_too(weight, digits):
    """Under signs that it had seen before, a trained encoder would be estimated at half of it."""
    small = {"hidden": (32,), "latent_dim": 16, "epochs": 10, "n_train": 500, "batch_size": 50}
    e = variants.build("contractive", penalty_weight=weight, **small).replace(learning_rate=5e-3)
    training = Training(e, digits)
    for _ in training:
        pass
    model, x = training.model, training.x_train

    def encode(x):
        return model.code(model.hidden(x), None).mean

    estimates = [
        model.losses(model(part), part, training.noise)["penalty"].item() / weight
        for part in x.split(e.batch_size)
    ]
    jacobians = torch.func.vmap(torch.func.jacrev(lambda one: encode(one[None])[0]))
    exact = np.mean(
        [jacobians(part).square().sum(dim=(1, 2)).mean().item() for part in x.split(250)]
    )
    assert 0.95 < np.mean(estimates) / exact < 1.05


def test_contractive_training_flattens_the_encoder(digits):
    def after(weight):
        e = Experiment(
            penalty="contractive", penalty_weight=weight, epochs=3, n_train=1000, batch_size=50
        )
        training = Training(e, digits)
        for _ in training:
            pass
        model = training.model
        return contractive(lambda x: model.code(model.encoder(x), None).mean, digits.x_test[:200])

    assert after(1e-3) < 0.2 * after(0)
