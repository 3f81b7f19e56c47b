"""A classifier that starts from an autoencoder: its encoder, and one linear layer on the code.

The autoencoder has learned from pictures without labels; now a few labels shall teach the names.

    for progress in train_classifier(model, dataset, n_labels=100, seed=0, start="fine_tuned"):
        print(progress.update, progress.loss)
    print(progress.accuracy)

All starts get the same network, labels, batches and number of updates. Settings are the best of
several for each start with 100 labels, on training pictures that were not among them: learning
rates of 0.0003 to 0.003 (0.001 and 0.01 for the linear layer alone), codes scaled or not. Random
first weights do about as well with each rate, and a point better unscaled; pretrained ones gain
from scaling, as autoencoders' codes may be large.
"""

import copy
import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Generator, Tensor, nn

from aecore.data.datasets import Dataset
from aecore.errors import N_, ExperimentError, LabError
from aecore.model.autoencoder import Autoencoder
from aecore.topics.pretraining.measure import (
    FINE_TUNED,
    FROZEN,
    RANDOM,
    STARTS,
    Outcome,
    check_classes,
    check_labels,
)
from aecore.training.evaluation import in_chunks

LEARNING_RATES: Mapping[str, float] = {RANDOM: 3e-3, FROZEN: 1e-2, FINE_TUNED: 3e-3}

BATCH = 64

UPDATES = 1_000
"""At least so many; few labels are seen again and again."""

EPOCHS = 5
"""At least so many; from 12,800 labels on they take more updates than `UPDATES`."""

REPORT_EVERY = 25
"""Updates between two reports."""

SCALED_ON = 2_000
"""Pictures, without their labels, from which the scale of the codes is measured."""


@dataclass(frozen=True)
class Progress:
    """How far the training of a classifier is.

    Attributes:
        update, updates: done, and in all.
        loss: cross-entropy of the last batch, in nats.
        accuracy: the share of test pictures classified right, from 0 to 1; None before the end.
    """

    update: int
    updates: int
    loss: float
    accuracy: float | None = None


class Classifier(nn.Module):
    """Encoder, code, and a linear layer that gives each class a score.

    Args:
        autoencoder: changed when the classifier trains: give it a copy.
        generator: draws the linear layer's first weights.
        n_classes: scores to give.
    """

    def __init__(self, autoencoder: Autoencoder, generator: Generator, n_classes: int) -> None:
        super().__init__()
        self.autoencoder = autoencoder
        device = next(autoencoder.parameters()).device
        self.shift, self.scale = torch.zeros((), device=device), torch.ones((), device=device)
        self.head = nn.Linear(autoencoder.experiment.latent_dim, n_classes, device=device)
        weights = torch.empty(self.head.weight.shape)
        nn.init.xavier_uniform_(weights, generator=generator)
        self.head.weight.data.copy_(weights)
        nn.init.zeros_(self.head.bias)

    @torch.no_grad()
    def scale_codes(self, x: Tensor) -> None:
        """Moves the codes of pictures x (n, numbers) to a mean of 0 and, all together, a standard
        deviation of 1, so that a learning rate means the same for every pretrained model."""
        z = self._code(x)
        self.shift, self.scale = z.mean(dim=0), z.std().clamp_min(1e-6)

    def encode(self, x: Tensor) -> Tensor:
        """Scaled codes of x (batch, numbers): (batch, latent_dim)."""
        return (self._code(x) - self.shift) / self.scale

    def forward(self, x: Tensor) -> Tensor:
        """One score for each class, (batch, n_classes)."""
        return self.head(self.encode(x))

    def encoder_parameters(self) -> list[nn.Parameter]:
        return [*self.autoencoder.encoder.parameters(), *self.autoencoder.code.parameters()]

    def _code(self, x: Tensor) -> Tensor:
        # Without a generator nothing is drawn: z is the mean of a Gaussian code.
        return self.autoencoder.code(self.autoencoder.hidden(x), None).z


def train_classifier(
    model: Autoencoder,
    dataset: Dataset,
    *,
    n_labels: int,
    seed: int,
    start: str = FINE_TUNED,
) -> Iterator[Progress]:
    """Trains one classifier with Adam and cross-entropy; the last report has its accuracy.

    The encoder gets clean pictures, also if the autoencoder has learned with corrupted ones.
    Batches of 64, and 1,000 updates or 5 epochs, whichever is more.

    Args:
        model: the pretrained autoencoder; it stays as it is.
        dataset: where labels, and test pictures, come from.
        n_labels: pictures to learn from.
        seed: decides which pictures, the linear layer's first weights, the order of batches, and
            for `random` the encoder's first weights.
        start: one of `STARTS`.

    Raises:
        ExperimentError: too few or too many labels, of one class alone, or an unknown start.
        LabError: the model's weights are no numbers.
    """
    check(model, dataset, n_labels, start)
    generator = Generator().manual_seed(seed)
    chosen = draw_labels(dataset.y_train.cpu(), n_labels, generator).to(dataset.device)
    x, y = dataset.x_train[chosen], dataset.y_train[chosen]
    classifier = _classifier(model, dataset, seed, start, generator)
    x_test: Tensor = dataset.x_test
    network: nn.Module = classifier
    parameters = [*classifier.head.parameters()]
    if start == FROZEN:  # its codes never change: computed once, they make it three times as fast
        with torch.no_grad():
            x, x_test = (in_chunks(classifier.encode, pictures) for pictures in (x, x_test))
        network = classifier.head
    else:
        parameters += classifier.encoder_parameters()
    optimizer = torch.optim.Adam(parameters, lr=LEARNING_RATES[start], fused=True)
    updates = max(UPDATES, EPOCHS * -(-n_labels // BATCH))
    for update, batch in enumerate(_batches(n_labels, updates, generator), start=1):
        batch = batch.to(dataset.device)
        loss = F.cross_entropy(network(x[batch]), y[batch])
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        if update == updates:
            yield Progress(update, updates, loss.item(), _accuracy(network, x_test, dataset.y_test))
        elif update % REPORT_EVERY == 0:
            yield Progress(update, updates, loss.item())


def compare(
    model: Autoencoder,
    dataset: Dataset,
    label_counts: Sequence[int],
    seeds: Iterable[int],
    starts: Sequence[str] = STARTS,
) -> Iterator[Progress | Outcome]:
    """Trains a classifier for each seed, number of labels and start, one after the other.

    Yields the reports of each training, and after it its outcome. The arguments are those of
    `train_classifier`; all are checked before anything trains.
    """
    for n_labels in label_counts:
        for start in starts:
            check(model, dataset, n_labels, start)
    for seed in seeds:
        for n_labels in label_counts:
            for start in starts:
                for progress in train_classifier(
                    model, dataset, n_labels=n_labels, seed=seed, start=start
                ):
                    yield progress
                assert progress.accuracy is not None
                yield Outcome(n_labels, seed, start, progress.accuracy)


def draw_labels(y: Tensor, n: int, generator: Generator) -> Tensor:
    """Which n pictures show their labels: as many of each class as of the others, as far as it
    goes; with the same generator, more labels include the fewer.

    Args:
        y: (m,), the classes of all of them, on the CPU.
        n: at most m.
        generator: draws.

    Returns:
        (n,), indices.
    """
    order = torch.randperm(len(y), generator=generator)
    queues = [order[y[order] == label] for label in y[order].unique()]
    queues = [queues[i] for i in torch.randperm(len(queues), generator=generator)]
    places = torch.cat([torch.arange(len(queue)) for queue in queues])
    return torch.cat(queues)[places.argsort(stable=True)][:n]


def with_classes(dataset: Dataset, classes: Sequence[int]) -> Dataset:
    """The pictures of some classes alone; of all for none."""
    if not classes:
        return dataset
    wanted = torch.tensor(sorted(set(classes)), device=dataset.device)
    train, test = (torch.isin(y, wanted) for y in (dataset.y_train, dataset.y_test))
    return dataclasses.replace(
        dataset,
        x_train=dataset.x_train[train],
        y_train=dataset.y_train[train],
        x_test=dataset.x_test[test],
        y_test=dataset.y_test[test],
    )


def check(model: Autoencoder, dataset: Dataset, n_labels: int, start: str) -> None:
    """Says in a sentence why a classifier cannot be trained like this, if it cannot."""
    if start not in STARTS:
        raise ExperimentError(
            N_("{parameter} must be one of {choices}, but was {received}."),
            parameter="start",
            choices=", ".join(STARTS),
            received=repr(start),
        )
    check_labels(n_labels, len(dataset.x_train))
    check_classes(dataset.y_train.unique().tolist())
    if not all(torch.isfinite(p).all() for p in model.parameters()):
        raise LabError(
            N_(
                "The weights of this model are no longer numbers: its training diverged. Train it "
                "again with a smaller learning rate, or choose another model."
            )
        )


def _classifier(
    model: Autoencoder, dataset: Dataset, seed: int, start: str, generator: Generator
) -> Classifier:
    if start == RANDOM:
        own = Autoencoder(model.experiment.replace(seed=seed)).to(dataset.device)
    else:
        own = copy.deepcopy(model).to(dataset.device)
    own.layers_in_use = None
    own.requires_grad_(start != FROZEN)
    classifier = Classifier(own, generator, len(dataset.spec.classes))
    if start != RANDOM:
        classifier.scale_codes(dataset.x_train[:SCALED_ON])
    return classifier


def _batches(n: int, updates: int, generator: Generator) -> Iterator[Tensor]:
    """Indices of one batch after the other, each epoch in another order."""
    done = 0
    while done < updates:
        for batch in torch.randperm(n, generator=generator).split(BATCH)[: updates - done]:
            done += 1
            yield batch


@torch.no_grad()
def _accuracy(network: nn.Module, x: Tensor, y: Tensor) -> float:
    return (in_chunks(network, x).argmax(dim=1) == y).float().mean().item()
