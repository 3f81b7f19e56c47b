"""What commands about a finished run need: its model, and the pictures to measure it on."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from aecore.commands import _shared
from aecore.data import datasets
from aecore.errors import N_, ExperimentError
from aecore.files import pretrained
from aecore.spec.experiment import SPECS

if TYPE_CHECKING:
    from aecore.model.autoencoder import Autoencoder
    from aecore.training.subject import Subject


def add_run(command: argparse.ArgumentParser, *, example: str | None = None) -> None:
    """Declares the arguments from which `subject` is made.

    Args:
        command: gets them.
        example: the pretrained model that is taken when no run is given; without one, a run must be.
    """
    command.add_argument(
        "saved_run",
        metavar="RUN",
        nargs=None if example is None else "?",
        default=example,
        help="a folder written by train --out, or a pretrained model: "
        + ", ".join(pretrained.available())
        + ("" if example is None else f" (default {example})"),
    )
    command.add_argument(
        "--dataset",
        metavar="VALUE",
        help="pictures to measure it on; default: the run's own, and the bundled digits for a "
        "pretrained model",
    )


def subject(arguments: argparse.Namespace) -> "Subject":
    """The model and the pictures, on the CPU.

    Raises:
        ExperimentError: there is no such run or dataset.
        StoreError: the folder does not hold a run.
    """
    given = arguments.dataset
    wanted = None if given is None else SPECS["dataset"].parse("--dataset", given)
    if wanted is not None and wanted not in datasets.DATASETS:
        raise ExperimentError(
            N_("{parameter} must be one of {choices}, but was {received}."),
            parameter="--dataset",
            choices=", ".join(datasets.DATASETS),
            received=repr(given),
        )
    model, own = _model(arguments.saved_run)
    from aecore.training.subject import Subject

    return Subject(model, datasets.load(wanted or own, "cpu", progress=_shared.Download()))


def labelled(arguments: argparse.Namespace) -> "Subject":
    """Likewise, where it takes labels.

    Raises:
        ExperimentError: also where nobody has labelled the dataset.
    """
    found = subject(arguments)
    check_labelled(found.dataset.key)
    return found


def check_labelled(key: str) -> None:
    """Raises ExperimentError where nobody has labelled a dataset."""
    if not datasets.DATASETS[key].classes:
        raise ExperimentError(
            N_("This takes labels, and nobody has labelled {dataset}: choose another dataset."),
            dataset=key,
        )


def _model(run: str) -> "tuple[Autoencoder, str]":
    """The model, and the dataset that it is measured on by default."""
    if is_on_disk(run):
        from aecore.files import store

        model = store.load(Path(run)).eval()
        return model, model.experiment.dataset
    if run in pretrained.available():
        return pretrained.load(run), datasets.BUNDLED
    raise unknown(run)


def is_on_disk(run: str) -> bool:
    """Whether there is such a file or folder; no for a name that no system takes."""
    try:
        return bool(run) and Path(run).exists()  # an empty name would be this very folder
    except (OSError, ValueError):
        return False


def unknown(run: str) -> ExperimentError:
    """What to say of a RUN that is neither on disk nor pretrained."""
    return ExperimentError(
        N_(
            "There is no run {received}: give a folder that `python -m aecore train --out` wrote, "
            "or one of {choices}."
        ),
        received=repr(run),
        choices=", ".join(pretrained.available()),
    )
