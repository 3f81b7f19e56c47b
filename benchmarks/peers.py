"""How fast this library trains, next to what one would use instead.

Everybody trains the same layers from the same first weights, with the same loss, Adam at the same
learning rate and batches of 256, on the same pictures, each with the settings that its own
documentation recommends for speed. Two things are measured, in rounds: pictures per second, and the
seconds from the first update until the weights have a test error that is ours after two epochs.

    python -m benchmarks.peers                     # all models, about half an hour
    python -m benchmarks.peers --only dense
    python -m benchmarks.peers --quick             # a few minutes, rough; nothing is kept
    python -m benchmarks.peers --device cuda
    python -m benchmarks.peers --write             # keeps the numbers, and the table in RESULTS.md

Peers come with `pip install -r benchmarks/requirements.txt`; one that is missing is left out.
"""

import argparse
import os
import shlex
import statistics
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing
from datetime import date
from functools import partial
from itertools import islice
from multiprocessing.connection import Connection

import torch

from aecore.data import datasets, devices
from aecore.training.loop import Training
from benchmarks import peers_table, results_file
from benchmarks.contestants import ENTRIES
from benchmarks.contestants.task import BATCH, VARIANTS, Entry, Judge, Task, a_task
from benchmarks.pace import Pace
from benchmarks.peers_table import Measured, Row
from benchmarks.rounds import (
    Contestant,
    ContestantError,
    about,
    dataset_key,
    prepare,
    take_turns,
    tolerant,
)

EPOCHS = 2
"""Our test error after so many epochs is what everybody has to reach."""

GIVE_UP = 3
"""A race ends without success after this many times as many epochs."""

TRIALS = 3
"""Turns in which an entry's ways compete with each other."""


def main(arguments: list[str] | None = None) -> None:
    options = _options(arguments)
    prepare()
    torch.set_num_threads(options.threads)
    entries = [entry for entry in ENTRIES.values() if entry.installed]
    for entry in ENTRIES.values():
        if not entry.installed:
            print(f"{entry.name}: not installed (pip install -r benchmarks/requirements.txt)")
    kept = peers_table.read() if options.write else {}
    for name in options.only or VARIANTS:
        kept[name] = measure(name, [entry for entry in entries if name in entry.models], options)
        print(peers_table.section(kept[name]), flush=True)
    if options.write and not options.quick:
        peers_table.write(kept)
        results_file.write_section("peers", peers_table.report(list(kept.values())))


def measure(name: str, entries: Sequence[Entry], options: argparse.Namespace) -> Measured:
    """The rows of one model."""
    task = _task(name, options)
    target = goal(task)
    limit = GIVE_UP * EPOCHS * -(-len(task.x) // BATCH)
    failures: dict[str, str] = {}
    with ExitStack() as stack:
        field = {
            entry: best
            for entry in entries
            if (best := _best(entry, name, options, failures, stack)) is not None
        }
        _say(f"{name}: {options.rounds} rounds of turns")
        turn = tolerant(lambda one: one.run(options.seconds))
        take_turns(list(field.values()), options.rounds, turn)
        _say(f"{name}: {options.races} rounds of races")
        race = tolerant(lambda one: one.race(target, limit))
        take_turns([one for entry, one in field.items() if entry.learns], options.races, race)
    return _measured(task, target, field, failures, options)


def _measured(
    task: Task,
    target: float,
    field: Mapping[Entry, Contestant],
    failures: dict[str, str],
    options: argparse.Namespace,
) -> Measured:
    late = {f"{entry.name}, {one.name}": one.failure for entry, one in field.items() if one.failure}
    return Measured(
        model=task.name,
        layers=_layers(task),
        about=about(task.dataset, options.threads),
        command=_command(task.name, options),
        date=date.today().isoformat(),
        target=target,
        rows=[
            Row(entry.name, one.name, one.rates, one.races)
            for entry, one in field.items()
            if not one.failure
        ],
        missing=[entry.name for entry in ENTRIES.values() if not entry.installed],
        failures=failures | late,
        quick=options.quick,
    )


def goal(task: Task) -> float:
    """Our test error after `EPOCHS` epochs."""
    training = Training(task.experiment, task.dataset)
    for _ in islice(training, EPOCHS * training.steps_per_epoch + 1):
        pass
    return Judge(task)(training.model.state_dict())


def _best(
    entry: Entry,
    model: str,
    options: argparse.Namespace,
    failures: dict[str, str],
    stack: ExitStack,
) -> Contestant | None:
    """The fastest of an entry's ways in a short trial, ready to compete; None if none works."""
    ways: list[Contestant] = []
    for way in entry.ways:
        if options.quick and "compile" in way:  # takes up to a minute
            continue
        try:
            work = partial(compete, entry.name, way, model, options)
            ways.append(stack.enter_context(closing(Contestant(way, work))))
        except ContestantError as error:
            failures[f"{entry.name}, {way}"] = str(error)
    if len(ways) > 1:
        take_turns(ways, TRIALS, lambda one: one.run(options.seconds))
        ways.sort(key=lambda one: statistics.median(one.rates), reverse=True)
        trial = ", ".join(f"{one.name} {statistics.median(one.rates):,.0f}" for one in ways)
        _say(f"{model}: trial of {entry.name}, images/s: {trial}")
    for slower in ways[1:]:
        slower.close()
    for best in ways[:1]:
        best.rates.clear()
        return best
    return None


def compete(
    entry: str, way: str, model: str, options: argparse.Namespace, connection: Connection
) -> None:
    """The process of one contestant. What its framework prints is not for the table's reader."""
    with open(os.devnull, "w") as nowhere:
        for stream in (sys.stdout, sys.stderr):
            os.dup2(nowhere.fileno(), stream.fileno())
        torch.set_num_threads(options.threads)
        task = _task(model, options)
        pace = Pace(connection, task.device, Judge(task))
        pace.serve(partial(ENTRIES[entry].ways[way], task))


def _task(name: str, options: argparse.Namespace) -> Task:
    key = datasets.BUNDLED if options.quick else dataset_key()
    return a_task(name, datasets.load(key, devices.choose(options.device)))


def _layers(task: Task) -> str:
    e = task.experiment
    widths = "-".join(map(str, [*e.hidden, e.latent_dim]))
    kind = "convolutions of stride 2" if e.network == "conv" else "dense layers"
    loss = e.recon_loss.upper() + (" + KL" if e.code == "gaussian" else "")
    return f"{kind}, 784-{widths} and back, {loss}, Adam at {e.learning_rate:g}, batches of {BATCH}"


def _command(name: str, options: argparse.Namespace) -> str:
    given = ["--only", name, "--threads", str(options.threads), "--device", options.device]
    turns = ["--rounds", str(options.rounds), "--seconds", f"{options.seconds:g}"]
    races = ["--races", str(options.races)]
    return shlex.join(["python", "-m", "benchmarks.peers", *given, *turns, *races])


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser("benchmarks.peers", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--only", choices=VARIANTS, action="append", help="this model; repeatable")
    parser.add_argument("--rounds", type=int, default=7, help="turns of each contestant")
    parser.add_argument("--seconds", type=float, default=2.0, help="length of a turn")
    parser.add_argument("--races", type=int, default=3, help="trainings of each to the test error")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1, help="of torch")
    parser.add_argument("--device", default="cpu", help="cpu or cuda")
    parser.add_argument(
        "--quick", action="store_true", help="bundled digits, nothing compiled or kept"
    )
    parser.add_argument("--write", action="store_true", help="keep it, and put it in RESULTS.md")
    options = parser.parse_args(arguments)
    if options.quick:
        options.rounds, options.seconds, options.races = 3, 0.5, 1
    return options


if __name__ == "__main__":
    main()
