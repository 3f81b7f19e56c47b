"""How fast the trainer is, next to a tutorial's loop and to the bare matrix products.

All contestants train the same model (vanilla, 784-128-64-32-64-128-784) on the same pictures with
Adam and batches of 256, each in a process of its own, in turns of a few seconds. Medians over the
rounds are compared, as ratios within a round: the machine may be busy, but then it is so for all.
(In one process they would disturb each other: OpenMP's threads sleep between two products as soon
as the process has more of them than cores, and waking them costs a third of the speed.)

    python -m benchmarks.training_speed            # about three minutes
    python -m benchmarks.training_speed --quick    # 15 seconds, rough
    python -m benchmarks.training_speed --device cuda
"""

import argparse
import multiprocessing
import os
import platform
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice, pairwise
from multiprocessing.connection import Connection

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils.data import DataLoader
from torch.utils.data import Dataset as PairDataset
from torchvision import transforms
from torchvision.datasets import MNIST

from aecore import datasets, devices, variants
from aecore.datasets import Dataset
from aecore.experiment import SIDE, Experiment
from aecore.training import Training, train
from benchmarks.live_view import LiveView

BATCH = 256
LEARNING_RATE = 1e-3
WATCHED = "trainer, watched live"
PLAIN = "tutorial loop, 0 workers"
DUE_TUTORIAL = 6.0
DUE_FLOOR = 0.75
DUE_VIEWER = 0.05


@dataclass(frozen=True)
class Setting:
    """What all contestants share."""

    experiment: Experiment
    dataset: Dataset
    threads: int

    @property
    def device(self) -> torch.device:
        return self.dataset.device

    def epochs(self) -> Iterator[tuple[Tensor, ...]]:
        """For each epoch its batches, as indices into the training pictures."""
        while True:
            order = torch.randperm(len(self.dataset.x_train), device=self.device)
            yield order.split(BATCH)


class Contestant:
    """A process that trains for a while when asked, and says on how many pictures it did."""

    def __init__(self, name: str, arguments: argparse.Namespace) -> None:
        self.name = name
        self.rates: list[float] = []  # images/s, one per round
        processes = multiprocessing.get_context("spawn")
        self._ask, answer = processes.Pipe()
        # Not a daemon: the tutorial loop's workers are its children.
        self._process = processes.Process(target=_compete, args=(name, arguments, answer))
        self._process.start()
        self.turn(0.3)  # warm-up, not counted

    def run(self, seconds: float) -> None:
        images, elapsed = self.turn(seconds)
        self.rates.append(images / elapsed)

    def turn(self, seconds: float) -> tuple[int, float]:
        """Trains for `seconds`: the number of pictures, and the seconds that it really took."""
        self._ask.send(seconds)
        result: tuple[int, float] = self._ask.recv()
        return result

    def close(self) -> None:
        self._ask.send(None)
        self._process.join()


def main() -> None:
    arguments = _arguments()
    print(_about(_setting(arguments), arguments))
    os.environ["OMP_NUM_THREADS"] = "1"  # as in the app: threads only where they are asked for
    contestants = [Contestant(name, arguments) for name in (WATCHED, *CONTESTANTS)]
    for i in range(arguments.rounds):
        for contestant in contestants[:: 1 if i % 2 == 0 else -1]:
            contestant.run(arguments.seconds)
    for contestant in contestants:
        contestant.close()
    print(_table(contestants))
    print(_verdict(contestants))


# --- the contestants: iterators that yield the number of pictures of each step ---------------


def trainer(setting: Setting) -> Iterator[int]:
    """The trainer as it is used from Python: with the whole test set after each epoch."""
    sizes = [len(batch) for batch in next(setting.epochs())]
    while True:
        for snapshot in train(setting.experiment, setting.dataset):
            if snapshot.step:
                yield sizes[(snapshot.step - 1) % len(sizes)]


def steps_only(setting: Setting) -> Iterator[int]:
    """The trainer's update without anything around it."""
    training = Training(setting.experiment, setting.dataset)
    for epoch in setting.epochs():
        for batch in epoch:
            training.train_batch(batch)
            yield len(batch)


def tutorial_loop(setting: Setting, workers: int) -> Iterator[int]:
    """The loop of most tutorials: torchvision, ToTensor, DataLoader, default Adam."""
    loader = DataLoader(
        _pictures(setting),
        batch_size=BATCH,
        shuffle=True,
        num_workers=workers,
        persistent_workers=workers > 0,
    )
    model = _sequential(setting.device)
    optimizer = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE)
    while True:
        for images, _ in loader:
            x = images.to(setting.device).view(-1, SIDE * SIDE)
            optimizer.zero_grad()
            loss = F.mse_loss(model(x), x)
            loss.backward()
            optimizer.step()
            yield len(x)


def indexed_loop(setting: Setting) -> Iterator[int]:
    """What an experienced user writes: all pictures in one tensor, fused Adam."""
    model = _sequential(setting.device)
    optimizer = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE, fused=True)
    for epoch in setting.epochs():
        for batch in epoch:
            x = setting.dataset.x_train[batch]
            optimizer.zero_grad()
            F.mse_loss(model(x), x).backward()
            optimizer.step()
            yield len(x)


def floor(setting: Setting) -> Iterator[int]:
    """The matrix products of one step and nothing else: less is not possible with this model."""
    model = _sequential(setting.device)
    weights = [layer.weight.detach() for layer in model if isinstance(layer, nn.Linear)]
    widths = [SIDE * SIDE, *(len(weight) for weight in weights)]
    h = [torch.rand(BATCH, width, device=setting.device) for width in widths]
    grad_h = [torch.rand_like(activations) for activations in h]
    grad_weights = [torch.empty_like(weight) for weight in weights]
    while True:
        for i, weight in enumerate(weights):
            torch.mm(h[i], weight.T, out=h[i + 1])
        for i in reversed(range(len(weights))):
            torch.mm(grad_h[i + 1].T, h[i], out=grad_weights[i])
            if i > 0:  # nobody needs the gradient of the pictures
                torch.mm(grad_h[i + 1], weights[i], out=grad_h[i])
        yield BATCH


def watched(setting: Setting) -> Callable[[float], tuple[int, float]]:
    """The trainer in a host, with a thread that draws the page several times a second."""
    return LiveView(setting.experiment, str(setting.device), setting.threads).turn


CONTESTANTS: dict[str, Callable[[Setting], Iterator[int]]] = {
    "trainer, headless": trainer,
    "trainer, steps only": steps_only,
    PLAIN: partial(tutorial_loop, workers=0),
    "tutorial loop, 2 workers": partial(tutorial_loop, workers=2),
    "indexed tensors, fused Adam": indexed_loop,
    "floor: bare matrix products": floor,
}


def _compete(name: str, arguments: argparse.Namespace, answer: Connection) -> None:
    if name != WATCHED:  # there, only the host's thread may have more than one
        torch.set_num_threads(arguments.threads)
    setting = _setting(arguments)
    turn = (
        watched(setting) if name == WATCHED else _turns(CONTESTANTS[name](setting), setting.device)
    )
    while (seconds := answer.recv()) is not None:
        answer.send(turn(seconds))


# --- what they are made of -------------------------------------------------------------------


def _sequential(device: torch.device) -> nn.Sequential:
    layers: list[nn.Module] = []
    for fan_in, fan_out in pairwise((SIDE * SIDE, 128, 64, 32, 64, 128, SIDE * SIDE)):
        layers += [nn.Linear(fan_in, fan_out), nn.ReLU()]
    del layers[5]  # no ReLU on the code
    return nn.Sequential(*layers[:-1], nn.Sigmoid()).to(device)


class _Bundled(PairDataset[tuple[Tensor, int]]):
    """The bundled digits the way torchvision serves MNIST: one picture at a time."""

    def __init__(self, dataset: Dataset) -> None:
        pixels = dataset.x_train.mul(255).round().byte().cpu().numpy()
        self._pictures = pixels.reshape(-1, SIDE, SIDE, 1)
        self._labels = dataset.y_train.tolist()
        self._transform = transforms.Compose([transforms.ToPILImage(), transforms.ToTensor()])

    def __len__(self) -> int:
        return len(self._labels)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        return self._transform(self._pictures[index]), self._labels[index]


def _pictures(setting: Setting) -> PairDataset[tuple[Tensor, int]]:
    if setting.experiment.dataset == "mnist":
        folder = str(datasets.data_dir())
        pictures: PairDataset[tuple[Tensor, int]]
        pictures = MNIST(folder, train=True, transform=transforms.ToTensor())
        return pictures
    return _Bundled(setting.dataset)


def _turns(steps: Iterator[int], device: torch.device) -> Callable[[float], tuple[int, float]]:
    def turn(seconds: float) -> tuple[int, float]:
        _synchronise(device)
        images, started = 0, time.perf_counter()
        while time.perf_counter() < started + seconds:
            images += sum(islice(steps, 5))
        _synchronise(device)  # a GPU may still be at work on what was asked for
        return images, time.perf_counter() - started

    return turn


def _synchronise(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)


# --- what is printed -------------------------------------------------------------------------


def _ratio(a: Contestant, b: Contestant) -> float:
    return statistics.median(x / y for x, y in zip(a.rates, b.rates, strict=True))


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
            share >= DUE_FLOOR,
            f"headless {share:.0%} of the floor, due {DUE_FLOOR:.0%}"
            f" (steps only: {_ratio(steps, bare):.0%})",
        ),
        (cost <= DUE_VIEWER, f"a viewer costs {cost:.1%}, due at most {DUE_VIEWER:.0%}"),
    )
    return "\n".join(f"{'holds ' if holds else 'MISSED'}  {text}" for holds, text in due)


def _about(setting: Setting, arguments: argparse.Namespace) -> str:
    which = "full MNIST" if setting.experiment.dataset == "mnist" else "bundled digits, no MNIST"
    return (
        f"{devices.describe(setting.device)}, {os.cpu_count()} cores {platform.machine()}, "
        f"torch {torch.__version__}, {setting.threads} threads; "
        f"{which} ({len(setting.dataset.x_train):,} pictures), batch {BATCH}; "
        f"medians of {arguments.rounds} rounds of {arguments.seconds:g} s"
    )


def _setting(arguments: argparse.Namespace) -> Setting:
    key = "mnist" if datasets.is_on_disk("mnist") else "mnist-5k"
    experiment = variants.build(
        "vanilla", dataset=key, batch_size=BATCH, learning_rate=LEARNING_RATE, epochs=1000
    )
    device = devices.choose(arguments.device)
    return Setting(experiment, datasets.load(key, device), arguments.threads)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=9, help="turns of each contestant")
    parser.add_argument("--seconds", type=float, default=2.0, help="length of a turn")
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="of torch")
    parser.add_argument("--device", default="cpu", help="cpu or cuda")
    parser.add_argument("--quick", action="store_true", help="3 rounds of 0.7 seconds")
    arguments = parser.parse_args()
    if arguments.quick:
        arguments.rounds, arguments.seconds = 3, 0.7
    return arguments


if __name__ == "__main__":
    main()
