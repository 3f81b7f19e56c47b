"""Logistic regression on the features of a k-sparse autoencoder (Makhzani & Frey 2013)."""

import dataclasses
import warnings
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from scipy.sparse import csr_matrix, vstack
from torch import Generator, Tensor

from aecore.data.datasets import Dataset
from aecore.model.autoencoder import Autoencoder
from aecore.spec.experiment import Experiment
from aecore.training.loop import Training
from benchmarks.protocols import learning
from benchmarks.protocols.rows import Outcome, Protocol, Setup

UNITS, K = 1000, 25
EPOCHS = 40
BATCH = 100
FIRST_K = 100
"""Active units at the start, so that few stay dead; fewer every epoch, `K` from half-way on."""

RATE = 0.01
"""The highest learning rate, for a loss of half the squared error summed over a picture's pixels."""

FIRST_WEIGHTS = 0.01
"""Standard deviation of the first weights: small ones let all units begin alike."""

AVERAGED = 0.8
"""From this share of the steps on, the weights are averaged over the steps."""

CHUNK = 5_000
"""Pictures that are encoded at once."""

MOST_STEPS = 100

ACTIVE = 150
"""Units of a picture that the regression gets to see, the largest ones (alpha k in the paper)."""

STRENGTH = 0.001
"""Weight of the regression's penalty, lambda / 2 |w|^2 beside the mean cross-entropy."""

SETTINGS = (
    "W tied, encoder W(x - m) + b with the mean picture m, no activations; first weights N(0, 0.01²), "
    "loss half the squared error summed over pixels; stochastic gradient descent with momentum 0.9, "
    "batches of {batch}, learning rate {rate} down to 0 as a cosine, {epochs} epochs over all "
    "{n:,} training pictures without labels; k falls from {first} to {k} over the first half; weights "
    "averaged over the last fifth of the steps (1% of the newest at every tenth). Features: the {active} "
    "largest units of a picture, each by its height above the largest one left out, the vector of heights "
    "scaled to the same length for all pictures; regression with L2 penalty "
    "({strength}), fitted to all training pictures. The form of the features, their number and the "
    "penalty were chosen on the last 10,000 training pictures, held out from the regression of a "
    "trial (see below). No augmentation."
)
FOUND = "{dead} of {units} units are among no picture's {k} largest."


def run(setup: Setup) -> Outcome:
    """Share of the test pictures that are classified wrong, in percent."""
    everything = setup.everything
    n_epochs = 2 if setup.quick else EPOCHS
    mean = everything.x_train.mean(dim=0)
    centred = dataclasses.replace(everything, x_train=everything.x_train - mean)
    model = _learned(setup, centred, n_epochs)
    train, test = (encode(model, x, ACTIVE) for x in (centred.x_train, setup.dataset.x_test - mean))
    setup.say("features are there")
    value = error_on((train, centred.y_train), (test, centred.y_test))
    settings = SETTINGS.format(
        batch=BATCH,
        rate=RATE,
        epochs=n_epochs,
        n=len(centred.x_train),
        first=FIRST_K,
        k=K,
        active=ACTIVE,
        strength=STRENGTH,
    )
    dead = int((encode(model, centred.x_train, K).sum(axis=0) == 0).sum())
    return Outcome(value, settings, FOUND.format(dead=dead, units=UNITS, k=K))


def _learned(setup: Setup, data: Dataset, n_epochs: int) -> Autoencoder:
    """The autoencoder, from centred pictures without labels: so its biases need no mean."""
    experiment = Experiment(
        network="linear",
        tied=True,
        latent_dim=UNITS,
        code="top_k",
        k=K,
        output="identity",
        optimizer="sgd",
        batch_size=BATCH,
        learning_rate=RATE * 784 / 2,  # the library's loss is the mean over the pixels
        seed=setup.seed,
    )
    training = Training(experiment, data)
    random = Generator().manual_seed(setup.seed)
    with torch.no_grad():
        weight = training.model.encoder[0].weight
        weight.copy_(FIRST_WEIGHTS * torch.randn(weight.shape, generator=random))
    code = training.model.code
    code.settings = experiment.replace(k=FIRST_K)
    average = learning.Average(training, AVERAGED, n_epochs)
    for epoch, loss in learning.epochs(training, n_epochs, warm_up=0, after_step=average.take):
        setup.say(f"epoch {epoch}, k = {code.settings.k}: squared error {784 * loss:.3f}")
        code.settings = experiment.replace(k=falling_k(epoch, n_epochs))
    code.settings = experiment
    average.put()
    return training.model


def falling_k(epoch: int, n_epochs: int) -> int:
    """Active units after `epoch` epochs: a straight fall to `K` half-way."""
    done = min(1.0, 2 * epoch / n_epochs)
    return round(FIRST_K + done * (K - FIRST_K))


@torch.no_grad()
def encode(model: Autoencoder, x: Tensor, active: int) -> csr_matrix:
    """The `active` largest units of each picture, each by its height above the largest of the others,
    scaled so that a picture's heights have length 1.

    Args:
        model: with a top-k code.
        x: (n, 784), centred pictures.
        active: at most one less than there are units.

    Returns:
        (n, units), all other units 0. Heights fade to 0 where a unit gives way to another, while
        the units themselves jump.
    """
    parts = []
    for chunk in x.split(CHUNK):
        h = model.hidden(chunk)
        largest = h.topk(active + 1, dim=1)
        heights = F.normalize(largest.values[:, :-1] - largest.values[:, -1:])
        rows = np.arange(0, heights.numel() + 1, active)
        columns = largest.indices[:, :-1].cpu().numpy().ravel()
        parts.append(csr_matrix((heights.cpu().numpy().ravel(), columns, rows), h.shape))
    return vstack(parts).tocsr()


Labelled = tuple[csr_matrix, Tensor]


def error_on(known: Labelled, others: Labelled) -> float:
    """Share of others, in percent, that a logistic regression fitted to the known gets wrong."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    x, y = known[0], known[1].cpu().numpy()
    scale = _deviation(x)
    regression: Any = LogisticRegression(C=1 / (STRENGTH * len(y)), max_iter=MOST_STEPS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        regression.fit(x / scale, y)
    right = regression.score(others[0] / scale, others[1].cpu().numpy())
    return 100 * (1 - float(right))


def _deviation(x: csr_matrix) -> float:
    """Standard deviation of all numbers, zeros included."""
    mean: float = x.mean()
    return float(np.sqrt(x.multiply(x).mean() - mean**2))


PROTOCOL = Protocol(
    name="sparse-features",
    what="logistic regression on top-k sparse features, 1000 units, k = 25, test error",
    published="1.35% (Makhzani & Frey 2013)",
    as_published=lambda row: row.value <= 1.35,
    due="at most 1.6%",
    holds=lambda row: row.value <= 1.6,
    show=lambda value: f"{value:.2f}",
    unit="%",
    run=run,
)
