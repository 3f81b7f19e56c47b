"""The squared error of pictures, beside the losses of `aecore.parts.losses`."""

from torch import Tensor

from aecore.shapes import check_same_shape


def sse(x_hat: Tensor, x: Tensor) -> Tensor:
    """Squared error summed over each picture's pixels: (batch,)."""
    check_same_shape(x_hat, x)
    return (x_hat - x).square().sum(dim=1)
