"""Structural similarity."""

from functools import cache
from typing import TYPE_CHECKING

from aecore.errors import N_
from aecore.parts.losses._loss import Loss
from aecore.parts.term import Term
from aecore.shapes import Picture, Shape, check_same_shape

if TYPE_CHECKING:
    import torch
    from torch import Tensor


SIDE = 11
"""Pixels of a window's side, in the paper."""


@cache
def _window(side: int, device: "torch.device", dtype: "torch.dtype") -> "Tensor":
    """Normalised Gaussian weights of a window, sigma 1.5: (side,), which is odd."""
    import torch

    offsets = torch.arange(side, device=device, dtype=dtype) - side // 2
    weights = torch.exp(-offsets.square() / (2 * 1.5**2))
    return weights / weights.sum()


def _blur(x: "Tensor") -> "Tensor":
    """Gaussian-weighted means of windows, as many as lie inside: of (n, 1, height, width).

    They have 11x11 pixels, in pictures that have fewer as many as fit.
    """
    import torch.nn.functional as F

    side = min(SIDE, *((length - 1) // 2 * 2 + 1 for length in x.shape[2:]))
    weights = _window(side, x.device, x.dtype)
    return F.conv2d(F.conv2d(x, weights.view(1, 1, 1, -1)), weights.view(1, 1, -1, 1))


def ssim(x_hat: "Tensor", x: "Tensor", shape: Picture) -> "Tensor":
    """Structural similarity of each pair of pictures with pixels in [0, 1].

    Args:
        x_hat, x: (batch, pixels).
        shape: of a picture; the channels of a coloured one are compared one by one.

    Returns:
        (batch,), from -1 to 1; 1 for equal pictures.

    Raises:
        ShapeError: the two shapes differ.

    Source: Wang et al. 2004, "Image quality assessment", with its Gaussian 11x11 window.
    """
    check_same_shape(x_hat, x)
    # (batch * channels, 1, height, width)
    a, b = (pictures.reshape(-1, 1, shape.height, shape.width) for pictures in (x_hat, x))
    mu_a, mu_b = _blur(a), _blur(b)
    # var[a] = E[a^2] - E[a]^2, cov[a, b] = E[ab] - E[a]E[b]
    var_a = _blur(a * a) - mu_a**2
    var_b = _blur(b * b) - mu_b**2
    cov = _blur(a * b) - mu_a * mu_b
    c1, c2 = 0.01**2, 0.03**2  # (K1 L)^2 and (K2 L)^2 with dynamic range L = 1
    likeness = ((2 * mu_a * mu_b + c1) * (2 * cov + c2)) / (
        (mu_a**2 + mu_b**2 + c1) * (var_a + var_b + c2)
    )
    return likeness.mean(dim=(1, 2, 3)).view(len(x), -1).mean(dim=1)


def ssim_loss(logits: "Tensor", x_hat: "Tensor", x: "Tensor", shape: Shape) -> "Tensor":
    """1 - mean structural similarity: 0 for equal pictures, at most 2."""
    assert isinstance(shape, Picture)  # or the experiment had been refused
    return 1 - ssim(x_hat, x, shape).mean()


_PROGRAM = '''
def blur(x):
    """Gaussian-weighted means of small windows."""
    side = min(11, (min(SHAPE[1:]) - 1) // 2 * 2 + 1)
    offsets = torch.arange(side, device=DEVICE, dtype=torch.float32) - side // 2
    weights = torch.exp(-offsets.square() / (2 * 1.5**2))
    weights = weights / weights.sum()
    return F.conv2d(F.conv2d(x, weights.view(1, 1, 1, -1)), weights.view(1, 1, -1, 1))


def ssim(x_hat, x):
    """Structural similarity of each pair of pictures (Wang et al. 2004)."""
    a, b = (pictures.view(-1, 1, *SHAPE[1:]) for pictures in (x_hat, x))
    mu_a, mu_b = blur(a), blur(b)
    var_a = blur(a * a) - mu_a**2
    var_b = blur(b * b) - mu_b**2
    cov = blur(a * b) - mu_a * mu_b
    c1, c2 = 0.01**2, 0.03**2
    brightness = (2 * mu_a * mu_b + c1) / (mu_a**2 + mu_b**2 + c1)
    structure = (2 * cov + c2) / (var_a + var_b + c2)
    return (brightness * structure).mean(dim=(1, 2, 3)).view(len(x), -1).mean(dim=1)
'''

LOSS = Loss(
    key="ssim",
    order=4,
    title=N_("SSIM (1 − structural similarity)"),
    axis="1 − SSIM",
    term=Term(
        "decoder",
        "1 − SSIM",
        r"1-\mathrm{SSIM}(x,\hat{x})",
        N_("Structural similarity: compares brightness, contrast and shapes in small windows."),
        html="1 − SSIM(<i>x̂</i>, <i>x</i>)",
        line="1 - ssim(x_hat, x).mean()",
    ),
    function=ssim_loss,
    kinds=("picture",),
    program=_PROGRAM,
    call="1 - ssim({x_hat}, x).mean()",
    sentences=(
        N_("Gaussian-weighted means of small windows."),
        N_("Structural similarity of each pair of pictures (Wang et al. 2004)."),
    ),
)
