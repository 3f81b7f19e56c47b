"""A server without pages in a process of its own, where so many learners train as one asks for.

What pages and browsers cost is not in it: `load.py` measures that.
"""

import multiprocessing
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

import psutil

from aecore.engine.client import Client
from aecore.engine.settings import Settings
from aecore.spec import variants
from aecore.spec.experiment import Experiment
from aecore.spec.view import RunView
from benchmarks.contestants.task import BATCH, ENDLESS
from benchmarks.pace import Failed
from benchmarks.rounds import ContestantError

LOOK_EVERY = 0.5
"""Seconds between two looks of a learner at her run."""

READY_WITHIN = 120.0
"""Seconds for all runs of a lesson to begin."""


@dataclass(frozen=True)
class Lesson:
    """Train `n` learners for `settle` seconds that do not count and `seconds` that do."""

    n: int
    settle: float
    seconds: float


@dataclass(frozen=True)
class Seen:
    """What came of a lesson.

    Attributes:
        images: pictures that all learners have trained on.
        batches: of each learner.
        seconds: that it took.
        megabytes: memory of the process and of all that it started.
    """

    images: int
    batches: tuple[int, ...]
    seconds: float
    megabytes: float


class Classroom:
    """The server's process, seen from outside.

    Args:
        workers: processes that train; 0 for the server itself.
        dataset: what everybody trains on.
    """

    def __init__(self, workers: int, dataset: str) -> None:
        processes = multiprocessing.get_context("spawn")
        self._ask, answer = processes.Pipe()
        # Not a daemon: its workers are its children.
        self._process = processes.Process(target=serve, args=(workers, dataset, answer))
        self._process.start()
        answer.close()  # so that its end is noticed here

    def turn(self, lesson: Lesson) -> Seen:
        """One lesson.

        Raises:
            ContestantError: the server could not give it.
        """
        try:
            self._ask.send(lesson)
            seen: Seen | Failed = self._ask.recv()
        except (EOFError, OSError):
            seen = Failed("the server's process has ended")
        if isinstance(seen, Failed):
            raise ContestantError(seen.text.strip().splitlines()[-1])
        return seen

    def close(self) -> None:
        """Ends the process and its workers."""
        if self._process.is_alive():
            self._ask.send(None)
        self._process.join()


def serve(workers: int, dataset: str, connection: Connection) -> None:
    """Gives lessons until there are no more; what the process does."""
    experiment = variants.build("vanilla", dataset=dataset, batch_size=BATCH, epochs=ENDLESS)
    with tempfile.TemporaryDirectory() as folder:
        client = Client(Settings(workers=workers), Path(folder))
        runs: list[str] = []
        try:
            while (lesson := connection.recv()) is not None:
                _seat(client, runs, experiment, lesson.n)
                connection.send(learn(client, runs[: lesson.n], lesson))
        except Exception:
            connection.send(Failed(traceback.format_exc()))
        finally:
            client.close()


def _seat(client: Client, runs: list[str], experiment: Experiment, n: int) -> None:
    """Makes runs until there are n, each of another learner."""
    while len(runs) < n:
        runs.append(client.create(experiment, owner=f"learner {len(runs)}"))
    _wait_until(client, runs, lambda view: view.state not in ("preparing", "running"))


def learn(client: Client, runs: Sequence[str], lesson: Lesson) -> Seen:
    """Trains runs of a client, each watched, and pauses them again.

    Raises:
        RuntimeError: a run did not begin, or has ended.
    """
    over = threading.Event()
    viewer = threading.Thread(target=_watch, args=(client, runs, over), name="viewer")
    for run_id in runs:
        client.play(run_id)
    viewer.start()
    try:
        _wait_until(client, runs, lambda view: view.state == "running")
        time.sleep(lesson.settle)
        before, started = _done(client, runs), time.perf_counter()
        time.sleep(lesson.seconds)
        after, seconds = _done(client, runs), time.perf_counter() - started
    finally:
        over.set()
        viewer.join()
        for run_id in runs:
            client.pause(run_id)
    batches = [b.step - a.step for a, b in zip(before, after, strict=True)]
    images = sum(map(_images, after)) - sum(map(_images, before))
    return Seen(images, tuple(batches), seconds, megabytes())


def megabytes() -> float:
    """Memory of this process and of all that it has started; what several share counts once."""
    this = psutil.Process()
    return sum(map(_bytes, [this, *this.children(recursive=True)])) / 2**20


def _bytes(process: psutil.Process) -> int:
    try:
        memory = process.memory_full_info()
    except psutil.NoSuchProcess:
        return 0
    return int(getattr(memory, "pss", memory.rss))


def _watch(client: Client, runs: Sequence[str], over: threading.Event) -> None:
    while not over.wait(LOOK_EVERY):
        for run_id in runs:
            client.view(run_id)


def _done(client: Client, runs: Sequence[str]) -> list[RunView]:
    return [client.view(run_id) for run_id in runs]


def _images(view: RunView) -> int:
    """Pictures that a run has trained on; the last batch of an epoch is smaller."""
    epochs, batches = divmod(view.step, view.steps_per_epoch)
    return epochs * view.n_train + batches * view.experiment.batch_size


def _wait_until(client: Client, runs: Sequence[str], holds: Callable[[RunView], bool]) -> None:
    deadline = time.monotonic() + READY_WITHIN
    for run_id in runs:
        while not holds(view := client.view(run_id)):
            if view.state in ("failed", "ended") or time.monotonic() > deadline:
                raise RuntimeError(f"a run is {view.state}: {view.error or view.ended}")
            time.sleep(0.02)
