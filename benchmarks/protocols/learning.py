"""What the trainer leaves to a script: a schedule of the learning rate, averaged weights, and new
pictures per epoch."""

import math
from collections.abc import Callable, Iterator

import torch
from torch import Generator, Tensor

from aecore.training.loop import Training

WARM_UP = 0.05
"""Share of the steps in which the learning rate rises from 0."""


def cosine(step: int, steps: int, share: float = WARM_UP) -> float:
    """The share of the full learning rate: a straight rise, then half a cosine down to 0."""
    warm_up = max(1.0, share * steps)
    if step < warm_up:
        return (step + 1) / (warm_up + 1)
    return 0.5 * (1 + math.cos(math.pi * (step - warm_up) / (steps - warm_up)))


def epochs(
    training: Training,
    n_epochs: int,
    renew: Callable[[Generator], Tensor] | None = None,
    warm_up: float = WARM_UP,
    after_step: Callable[[], None] | None = None,
) -> Iterator[tuple[int, float]]:
    """Trains with a learning rate that ends at 0; yields (epochs done, mean loss) after each.

    Args:
        training: its experiment's learning rate is the highest.
        n_epochs: how many.
        renew: the training pictures of the next epoch, (n, 784); None for the same ones.
        warm_up: share of the steps in which the learning rate rises from 0.
        after_step: called after each update.
    """
    random = Generator(training.device).manual_seed(training.experiment.seed + 3)
    steps = n_epochs * training.steps_per_epoch
    highest = training.experiment.learning_rate
    for epoch in range(1, n_epochs + 1):
        if renew is not None:
            training.x_train = renew(random)
        order = torch.randperm(len(training.x_train), generator=random, device=training.device)
        total = torch.zeros((), device=training.device)
        batches = order.split(training.experiment.batch_size)
        for batch in batches:
            for group in training.optimizer.param_groups:
                group["lr"] = highest * cosine(training.step, steps, warm_up)
            total += training.train_batch(batch)["total_loss"]
            if after_step is not None:
                after_step()
        yield epoch, total.item() / len(batches)


def quicker_adam(training: Training, beta2: float = 0.95) -> None:
    """Lets Adam forget squared gradients sooner, and ignore none for being small."""
    for group in training.optimizer.param_groups:
        group["betas"] = (group["betas"][0], beta2)
        group["eps"] = 1e-12


class Average:
    """An average of the weights over the last updates, in which old ones fade.

        a <- a + share * (w - a)        at every `EVERY`th update

    Args:
        training: whose weights.
        begin: share of the steps after which it begins.
        n_epochs: how long the training is.
        share: of the new weights in the average.

    Source: Polyak & Juditsky 1992, "Acceleration of stochastic approximation by averaging".
    """

    EVERY = 10

    def __init__(
        self, training: Training, begin: float, n_epochs: int, share: float = 0.01
    ) -> None:
        self._training, self._share = training, share
        self._begin = begin * n_epochs * training.steps_per_epoch
        self._weights = list(training.model.parameters())
        self._average: list[Tensor] = []

    @torch.no_grad()
    def take(self) -> None:
        """To be called after each update."""
        if self._training.step < self._begin or self._training.step % self.EVERY:
            return
        if not self._average:
            self._average = [weight.clone() for weight in self._weights]
        for average, weight in zip(self._average, self._weights, strict=True):
            average.lerp_(weight, self._share)

    @torch.no_grad()
    def put(self) -> None:
        """Gives the model the average instead of its latest weights."""
        for average, weight in zip(self._average, self._weights, strict=True):
            weight.copy_(average)
