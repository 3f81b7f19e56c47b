"""pca: PCA fitted on the training set, and measured."""

import argparse
from typing import TYPE_CHECKING, Any

from aecore.commands import _shared
from aecore.data import datasets
from aecore.spec import variants
from aecore.spec.experiment import SPECS
from aecore.spec.fields import Number

if TYPE_CHECKING:
    from aecore.commands._shared import Commands

ORDER = 2


def add(commands: "Commands") -> None:
    """Declares the command."""
    pca = commands.add_parser("pca", help="fit PCA on the training set and measure it")
    for name in ("latent_dim", "dataset"):
        pca.add_argument(_shared.flag(name), metavar="VALUE", help=SPECS[name].help)
    pca.set_defaults(run=_run, show=_shared.show_numbers)


def _run(arguments: argparse.Namespace) -> dict[str, Any]:
    texts = {name: getattr(arguments, name) for name in ("latent_dim", "dataset")}
    given = {name: text for name, text in texts.items() if text is not None}
    fields = _shared.default_dataset() | given
    if fields["dataset"] in datasets.DATASETS and "latent_dim" in given:
        # There are as many components as numbers in a sample; a network's code may be longer.
        most = datasets.DATASETS[fields["dataset"]].shape.size
        components = Number(title="", help="", part="", low=1, high=most, whole=True)
        components.check("latent_dim", given["latent_dim"])
    experiment = variants.build("linear", fields)
    from aecore.data import devices
    from aecore.training.references import references

    dataset = datasets.load(experiment.dataset, devices.choose(), progress=_shared.Download())
    mse = references(experiment, dataset, "test").mse
    return {
        "dataset": experiment.dataset,
        "latent_dim": experiment.latent_dim,
        "test_mse": mse["pca"],
        "test_sse": mse["pca"] * experiment.shape.size,
        "mean_image_test_mse": mse["mean"],
    }
