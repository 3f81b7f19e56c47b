"""Mean absolute error."""

from typing import TYPE_CHECKING

from aecore.errors import N_
from aecore.parts.losses._loss import Loss
from aecore.parts.term import Term
from aecore.shapes import Shape

if TYPE_CHECKING:
    from torch import Tensor


def l1(logits: "Tensor", x_hat: "Tensor", x: "Tensor", shape: Shape) -> "Tensor":
    """(1/N) sum |x_hat - x| over all N numbers."""
    import torch.nn.functional as F

    return F.l1_loss(x_hat, x)


LOSS = Loss(
    key="l1",
    order=3,
    title=N_("L1 (mean absolute error)"),
    axis="L1",
    term=Term(
        "decoder",
        "L1",
        r"\mathrm{L1}(x,\hat{x})",
        N_(
            "Mean absolute error, the mean of |x − x̂| over the numbers of a sample: large differences "
            "count no more than their size."
        ),
        html="L1(<i>x̂</i>, <i>x</i>)",
        line="F.l1_loss(x_hat, x)",
    ),
    function=l1,
    call="F.l1_loss({x_hat}, x)",
)
