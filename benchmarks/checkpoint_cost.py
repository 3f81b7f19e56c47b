"""What it costs a training to be on disk every few seconds.

One run trains in this process, as the app trains it; in turns of some seconds its checkpoints are
taken and written, and are not. Reported are the ratio of the two speeds (the median over pairs of
neighbouring turns) and, as that is hard to tell from the noise of a busy machine, what a checkpoint
takes by itself: its bytes, the time of computing, and the share of a core that this is.

    python -m benchmarks.checkpoint_cost            # four minutes for both datasets
    python -m benchmarks.checkpoint_cost --pairs 3 --datasets mnist-5k
"""

import argparse
import math
import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from aecore.data import datasets
from aecore.engine import safekeeping
from aecore.engine.client import Client
from aecore.engine.settings import Settings
from aecore.spec import variants

DATASETS = ("mnist-5k", "mnist")
DUE = 0.03
"""Share of its speed that a training may lose."""


@dataclass(frozen=True)
class Cost:
    """What was measured on one dataset.

    Attributes:
        ratio: speed with checkpoints over speed without, the median over pairs of turns.
        spread: the lowest and the highest of these ratios.
        n_bytes: of a checkpoint.
        seconds: of computing that a checkpoint takes.
    """

    ratio: float
    spread: tuple[float, float]
    n_bytes: int
    seconds: float

    @property
    def share(self) -> float:
        """Of a core, at one checkpoint every `CHECKPOINT_EVERY` seconds."""
        return self.seconds / safekeeping.CHECKPOINT_EVERY


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=10, help="of turns, with and without")
    parser.add_argument("--seconds", type=float, default=6.0, help="of a turn")
    parser.add_argument("--datasets", nargs="+", default=DATASETS, choices=DATASETS)
    arguments = parser.parse_args()
    for key in arguments.datasets:
        if datasets.is_on_disk(key):
            print(line(key, measure(key, arguments.pairs, arguments.seconds)), flush=True)
        else:
            print(f"{key}: not on this computer")


def line(key: str, cost: Cost) -> str:
    """One dataset's result as a sentence."""
    low, high = cost.spread
    verdict = "as due" if max(1 - cost.ratio, cost.share) <= DUE else "TOO MUCH"
    return (
        f"{key}: speed with checkpoints {cost.ratio:.3f} of that without ({low:.3f} to {high:.3f}); "
        f"a checkpoint has {cost.n_bytes / 1e6:.1f} MB and takes {1000 * cost.seconds:.1f} ms of "
        f"computing, {cost.share:.2%} of a core: {verdict} (at most {DUE:.0%})"
    )


def measure(key: str, pairs: int, seconds: float) -> Cost:
    """Trains the vanilla preset in turns with and without checkpoints."""
    with tempfile.TemporaryDirectory() as folder:
        client = Client(Settings(), Path(folder))
        try:
            return _measured(client, Path(folder), key, pairs, seconds)
        finally:
            client.close()


def _measured(client: Client, folder: Path, key: str, pairs: int, seconds: float) -> Cost:
    run_id = client.create(variants.build("vanilla", dataset=key, epochs=1000))
    client.play(run_id)
    while not client.view(run_id).epoch:
        time.sleep(0.1)
    entry = client._entries[run_id]
    ratios = []
    for pair in range(pairs):
        speeds = {}
        for checkpoints in (True, False) if pair % 2 else (False, True):
            entry.next_checkpoint = time.monotonic() if checkpoints else math.inf
            speeds[checkpoints] = _speed(client, run_id, seconds)
        ratios.append(speeds[True] / speeds[False])
    times = []
    for _ in range(10):
        started = time.thread_time()
        client._safe.save(entry)
        times.append(time.thread_time() - started)
    (file,) = folder.rglob("*.safetensors")
    spread = (min(ratios), max(ratios))
    return Cost(statistics.median(ratios), spread, file.stat().st_size, statistics.median(times))


def _speed(client: Client, run_id: str, seconds: float) -> float:
    """Batches per second over a turn, looked at as a page does."""
    since, before = time.monotonic(), client.view(run_id).step
    while (passed := time.monotonic() - since) < seconds:
        time.sleep(0.4)
        step = client.view(run_id).step
    return (step - before) / passed


if __name__ == "__main__":
    main()
