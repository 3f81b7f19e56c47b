"""Binary cross-entropy: each number as the probability of a 1, each pixel as that of white."""

from typing import TYPE_CHECKING

from aecore.errors import N_
from aecore.parts.losses._loss import Loss
from aecore.parts.term import Term
from aecore.shapes import Shape

if TYPE_CHECKING:
    from torch import Tensor


def bce(logits: "Tensor", x_hat: "Tensor", x: "Tensor", shape: Shape) -> "Tensor":
    """-(x log x_hat + (1 - x) log(1 - x_hat)), in nats per number.

    Computed from the logits, where a saturated sigmoid still has a gradient.
    """
    from aecore.parts.losses._cross_entropy import CrossEntropy

    loss: Tensor = CrossEntropy.apply(logits, x_hat, x)
    return loss


LOSS = Loss(
    key="bce",
    order=2,
    title=N_("BCE (binary cross-entropy)"),
    axis=N_("BCE, nats"),
    term=Term(
        "decoder",
        "BCE",
        r"\mathrm{BCE}(x,\hat{x})",
        N_(
            "Binary cross-entropy, the mean of −x log x̂ − (1 − x) log(1 − x̂) over the "
            "numbers of a sample: each pixel of the reconstruction counts as the probability of "
            "white, and a confident but wrong one costs a lot."
        ),
        html="BCE(<i>x̂</i>, <i>x</i>)",
        line="F.binary_cross_entropy(x_hat, x)",
    ),
    function=bce,
    of_logits=True,
    rules=(
        (
            lambda e: e.output != "sigmoid",
            N_(
                "With recon_loss bce, output must be sigmoid, but was {output}: cross-entropy compares probabilities."
            ),
        ),
    ),
    call="F.binary_cross_entropy_with_logits({logits}, x)",
)
