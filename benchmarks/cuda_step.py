"""A training step on a GPU: with and without a CUDA graph, and how fast it can be at best.

Small models are bound by launches: asking for a kernel takes longer than the kernel. Two floors are
measured beside the steps, in turns with them:

- launches: the kernels of a step, counted by the profiler, times the time of launching one that
  does nothing. A step without a graph cannot be faster.
- replay: the graph again and again, without a new batch and without taking its losses away.

    python -m benchmarks.cuda_step            # about two minutes
    python -m benchmarks.cuda_step --quick    # 20 seconds, rough
    python -m benchmarks.cuda_step --write    # into RESULTS.md

Without a CUDA device it says so and ends. Not yet run on one: see `aecore.training.fast.cuda_graph`.
"""

import argparse
import os
import statistics
import time
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from itertools import cycle

import torch
from torch.autograd import DeviceType
from torch.profiler import ProfilerActivity

from aecore.data import datasets
from aecore.data.datasets import Dataset
from aecore.spec import variants
from aecore.training.fast.cuda_graph import WARM_UP
from aecore.training.fast.update import Quickest
from aecore.training.loop import Training
from benchmarks import results_file, rounds

MODELS = ("vanilla", "convolutional", "vae")
BATCHES = (256, 1024)
PROFILED = 10
"""Steps that the profiler looks at."""

EAGER, GRAPH, LAUNCHES, REPLAY = "eager", "graph", "launches", "replay"

Work = Callable[[], object]


def main(words: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=9, help="turns of each contestant")
    parser.add_argument("--seconds", type=float, default=0.5, help="length of a turn")
    parser.add_argument("--quick", action="store_true", help="3 rounds of 0.1 seconds")
    parser.add_argument("--write", action="store_true", help="put the table into RESULTS.md")
    arguments = parser.parse_args(words)
    if arguments.quick:
        arguments.rounds, arguments.seconds = 3, 0.1
    if not torch.cuda.is_available():
        print("No CUDA device found: nothing to measure.")
        return
    dataset = datasets.load(rounds.dataset_key(), "cuda")
    lines: list[str] = []

    def say(line: str) -> None:
        lines.append(line)
        print(line, flush=True)

    say(rounds.about(dataset, torch.get_num_threads()))
    say(f"medians of {arguments.rounds} rounds of {arguments.seconds:g} s; images/s")
    say(_heading())
    for model in MODELS:
        for batch_size in BATCHES:
            say(_row(model, batch_size, dataset, arguments.rounds, arguments.seconds))
    if arguments.write:
        text = "\n".join(["```", "python -m benchmarks.cuda_step", *lines, "```"])
        results_file.write_section("CUDA", text)


def _row(model: str, batch_size: int, dataset: Dataset, n_rounds: int, seconds: float) -> str:
    """One model and batch size: everything measured in turns, ratios within a round."""
    eager, graph = (_training(model, batch_size, dataset, with_graph=w) for w in (False, True))
    step_eager, step_graph = _steps(eager), _steps(graph)
    for _ in range(WARM_UP + 1):  # the last one records the graph
        step_eager()
        step_graph()
    assert isinstance(graph.update, Quickest)
    recorded = graph.update.graph
    assert recorded is not None
    kernels = _kernels(step_eager)
    work: dict[str, tuple[Work, float]] = {  # what to do, and the pictures that it stands for
        EAGER: (step_eager, batch_size),
        GRAPH: (step_graph, batch_size),
        LAUNCHES: (_nothing(graph.device), batch_size / kernels),
        REPLAY: (recorded.replay, batch_size),
    }
    rates: dict[str, list[float]] = defaultdict(list)
    for i in range(n_rounds):
        for name in list(work)[:: 1 if i % 2 == 0 else -1]:
            one, pictures = work[name]
            rates[name].append(pictures * _per_second(one, seconds))
    return _line(f"{model}, {batch_size:,}", kernels, rates)


def _training(model: str, batch_size: int, dataset: Dataset, *, with_graph: bool) -> Training:
    os.environ["AECORE_CUDA_GRAPH"] = "1" if with_graph else "0"
    return Training(
        variants.build(model, dataset=dataset.key, batch_size=batch_size, epochs=1000), dataset
    )


def _steps(training: Training) -> Work:
    """One update with each call, on one full batch after the other."""
    order = torch.randperm(len(training.x_train), device=training.device)
    size = training.experiment.batch_size
    batches = cycle([batch for batch in order.split(size) if len(batch) == size])
    return lambda: training.train_batch(next(batches))


def _nothing(device: torch.device) -> Work:
    """A kernel that waits for no cycle; where PyTorch keeps none, one that fills a single number."""
    wait = getattr(torch.cuda, "_sleep", None)
    one = torch.zeros(1, device=device)
    return partial(one.fill_, 0.0) if wait is None else partial(wait, 0)


def _kernels(step: Work) -> float:
    """Kernels, copies and fills that the device is asked for in a step."""
    torch.cuda.synchronize()
    with torch.profiler.profile(
        activities=[ProfilerActivity.CPU, ProfilerActivity.CUDA]
    ) as profiled:
        for _ in range(PROFILED):
            step()
        torch.cuda.synchronize()
    asked = [e for e in profiled.events() if e.device_type == DeviceType.CUDA]
    # The optimiser marks its step with a span, which is no work.
    return max(sum(not e.is_user_annotation for e in asked) / PROFILED, 1.0)


def _per_second(one: Work, seconds: float) -> float:
    """How often it is done in a second, until the device has finished."""
    torch.cuda.synchronize()
    done, started = 0, time.perf_counter()
    while time.perf_counter() - started < seconds:
        for _ in range(20):
            one()
        done += 20
    torch.cuda.synchronize()
    return done / (time.perf_counter() - started)


def _heading() -> str:
    return (
        f"{'model, batch':20} {'eager':>11} {'graph':>11} {'ratio':>6} {'kernels':>8}"
        f" {'launch floor':>13} {'eager of it':>12} {'replay floor':>13} {'graph of it':>12}"
    )


def _line(name: str, kernels: float, rates: dict[str, list[float]]) -> str:
    eager, graph, launches, replay = (
        statistics.median(rates[key]) for key in (EAGER, GRAPH, LAUNCHES, REPLAY)
    )
    return (
        f"{name:20} {eager:11,.0f} {graph:11,.0f} {rounds.ratio(rates[GRAPH], rates[EAGER]):6.2f}"
        f" {kernels:8.1f} {launches:13,.0f} {rounds.ratio(rates[EAGER], rates[LAUNCHES]):12.0%}"
        f" {replay:13,.0f} {rounds.ratio(rates[GRAPH], rates[REPLAY]):12.0%}"
    )


if __name__ == "__main__":
    main()
