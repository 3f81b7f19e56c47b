"""probe: what simple classifiers read from a model's code, from pixels, and from PCA's code."""

import argparse
from typing import TYPE_CHECKING, Any

from aecore.commands import _runs, _shared

if TYPE_CHECKING:
    from aecore.analysis.intervals import Interval
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
    subject = _runs.labelled(arguments)
    from aecore.topics.ae_vs_pca import ask as comparison
    from aecore.training.evaluation import CHUNK

    found = {
        "code": comparison.probe_model(subject),
        "pca": comparison.probe_pca(subject),
        "pixels": comparison.probe_pixels(subject),
    }
    n_test = min(len(subject.dataset.x_test), CHUNK)
    e, dataset = subject.model.experiment, subject.dataset
    return {
        "run": arguments.saved_run,
        "variant": e.variant,
        "latent_dim": e.latent_dim,
        "pca_components": min(e.latent_dim, e.shape.size),
        "dataset": dataset.key,
        "n_train": min(len(dataset.x_train), comparison.MOST_PROBED),
        "n_test": n_test,
        **_shared.with_intervals(
            {
                **{f"{name}_accuracy": _interval(a.logistic, n_test) for name, a in found.items()},
                **{f"{name}_knn_accuracy": _interval(a.knn, n_test) for name, a in found.items()},
            }
        ),
    }


def _interval(share: float, n: int) -> "Interval":
    from aecore.analysis import intervals

    return intervals.of_share(round(share * n), n)
