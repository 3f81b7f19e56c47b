"""RMSprop: each gradient over its size of late."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from aecore.errors import N_
from aecore.parts.optimizers._optimizer import Optimizer

if TYPE_CHECKING:
    import torch
    from torch import nn


def make(parameters: "Iterable[nn.Parameter]", learning_rate: float) -> "torch.optim.Optimizer":
    """RMSprop.

    Source: Tieleman & Hinton 2012, lecture 6.5 of "Neural networks for machine learning".
    """
    import torch

    return torch.optim.RMSprop(parameters, lr=learning_rate)


OPTIMIZER = Optimizer(
    key="rmsprop",
    order=3,
    title="RMSprop",
    says=N_("The gradient of each weight, divided by how large it has been of late."),
    make=make,
    program="RMSprop(model.parameters(), LEARNING_RATE)",
)
