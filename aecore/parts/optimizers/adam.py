"""Adam: each weight moves by its mean gradient over its usual size."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from aecore.errors import N_
from aecore.parts.optimizers._optimizer import Optimizer

if TYPE_CHECKING:
    import torch
    from torch import nn


def make(parameters: "Iterable[nn.Parameter]", learning_rate: float) -> "torch.optim.Optimizer":
    """Adam, all parameters in one kernel.

    Source: Kingma & Ba 2015, "Adam: a method for stochastic optimization".
    """
    import torch

    return torch.optim.Adam(parameters, lr=learning_rate, fused=True)


OPTIMIZER = Optimizer(
    key="adam",
    order=1,
    title="Adam",
    says=N_(
        "Each weight has a step of its own: the mean of its gradients, divided by how large they usually are."
    ),
    make=make,
    program="Adam(model.parameters(), LEARNING_RATE, fused=True)",
)
