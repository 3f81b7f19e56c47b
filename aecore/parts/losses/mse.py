"""Mean squared error."""

from typing import TYPE_CHECKING

from aecore.errors import N_
from aecore.parts.losses._loss import Loss
from aecore.parts.term import Term

if TYPE_CHECKING:
    from torch import Tensor


def mse(logits: "Tensor", x_hat: "Tensor", x: "Tensor") -> "Tensor":
    """(1/N) sum (x_hat - x)^2 over all N pixels."""
    import torch.nn.functional as F

    return F.mse_loss(x_hat, x)


LOSS = Loss(
    key="mse",
    order=1,
    title=N_("MSE (mean squared error)"),
    axis=N_("MSE per pixel"),
    term=Term(
        "decoder",
        "MSE",
        r"\mathrm{MSE}(x,\hat{x})",
        N_(
            "Mean squared error, the mean of (x − x̂)² over the 784 pixels: how far the "
            "reconstruction is from the picture."
        ),
        html="MSE(<i>x̂</i>, <i>x</i>)",
        line="F.mse_loss(x_hat, x)",
    ),
    function=mse,
    call="F.mse_loss({x_hat}, x)",
)
