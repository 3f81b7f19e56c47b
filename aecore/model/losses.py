"""Reconstruction losses and penalties: pure functions of tensors.

A reconstruction loss takes the decoder's output before its activation (`logits`), the
reconstruction `x_hat` and the clean pictures `x`, each (batch, 784), and returns a scalar:
the mean over pixels and pictures. All losses are at least 0 except BCE's offset, which is the
entropy of grey pixels.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

import torch
import torch.nn.functional as F
from torch import Generator, Tensor

from aecore.errors import N_, ShapeError
from aecore.spec.experiment import SIDE


def mse(logits: Tensor, x_hat: Tensor, x: Tensor) -> Tensor:
    """Mean squared error: (1/N) sum (x_hat - x)^2 over all N pixels."""
    return F.mse_loss(x_hat, x)


def bce(logits: Tensor, x_hat: Tensor, x: Tensor) -> Tensor:
    """Binary cross-entropy: -(x log x_hat + (1 - x) log(1 - x_hat)), in nats per pixel.

    Computed from the logits, where a saturated sigmoid still has a gradient.
    """
    loss: Tensor = _CrossEntropy.apply(logits, x_hat, x)
    return loss


class _CrossEntropy(torch.autograd.Function):
    """BCE with x_hat = sigmoid(a) of the logits a, when x_hat is at hand: a quarter of the time.

    Of one pixel it is softplus(a) - x a, with softplus(a) = log(1 + e^a). That logarithm is slow
    and loses digits near 1; as max(a, 0) - log(max(x_hat, 1 - x_hat)), the logarithm is of a number
    from 1/2 to 1. The gradient is x_hat - x, whatever a is.
    """

    @staticmethod
    def forward(ctx: Any, logits: Tensor, x_hat: Tensor, x: Tensor) -> Tensor:
        ctx.save_for_backward(x_hat, x)
        larger = (x_hat - 0.5).abs_().add_(0.5)  # max(x_hat, 1 - x_hat)
        total = logits.clamp(min=0).sum() - larger.log_().sum() - (x * logits).sum()
        return total / x.numel()

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None, None]:
        x_hat, x = ctx.saved_tensors
        return (x_hat - x) * gradient / x.numel(), None, None


def l1(logits: Tensor, x_hat: Tensor, x: Tensor) -> Tensor:
    """Mean absolute error: (1/N) sum |x_hat - x| over all N pixels."""
    return F.l1_loss(x_hat, x)


def ssim_loss(logits: Tensor, x_hat: Tensor, x: Tensor) -> Tensor:
    """1 - mean structural similarity: 0 for equal pictures, at most 2."""
    return 1 - ssim(x_hat, x).mean()


RECON_LOSSES: dict[str, Callable[[Tensor, Tensor, Tensor], Tensor]] = {
    "mse": mse,
    "bce": bce,
    "l1": l1,
    "ssim": ssim_loss,
}


def sse(x_hat: Tensor, x: Tensor) -> Tensor:
    """Squared error summed over each picture's pixels: (batch,)."""
    _check_same_shape(x_hat, x)
    return (x_hat - x).square().sum(dim=1)


@cache
def _window(device: torch.device, dtype: torch.dtype) -> Tensor:
    """Normalised Gaussian weights of 11 pixels, sigma 1.5: (11,)."""
    offsets = torch.arange(-5, 6, device=device, dtype=dtype)
    weights = torch.exp(-offsets.square() / (2 * 1.5**2))
    return weights / weights.sum()


def _blur(x: Tensor) -> Tensor:
    """Gaussian-weighted means of 11x11 windows: (batch, 1, 28, 28) -> (batch, 1, 18, 18)."""
    weights = _window(x.device, x.dtype)
    return F.conv2d(F.conv2d(x, weights.view(1, 1, 1, -1)), weights.view(1, 1, -1, 1))


def ssim(x_hat: Tensor, x: Tensor) -> Tensor:
    """Structural similarity of each pair of pictures with pixels in [0, 1].

    Args:
        x_hat, x: (batch, 784).

    Returns:
        (batch,), from -1 to 1; 1 for equal pictures.

    Raises:
        ShapeError: the two shapes differ.

    Source: Wang et al. 2004, "Image quality assessment", with its Gaussian 11x11 window.
    """
    _check_same_shape(x_hat, x)
    a, b = x_hat.view(-1, 1, SIDE, SIDE), x.view(-1, 1, SIDE, SIDE)
    mu_a, mu_b = _blur(a), _blur(b)
    # var[a] = E[a^2] - E[a]^2, cov[a, b] = E[ab] - E[a]E[b]
    var_a = _blur(a * a) - mu_a**2
    var_b = _blur(b * b) - mu_b**2
    cov = _blur(a * b) - mu_a * mu_b
    c1, c2 = 0.01**2, 0.03**2  # (K1 L)^2 and (K2 L)^2 with dynamic range L = 1
    likeness = ((2 * mu_a * mu_b + c1) * (2 * cov + c2)) / (
        (mu_a**2 + mu_b**2 + c1) * (var_a + var_b + c2)
    )
    return likeness.mean(dim=(1, 2, 3))


def kl_to_unit_gaussian(mu: Tensor, log_var: Tensor) -> Tensor:
    """KL divergence of each code's Gaussian from N(0, 1), per code dimension, in nats.

    Args:
        mu, log_var: (batch, latent_dim).

    Returns:
        (batch, latent_dim), at least 0; sum over the last axis for the KL of the whole code.

    Raises:
        ShapeError: the two shapes differ.

    Source: Kingma & Welling 2014, appendix B.
    """
    _check_same_shape(mu, log_var)
    # KL = -1/2 (1 + log sigma^2 - mu^2 - sigma^2)
    return -0.5 * (1 + log_var - mu.square() - log_var.exp())


def l1_sparsity(z: Tensor, rho: float) -> Tensor:
    """Mean absolute code: pulls every unit towards 0 on every picture. (batch, latent_dim) -> ()."""
    return z.abs().mean()


def kl_sparsity(z: Tensor, rho: float) -> Tensor:
    """KL divergence of each unit's mean activation from the target rho, summed over units.

    Args:
        z: (batch, latent_dim), activations in [0, 1].
        rho: the target mean activation, between 0 and 1.

    Returns:
        (), at least 0, in nats.

    Source: Ng 2011, CS294A lecture notes "Sparse autoencoder", section 3.
    """
    rho_hat = z.mean(dim=0).clamp(1e-6, 1 - 1e-6)
    # KL(rho || rho_hat) = rho log(rho / rho_hat) + (1 - rho) log((1 - rho) / (1 - rho_hat))
    rho_t = torch.full_like(rho_hat, rho)
    kl = rho_t * (rho_t / rho_hat).log() + (1 - rho_t) * ((1 - rho_t) / (1 - rho_hat)).log()
    return kl.sum()


def contractive(
    encode: Callable[[Tensor], Tensor], x: Tensor, generator: Generator | None = None
) -> Tensor:
    """Squared Frobenius norm of the encoder's Jacobian J = dz/dx, mean over pictures.

    Estimated with one backward pass: for random signs v, E |v^T J|^2 = |J|_F^2. Training must
    draw new signs in each step: under signs that it sees again and again, a network learns to be
    steep in the other directions, and the estimate falls below the norm.

    Args:
        encode: (batch, 784) -> (batch, latent_dim).
        x: (batch, 784).
        generator: draws the signs; None for the same ones in every call, to measure with.

    Returns:
        (), at least 0.

    Source: Rifai et al. 2011, "Contractive auto-encoders"; the estimate: Hutchinson 1990.
    """
    training = torch.is_grad_enabled()
    with torch.enable_grad():
        x = x.detach().requires_grad_()
        z = encode(x)
        signs = generator or Generator(x.device).manual_seed(0)
        v = 2 * torch.randint(0, 2, z.shape, generator=signs, device=x.device) - 1
        (v_j,) = torch.autograd.grad((v * z).sum(), x, create_graph=training)  # (batch, 784)
    return v_j.square().sum(dim=1).mean()


PENALTIES: dict[str, Callable[[Tensor, float], Tensor]] = {
    "l1": l1_sparsity,
    "kl_sparsity": kl_sparsity,
}
"""Penalties on the code alone; the contractive one needs the encoder and its input as well."""


def _check_same_shape(a: Tensor, b: Tensor) -> None:
    if a.shape != b.shape:
        raise ShapeError(
            N_("Both arrays must have one shape, but were {first} and {second}."),
            first=tuple(a.shape),
            second=tuple(b.shape),
        )
