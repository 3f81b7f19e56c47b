"""AdamW: Adam with weight decay that the step does not see."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from aecore.errors import N_
from aecore.parts.optimizers._optimizer import Optimizer

if TYPE_CHECKING:
    import torch
    from torch import nn


def make(parameters: "Iterable[nn.Parameter]", learning_rate: float) -> "torch.optim.Optimizer":
    """AdamW, all parameters in one kernel.

    Source: Loshchilov & Hutter 2019, "Decoupled weight decay regularization".
    """
    import torch

    return torch.optim.AdamW(parameters, lr=learning_rate, fused=True)


OPTIMIZER = Optimizer(
    key="adamw",
    order=2,
    title="AdamW",
    says=N_("Adam, which also shrinks every weight a little in each step (weight decay 0.01)."),
    make=make,
    program="AdamW(model.parameters(), LEARNING_RATE, fused=True)",
)
