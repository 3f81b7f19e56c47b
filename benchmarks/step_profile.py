"""Where the time of a training step goes: part by part, and what remains above the floor.

Each part of a step is timed where the trainer calls it, in turns with steps that are not looked
into. For the dense network the floor is printed as well: the matrix products of a step alone,
into memory that is already there. Medians of the thread's processor time with one thread, of wall
clock with more.

    python -m benchmarks.step_profile                # about half a minute
    python -m benchmarks.step_profile --threads 2
    python -m benchmarks.step_profile --quick        # a few seconds, rough
"""

import argparse
import resource
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import cycle
from typing import Any

import torch
from torch import Tensor

from aecore.data import datasets
from aecore.model.autoencoder import Autoencoder
from aecore.spec import variants
from aecore.training import loop
from aecore.training.fast.by_hand import ByHand, _Stack
from aecore.training.fast.update import Quickest
from aecore.training.loop import Training
from benchmarks import results_file
from benchmarks.contestants.matrix_products import of_steps
from benchmarks.contestants.task import BATCH

MODELS = ("vanilla", "denoising", "vae", "convolutional")
BY_HAND = {
    "forward": (_Stack, "forward"),
    "loss": (ByHand, "_compare"),
    "backward": (_Stack, "backward"),
}
BY_AUTOGRAD = {
    "forward": (Autoencoder, "forward"),
    "loss": (Autoencoder, "losses"),
    "backward": (Tensor, "backward"),
}
WHOLE, REST = "the whole step", "between them"


class Stopwatch:
    """Seconds spent in each part, one entry per step."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.seconds: dict[str, list[float]] = defaultdict(list)
        self._clock = clock
        self._now: dict[str, float] = {}

    def around(self, part: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*args: Any, **kwargs: Any) -> Any:
            started = self._clock()
            try:
                return function(*args, **kwargs)
            finally:
                self._now[part] = self._now.get(part, 0.0) + self._clock() - started

        return timed

    def end_step(self, whole: float) -> None:
        self._now[REST] = whole - sum(self._now.values())
        for part, seconds in self._now.items():
            self.seconds[part].append(seconds)
        self._now = {}


@contextmanager
def parts(watch: Stopwatch, training: Training) -> Iterator[None]:
    """Within it, the training's parts are timed."""
    with_code = {"code": (type(training.model.code), "forward")}
    update = training.update
    assert isinstance(update, Quickest)
    places = with_code | BY_HAND if update.by_hand else BY_AUTOGRAD
    originals = [(owner, name, getattr(owner, name)) for owner, name in places.values()]
    step, corrupt = update.step, loop.corrupted
    pictures = training.x_train
    for part, (owner, name, function) in zip(places, originals, strict=True):
        setattr(owner, name, watch.around(part, function))
    update.step = watch.around("optimiser", step)
    loop.corrupted = watch.around("corruption", corrupt)  # type: ignore[attr-defined]
    training.x_train = _Pictures(pictures, watch)  # type: ignore[assignment]
    try:
        yield
    finally:
        for owner, name, function in originals:
            setattr(owner, name, function)
        update.step, training.x_train = step, pictures
        loop.corrupted = corrupt  # type: ignore[attr-defined]


class _Pictures:
    """The training pictures, which can only be gathered from."""

    def __init__(self, pictures: Tensor, watch: Stopwatch) -> None:
        self.index_select = watch.around("gather", pictures.index_select)


def profile(training: Training, rounds: int, threads: int) -> str:
    """The table for one experiment."""
    clock = time.thread_time if threads == 1 else time.perf_counter
    watch = Stopwatch(clock)
    full = [batch for batch in training._batches() if len(batch) == BATCH]
    batches = cycle(full)
    bare = of_steps(training.model, training.device)
    whole, products = [], []
    faults = 0

    def timed(function: Callable[[], object]) -> float:
        started = clock()
        function()
        return clock() - started

    for _ in range(3):
        training.train_batch(next(batches))
    for _ in range(rounds):
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        whole.append(timed(lambda: training.train_batch(next(batches))))
        faults += resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
        with parts(watch, training):
            watch.end_step(timed(lambda: training.train_batch(next(batches))))
        if training.experiment.variant == "vanilla":
            products.append(timed(lambda: next(bare)))
    return _table(training.experiment.variant, whole, products, watch, faults / rounds)


def _table(
    name: str, whole: list[float], products: list[float], watch: Stopwatch, faults: float
) -> str:
    step = statistics.median(whole)
    lines = [f"{name}: {BATCH / step:,.0f} images/s, {faults:.0f} page faults a step"]
    rows = {part: statistics.median(s) for part, s in watch.seconds.items()}
    for part, seconds in {**rows, WHOLE: step}.items():
        lines.append(f"  {part:16} {seconds * 1e6:9,.0f} us {seconds / step:7.1%}")
    if products:
        bare = statistics.median(products)
        lines.append(f"  {'floor: products':16} {bare * 1e6:9,.0f} us {bare / step:7.1%}")
        lines.append(
            f"  {'above the floor':16} {(step - bare) * 1e6:9,.0f} us {1 - bare / step:7.1%}"
        )
    return "\n".join(lines)


def main(words: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--threads", type=int, default=1, help="of torch")
    parser.add_argument("--rounds", type=int, default=300, help="steps of each kind")
    parser.add_argument("--quick", action="store_true", help="10 steps of each kind")
    parser.add_argument("--write", action="store_true", help="put the tables into RESULTS.md")
    arguments = parser.parse_args(words)
    torch.set_num_threads(arguments.threads)
    key = "mnist" if datasets.is_on_disk("mnist") else datasets.BUNDLED
    lines = [
        "python -m benchmarks.step_profile" + f" --threads {arguments.threads}",
        f"{results_file.machine()}, torch {torch.__version__}, {key}, batches of {BATCH}",
    ]
    for name in MODELS:
        experiment = variants.build(name, dataset=key, batch_size=BATCH)
        training = Training(experiment, datasets.load(key))
        rounds = 10 if arguments.quick else arguments.rounds
        lines.append(profile(training, rounds, arguments.threads))
        print(lines[-1], flush=True)
    if arguments.write:
        results_file.write_section("step profile", "```\n" + "\n\n".join(lines) + "\n```")


if __name__ == "__main__":
    main()
