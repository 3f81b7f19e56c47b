"""Trains one experiment after another and collects their errors.

A sweep has no thread of its own: whoever watches it calls `poll`, which starts the next training
when the last one is done. When nobody polls any more, the training under way is paused by its
host, and the next poll goes on with it.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from aecore.analysis import intervals
from aecore.analysis.intervals import Interval
from aecore.data.datasets import BUNDLED
from aecore.errors import N_, ExperimentError, LabError, RunError
from aecore.spec import variants
from aecore.spec.experiment import Experiment
from aecore.spec.view import RunView


class Runs(Protocol):
    """What a sweep needs of a client."""

    def create(self, experiment: Experiment, owner: str = "") -> str: ...
    def play(self, run_id: str) -> None: ...
    def view(self, run_id: str) -> RunView: ...
    def delete(self, run_id: str) -> None: ...


@dataclass(frozen=True)
class Result:
    """What became of one training.

    Attributes:
        experiment: what was done.
        val_mse: mean squared error per pixel over all validation pictures, by which one may
            choose; None if it went wrong.
        test_mse: over all test pictures.
        seconds: spent training.
        error: what went wrong, if anything.
    """

    experiment: Experiment
    val_mse: float | None
    test_mse: float | None
    seconds: float
    error: LabError | None = None


@dataclass(frozen=True)
class Progress:
    """How far a sweep is.

    Attributes:
        total: trainings in all.
        results: those that are done, in order.
        current: what is being trained; None when nothing is left or the sweep was cancelled.
        share: of all the work, from 0 to 1.
    """

    total: int
    results: tuple[Result, ...]
    current: Experiment | None
    share: float


@dataclass(frozen=True)
class Plan:
    """What a sweep is to train.

    Attributes:
        experiments: in the order of training.
        refused: why some code sizes do not fit some variants, which are left out.
    """

    experiments: tuple[Experiment, ...]
    refused: tuple[ExperimentError, ...] = ()


def plan(keys: Iterable[str], sizes: Sequence[int], seeds: int = 1, **changes: object) -> Plan:
    """An experiment for each variant, each code size and each seed, small codes first.

    Args:
        keys: variants.
        sizes: code sizes, in numbers.
        seeds: 0 to seeds - 1 are used.
        changes: field -> value, for all of them.

    Raises:
        ExperimentError: an unknown variant.
    """
    planned: list[Experiment] = []
    refused: list[ExperimentError] = []
    for key in keys:
        preset = variants.get(key).experiment
        for size in sorted(sizes):
            wanted: dict[str, object] = {"latent_dim": size, **changes}
            if preset.matters("k"):
                wanted["k"] = min(preset.k, size)
            try:
                planned += [preset.replace(seed=seed, **wanted) for seed in range(seeds)]
            except ExperimentError as error:
                refused.append(error)
    return Plan(tuple(planned), tuple(refused))


def with_other_seeds(experiment: Experiment, seeds: int) -> tuple[Experiment, ...]:
    """The same with as many other seeds as make `seeds` together with its own; the smallest ones."""
    others = (seed for seed in range(seeds) if seed != experiment.seed)
    return tuple(experiment.replace(seed=seed) for seed in others)[: seeds - 1]


def approaching_pca(latent_dim: int) -> Experiment:
    """A linear autoencoder whose decoder comes to span PCA's subspace in a few seconds.

    Plain descent with large steps: the last direction to be found has little variance, so its
    gradient is small, and an adaptive optimiser blurs it with the noise of its batches. Code sizes
    of 2 to 16 end within 5 degrees on the bundled digits.
    """
    return variants.build(
        "linear",
        dataset=BUNDLED,
        latent_dim=latent_dim,
        optimizer="sgd",
        learning_rate=2.0,
        batch_size=256,
        epochs=150,
    )


Group = tuple[str, int]
"""A variant and a code size: trainings that differ by their seed."""


def by_group(results: Iterable[Result]) -> dict[Group, list[Result]]:
    """The results that have an error, each group's in the order of its seeds."""
    groups: dict[Group, list[Result]] = {}
    for result in sorted(results, key=lambda r: (r.experiment.latent_dim, r.experiment.seed)):
        if result.test_mse is not None:
            key = result.experiment.variant, result.experiment.latent_dim
            groups.setdefault(key, []).append(result)
    return groups


def shares_of_pca(
    results: Iterable[Result], curve: NDArray[np.float64]
) -> dict[Group, tuple[Interval, int]]:
    """Each group's error as a multiple of PCA's with as many numbers, and its number of seeds.

    Args:
        results: of a sweep.
        curve: (785,), PCA's errors with 0, 1, … 784 components.

    Returns:
        Group -> the mean over its seeds with an interval, which has no end for a single seed.
    """
    found = {}
    for (variant, size), group in by_group(results).items():
        pca = float(curve[min(size, len(curve) - 1)])
        shares = [r.test_mse / pca for r in group if r.test_mse is not None]
        found[variant, size] = intervals.of_seeds(shares), len(shares)
    return found


def chosen(results: Iterable[Result], curve: NDArray[np.float64]) -> Group:
    """The group with the lowest error against PCA on validation pictures, of at least one result.

    Test pictures then say how good it is: they have not been chosen by.
    """
    shares = {
        (variant, size): float(np.mean([r.val_mse for r in group if r.val_mse is not None]))
        / float(curve[min(size, len(curve) - 1)])
        for (variant, size), group in by_group(results).items()
    }
    return min(shares, key=shares.__getitem__)


class Sweep:
    """Some experiments, trained one after another.

    Args:
        runs: where to train.
        experiments: what to train, in this order.
        owner: who wants it: the trainings share that learner's turn.
    """

    def __init__(self, runs: Runs, experiments: Sequence[Experiment], owner: str = "") -> None:
        self._runs = runs
        self._experiments = tuple(experiments)
        self._owner = owner
        self._results: list[Result] = []
        self._run_id: str | None = None
        self._cancelled = False

    @property
    def is_running(self) -> bool:
        return not self._cancelled and len(self._results) < len(self._experiments)

    @property
    def results(self) -> tuple[Result, ...]:
        """Those that are done, in order."""
        return tuple(self._results)

    def poll(self) -> Progress:
        """Takes in a training that is done, starts the next one, and says how far it is."""
        done_of_current = 0.0
        if self.is_running:
            view = self._watch()
            done_of_current = view.progress
            if view.state in ("ended", "failed"):
                self._collect(view)
                done_of_current = 0.0
                if self.is_running:
                    self._watch()
        done = len(self._results)
        return Progress(
            total=len(self._experiments),
            results=self.results,
            current=self._experiments[done] if self.is_running else None,
            share=min((done + done_of_current) / max(len(self._experiments), 1), 1.0),
        )

    def cancel(self) -> None:
        """Ends the training under way and forgets it; results so far are kept."""
        self._cancelled = True
        self._forget()

    def _watch(self) -> RunView:
        """The training under way: made if there is none, made again if its host has forgotten it."""
        if self._run_id is not None:
            try:
                view = self._runs.view(self._run_id)
            except RunError:
                self._run_id = None
            else:
                if view.state == "paused":  # nobody had watched for a while
                    self._runs.play(self._run_id)
                return view
        self._run_id = self._runs.create(self._experiments[len(self._results)], self._owner)
        self._runs.play(self._run_id)
        return self._runs.view(self._run_id)

    def _collect(self, view: RunView) -> None:
        error = view.error
        mse = math.nan if view.val_mse is None else view.val_mse
        if view.ended == "diverged" or (error is None and not math.isfinite(mse)):
            error = RunError(N_("The loss diverged: it grew beyond all bounds."))
        val, test = (None, None) if error else (mse, view.test_mse)
        self._results.append(Result(view.experiment, val, test, view.seconds, error))
        self._forget()

    def _forget(self) -> None:
        if self._run_id is not None:
            self._runs.delete(self._run_id)
            self._run_id = None
