"""Vanishing gradients: how little of the loss reaches the first layers of a deep network.

    print(layer_gradients(Autoencoder(deep_stack(5, "sigmoid")), x))

Through each sigmoid layer the gradient is multiplied by its slope, at most 1/4, and by the weights;
the first layer of a deep stack then hardly learns. Layers that have been trained one by one first
start where the gradient does reach them.

Source: Bengio et al. 2007, "Greedy layer-wise training of deep networks".
"""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from aecore.data.datasets import BUNDLED, Dataset
from aecore.model.autoencoder import Autoencoder
from aecore.model.networks import Tied
from aecore.spec.experiment import Experiment
from aecore.training.loop import Training

WIDTHS = (256, 128, 64, 32, 16)
"""Hidden layers of the deepest stack; shallower ones have the first of them."""

CODE_SIZE = 8

LAYER_EPOCHS = 5

EPOCHS = 60
"""In all, with and without training layer by layer first."""

MEASURED_ON = 500
"""Pictures in the batch whose gradient is measured."""

SCHEDULES = ("end_to_end", "layer_by_layer")


@dataclass(frozen=True)
class Point:
    """A deep stack at the end of an epoch.

    Attributes:
        schedule: one of `SCHEDULES`.
        epoch: epochs completed, those of single layers included.
        val_mse: per validation pixel, as deep as the stack is built up; of the mean picture it is 0.067.
        gradients: L2 norm of dL/dW for each layer from the picture to the reconstruction, where
            all layers begin to train together; empty at all other points.
    """

    schedule: str
    epoch: int
    val_mse: float
    gradients: tuple[float, ...] = ()


def deep_stack(
    depth: int, activation: str, schedule: str = "end_to_end", seed: int = 0
) -> Experiment:
    """An autoencoder with 1 to 5 hidden layers each way; the same first weights for a seed."""
    return Experiment(
        variant="deep",
        dataset=BUNDLED,
        latent_dim=CODE_SIZE,
        hidden=WIDTHS[:depth],
        activation=activation,
        schedule=schedule,
        layer_epochs=LAYER_EPOCHS,
        epochs=EPOCHS,
        batch_size=64,
        seed=seed,
    )


def layer_gradients(model: Autoencoder, x: Tensor) -> tuple[float, ...]:
    """L2 norms of the loss's gradient with respect to each layer's weights, all layers together.

    Args:
        model: dense; its weights stay as they are.
        x: (n, numbers), pictures.

    Returns:
        One norm for each layer, from the one next to the picture to the one that makes the
        reconstruction; with tied weights a layer's is that of its mirror, the sum of both uses.
    """
    layers = [m for m in [*model.encoder, *model.decoder] if isinstance(m, (nn.Linear, Tied))]
    loss = model.losses(model(x), x)["total_loss"]
    own = [m.mirror.weight if isinstance(m, Tied) else m.weight for m in layers]
    gradients = torch.autograd.grad(loss, own)
    return tuple(gradient.norm().item() for gradient in gradients)


def follow(experiment: Experiment, dataset: Dataset) -> Iterator[Point]:
    """Trains a deep stack. Yields a point before the first and after each epoch."""
    training = Training(experiment, dataset)
    layers = len(experiment.hidden) + 1
    alone = layers * experiment.layer_epochs if experiment.schedule != "end_to_end" else 0
    for snapshot in training:
        if snapshot.val is None:
            continue
        gradients: tuple[float, ...] = ()
        if snapshot.epoch == alone:
            gradients = layer_gradients(training.model, training.x_train[:MEASURED_ON])
        yield Point(experiment.schedule, snapshot.epoch, snapshot.val.mse, gradients)


def with_and_without(
    depth: int, activation: str, dataset: Dataset, seed: int = 0
) -> Iterator[Point]:
    """Trains a stack from random weights, and the same one layer by layer first."""
    for schedule in SCHEDULES:
        yield from follow(deep_stack(depth, activation, schedule, seed), dataset)
