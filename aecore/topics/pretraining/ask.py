"""What a classifier gains from a model's encoder, and what reaches the layers of deep networks."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from aecore.data import datasets
from aecore.engine.job import Step, Steps
from aecore.model.autoencoder import Autoencoder
from aecore.spec.experiment import Experiment
from aecore.topics.pretraining.classifier import Progress, compare, with_classes
from aecore.topics.pretraining.gradients import (
    MEASURED_ON,
    Point,
    deep_stack,
    layer_gradients,
    with_and_without,
)
from aecore.topics.pretraining.measure import Outcome
from aecore.training.subject import Subject


@dataclass(frozen=True, eq=False)
class Taken:
    """A model as it was at one moment, wherever it trains: its experiment and its weights."""

    experiment: Experiment
    weights: Mapping[str, NDArray[np.float32]]


def take(subject: Subject) -> Taken:
    """A copy of the model's weights."""
    weights = subject.model.state_dict()
    return Taken(
        subject.model.experiment, {name: w.cpu().numpy().copy() for name, w in weights.items()}
    )


def rebuilt(taken: Taken) -> Autoencoder:
    """The model once more, on the CPU."""
    model = Autoencoder(taken.experiment)
    model.load_state_dict({name: torch.tensor(w) for name, w in taken.weights.items()})
    return model.eval()


def classifiers(
    taken: Taken,
    data: str,
    label_counts: tuple[int, ...],
    seeds: int,
    starts: tuple[str, ...],
    classes: tuple[int, ...],
) -> Iterator[Progress | Outcome]:
    """Trains classifiers on the CPU, piece by piece: see `aecore.topics.pretraining.classifier.compare`.

    Args:
        taken: the pretrained model.
        data: the dataset that labels and test pictures come from.
        label_counts, starts: what to compare.
        seeds: 0 to seeds - 1 are used.
        classes: to be told apart; empty for all.
    """
    dataset = with_classes(datasets.load(data, "cpu"), classes)
    yield from compare(rebuilt(taken), dataset, label_counts, range(seeds), starts)


def classifier_steps(
    taken: Taken,
    data: str,
    label_counts: tuple[int, ...],
    seeds: int,
    starts: tuple[str, ...],
    classes: tuple[int, ...],
) -> Steps[Outcome]:
    """The same as background work: how far it is, and each classifier that is done."""
    done, total = 0, max(len(label_counts) * seeds * len(starts), 1)
    for item in classifiers(taken, data, label_counts, seeds, starts, classes):
        if isinstance(item, Outcome):
            done += 1
            yield Step(min(done / total, 1.0), item)
        else:
            yield Step(min((done + item.update / item.updates) / total, 1.0))


def stacks(depth: int, activation: str) -> Iterator[Point]:
    """Trains a deep stack with and without layer-wise pretraining on the bundled digits."""
    yield from with_and_without(depth, activation, datasets.load(datasets.BUNDLED, "cpu"))


def first_gradients(
    subject: Subject, depth: int, activations: tuple[str, ...]
) -> Mapping[str, tuple[float, ...]]:
    """Gradient of each layer at random first weights: activation -> L2 norms, first layer first.

    Any subject will do: the stack is a new one, and the pictures are bundled digits.
    """
    x = datasets.load(datasets.BUNDLED, "cpu").x_train[:MEASURED_ON]
    return {
        activation: layer_gradients(Autoencoder(deep_stack(depth, activation)), x)
        for activation in activations
    }
