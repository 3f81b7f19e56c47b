"""The one training loop, as a generator: whoever iterates it decides the pace.

Pause is not calling `next`; one step is calling it once; stop is closing it. The loop knows no
variant by name: what differs between variants is inside the model and its losses.

    for snapshot in train(experiment, dataset):
        if snapshot.val is not None:
            print(snapshot.epoch, snapshot.val.mse)
"""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Generator, Tensor

from aecore.data.datasets import Dataset
from aecore.model.autoencoder import UNTOLD, Autoencoder
from aecore.model.stacking import layer_losses
from aecore.parts.corruptions import corrupted
from aecore.parts.optimizers import OPTIMIZERS
from aecore.spec.experiment import Experiment
from aecore.spec.schedule import stage_at
from aecore.training.evaluation import Evaluation, evaluate
from aecore.training.fast import malloc
from aecore.training.fast.update import Quickest, Update

CHECK_EVERY = 25
"""Steps between looks at the loss and the clock; each look waits for the device."""

UNTOLD_SHARE = 0.1
"""A conditional model learns from this share of the pictures without being told their class."""

EXPLODED = 1e3
"""A loss this many times the first one counts as diverged."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Where a training stands after one batch.

    Attributes:
        epoch: epochs completed.
        step: batches done in all.
        terms: the batch's loss terms, scalars still on the device.
        train: mean terms over the epoch just completed, measured while the weights moved;
            None inside an epoch and before the first.
        val: the validation set at the end of an epoch, and before the first step; else None.
        ended: why this is the last snapshot: epochs, target, seconds, patience or diverged.
    """

    epoch: int
    step: int
    terms: Mapping[str, Tensor]
    train: Mapping[str, float] | None = None
    val: Evaluation | None = None
    ended: str | None = None


class Training:
    """A model, its optimiser and its data, and the loop that brings them together.

    Iterate it for snapshots. A loop that ended because of a stop rule can be iterated again
    after `adjust` has moved the rule, and goes on where it was, in the midst of an epoch too.
    How it learns from a batch is `learn_from`; `update` does the same sooner, and can be replaced.
    Everything that this takes is an attribute: `aecore.training.resume` keeps it and brings it back.

    Args:
        experiment: what to do.
        dataset: on the device where training shall run.
    """

    def __init__(self, experiment: Experiment, dataset: Dataset) -> None:
        malloc.keep_freed_memory()
        self.experiment = experiment
        self.device = dataset.device
        self.x_train, self.y_train = training_set(dataset, experiment.n_train, experiment.classes)
        self.x_val, self.y_val = dataset.x_val, dataset.y_val
        self.x_val_input = corrupt_fixed(experiment, dataset.x_val)
        self.x_test, self.y_test = dataset.x_test, dataset.y_test
        self.model = Autoencoder(experiment).to(self.device)
        rule = OPTIMIZERS[experiment.optimizer]
        self.optimizer = rule.make(self.model.parameters(), experiment.learning_rate)
        self.epoch = 0
        self.step = 0
        self.seconds = 0.0
        self.images = 0
        self.ended: str | None = None  # why the loop is over
        self.batches_done = 0  # of the epoch under way
        self.sums: Tensor | None = None  # of their loss terms
        self.order = Generator(self.device).manual_seed(experiment.seed)
        self.order_state = self.order.get_state()  # as it was when the epoch began
        self.noise = Generator(self.device).manual_seed(experiment.seed + 1)
        self.update: Update = Quickest(self)
        self.first_loss = float("inf")
        self.best = (float("inf"), 0)  # (validation mse, its epoch)

    @property
    def steps_per_epoch(self) -> int:
        return -(-len(self.x_train) // self.experiment.batch_size)

    def adjust(self, **changes: Any) -> None:
        """Changes live fields of the experiment: learning rate and stop rules.

        Raises:
            ExperimentError: a field that is not live, or a value outside its limits.
        """
        self.experiment = self.experiment.adjusted(**changes)
        for group in self.optimizer.param_groups:
            group["lr"] = self.experiment.learning_rate

    def __iter__(self) -> Iterator[Snapshot]:
        self.ended = None
        if self.step == 0:
            yield self._untrained()
        while self.ended is None:
            self.enter_stage()
            batches = self._batches()
            for batch in batches[self.batches_done :]:
                started = time.perf_counter()
                terms = self.train_batch(batch)
                self.batches_done += 1
                # Not by name: what is named here lives until the next batch, and a look is 5 MB.
                yield self._snapshot(terms, len(batches), started)
                if self.ended:
                    break

    def _untrained(self) -> Snapshot:
        """What the first weights can do."""
        started = time.perf_counter()
        self.enter_stage()
        start = self.evaluate()
        self.first_loss = start.terms["total_loss"]
        self.seconds += time.perf_counter() - started
        return Snapshot(0, 0, {}, val=start)

    def _snapshot(self, terms: Mapping[str, Tensor], n_batches: int, started: float) -> Snapshot:
        """Where the training stands after a batch; at the end of an epoch, with the validation set."""
        # A sum, not a list: thousands of small tensors would scatter the heap.
        latest = torch.stack(tuple(terms.values()))
        self.sums = latest if self.sums is None else self.sums.add_(latest)
        train: dict[str, float] | None = None
        val: Evaluation | None = None
        if self.batches_done == n_batches:
            train = dict(zip(terms, (self.sums / n_batches).tolist(), strict=True))
            self.epoch, self.batches_done, self.sums = self.epoch + 1, 0, None
            val = self.evaluate()
            self.ended = self._why_stop(val)
        elif self.step % CHECK_EVERY == 0:
            self.ended = self._why_break_off(terms)
        self.seconds += time.perf_counter() - started
        return Snapshot(self.epoch, self.step, terms, train, val, self.ended)

    def train_batch(self, batch: Tensor) -> dict[str, Tensor]:
        """One update, as `learn_from` does it and the quickest way there is.

        Args:
            batch: indices into the training pictures, (batch,).

        Returns:
            The loss terms as scalars on the device, detached.
        """
        terms = self.update(self, batch)
        self.step += 1
        self.images += len(batch)
        return terms

    def learn_from(
        self, batch: Tensor, step: Callable[[], object] | None = None
    ) -> dict[str, Tensor]:
        """One update, written out: forward, loss, backward, step.

        Args:
            batch: indices into the training pictures, (batch,).
            step: moves the weights along their gradients; None for the optimiser's own step.

        Returns:
            The loss terms as scalars on the device, detached.
        """
        x_tilde, x = self.samples(batch)
        if self.model.layers_in_use is None:
            output = self.model(x_tilde, self.noise, self.told(batch))
            terms = self.model.losses(output, x, self.noise)
        else:  # a deep model that is being built up
            terms = layer_losses(self.model, x_tilde, x, self.model.layers_in_use)
        self.optimizer.zero_grad()
        terms["total_loss"].backward()
        (step or self.optimizer.step)()
        return {name: term.detach() for name, term in terms.items()}

    def samples(self, batch: Tensor) -> tuple[Tensor, Tensor]:
        """What the encoder gets and what should come out, each (batch, numbers)."""
        e = self.experiment
        x = self.x_train.index_select(0, batch)
        return corrupted(e.corruption, x, e.noise_level, self.noise, e.shape), x

    def told(self, batch: Tensor) -> Tensor | None:
        """The classes that a conditional model is told, (batch,): now and then it gets none, so
        that it can do without (as in Ho & Salimans 2022, "Classifier-free diffusion guidance")."""
        if self.experiment.condition == "none":
            return None
        u = torch.rand(len(batch), generator=self.noise, device=self.device)
        return self.y_train[batch].masked_fill(u < UNTOLD_SHARE, UNTOLD)

    def evaluate(self) -> Evaluation:
        """The errors on the validation set as it is now: what stop rules and viewers look at."""
        return evaluate(self.model, self.x_val_input, self.x_val, self.y_val)

    def test(self) -> Evaluation:
        """The errors on the test set as it is now: the last number, that nothing is chosen by."""
        x_input = corrupt_fixed(self.experiment, self.x_test)
        return evaluate(self.model, x_input, self.x_test, self.y_test)

    def enter_stage(self) -> None:
        self.model.layers_in_use = stage_at(self.experiment, self.epoch).layer

    def _batches(self) -> tuple[Tensor, ...]:
        """All batches of the epoch, as indices; the same ones again in the midst of an epoch."""
        if self.batches_done:
            self.order.set_state(self.order_state)
        else:
            self.order_state = self.order.get_state()
        order = torch.randperm(len(self.x_train), generator=self.order, device=self.device)
        return order.split(self.experiment.batch_size)

    def _why_break_off(self, terms: Mapping[str, Tensor]) -> str | None:
        """Reasons that do not wait for the end of an epoch, which may take minutes."""
        if self._diverged(terms["total_loss"].item()):
            return "diverged"
        limit = self.experiment.max_seconds
        return "seconds" if limit and self.seconds >= limit else None

    def _diverged(self, loss: float) -> bool:
        return not loss < EXPLODED * max(self.first_loss, 1e-3)  # also true for NaN

    def _why_stop(self, val: Evaluation) -> str | None:
        e = self.experiment
        if self._diverged(val.terms["total_loss"]):
            return "diverged"
        if self.model.layers_in_use is not None:  # not the whole model yet
            over = e.max_seconds and self.seconds >= e.max_seconds
            return "seconds" if over else "epochs" if self.epoch >= e.epochs else None
        if val.mse < self.best[0]:
            self.best = (val.mse, self.epoch)
        if e.target_mse and val.mse <= e.target_mse:
            return "target"
        if e.max_seconds and self.seconds >= e.max_seconds:
            return "seconds"
        if e.patience and self.epoch - self.best[1] >= e.patience:
            return "patience"
        return "epochs" if self.epoch >= e.epochs else None


def training_set(
    dataset: Dataset, n_train: int, classes: tuple[int, ...] = ()
) -> tuple[Tensor, Tensor]:
    """What is learned from: the first pictures of the chosen classes, and their labels.

    Args:
        dataset: whose training pictures.
        n_train: how many of them, at most.
        classes: labels; empty for all.

    Returns:
        (at most n_train, numbers) and (as many,).
    """
    x, y = dataset.x_train, dataset.y_train
    if classes:
        chosen = torch.isin(y, torch.tensor(classes, device=dataset.device))
        x, y = x[chosen], y[chosen]
    return x[:n_train], y[:n_train]


def training_pictures(dataset: Dataset, n_train: int, classes: tuple[int, ...] = ()) -> Tensor:
    """The pictures of `training_set` alone."""
    return training_set(dataset, n_train, classes)[0]


def train(experiment: Experiment, dataset: Dataset) -> Iterator[Snapshot]:
    """Trains from the first weights, a snapshot after each batch."""
    return iter(Training(experiment, dataset))


def fixed_corruption(experiment: Experiment) -> tuple[str, float, int] | None:
    """What `corrupt_fixed` depends on besides the pictures: equal here, the same there."""
    if experiment.corruption == "none":
        return None
    return experiment.corruption, experiment.noise_level, experiment.seed


def corrupt_fixed(experiment: Experiment, x: Tensor) -> Tensor:
    """The pictures as the experiment's encoder gets them, with the same noise every time."""
    noise = Generator(x.device).manual_seed(experiment.seed + 2)
    return corrupted(experiment.corruption, x, experiment.noise_level, noise, experiment.shape)
