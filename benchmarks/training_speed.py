"""How fast the trainer is, next to a tutorial's loop and to the bare matrix products.

All contestants train the same model (vanilla, 784-128-64-32-64-128-784) on the same pictures with
Adam and batches of 256, each in a process of its own, in turns of a few seconds. Medians over the
rounds are compared, as ratios within a round: see `rounds.py`.

    python -m benchmarks.training_speed            # about three minutes
    python -m benchmarks.training_speed --quick    # 15 seconds, rough
    python -m benchmarks.training_speed --device cuda
"""

import argparse
import os
import shlex
import statistics
import sys
from functools import partial
from multiprocessing.connection import Connection

import torch

from aecore.data import datasets, devices
from benchmarks import results_file, rounds
from benchmarks.contestants import indexed, matrix_products, ours, tutorial
from benchmarks.contestants.task import BATCH, Judge, Task, Way, a_task
from benchmarks.live_view import LiveView
from benchmarks.pace import Pace
from benchmarks.rounds import Contestant, verdict

WATCHED = "trainer, watched live"
PLAIN = "tutorial loop, 0 workers"
DUE_TUTORIAL = 6.0
DUE_FLOOR = 0.80  # by steps, on one core
DUE_VIEWER = 0.05

CONTESTANTS: dict[str, Way] = {
    "trainer, headless": ours.headless,
    "trainer, steps only": ours.updates_only,
    PLAIN: partial(tutorial.loop, workers=0),
    "tutorial loop, 2 workers": partial(tutorial.loop, workers=2),
    "indexed tensors, fused Adam": indexed.loop,
    "floor: bare matrix products": matrix_products.products,
}


def main() -> None:
    arguments = _arguments()
    about = _about(_task(arguments), arguments)
    print(about)
    rounds.prepare()
    contestants = [
        Contestant(name, partial(_compete, name, arguments)) for name in (WATCHED, *CONTESTANTS)
    ]
    rounds.take_turns(contestants, arguments.rounds, lambda one: one.run(arguments.seconds))
    for contestant in contestants:
        contestant.close()
    found = f"{_table(contestants)}\n{_verdict(contestants)}"
    print(found)
    if arguments.write:
        command = shlex.join(["python", "-m", "benchmarks.training_speed", *sys.argv[1:]])
        section = f"training speed, {arguments.threads} thread(s)"
        results_file.write_section(section, f"```\n{command}\n{about}\n\n{found}\n```")


def _compete(name: str, arguments: argparse.Namespace, connection: Connection) -> None:
    task = _task(arguments)
    if name == WATCHED:
        return _watch(task, arguments.threads, connection)
    torch.set_num_threads(arguments.threads)
    Pace(connection, task.device, Judge(task)).serve(partial(CONTESTANTS[name], task))


def _watch(task: Task, threads: int, connection: Connection) -> None:
    """The trainer in a host, with a thread that draws the page several times a second.

    Only the host's thread may have more than one of torch's.
    """
    live = LiveView(task.experiment, str(task.device), threads)
    while (question := connection.recv()) is not None:
        connection.send(live.turn(question.seconds))


def _ratio(a: Contestant, b: Contestant) -> float:
    return rounds.ratio(a.rates, b.rates)


def _table(contestants: list[Contestant]) -> str:
    tutorial = next(c for c in contestants if c.name == PLAIN)
    lines = [f"{'':30} {'images/s':>9} {'rounds':>17} {'x tutorial':>11} {'of floor':>9}"]
    for c in contestants:
        low, high = min(c.rates), max(c.rates)
        lines.append(
            f"{c.name:30} {statistics.median(c.rates):9,.0f} {low:8,.0f}-{high:<8,.0f}"
            f" {_ratio(c, tutorial):11.2f} {_ratio(c, contestants[-1]):9.0%}"
        )
    return "\n".join(lines)


def _verdict(contestants: list[Contestant]) -> str:
    live, headless, steps, tutorial, with_workers, *_, bare = contestants
    times, share = _ratio(headless, tutorial), _ratio(headless, bare)
    cost = 1 - _ratio(live, headless)
    due = (
        (
            times >= DUE_TUTORIAL,
            f"headless {times:.1f} x {tutorial.name}, due {DUE_TUTORIAL:g}"
            f" (steps only: {_ratio(steps, tutorial):.1f};"
            f" against 2 workers: {_ratio(headless, with_workers):.1f})",
        ),
        (
            _ratio(steps, bare) >= DUE_FLOOR,
            f"steps {_ratio(steps, bare):.0%} of the floor, due {DUE_FLOOR:.0%} with one thread"
            f" (headless, with the whole test set after each epoch: {share:.0%})",
        ),
        (cost <= DUE_VIEWER, f"a viewer costs {cost:.1%}, due at most {DUE_VIEWER:.0%}"),
    )
    return "\n".join(verdict(holds, text) for holds, text in due)


def _about(task: Task, arguments: argparse.Namespace) -> str:
    return (
        f"{rounds.about(task.dataset, arguments.threads)}, batch {BATCH}; "
        f"medians of {arguments.rounds} rounds of {arguments.seconds:g} s"
    )


def _task(arguments: argparse.Namespace) -> Task:
    device = devices.choose(arguments.device)
    return a_task("dense", datasets.load(rounds.dataset_key(), device))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=9, help="turns of each contestant")
    parser.add_argument("--seconds", type=float, default=2.0, help="length of a turn")
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="of torch")
    parser.add_argument("--device", default="cpu", help="cpu or cuda")
    parser.add_argument("--quick", action="store_true", help="3 rounds of 0.7 seconds")
    parser.add_argument("--write", action="store_true", help="put the table into RESULTS.md")
    arguments = parser.parse_args()
    if arguments.quick:
        arguments.rounds, arguments.seconds = 3, 0.7
    return arguments


if __name__ == "__main__":
    main()
