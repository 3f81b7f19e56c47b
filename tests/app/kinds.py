"""Runs of each kind of data, trained in a moment, for pages to look at."""

from functools import cache

import numpy as np
import torch

from aecore.data import datasets
from aecore.data.datasets import Dataset
from aecore.parts.datasets import DATASETS
from aecore.spec import variants
from tests.app.test_pages import until
from ui.kit import state

COLOURS = "blood-mnist"
"""Pictures in colour; nobody fetches them for a test, so some are made up."""

KINDS = ("breast-cancer", "shuttle", "water-flow", "textures", "digits-8x8", COLOURS)
"""Datasets that differ from the bundled digits in every way that there is."""

MOST = 64
"""Samples that a run learns from."""


@cache
def trained(
    dataset: str,
    variant: str = "vanilla",
    classes: tuple[int, ...] = (),
    latent_dim: int = 4,
) -> str:
    """A run after two epochs: the same one for all who ask in this process. Returns its id."""
    if dataset == COLOURS:
        _make_up(dataset)
    wanted = variants.get(variant).experiment.moved_to(dataset)
    few = wanted.replace(
        n_train=MOST,
        epochs=2,
        latent_dim=min(wanted.latent_dim, latent_dim),
        k=min(wanted.k, 2, latent_dim),
        batch_size=32,
        hidden=wanted.hidden[-1:],
        classes=classes,
    )
    client = state.client()
    run_id = client.create(few, "tests")
    client.play(run_id)
    until(lambda: client.view(run_id).state in ("ended", "failed"))
    assert client.view(run_id).state == "ended", client.view(run_id).error
    return run_id


def _make_up(key: str) -> None:
    """Puts blobs of a colour for each class where a fetched dataset would lie."""
    shape, n_classes = DATASETS[key].shape, len(DATASETS[key].classes)
    random = np.random.default_rng(0)
    parts = []
    for n in (MOST, 40, 60):
        labels = np.arange(n) % n_classes
        hue = np.linspace(0.1, 0.9, n_classes, dtype=np.float32)[labels]
        noise = random.random((n, shape.size), dtype=np.float32)
        parts += [torch.tensor(0.5 * hue[:, None] + 0.5 * noise), torch.tensor(labels)]
    datasets._LOADED[key, torch.empty(0).device] = Dataset(key, *parts)
