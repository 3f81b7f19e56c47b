"""Logistic regression on the features of a k-sparse autoencoder (Makhzani & Frey 2013)."""

import warnings

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from aecore.codes import TopK
from aecore.evaluation import in_chunks
from aecore.experiment import Experiment
from aecore.model import Autoencoder
from aecore.training import Training
from benchmarks.protocols import learning
from benchmarks.protocols.rows import Outcome, Protocol, Setup

UNITS, K = 1000, 25
EPOCHS = 40
FIRST_K = 250
"""Active units at the start, so that few stay dead; fewer every epoch, `K` from half-way on."""

MOST_STEPS = 300
HELD_OUT = 1 / 6
"""Share of the training pictures on which the settings of the regression are chosen."""

FACTORS = (1, 3, 10)
"""Active units while encoding, in multiples of `K` (alpha in the paper)."""

STRENGTHS = (0.003, 0.01, 0.03, 0.1)
"""Inverse weights of the regression's penalty, the strongest penalty first."""

HOW = (
    "One matrix and bias each way, no output activation, MSE; Adam (beta2 0.95), highest learning "
    "rate 0.002, cosine, batches of 256, {epochs} epochs; k falls from {first} to {k} over the "
    "first half; {dead} of {units} units are dead at the end. Features: the {active} "
    "largest units of each picture, divided by one constant; regression with L2 penalty, C = {c}; "
    "both chosen on {held_out:,} training pictures held out (error there {error:.2f}%), then "
    "fitted to all training pictures. No augmentation."
)

Features = NDArray[np.float32]
Labels = NDArray[np.int64]


def run(setup: Setup) -> Outcome:
    """Share of the test pictures that are classified wrong, in percent."""
    data = setup.dataset
    n_epochs = 2 if setup.quick else EPOCHS
    model = _learned(setup, n_epochs)
    y_train, y_test = data.y_train.cpu().numpy(), data.y_test.cpu().numpy()
    n_held_out = int(HELD_OUT * len(y_train))
    errors = {}
    for factor in FACTORS[:1] if setup.quick else FACTORS:
        features = encode(model, data.x_train, factor * K)
        known, others = features[:-n_held_out], features[-n_held_out:]
        for c in STRENGTHS[:1] if setup.quick else STRENGTHS:
            error = test_error(known, y_train[:-n_held_out], others, y_train[-n_held_out:], c)
            errors[factor, c] = error
            setup.say(f"{factor * K} active, C = {c}: {error:.2f}% held out")
    factor, c = min(errors, key=lambda chosen: errors[chosen])
    train, test = (encode(model, x, factor * K) for x in (data.x_train, data.x_test))
    dead = int((encode(model, data.x_train, K) == 0).all(axis=0).sum())
    how = HOW.format(
        epochs=n_epochs,
        first=FIRST_K,
        k=K,
        dead=dead,
        units=UNITS,
        active=factor * K,
        c=c,
        held_out=n_held_out,
        error=errors[factor, c],
    )
    details = {f"held out, {f * K} active, C = {c}": error for (f, c), error in errors.items()}
    return Outcome(test_error(train, y_train, test, y_test, c), how, details=dict(details))


def _learned(setup: Setup, n_epochs: int) -> Autoencoder:
    """The autoencoder, from pictures without labels."""
    experiment = Experiment(
        hidden=(),
        latent_dim=UNITS,
        code="top_k",
        k=K,
        output="identity",
        learning_rate=0.002,
        seed=setup.seed,
    )
    training = Training(experiment, setup.dataset)
    learning.quicker_adam(training)
    code = training.model.code
    assert isinstance(code, TopK)
    code.k = FIRST_K
    for epoch, loss in learning.epochs(training, n_epochs, bfloat16=True):
        setup.say(f"epoch {epoch}, k = {code.k}: loss {loss:.6f}")
        code.k = falling_k(epoch, n_epochs)
    code.k = K
    return training.model


def falling_k(epoch: int, n_epochs: int) -> int:
    """Active units after `epoch` epochs: a straight fall to `K` half-way."""
    done = min(1.0, 2 * epoch / n_epochs)
    return round(FIRST_K + done * (K - FIRST_K))


@torch.no_grad()
def encode(model: Autoencoder, x: Tensor, active: int) -> Features:
    """The `active` largest units of each picture, the others 0: (n, 784) -> (n, units)."""

    def largest(x: Tensor) -> Tensor:
        h = model.encoder(x)
        kept = h.topk(active, dim=1)
        return torch.zeros_like(h).scatter(1, kept.indices, kept.values)

    features: Features = in_chunks(largest, x).cpu().numpy()
    return features


def test_error(train: Features, y_train: Labels, test: Features, y_test: Labels, c: float) -> float:
    """Error of a logistic regression, in percent."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    scale = train.std()
    regression = LogisticRegression(C=c, max_iter=MOST_STEPS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        regression.fit(train / scale, y_train)
    return 100 * (1 - float(regression.score(test / scale, y_test)))


PROTOCOL = Protocol(
    name="sparse-features",
    what="logistic regression on top-k sparse features, 1000 units, k = 25, test error",
    published="1.35% (Makhzani & Frey 2013)",
    due="at most 1.6%",
    holds=lambda outcome: outcome.value <= 1.6,
    show=lambda outcome: f"{outcome.value:.2f}%",
    run=run,
)
