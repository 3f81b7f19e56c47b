"""anomaly: trains on normal classes alone, and measures how well it spots the others."""

import argparse
from typing import TYPE_CHECKING, Any

from aecore.commands import _runs, _shared
from aecore.data import datasets
from aecore.errors import N_, ExperimentError, LabError
from aecore.spec.experiment import SPECS
from aecore.topics.anomaly.measure import SCORES, check_normal, scores_for

if TYPE_CHECKING:
    from aecore.commands._shared import Commands

ORDER = 20


def add(commands: "Commands") -> None:
    """Declares the command."""
    anomaly = commands.add_parser(
        "anomaly", help="train on some classes alone and measure how well it spots the others"
    )
    anomaly.add_argument(
        "--normal", default="3", metavar="CLASSES", help="the normal classes, as in 3 or 3,5"
    )
    anomaly.add_argument(
        "--score", default="mse", metavar="NAME", help=f"one of {', '.join(SCORES)}"
    )
    _shared.add_experiment(anomaly)
    anomaly.set_defaults(run=_run, show=_shared.show_numbers)


def _run(arguments: argparse.Namespace) -> dict[str, Any]:
    classes = SPECS["classes"].parse("--normal", arguments.normal)
    wanted = _shared.experiment(arguments)
    _runs.check_labelled(wanted.dataset)
    experiment = wanted.replace(classes=classes)
    normal = check_normal(experiment.classes, experiment.n_classes)
    possible = scores_for(experiment.kind)
    if arguments.score not in possible:
        raise ExperimentError(
            N_("{parameter} must be one of {choices}, but was {received}."),
            parameter="--score",
            choices=", ".join(possible),
            received=repr(arguments.score),
        )
    # torch takes a second to import: not before the arguments are known to be good.
    from aecore.data import devices
    from aecore.topics.anomaly.ask import DIVERGED, detect
    from aecore.training.loop import Training
    from aecore.training.subject import Subject

    dataset = datasets.load(experiment.dataset, devices.choose(), progress=_shared.Download())
    training = Training(experiment, dataset)
    _history, last = _shared.run_to_end(training)
    if last.ended == "diverged":
        raise LabError(DIVERGED)
    found = detect(Subject(training.model, dataset), normal)
    curves, usual = found.curves[arguments.score], found.usual[arguments.score]
    return {
        "normal": list(normal),
        "variant": experiment.variant,
        "latent_dim": experiment.latent_dim,
        "score": arguments.score,
        **_shared.with_intervals({"auroc": found.areas[arguments.score]}),
        "auprc": curves.auprc,
        "auroc_of_each_score": {name: area.value for name, area in found.areas.items()},
        "threshold": usual.threshold,
        **_shared.with_intervals({"caught": usual.caught, "false_alarms": usual.alarms}),
        "n_held_out": usual.n_held_out,
        "n_train": len(training.x_train),
        "n_normal": int((~found.strange).sum()),
        "n_strange": int(found.strange.sum()),
        "epochs": training.epoch,
        "seed": experiment.seed,
        "dataset": experiment.dataset,
    }
