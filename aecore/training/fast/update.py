"""The quickest update there is for a training: the same numbers as `Training.learn_from`.

Three things can be done sooner, each where it was measured: gradients of dense networks written out
by hand (`by_hand`), Adam's kernel called directly (`adam`), and on a GPU the whole update recorded
once and replayed (`cuda_graph`). Whoever wants none of it sets `training.update` to
`Training.learn_from`.
"""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from aecore.training.fast import adam, by_hand, cuda_graph
from aecore.training.fast.by_hand import ByHand
from aecore.training.fast.cuda_graph import StepGraph

if TYPE_CHECKING:
    from aecore.training.loop import Training

Update = Callable[["Training", Tensor], dict[str, Tensor]]
"""Learns from a batch, given as indices, and returns the loss terms as detached scalars."""


class Quickest:
    """An `Update` for one training, which it does not hold.

    Attributes:
        step: moves the weights along their gradients.
        by_hand: sets the gradients without autograd; None where that is not written out.
        graph: replays whole updates; None where there is no GPU, or it cannot be recorded.
    """

    def __init__(self, training: "Training") -> None:
        e, device = training.experiment, training.device
        self.step = adam.stepper(e, training.optimizer)
        self.by_hand = ByHand(training.model) if by_hand.applies(e, device) else None
        self.graph: StepGraph | None = None
        if cuda_graph.asked_for() and cuda_graph.allows(e, device):
            self.graph = StepGraph(training.optimizer, training.noise, e.batch_size, device)

    def __call__(self, training: "Training", batch: Tensor) -> dict[str, Tensor]:
        if self.graph is not None and self.graph.takes(batch):
            return self.graph.learn_from(batch, partial(self._update, training))
        return self._update(training, batch)

    def _update(self, training: "Training", batch: Tensor) -> dict[str, Tensor]:
        # Only autograd knows which products to take in another precision.
        if self.by_hand is None or torch.is_autocast_enabled(training.device.type):
            return training.learn_from(batch, self.step)
        x_tilde, x = training.samples(batch)
        terms = self.by_hand.learn_from(x_tilde, x, training.noise, training.told(batch))
        self.step()
        return terms
