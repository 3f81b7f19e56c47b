"""What several commands need: an experiment from flags, progress bars, a table."""

import argparse
import sys
from collections.abc import Mapping
from math import isfinite
from typing import TYPE_CHECKING, Any

from aecore.data import datasets
from aecore.errors import N_, ExperimentError
from aecore.spec import variants
from aecore.spec.experiment import SPECS, Experiment
from aecore.spec.view import History

if TYPE_CHECKING:
    from aecore.analysis.intervals import Interval
    from aecore.training.loop import Snapshot, Training

    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

EXPERIMENT_FLAGS = ("dataset", "latent_dim", "epochs", "seed")
"""Fields with a flag of their own; all the others go through --set."""


def add_experiment(command: argparse.ArgumentParser) -> None:
    """Declares the flags from which `experiment` is built."""
    command.add_argument(
        "--variant", default="vanilla", metavar="NAME", help="; ".join(variants.VARIANTS)
    )
    for name in EXPERIMENT_FLAGS:
        command.add_argument(flag(name), metavar="VALUE", help=SPECS[name].help)
    command.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="FIELD=VALUE",
        help=f"any other field of the experiment: {', '.join(SPECS)}",
    )


def experiment(arguments: argparse.Namespace) -> Experiment:
    """What the flags ask for. Raises ExperimentError."""
    return variants.build(arguments.variant, _texts(arguments))


def flag(name: str) -> str:
    """A field as a flag: latent_dim -> --latent-dim."""
    return "--" + name.replace("_", "-")


def _texts(arguments: argparse.Namespace) -> dict[str, str]:
    texts = {}
    for pair in arguments.set:
        name, equals, text = pair.partition("=")
        if not equals:
            raise ExperimentError(
                N_("{parameter} must be written FIELD=VALUE, but was {received}."),
                parameter="--set",
                received=repr(pair),
            )
        texts[name] = text
    given = {name: getattr(arguments, name) for name in EXPERIMENT_FLAGS}
    return (
        default_dataset() | texts | {name: text for name, text in given.items() if text is not None}
    )


def default_dataset() -> dict[str, str]:
    """Full MNIST where it lies ready, else the bundled digits; --dataset overrides."""
    return {"dataset": "mnist" if datasets.is_on_disk("mnist") else "mnist-5k"}


def run_to_end(training: "Training") -> tuple[History, "Snapshot"]:
    """Trains to the end, with a progress bar. Returns the curves and the last snapshot."""
    from tqdm import tqdm

    history = History()
    total = training.experiment.epochs * training.steps_per_epoch
    with tqdm(total=total, unit="batch", file=sys.stderr, disable=None) as bar:
        for snapshot in training:
            bar.update(snapshot.step - bar.n)
            if snapshot.val is not None:
                val = snapshot.val
                history = history.extended(snapshot.epoch, snapshot.train, val.terms, val.mse)
                bar.set_postfix(epoch=snapshot.epoch, val_mse=f"{val.mse:.4f}", refresh=False)
    return history, snapshot


class Download:
    """A progress bar for a dataset that is being fetched."""

    def __init__(self) -> None:
        self._bar: Any = None

    def __call__(self, done: int, total: int) -> None:
        from tqdm import tqdm

        if self._bar is None:
            self._bar = tqdm(total=total, unit="B", unit_scale=True, file=sys.stderr, disable=None)
        self._bar.update(done - self._bar.n)
        if done >= total:
            self._bar.close()


def show_numbers(result: dict[str, Any]) -> str:
    """One name and value per line."""
    return "\n".join(f"{name:20} {value}" for name, value in result.items())


def with_intervals(figures: "Mapping[str, Interval]") -> dict[str, Any]:
    """Each figure under its name, and the ends of its 95% interval under name_interval."""
    shown: dict[str, Any] = {}
    for name, found in figures.items():
        ends = [found.low, found.high]
        shown |= {name: found.value, f"{name}_interval": ends if all(map(isfinite, ends)) else None}
    return shown
