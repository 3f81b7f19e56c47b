"""probe: what simple classifiers read from a model's code, from pixels, and from PCA's code."""

import argparse
from typing import TYPE_CHECKING, Any

from aecore.commands import _runs, _shared

if TYPE_CHECKING:
    from aecore.commands._shared import Commands

ORDER = 22


def add(commands: "Commands") -> None:
    """Declares the command."""
    probe = commands.add_parser(
        "probe", help="accuracy of linear and nearest-neighbour classifiers on a run's code"
    )
    _runs.add_run(probe)
    probe.set_defaults(run=_run, show=_shared.show_numbers)


def _run(arguments: argparse.Namespace) -> dict[str, Any]:
    subject = _runs.subject(arguments)
    from aecore.evaluation import CHUNK
    from aecore.experiment import PIXELS
    from aecore.questions import comparison

    found = {
        "code": comparison.probe_model(subject),
        "pca": comparison.probe_pca(subject),
        "pixels": comparison.probe_pixels(subject),
    }
    e, dataset = subject.model.experiment, subject.dataset
    return {
        "run": arguments.saved_run,
        "variant": e.variant,
        "latent_dim": e.latent_dim,
        "pca_components": min(e.latent_dim, PIXELS),
        "dataset": dataset.key,
        "n_train": min(len(dataset.x_train), comparison.MOST_PROBED),
        "n_test": min(len(dataset.x_test), CHUNK),
        **{f"{name}_accuracy": accuracy.logistic for name, accuracy in found.items()},
        **{f"{name}_knn_accuracy": accuracy.knn for name, accuracy in found.items()},
    }
