"""The floor of a dense model: the matrix products of one step and nothing else."""

from collections.abc import Iterator

import torch
from torch import nn

from benchmarks.contestants.task import BATCH, Entry, Task
from benchmarks.pace import Pace


def products(task: Task, pace: Pace) -> None:
    """Less is not possible with this model: no reading of pictures, no bias, no loss, no Adam."""
    model = task.network()
    pace.weights = model.state_dict  # which never change
    for _ in of_steps(model, task.device):
        pace(BATCH)


def of_steps(model: nn.Module, device: torch.device) -> Iterator[None]:
    """The products of one step after the other, for a model of linear layers."""
    weights = [layer.weight.detach() for layer in model.modules() if isinstance(layer, nn.Linear)]
    widths = [weights[0].shape[1], *(len(weight) for weight in weights)]
    h = [torch.rand(BATCH, width, device=device) for width in widths]
    grad_h = [torch.rand_like(activations) for activations in h]
    grad_weights = [torch.empty_like(weight) for weight in weights]
    while True:
        for i, weight in enumerate(weights):
            torch.mm(h[i], weight.T, out=h[i + 1])
        for i in reversed(range(len(weights))):
            torch.mm(grad_h[i + 1].T, h[i], out=grad_weights[i])
            if i > 0:  # nobody needs the gradient of the pictures
                torch.mm(grad_h[i + 1], weights[i], out=grad_h[i])
        yield


FLOOR = Entry(
    "floor: bare matrix products", {"torch.mm": products}, models=("dense",), learns=False
)
