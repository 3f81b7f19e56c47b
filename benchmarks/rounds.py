"""Contestants in processes of their own, which have their turns one after the other.

Ratios are taken within a round: the machine may be busy, but then it is so for all. In one process
contestants would disturb each other: OpenMP's threads sleep between two products as soon as the
process has more of them than cores, and waking them costs a third of the speed.
"""

import multiprocessing
import os
import statistics
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection

import torch

from aecore.data import datasets, devices
from aecore.data.datasets import Dataset
from benchmarks import results_file
from benchmarks.pace import Failed, Race, Reached, Turn

WARM_UP = 0.3
"""Seconds of each of two turns that are not counted."""


class ContestantError(Exception):
    """A contestant's process could not go on; the last line of its report."""


class Contestant:
    """A process that trains for a while when asked, and says on how many pictures it did.

    Args:
        name: of its row.
        work: what the process does with its end of the connection; must be picklable.

    Raises:
        ContestantError: it could not begin.
    """

    def __init__(self, name: str, work: Callable[[Connection], None]) -> None:
        self.name = name
        self.rates: list[float] = []  # images/s, one per round
        self.races: list[Reached] = []
        self.failure: str | None = None
        processes = multiprocessing.get_context("spawn")
        self._ask, answer = processes.Pipe()
        # Not a daemon: the workers of a DataLoader are its children.
        self._process = processes.Process(target=work, args=(answer,))
        self._process.start()
        answer.close()  # so that its end is noticed here
        for _ in range(2):
            self.turn(WARM_UP)

    def run(self, seconds: float) -> None:
        """One turn that counts."""
        images, elapsed = self.turn(seconds)
        self.rates.append(images / elapsed)

    def turn(self, seconds: float) -> tuple[int, float]:
        """Trains for `seconds`: the number of pictures, and the seconds that it really took."""
        answer = self._answer(Turn(seconds))
        assert isinstance(answer, tuple)
        return answer

    def race(self, target: float, updates: int) -> None:
        """Trains from the first weights until the test error is `target`."""
        answer = self._answer(Race(target, updates))
        assert isinstance(answer, Reached)
        self.races.append(answer)

    def close(self) -> None:
        """Ends the process."""
        if self._process.is_alive():
            self._ask.send(None)
        self._process.join()

    def _answer(self, question: Turn | Race) -> tuple[int, float] | Reached:
        try:
            self._ask.send(question)
            answer: tuple[int, float] | Reached | Failed = self._ask.recv()
        except (EOFError, OSError):
            answer = Failed("its process has ended")
        if isinstance(answer, Failed):
            self._process.join()
            raise ContestantError(answer.text.strip().splitlines()[-1])
        return answer


def prepare() -> None:
    """To be called before the first contestant: threads only where they are asked for, as in
    the app."""
    os.environ["OMP_NUM_THREADS"] = "1"


def take_turns(
    contestants: Sequence[Contestant], rounds: int, one: Callable[[Contestant], None]
) -> None:
    """Each has `one` go per round, forwards and then backwards through the list."""
    for i in range(rounds):
        for contestant in contestants[:: 1 if i % 2 == 0 else -1]:
            one(contestant)


def tolerant(one: Callable[[Contestant], None]) -> Callable[[Contestant], None]:
    """The same for contestants that have not failed; a failure is noted and does not stop the
    others."""

    def go(contestant: Contestant) -> None:
        if contestant.failure is None:
            try:
                one(contestant)
            except ContestantError as error:
                contestant.failure = str(error)

    return go


def ratio(a: Sequence[float], b: Sequence[float]) -> float:
    """Median over the rounds of a / b."""
    return statistics.median(x / y for x, y in zip(a, b, strict=True))


def verdict(holds: bool, text: str) -> str:
    """One line on what was due."""
    return f"{'holds ' if holds else 'MISSED'}  {text}"


def dataset_key() -> str:
    """Full MNIST where it is on the disk, else the bundled digits."""
    return "mnist" if datasets.is_on_disk("mnist") else datasets.BUNDLED


def about(dataset: Dataset, threads: int) -> str:
    """The machine and the pictures, for a reader elsewhere."""
    which = "full MNIST" if dataset.key == "mnist" else "bundled digits, no MNIST"
    on_cpu = dataset.device.type == "cpu"
    return (
        f"{results_file.machine() if on_cpu else devices.describe(dataset.device)}, "
        f"torch {torch.__version__}, {threads} thread{'s' if threads > 1 else ''}; "
        f"{which} ({len(dataset.x_train):,} pictures)"
    )
