"""Reconstruction losses: pure functions of tensors.

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
from torch import Tensor

from aecore.shapes import check_same_shape
from aecore.spec.experiment import SIDE


def mse(logits: Tensor, x_hat: Tensor, x: Tensor) -> Tensor:
    """Mean squared error: (1/N) sum (x_hat - x)^2 over all N pixels."""
    return F.mse_loss(x_hat, x)


def bce(logits: Tensor, x_hat: Tensor, x: Tensor) -> Tensor:
    """Binary cross-entropy: -(x log x_hat + (1 - x) log(1 - x_hat)), in nats per pixel.

    Computed from the logits, where a saturated sigmoid still has a gradient.
    """
    return _CrossEntropy.apply(logits, x_hat, x)


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
    check_same_shape(x_hat, x)
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
    check_same_shape(x_hat, x)
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
