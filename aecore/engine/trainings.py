"""Jobs that consist of runs: some trainings one after another, or a single one to be watched.

The runs are made for the job and deleted when it ends; what stays is what was measured on them.
"""

import math
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from aecore.engine.job import Job, Step, Steps
from aecore.errors import N_, LabError, RunError
from aecore.spec.experiment import Experiment
from aecore.spec.view import RunView

T = TypeVar("T")


class Runs(Protocol):
    """What is needed of a client."""

    def create(self, experiment: Experiment, owner: str = "") -> str: ...
    def play(self, run_id: str) -> None: ...
    def set_pace(self, run_id: str, batches_per_second: float | None) -> None: ...
    def view(self, run_id: str) -> RunView: ...
    def ask(self, run_id: str, question: Callable[..., T], *args: Any) -> T: ...
    def delete(self, run_id: str) -> None: ...


@dataclass(frozen=True)
class Trained(Generic[T]):
    """What became of one training.

    Attributes:
        experiment: what was done.
        val_mse: mean squared error per pixel over all validation pictures, by which one may
            choose; None if it went wrong.
        test_mse: over all test pictures.
        seconds: spent training.
        error: what went wrong, if anything.
        answer: to the question that was asked about the trained model; None if there was none.
    """

    experiment: Experiment
    val_mse: float | None
    test_mse: float | None
    seconds: float
    error: LabError | None = None
    answer: T | None = None


class Trainings(Job[Trained[T]]):
    """Some experiments, trained one after another: each is a point of a curve, or a line of a table.

    One that goes wrong says so in its result, and the others go on.

    Args:
        runs: where to train.
        experiments: what to train, in this order.
        owner: who wants it: the trainings share that learner's turn.
        question: of `aecore.topics.<page>.ask`, asked about each trained model; None for no more
            than its errors.
        known: results of earlier trainings, to stand before these.
    """

    def __init__(
        self,
        runs: Runs,
        experiments: Sequence[Experiment],
        *,
        owner: str = "",
        question: Callable[..., T] | None = None,
        known: Iterable[Trained[T]] = (),
    ) -> None:
        super().__init__(
            lambda: _one_after_another(runs, experiments, owner, question),
            owner=owner,
            known=known,
            waits=True,
        )
        self.experiments = tuple(experiments)
        self._n_known = len(self.found)

    @property
    def results(self) -> list[Trained[T]]:
        """Those of its own experiments that are done, in order."""
        return self.found[self._n_known :]

    @property
    def current(self) -> Experiment | None:
        """What is being trained; None when nothing is left, or it was cancelled."""
        done = len(self.results)
        return None if self.over or done == len(self.experiments) else self.experiments[done]


def by_seeds(results: Iterable[Trained[T]]) -> dict[Experiment, list[Trained[T]]]:
    """The trainings that went well, those together that differ by their seed alone.

    Returns:
        Experiment with seed 0 -> its trainings, the smallest seed first; in the order in which the
        first of each was trained.
    """
    groups: dict[Experiment, list[Trained[T]]] = {}
    for result in results:
        if result.error is None:
            groups.setdefault(result.experiment.replace(seed=0), []).append(result)
    return {e: sorted(found, key=lambda r: r.experiment.seed) for e, found in groups.items()}


def missing(
    wanted: Iterable[Experiment], results: Iterable[Trained[Any]]
) -> tuple[Experiment, ...]:
    """What of it has not been trained well, each once."""
    known = {result.experiment for result in results if result.error is None}
    return tuple(dict.fromkeys(e for e in wanted if e not in known))


def watched(
    runs: Runs, experiment: Experiment, owner: str = "", pace: float | None = None
) -> Generator[tuple[str, RunView], None, None]:
    """Trains an experiment, and yields its run and a look at that, again and again until its end.

    A run that paused because nobody looked goes on; one that is gone is made anew.

    Args:
        runs: where to train.
        experiment: what to train.
        owner: whose turn it takes.
        pace: batches per second, for one that shall be seen untrained first: it waits until it
            is played. None for as fast as it goes, at once.
    """
    run_id: str | None = None
    try:
        while True:
            view = None if run_id is None else _look(runs, run_id)
            if run_id is None or view is None:
                run_id = runs.create(experiment, owner)
                runs.set_pace(run_id, pace)
                if pace is None:
                    runs.play(run_id)
                view = runs.view(run_id)
            elif view.state == "paused":
                runs.play(run_id)
            yield run_id, view
            if view.state == "failed" or (view.state == "ended" and not view.is_measuring):
                return
    finally:
        if run_id is not None:
            runs.delete(run_id)


def _look(runs: Runs, run_id: str) -> RunView | None:
    try:
        return runs.view(run_id)
    except RunError:
        return None


def _one_after_another(
    runs: Runs,
    experiments: Sequence[Experiment],
    owner: str,
    question: Callable[..., T] | None,
) -> Steps[Trained[T]]:
    total = len(experiments)
    for done, experiment in enumerate(experiments):
        result: Trained[T] | None = None
        with closing(watched(runs, experiment, owner)) as looks:
            for run_id, view in looks:
                if view.state in ("ended", "failed") and not view.is_measuring:
                    result = _result(runs, run_id, view, question)
                else:
                    yield Step(min((done + view.progress) / total, 1.0))
                    yield None
        yield Step((done + 1) / total, result)


def _result(
    runs: Runs, run_id: str, view: RunView, question: Callable[..., T] | None
) -> Trained[T]:
    mse = math.nan if view.val_mse is None else view.val_mse
    error = view.error
    if view.ended == "diverged" or (error is None and not math.isfinite(mse)):
        error = RunError(N_("The loss diverged: it grew beyond all bounds."))
    if error is not None:
        return Trained(view.experiment, None, None, view.seconds, error)
    answer = None if question is None else runs.ask(run_id, question)
    return Trained(view.experiment, mse, view.test_mse, view.seconds, None, answer)
