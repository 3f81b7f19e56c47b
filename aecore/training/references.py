"""What every error is to be held against: the mean picture, and PCA with the same code size."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from aecore.data.cache import DatasetCache
from aecore.data.datasets import Dataset
from aecore.model import pca
from aecore.parts.losses import LOSSES
from aecore.spec.experiment import Experiment
from aecore.training.loop import corrupt_fixed, training_pictures

Part = Literal["val", "test"]


@dataclass(frozen=True)
class References:
    """Errors of the two baselines, given the same input and the same target as the model.

    Attributes:
        loss: baseline -> error in the experiment's own reconstruction loss; with BCE also "floor",
            which not even a perfect reconstruction of grey pixels falls below.
        mse: baseline -> mean squared error per pixel.
    """

    loss: Mapping[str, float]
    mse: Mapping[str, float]


_fitted: DatasetCache[tuple[int, tuple[int, ...]], pca.PCA] = DatasetCache(maxsize=8)
"""By number of pictures and classes; each takes 2.5 MB."""


def fitted_pca(dataset: Dataset, n_train: int, classes: tuple[int, ...] = ()) -> pca.PCA:
    """The PCA of the first n_train training pictures of some classes; fitted once for all runs."""
    x = training_pictures(dataset, n_train, classes)
    return _fitted.get(dataset, (len(x), classes), lambda: pca.fit(x))


@torch.no_grad()
def references(experiment: Experiment, dataset: Dataset, part: Part = "val") -> References:
    """Errors of the mean picture and of PCA with the experiment's code size.

    Args:
        experiment: says what the input and the loss are.
        dataset: whose training pictures both are fitted to.
        part: which pictures the errors are of: validation, beside curves, or test.
    """
    x = dataset.x_val if part == "val" else dataset.x_test
    fitted = fitted_pca(dataset, experiment.n_train, experiment.classes)
    x_input = corrupt_fixed(experiment, x)
    x_hats = {
        "mean": fitted.mean.expand_as(x),
        # A code may be wider than the picture; more components than pixels there are not.
        "pca": fitted.reconstruct(x_input, min(experiment.latent_dim, len(fitted.components))),
    }
    loss = {k: _loss(experiment, v, x) for k, v in x_hats.items()}
    if experiment.recon_loss == "bce":
        loss["floor"] = bce_floor(x)
    return References(
        loss=loss,
        mse={k: (v - x).square().mean().item() for k, v in x_hats.items()},
    )


def bce_floor(x: Tensor) -> float:
    """BCE of samples x (n, D) with themselves, the entropy of their numbers: nats per number."""
    return -(torch.xlogy(x, x) + torch.xlogy(1 - x, 1 - x)).mean().item()


def _loss(experiment: Experiment, x_hat: Tensor, x: Tensor) -> float:
    loss = LOSSES[experiment.recon_loss]
    if loss.of_logits:  # PCA leaves [0, 1]; cross-entropy needs probabilities
        x_hat = x_hat.clamp(1e-4, 1 - 1e-4)
    logits = x_hat.logit() if loss.of_logits else x_hat
    return loss.function(logits, x_hat, x, experiment.shape).item()
