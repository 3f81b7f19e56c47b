"""Losses and penalties against independent implementations."""

from functools import partial

import pytest
import torch
import torch.nn.functional as F
from skimage.metrics import structural_similarity
from torch.distributions import Bernoulli, Normal, kl_divergence

from aecore.errors import ShapeError
from aecore.model.losses import sse
from aecore.parts.codes.gaussian import kl_to_unit_gaussian
from aecore.parts.datasets import DIGIT
from aecore.parts.losses import LOSSES
from aecore.parts.losses.bce import bce
from aecore.parts.losses.l1 import l1
from aecore.parts.losses.mse import mse
from aecore.parts.losses.ssim import ssim, ssim_loss
from aecore.parts.penalties.kl_sparsity import kl_sparsity
from aecore.parts.penalties.l1 import l1_sparsity

SHAPE = (6, 784)


@pytest.fixture
def pair(digits):
    """Reconstruction-like pictures, and the pictures they are to be."""
    noise = torch.randn(SHAPE, generator=torch.Generator().manual_seed(1))
    x = digits.x_test[:6]
    return (0.8 * x + 0.1 + 0.1 * noise).clamp(0.01, 0.99), x


def test_mse_is_the_mean_over_all_pixels(pair):
    x_hat, x = pair
    by_hand = ((x_hat.double() - x.double()) ** 2).sum() / (6 * 784)
    assert mse(x_hat, x_hat, x, DIGIT).item() == pytest.approx(by_hand.item(), rel=1e-5)


def test_l1_is_the_mean_absolute_difference(pair):
    x_hat, x = pair
    by_hand = (x_hat.double() - x.double()).abs().sum() / (6 * 784)
    assert l1(x_hat, x_hat, x, DIGIT).item() == pytest.approx(by_hand.item(), rel=1e-5)


def test_sse_is_summed_per_picture(pair):
    x_hat, x = pair
    by_hand = [
        sum((a - b) ** 2 for a, b in zip(*rows, strict=True))
        for rows in zip(x_hat.tolist(), x.tolist(), strict=True)
    ]
    assert sse(x_hat, x).tolist() == pytest.approx(by_hand, rel=1e-5)


def test_bce_equals_torch_on_probabilities(pair):
    x_hat, x = pair
    expected = F.binary_cross_entropy(x_hat.double(), x.double()).item()
    assert bce(x_hat.logit(), x_hat, x, DIGIT).item() == pytest.approx(expected, rel=1e-5)


def test_bce_has_a_gradient_where_the_sigmoid_is_saturated():
    logits = torch.full(SHAPE, -200.0, requires_grad=True)
    bce(logits, logits.sigmoid(), torch.ones(SHAPE), DIGIT).backward()
    assert logits.grad.abs().min() > 0


def test_ssim_equals_scikit_image_for_each_picture(pair):
    x_hat, x = pair
    expected = [
        structural_similarity(
            a.reshape(28, 28),
            b.reshape(28, 28),
            gaussian_weights=True,
            sigma=1.5,
            use_sample_covariance=False,
            data_range=1,
        )
        for a, b in zip(x_hat.double().numpy(), x.double().numpy(), strict=True)
    ]
    assert ssim(x_hat, x, DIGIT).tolist() == pytest.approx(expected, abs=1e-4)


def test_ssim_loss_is_zero_for_equal_pictures_only(pair):
    x_hat, x = pair
    assert ssim_loss(x, x, x, DIGIT).item() == pytest.approx(0, abs=1e-6)
    expected = 1 - ssim(x_hat, x, DIGIT).mean().item()
    assert ssim_loss(x_hat, x_hat, x, DIGIT).item() == pytest.approx(expected)
    assert expected > 0.01


@pytest.mark.parametrize("name", LOSSES)
def test_recon_loss_has_a_finite_gradient(name, pair):
    logits = pair[0].logit().requires_grad_()
    LOSSES[name].function(logits, logits.sigmoid(), pair[1], DIGIT).backward()
    assert logits.grad.isfinite().all()
    assert logits.grad.abs().sum() > 0


@pytest.mark.parametrize("name", LOSSES)
def test_recon_loss_falls_towards_the_picture(name, pair):
    x_hat, x = pair[0], pair[1].clamp(0.01, 0.99)
    closer = (x_hat + x) / 2
    loss = LOSSES[name].function
    assert loss(closer.logit(), closer, x, DIGIT) < loss(x_hat.logit(), x_hat, x, DIGIT)


def test_kl_to_unit_gaussian_equals_torch_distributions():
    g = torch.Generator().manual_seed(2)
    mu, log_var = 2 * torch.randn(50, 7, generator=g), torch.randn(50, 7, generator=g)
    expected = kl_divergence(Normal(mu, (log_var / 2).exp()), Normal(0.0, 1.0))
    torch.testing.assert_close(kl_to_unit_gaussian(mu, log_var), expected)


def test_kl_to_unit_gaussian_is_zero_for_the_prior_itself():
    assert kl_to_unit_gaussian(torch.zeros(2, 3), torch.zeros(2, 3)).abs().max() == 0


@pytest.mark.parametrize("rho", [0.01, 0.05, 0.5, 0.9])
def test_kl_sparsity_equals_torch_distributions(rho):
    z = torch.rand(40, 5, generator=torch.Generator().manual_seed(3))
    expected = kl_divergence(Bernoulli(torch.tensor(rho)), Bernoulli(z.mean(dim=0))).sum()
    torch.testing.assert_close(kl_sparsity(z, rho), expected)


@pytest.mark.parametrize("activation", [0.0, 1.0])
def test_kl_sparsity_is_finite_for_units_that_never_change(activation):
    z = torch.full((4, 3), activation, requires_grad=True)
    kl = kl_sparsity(z, 0.05)
    assert kl.isfinite()
    assert kl > 0


def test_l1_sparsity_is_the_mean_absolute_code():
    z = torch.tensor([[1.0, -2.0], [0.0, 5.0]])
    assert l1_sparsity(z).item() == 2.0


@pytest.mark.parametrize("function", [sse, partial(ssim, shape=DIGIT), kl_to_unit_gaussian])
def test_different_shapes_are_refused_by_name(function):
    with pytest.raises(ShapeError, match=r"\(2, 784\) and \(1, 784\)"):
        function(torch.zeros(2, 784), torch.zeros(1, 784))
