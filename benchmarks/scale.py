"""How a classroom shares one server: images per second of 1 to 30 learners, and what each one costs.

    python -m benchmarks.scale             # about eight minutes
    python -m benchmarks.scale --quick     # half a minute, rough

Two servers without pages, each in a process of its own: one trains by itself, the other in two
worker processes. Learners train at the same time and are watched, each twice a second, as pages do.
All take turns, in rounds, with `train()` in one process and one thread.
"""

import argparse
import random
import shlex
import statistics
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.connection import Connection

import torch

from aecore.data import datasets
from aecore.engine.turns import SLICE
from benchmarks import results_file, rounds
from benchmarks.classroom import Classroom, Lesson, Seen
from benchmarks.contestants import ours
from benchmarks.contestants.task import BATCH, Judge, a_task
from benchmarks.pace import Pace
from benchmarks.rounds import Contestant, verdict

LEARNERS = (1, 2, 4, 8, 16, 30)
DUE_SHARE = 0.9
DUE_MEGABYTES = 40.0
SHARED_BY = 2
"""Learners after which each further one costs only herself: both places have their pictures then."""

SETTLE = 0.3
"""Seconds of training before anything is counted, at least."""


@dataclass
class Row:
    """A number of learners on one server.

    Attributes:
        n: learners.
        rates: images/s of all together, one per round.
        batches: of each learner, over all rounds.
        megabytes: memory of the server after the first and after the last of its turns.
    """

    n: int
    rates: list[float] = field(default_factory=list)
    batches: list[int] = field(default_factory=list)
    megabytes: list[float] = field(default_factory=list)

    @property
    def fairness(self) -> float:
        """Batches of the slowest learner for one of the fastest."""
        return min(self.batches) / max(max(self.batches), 1)

    def take(self, seen: Seen) -> None:
        """One more turn."""
        self.rates.append(seen.images / seen.seconds)
        before = self.batches or [0] * self.n
        self.batches = [a + b for a, b in zip(before, seen.batches, strict=True)]
        self.megabytes.append(seen.megabytes)


def main(arguments: list[str] | None = None) -> None:
    options = _options(arguments)
    rounds.prepare()
    loop = Contestant("one loop of train()", partial(_headless, options.dataset))
    servers = {"trained by the server itself": Classroom(0, options.dataset)}
    if options.workers:
        name = f"trained in {options.workers} worker processes"
        servers[name] = Classroom(options.workers, options.dataset)
    tables = {name: [Row(n) for n in options.learners] for name in servers}
    try:
        _compete(loop, servers, tables, options)
    finally:
        for one in (loop, *servers.values()):
            one.close()
    text, holds = report(loop.rates, tables)
    text = f"{_command(options)}\n{_about(options)}\n\n{text}"
    print(text)
    if options.write:
        results_file.write_section("scale", f"```\n{text}\n```")
    sys.exit(0 if holds else 1)


def _headless(dataset: str, connection: Connection) -> None:
    torch.set_num_threads(1)
    task = a_task("dense", datasets.load(dataset))
    Pace(connection, task.device, Judge(task)).serve(partial(ours.headless, task))


def _compete(
    loop: Contestant,
    servers: Mapping[str, Classroom],
    tables: Mapping[str, Sequence[Row]],
    options: argparse.Namespace,
) -> None:
    """The first round goes up, so that nobody has trained but those who are in the row."""
    chance = random.Random(0)
    for i in range(options.rounds):
        loop.run(options.seconds)
        for name, rows in tables.items():
            for row in rows[:: 1 if i % 2 == 0 else -1]:
                row.take(servers[name].turn(_lesson(row.n, options, chance)))


def _lesson(n: int, options: argparse.Namespace, chance: random.Random) -> Lesson:
    """As long as it takes for everybody to have the same number of turns, begun anywhere in one."""
    everybody = n / SHARED_BY * SLICE
    seconds = everybody * max(round(options.seconds / everybody), 2)
    return Lesson(n, SETTLE + everybody * chance.random(), seconds)


def report(loop: Sequence[float], tables: Mapping[str, Sequence[Row]]) -> tuple[str, bool]:
    """The tables, and whether all that is due holds.

    Args:
        loop: images/s of `train()`, one per round.
        tables: server -> its rows, from few learners to many.
    """
    lines = [f"one loop of train(), one thread: {statistics.median(loop):,.0f} images/s"]
    holds = True
    for name, rows in tables.items():
        best = max(rows, key=lambda row: statistics.median(row.rates))
        lines += ["", f"{name:32}{HEADER}"]
        lines += [_line(row, rows, loop, best) for row in rows]
        dues = _dues(rows, best)
        lines += [verdict(*due) for due in dues]
        holds &= all(good for good, _ in dues)
    lines += ["", *NOTES]
    return "\n".join(lines), holds


HEADER = f"{'images/s':>10}{'x one loop':>12}{'of best':>9}{'fairness':>10}{'MB':>8}{'MB each':>9}"

NOTES = (
    "One learner uses one core: a training is a chain of batches, each of which needs the weights",
    "that the one before has left, and a batch is too small for two cores to gain on it.",
    "of best: median over the rounds of the ratio within a round. fairness: batches of the slowest",
    "learner for one of the fastest. MB: of the server and all its processes, the first time that so",
    "many train. MB each: for each learner beyond the second, by which time every place that trains",
    "has its copy of the pictures.",
)


def _line(row: Row, rows: Sequence[Row], loop: Sequence[float], best: Row) -> str:
    each = _each(row, rows, row.megabytes[0])
    return (
        f"{row.n:4} learner{'s' if row.n > 1 else ' ':20}{statistics.median(row.rates):10,.0f}"
        f"{rounds.ratio(row.rates, loop):12.2f}{rounds.ratio(row.rates, best.rates):9.0%}"
        f"{row.fairness:10.2f}{row.megabytes[0]:8,.0f}{'–' if each is None else f'{each:.1f}':>9}"
    )


def _each(row: Row, rows: Sequence[Row], megabytes: float) -> float | None:
    """Megabytes for each learner of a row more than in the row of `SHARED_BY`."""
    few = next((one for one in rows if one.n == SHARED_BY), None)
    if few is None or row.n <= few.n:
        return None
    return (megabytes - few.megabytes[0]) / (row.n - few.n)


def _dues(rows: Sequence[Row], best: Row) -> list[tuple[bool, str]]:
    several = [row for row in rows if row.n > 1]
    if not several:
        return []
    shares = {row.n: rounds.ratio(row.rates, best.rates) for row in several}
    worst = min(shares, key=lambda n: shares[n])
    dues = [
        (
            shares[worst] >= DUE_SHARE,
            f"from 2 learners on at least {shares[worst]:.0%} of its best (at {worst}), "
            f"due {DUE_SHARE:.0%}",
        )
    ]
    most = rows[-1]
    each = _each(most, rows, max(most.megabytes))
    if each is not None:
        dues.append(
            (
                each < DUE_MEGABYTES,
                f"{each:.1f} MB per extra learner at {most.n}, at most in all rounds, "
                f"due under {DUE_MEGABYTES:g}",
            )
        )
    return dues


def _about(options: argparse.Namespace) -> str:
    return (
        f"{rounds.about(datasets.load(options.dataset), 1)} for each training, batch {BATCH}; "
        f"{options.rounds} rounds, turns of {options.seconds:g} s or more"
    )


def _command(options: argparse.Namespace) -> str:
    words = ["python", "-m", "benchmarks.scale"]
    words += ["--quick"] if options.quick else []
    words += ["--rounds", str(options.rounds), "--seconds", f"{options.seconds:g}"]
    return shlex.join([*words, "--workers", str(options.workers)])


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser("benchmarks.scale", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--rounds", type=int, default=5, help="turns of each number of learners")
    parser.add_argument("--seconds", type=float, default=3.0, help="length of a turn, about")
    parser.add_argument("--workers", type=int, default=2, help="of the second server; 0: without")
    parser.add_argument("--quick", action="store_true", help="2 rounds, at most 4 learners")
    parser.add_argument("--write", action="store_true", help="put the tables into RESULTS.md")
    options = parser.parse_args(arguments)
    options.dataset, options.learners = rounds.dataset_key(), LEARNERS
    if options.quick:
        options.rounds, options.seconds = 2, 1.0
        options.dataset, options.learners = datasets.BUNDLED, LEARNERS[:3]
    return options


if __name__ == "__main__":
    main()
