"""train: one experiment, trained and measured."""

import argparse
import json
import time
from typing import TYPE_CHECKING, Any

from aecore.commands import _destinations, _shared
from aecore.data import datasets

if TYPE_CHECKING:
    from aecore.commands._shared import Commands

ORDER = 1

RUN_FILES = ("model.safetensors", "run.json")
"""As `aecore.files.store` calls them, whose imports should wait until the arguments are good."""


def add(commands: "Commands") -> None:
    """Declares the command."""
    train = commands.add_parser("train", help="train one experiment and measure it")
    _shared.add_experiment(train)
    _destinations.add_out(train, metavar="DIR", help="save the run there")
    train.set_defaults(run=_run, show=_show)


def _run(arguments: argparse.Namespace) -> dict[str, Any]:
    experiment = _shared.experiment(arguments)
    out = _destinations.folder(arguments, *RUN_FILES)
    # torch takes a second to import: not before the arguments are known to be good.
    from aecore.data import devices
    from aecore.files import store
    from aecore.training import provenance
    from aecore.training.loop import Training
    from aecore.training.references import references

    device = devices.choose()
    dataset = datasets.load(experiment.dataset, device, progress=_shared.Download())
    training = Training(experiment, dataset)
    started = time.perf_counter()
    history, last = _shared.run_to_end(training)
    val, test = last.val or training.evaluate(), training.test()
    baselines = references(experiment, dataset, "test").mse
    result = {
        "variant": experiment.variant,
        "dataset": experiment.dataset,
        "latent_dim": experiment.latent_dim,
        "epochs": training.epoch,
        "seed": experiment.seed,
        "device": str(device),
        "device_name": devices.describe(device),
        "parameters": training.model.n_parameters,
        "train_seconds": round(time.perf_counter() - started, 3),
        "images_per_second": round(training.images / training.seconds, 1),
        "val_mse": val.mse,
        "test_mse": test.mse,
        "pca_test_mse": baselines["pca"],
        "mean_test_mse": baselines["mean"],
        "test_sse": test.sse,
        "test_terms": dict(test.terms),
        "ended": last.ended,
        "made_with": provenance.made_with(dataset),
        "experiment": json.loads(experiment.to_json()),
    }
    if out is not None:
        store.save(out, training.model, experiment, history, result)
    return store.without_nan(result)


def _show(result: dict[str, Any]) -> str:
    hidden = ("experiment", "test_terms", "made_with")
    return _shared.show_numbers(
        {name: value for name, value in result.items() if name not in hidden}
    )
