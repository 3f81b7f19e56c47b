"""pretrain-classifier: what a classifier gains from a pretrained encoder."""

import argparse
import sys
from typing import TYPE_CHECKING, Any

from aecore.commands import _runs, _shared
from aecore.errors import N_, ExperimentError
from aecore.spec.experiment import SPECS
from aecore.topics.pretraining.measure import (
    FINE_TUNED,
    FROZEN,
    STARTS,
    Outcome,
    Summary,
    check_classes,
    check_labels,
    check_seeds,
    summarise,
)

if TYPE_CHECKING:
    from aecore.commands._shared import Commands

ORDER = 24

EXAMPLE = "vae-16"


def add(commands: "Commands") -> None:
    """Declares the command."""
    command = commands.add_parser(
        "pretrain-classifier",
        help="accuracy of classifiers with few labels, from pretrained against random weights",
    )
    _runs.add_run(command, example=EXAMPLE)
    command.add_argument("--labels", default="100", metavar="N", help="labelled training pictures")
    command.add_argument("--seeds", default="10", metavar="S", help="trainings of each start")
    command.add_argument(
        "--classes", default="", metavar="CLASSES", help="only these, as in 3,5; default: all"
    )
    command.set_defaults(run=_run, show=_show)


def _run(arguments: argparse.Namespace) -> dict[str, Any]:
    n_labels = _whole("labels", arguments.labels)
    n_seeds = _whole("seeds", arguments.seeds)
    check_labels(n_labels, sys.maxsize)
    check_seeds(n_seeds)
    classes = _classes(arguments.classes)
    # torch takes a second to import: not before the arguments are known to be good.
    subject = _runs.labelled(arguments)
    from tqdm import tqdm

    from aecore.topics.pretraining.classifier import compare, with_classes

    dataset = with_classes(subject.dataset, classes)
    outcomes = []
    with tqdm(total=n_seeds * len(STARTS), unit="training", file=sys.stderr, disable=None) as bar:
        for item in compare(subject.model, dataset, [n_labels], range(n_seeds)):
            if isinstance(item, Outcome):
                outcomes.append(item)
                bar.update()
    (summary,) = summarise(outcomes)
    e = subject.model.experiment
    return {
        "run": arguments.saved_run,
        "variant": e.variant,
        "latent_dim": e.latent_dim,
        "dataset": dataset.key,
        "classes": list(classes),
        "labels": n_labels,
        "seeds": n_seeds,
        "n_test": len(dataset.x_test),
        "pictures": _pictures(arguments.saved_run, e.n_train),
        **_measures(summary),
    }


def _pictures(name: str, n_train: int) -> int:
    """How many pictures without labels the autoencoder has learned from."""
    from aecore.files import pretrained

    is_ours = name in pretrained.available()
    return int(pretrained.card(name)["training_pictures"]) if is_ours else n_train


def _measures(summary: Summary) -> dict[str, Any]:
    """The figures of the page, under names that say what they are; accuracies from 0 to 1."""
    found: dict[str, Any] = {}
    for start, accuracies in summary.starts.items():
        found[f"{start}_accuracy"] = accuracies.mean
        found[f"{start}_spread"] = accuracies.spread
        found[f"{start}_accuracies"] = list(accuracies.values)
    for start in (FROZEN, FINE_TUNED):
        gain = summary.gain(start)
        found[f"{start}_gain"] = gain.mean
        found[f"{start}_gain_spread"] = gain.spread
    best = max((FROZEN, FINE_TUNED), key=lambda start: summary.starts[start].mean)
    return found | {"best_pretrained": best}


def _classes(text: str) -> tuple[int, ...]:
    """The classes to tell apart; empty for all."""
    if not text:
        return ()
    classes = SPECS["classes"].parse("--classes", text)
    assert isinstance(classes, tuple)
    if classes:  # none: all were named
        check_classes(classes)
    return classes


def _whole(name: str, text: str) -> int:
    try:
        return int(text.replace(",", ""))
    except ValueError:
        raise ExperimentError(
            N_("{parameter} must be a whole number, but was {received}."),
            parameter=f"--{name}",
            received=repr(text),
        ) from None


def _show(result: dict[str, Any]) -> str:
    return _shared.show_numbers(
        {name: value for name, value in result.items() if not name.endswith("accuracies")}
    )
