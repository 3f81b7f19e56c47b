"""Autoencoders to understand and to train: the library behind Autoencoder Lab.

    from aecore import Experiment, datasets, train, variants

    experiment = variants.build("vae", latent_dim=2)
    for snapshot in train(experiment, datasets.load("mnist-5k")):
        if snapshot.val is not None:
            print(snapshot.epoch, snapshot.val.mse)

Each folder imports only what stands below it:

    commands    one file per command of `python -m aecore`
    topics      for each page of the lab, what it measures, asks of a model, and draws
    engine      where training runs: turns, queue, checkpoints, workers
    files       saved runs, pretrained models, exports
    training    the loop, and what is measured on the way
    model       the autoencoder: networks, and the bottleneck between them
    data        datasets, downloads, uploads
    figures     the charts' style, and charts of several topics
    spec        what can be said without torch: experiments, variants, links, views
    parts       codes, corruptions, datasets, losses, optimisers, penalties: a file each
    analysis    maths on arrays that several topics share
    shapes      what one sample looks like

What stands in `__all__` is loaded when it is asked for: torch takes a second.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from aecore.version import __version__

if TYPE_CHECKING:
    from aecore.data import datasets
    from aecore.files.store import load
    from aecore.spec import variants
    from aecore.spec.experiment import Experiment
    from aecore.training.loop import train

__all__ = ["Experiment", "__version__", "datasets", "load", "train", "variants"]

_HOMES = {
    "Experiment": "aecore.spec.experiment",
    "datasets": "aecore.data",
    "load": "aecore.files.store",
    "train": "aecore.training.loop",
    "variants": "aecore.spec",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'aecore' has no attribute {name!r}")
    home = import_module(_HOMES[name])
    return getattr(home, name) if hasattr(home, name) else import_module(f"{_HOMES[name]}.{name}")
