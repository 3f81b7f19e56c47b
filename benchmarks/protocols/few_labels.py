"""A classifier from 100 labels: with a pretrained encoder, and with one of random weights."""

import dataclasses
from collections.abc import Iterable

from aecore import classifier, variants
from aecore.analysis.pretraining import FINE_TUNED, RANDOM, Summary, summarise
from aecore.analysis.pretraining import Outcome as Trained
from aecore.datasets import Dataset
from aecore.experiment import Experiment
from aecore.model import Autoencoder
from aecore.training import Training
from benchmarks.protocols import learning
from benchmarks.protocols.rows import Outcome, Protocol, Setup

LABELS = 100
SEEDS = 10
EPOCHS = 20

CANDIDATES: dict[str, Experiment] = {
    "denoising autoencoder 784-128-64-32, Gaussian noise of 0.4": Experiment(
        corruption="gaussian", learning_rate=0.002
    ),
    "VAE 784-256-128-16": variants.build("vae", latent_dim=16, learning_rate=0.002),
    "VAE 784-256-128-16, half of the input pixels masked": variants.build(
        "vae", latent_dim=16, learning_rate=0.002, corruption="masking", noise_level=0.5
    ),
}
HELD_OUT = 10_000
"""Training pictures, at most, on which one of the candidates is chosen."""

TRIAL_SEEDS = 3

HOW = (
    "{chosen}, trained on {n:,} pictures without labels: Adam, highest learning rate 0.002, cosine, "
    "{epochs} epochs; chosen among {candidates} by its gain on {held_out:,} training pictures held "
    "out ({trials}). Then a linear layer on the code, and everything goes on training with 100 "
    "labels, ten of each digit, 1,000 updates for both starts. {seeds} seeds decide labels, first "
    "weights and order; accuracy on the test set {random:.1f}% (standard deviation "
    "{random_spread:.1f}) from random weights, {tuned:.1f}% ({tuned_spread:.1f}) pretrained; the "
    "gain seed by seed is {least:.1f} to {most:.1f}. Spread: the largest of these two standard "
    "deviations and that of the gain ({gain_spread:.1f})."
)


def run(setup: Setup) -> Outcome:
    """Gain in accuracy, in percentage points, mean over seeds; and the spread over seeds."""
    n_epochs, n_seeds = (2, 2) if setup.quick else (EPOCHS, SEEDS)
    trial = _held_out(setup.dataset)
    models, gains = {}, {}
    for name, experiment in CANDIDATES.items():
        models[name] = _pretrained(setup, experiment.replace(seed=setup.seed), n_epochs)
        # Other seeds, and so other labels, than those of the measurement.
        seeds = range(n_seeds, n_seeds + (1 if setup.quick else TRIAL_SEEDS))
        gains[name] = 100 * _compared(setup, models[name], trial, seeds).gain(FINE_TUNED).mean
    chosen = max(gains, key=lambda name: gains[name])
    summary = _compared(setup, models[chosen], setup.dataset, range(n_seeds))
    random, tuned = summary.starts[RANDOM], summary.starts[FINE_TUNED]
    gain = summary.gain(FINE_TUNED)
    spreads = [100 * (part.spread or 0) for part in (random, tuned, gain)]
    how = HOW.format(
        chosen=chosen,
        n=len(setup.dataset.x_train),
        epochs=n_epochs,
        candidates=len(CANDIDATES),
        held_out=len(trial.x_test),
        trials="; ".join(f"{name}: {value:+.1f} points" for name, value in gains.items()),
        seeds=n_seeds,
        random=100 * random.mean,
        random_spread=spreads[0],
        tuned=100 * tuned.mean,
        tuned_spread=spreads[1],
        least=100 * min(gain.values),
        most=100 * max(gain.values),
        gain_spread=spreads[2],
    )
    details = {RANDOM: [*random.values], FINE_TUNED: [*tuned.values]}
    return Outcome(100 * gain.mean, how, spread=max(spreads), details=dict(details))


def _held_out(dataset: Dataset) -> Dataset:
    """Training pictures alone, the last of them in place of test pictures."""
    n = len(dataset.x_train) - min(HELD_OUT, len(dataset.x_train) // 6)
    return dataclasses.replace(
        dataset,
        x_train=dataset.x_train[:n],
        y_train=dataset.y_train[:n],
        x_test=dataset.x_train[n:],
        y_test=dataset.y_train[n:],
    )


def _pretrained(setup: Setup, experiment: Experiment, n_epochs: int) -> Autoencoder:
    training = Training(experiment, setup.dataset)
    for epoch, loss in learning.epochs(training, n_epochs):
        setup.say(f"{experiment.variant}, {experiment.corruption}, epoch {epoch}: loss {loss:.6f}")
    return training.model


def _compared(setup: Setup, model: Autoencoder, dataset: Dataset, seeds: Iterable[int]) -> Summary:
    trained = []
    for progress in classifier.compare(model, dataset, [LABELS], seeds, (RANDOM, FINE_TUNED)):
        if isinstance(progress, Trained):
            trained.append(progress)
            setup.say(f"seed {progress.seed}, {progress.start}: {100 * progress.accuracy:.2f}%")
    (summary,) = summarise(trained)
    return summary


PROTOCOL = Protocol(
    name="few-labels",
    what="100 labels, pretrained against random initialisation, gain in accuracy",
    published="(no single figure)",
    due="a gain larger than the spread over 10 seeds",
    holds=lambda outcome: outcome.spread is not None and outcome.value > outcome.spread,
    show=lambda outcome: f"{outcome.value:.1f} points, spread {outcome.spread or 0:.1f}",
    run=run,
)
