"""What all contestants are given: the same layers, first weights, loss and pictures."""

import copy
import importlib.util
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from aecore.data.datasets import Dataset
from aecore.model.autoencoder import Autoencoder
from aecore.model.networks import build_decoder, build_encoder
from aecore.parts.datasets import DIGIT
from aecore.spec import variants
from aecore.spec.experiment import Experiment
from aecore.training.evaluation import evaluate
from benchmarks.pace import Pace

BATCH = 256
ENDLESS = 1000
"""Epochs asked for: more than any turn or race takes."""

VARIANTS = {"dense": "vanilla", "conv": "convolutional", "vae": "vae"}
"""Model of the benchmark -> variant whose layers, loss and learning rate it has."""


@dataclass(frozen=True)
class Task:
    """One model to train.

    Attributes:
        name: dense, conv or vae.
        experiment: its layers, loss and learning rate.
        dataset: on the device where it is trained.
    """

    name: str
    experiment: Experiment
    dataset: Dataset

    @property
    def device(self) -> torch.device:
        return self.dataset.device

    @property
    def x(self) -> Tensor:
        """The training pictures, (n, 784)."""
        return self.dataset.x_train

    @property
    def whole_batches(self) -> int:
        """Pictures in full batches: what a compiled step takes, as it is made for one shape."""
        return len(self.x) - len(self.x) % BATCH

    def epochs(self) -> Iterator[tuple[Tensor, ...]]:
        """For each epoch its batches, as indices into the training pictures."""
        while True:
            yield torch.randperm(len(self.x), device=self.device).split(BATCH)

    def first_weights(self) -> dict[str, Tensor]:
        """The weights that everybody starts from, under our names."""
        model = Autoencoder(self.experiment).to(self.device)
        return copy.deepcopy(model.state_dict())

    def network(self) -> "Network":
        """The model as one writes it with PyTorch alone, with the first weights."""
        network = Network(self.experiment).to(self.device)
        network.load_state_dict(self.first_weights())
        return network


def a_task(name: str, dataset: Dataset) -> Task:
    """The task of one of `VARIANTS`."""
    experiment = variants.build(
        VARIANTS[name], dataset=dataset.key, batch_size=BATCH, epochs=ENDLESS
    )
    return Task(name, experiment, dataset)


class Network(nn.Module):
    """Encoder and decoder of an experiment, put together as textbooks do.

    `forward` gives what `loss` compares with the pictures x (batch, 784).
    """

    def __init__(self, experiment: Experiment) -> None:
        super().__init__()
        self.gaussian = experiment.code == "gaussian"
        self.encoder = build_encoder(experiment)
        self.decoder = build_decoder(experiment, self.encoder)

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        """(x_hat,), or for a VAE (logits, mu, log_var)."""
        if not self.gaussian:
            return (torch.sigmoid(self.decoder(self.encoder(x))),)
        mu, log_var = self.encoder(x).chunk(2, dim=1)
        z = mu + (0.5 * log_var).exp() * torch.randn_like(mu)
        return self.decoder(z), mu, log_var

    @staticmethod
    def loss(output: tuple[Tensor, ...], x: Tensor) -> Tensor:
        """MSE, or BCE + KL per pixel."""
        if len(output) == 1:
            return F.mse_loss(output[0], x)
        logits, mu, log_var = output
        kl = -0.5 * (1 + log_var - mu.square() - log_var.exp()).sum(dim=1).mean()
        return F.binary_cross_entropy_with_logits(logits, x) + kl / DIGIT.size


class Judge:
    """The test error of anybody's weights: MSE, or for a VAE its loss with the mean code."""

    def __init__(self, task: Task) -> None:
        self._model = Autoencoder(task.experiment).to(task.device)
        self._x = task.dataset.x_test

    def __call__(self, weights: Mapping[str, Tensor]) -> float:
        self._model.load_state_dict(weights)
        return evaluate(self._model, self._x, self._x).terms["total_loss"]


Way = Callable[[Task, Pace], None]
"""Trains the task's model until the pace ends it."""


@dataclass(frozen=True, eq=False)
class Entry:
    """A contestant of the table.

    Attributes:
        name: of its row.
        ways: the settings that may be its best -> how it trains with them; the best one counts.
        package: what must be installed, as Python imports it; empty for nothing.
        models: which of `VARIANTS` it trains.
        learns: whether its weights change, so that it can have a test error to reach.
    """

    name: str
    ways: Mapping[str, Way]
    package: str = ""
    models: tuple[str, ...] = tuple(VARIANTS)
    learns: bool = True

    @property
    def installed(self) -> bool:
        return not self.package or importlib.util.find_spec(self.package) is not None
