"""What the trials of the pitfalls do: train on the bundled digits, look, and measure.

All are seeded: the same trial gives the same numbers on the same machine.
"""

import dataclasses
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from torch import Generator, Tensor

from aecore.data import datasets
from aecore.data.datasets import BUNDLED, Dataset
from aecore.engine.job import Step, Steps
from aecore.files import pretrained
from aecore.model.autoencoder import Autoencoder
from aecore.parts.corruptions import corrupted
from aecore.parts.datasets import DIGIT
from aecore.spec.view import Viewed
from aecore.topics.pitfalls.measuring import FEW
from aecore.topics.pitfalls.pitfall import ALIKE, APART, HELD_OUT, LEAKED, NOISY, RESCALED, Trial
from aecore.training.diagnosis import diagnose
from aecore.training.evaluation import evaluate, look
from aecore.training.loop import Training, corrupt_fixed
from aecore.training.monitor import seen

NOISE_LEVEL = 0.4
NOISE_SEED = 1

A, B = "vanilla-32", "vanilla-2"
"""The two models whose errors are compared."""


@dataclass(frozen=True, eq=False)
class Seen:
    """What a trial shows after an epoch; the last one has its figures.

    Attributes:
        curve: validation MSE per pixel on the scale from 0 to 1, before training and after each
            epoch.
        epochs: in all.
        originals: (classes, *shape.seen), a test picture of each class.
        x_input: likewise, where noise was put on them first; else None.
        x_hat: likewise, what comes out; of model A where two are compared.
        other: likewise of model B.
        figures: name -> number, for the sentence of the trial; empty before the end.
    """

    curve: tuple[float, ...]
    epochs: int
    originals: Viewed
    x_hat: Viewed
    x_input: Viewed | None = None
    other: Viewed | None = None
    figures: Mapping[str, float] = dataclasses.field(default_factory=dict)


def steps(trial: Trial) -> Steps[Seen]:
    """The trial as background work: what there is to see after each epoch."""
    for shown in run(trial):
        yield Step(max(len(shown.curve) - 1, 0) / max(shown.epochs, 1), shown)


def run(trial: Trial) -> Iterator[Seen]:
    """Does it, and yields what there is to see after each epoch."""
    digits = datasets.load(BUNDLED, "cpu")
    if trial.how in (APART, ALIKE):
        return iter([_compared(digits, trial.how)])
    return _trained(trial, digits)


def originals() -> Viewed:
    """The digits that every trial shows, before it has begun: (classes, *shape.seen)."""
    digits = datasets.load(BUNDLED, "cpu")
    return seen(_one_of_each(digits.x_test, digits.y_test), digits.shape)


def _trained(trial: Trial, digits: Dataset) -> Iterator[Seen]:
    assert trial.experiment is not None
    training = Training(trial.experiment, _data(trial, digits))
    first = _one_of_each(training.x_test, training.y_test)
    curve: list[float] = []
    for snapshot in training:
        if snapshot.val is None and not snapshot.ended:
            continue
        # Twice the range is four times the square.
        scale = 4.0 if trial.how == RESCALED else 1.0
        curve.append(snapshot.val.mse / scale if snapshot.val else math.nan)
        shown = _look(trial, training, first, tuple(curve))
        yield (
            dataclasses.replace(
                shown,
                figures=_figures(trial, training, training.test().mse / scale, digits)
                | {"val": curve[-1]},
            )
            if snapshot.ended
            else shown
        )


def _data(trial: Trial, digits: Dataset) -> Dataset:
    """What the trial trains on and is tested with."""
    if trial.how == RESCALED:  # from [0, 1] to [-1, 1]
        parts = ("x_train", "x_val", "x_test")
        return dataclasses.replace(digits, **{x: 2 * getattr(digits, x) - 1 for x in parts})
    if trial.how in (LEAKED, HELD_OUT):
        x_test, y_test = digits.x_test[:FEW], digits.y_test[:FEW]
        apart = dataclasses.replace(digits, x_test=x_test, y_test=y_test)
        if trial.how == HELD_OUT:
            return apart
        return dataclasses.replace(
            apart, x_train=x_test, y_train=y_test, x_val=x_test, y_val=y_test
        )
    return digits


def _one_of_each(x: Tensor, labels: Tensor) -> Tensor:
    """The first picture of each class: (classes, numbers)."""
    found = labels.numpy()
    return x[[int(np.argmax(found == c)) for c in np.unique(found)]]


def _look(trial: Trial, training: Training, x: Tensor, curve: tuple[float, ...]) -> Seen:
    x_input = _noisy(x) if trial.how == NOISY else x
    x_hat = look(training.model, x_input).x_hat  # of any range: that is what is shown
    shape = training.experiment.shape
    if trial.how == RESCALED:  # back to [0, 1], to be seen
        x, x_hat = (x + 1) / 2, (x_hat + 1) / 2
    return Seen(
        curve=curve,
        epochs=training.experiment.epochs,
        originals=seen(x, shape),
        x_hat=seen(x_hat, shape),
        x_input=seen(x_input, shape) if trial.how == NOISY else None,
    )


def _noisy(x: Tensor) -> Tensor:
    return corrupted("gaussian", x, NOISE_LEVEL, Generator().manual_seed(NOISE_SEED), DIGIT)


def _figures(trial: Trial, training: Training, mse: float, digits: Dataset) -> dict[str, float]:
    """Everything that the sentence of a trial may name."""
    model, x = training.model, digits.x_test
    found, output = diagnose(model, corrupt_fixed(training.experiment, training.x_test))
    counts = {d.key: d.finding.params for d in found}
    figures = {
        "mse": mse,
        "mean": _mse(digits.x_train.mean(dim=0).expand_as(x), x),
        "units": output.code.mean.shape[1],
        "dead": counts.get("dead_code", {}).get("dead", 0),
        "collapsed": counts.get("collapsed", {}).get("collapsed", 0),
        # The nearest to each pixel that a sigmoid can give: 0 for everything below.
        "floor": _mse(training.x_test.clamp(min=0), training.x_test) / 4,
    }
    if trial.how == NOISY:
        noisy = _noisy(x)
        clean = evaluate(model, x, x).mse  # as its own test pictures may be noisy
        figures |= {"mse": clean, "noise": _mse(noisy, x)}
        figures |= {"denoised": _mse(model.reconstruct(noisy), x)}
    if trial.how in (LEAKED, HELD_OUT):
        fresh = x[FEW:]
        figures |= {"n": len(fresh), "fresh": _mse(model.reconstruct(fresh), fresh)}
    return figures


def _compared(digits: Dataset, how: str) -> Seen:
    """Two pretrained models, and their errors in both units."""
    x = digits.x_test
    shown = _one_of_each(x, digits.y_test)
    a, b = pretrained.load(A), pretrained.load(B)
    of_a, of_b = _both(a, x), _both(b, x)
    times = of_a["sse"] / of_b["mse"] if how == APART else of_b["mse"] / of_a["mse"]
    return Seen(
        curve=(),
        epochs=0,
        originals=seen(shown, digits.shape),
        x_hat=seen(a.reconstruct(shown), digits.shape),
        other=seen(b.reconstruct(shown), digits.shape),
        figures={f"a_{unit}": error for unit, error in of_a.items()}
        | {f"b_{unit}": error for unit, error in of_b.items()}
        | {"times": times, "ratio": of_a["sse"] / of_a["mse"]},
    )


def _both(model: Autoencoder, x: Tensor) -> dict[str, float]:
    """MSE per pixel and SSE per picture, each measured for itself."""
    squares = (look(model, x).x_hat - x).square()
    return {"mse": squares.mean().item(), "sse": squares.sum(dim=1).mean().item()}


def _mse(x_hat: Tensor, x: Tensor) -> float:
    return (x_hat - x).square().mean().item()
