"""Mean squared error."""

from typing import TYPE_CHECKING

from aecore.errors import N_
from aecore.parts.losses._loss import Loss
from aecore.parts.term import Term
from aecore.shapes import Shape

if TYPE_CHECKING:
    from torch import Tensor


def mse(logits: "Tensor", x_hat: "Tensor", x: "Tensor", shape: Shape) -> "Tensor":
    """(1/N) sum (x_hat - x)^2 over all N numbers."""
    import torch.nn.functional as F

    return F.mse_loss(x_hat, x)


LOSS = Loss(
    key="mse",
    order=1,
    title=N_("MSE (mean squared error)"),
    axis="MSE",
    term=Term(
        "decoder",
        "MSE",
        r"\mathrm{MSE}(x,\hat{x})",
        N_(
            "Mean squared error, the mean of (x − x̂)² over the numbers of a sample: how far "
            "the reconstruction is from the original."
        ),
        html="MSE(<i>x̂</i>, <i>x</i>)",
        line="F.mse_loss(x_hat, x)",
    ),
    function=mse,
    call="F.mse_loss({x_hat}, x)",
)
