"""Binary cross-entropy for autograd."""

from typing import Any

import torch
from torch import Tensor


class CrossEntropy(torch.autograd.Function):
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
