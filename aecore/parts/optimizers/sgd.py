"""Stochastic gradient descent with momentum."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from aecore.errors import N_
from aecore.parts.optimizers._optimizer import Optimizer

if TYPE_CHECKING:
    import torch
    from torch import nn


def make(parameters: "Iterable[nn.Parameter]", learning_rate: float) -> "torch.optim.Optimizer":
    """Gradient descent with momentum, all parameters in one kernel.

    Source: Sutskever et al. 2013, "On the importance of initialization and momentum".
    """
    import torch

    return torch.optim.SGD(parameters, lr=learning_rate, momentum=0.9, fused=True)


OPTIMIZER = Optimizer(
    key="sgd",
    order=4,
    title=N_("SGD with momentum 0.9"),
    says=N_(
        "All weights move along their gradients with one learning rate, and keep nine tenths of the step before."
    ),
    make=make,
    program="SGD(model.parameters(), LEARNING_RATE, momentum=0.9, fused=True)",
)
