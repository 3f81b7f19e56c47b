"""A classifier from 100 labels: with a pretrained encoder, and with one of random weights."""

import dataclasses
from collections.abc import Iterable

from aecore.data.datasets import Dataset
from aecore.model.autoencoder import Autoencoder
from aecore.spec import variants
from aecore.spec.experiment import Experiment
from aecore.topics.pretraining import classifier
from aecore.topics.pretraining.measure import FINE_TUNED, RANDOM, Summary, summarise
from aecore.topics.pretraining.measure import Outcome as Trained
from aecore.training.loop import Training
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
TRIAL_SEEDS = 3

APART = 100
"""Draws of labels of one seed of the row, at most: so those of another seed are other draws."""

SETTINGS = (
    "One of {candidates} autoencoders, trained on {n:,} pictures without labels: Adam, highest "
    "learning rate 0.002, cosine, {epochs} epochs; chosen by its gain on {held_out:,} training "
    "pictures held out, with labels of others. Then a linear layer on the code, and everything goes "
    "on training with 100 labels, ten of each digit, 1,000 updates for both starts. {draws} draws "
    "decide labels, first weights and order. Spread: the largest of the standard deviations over "
    "draws of the accuracy from random weights, of that with pretraining, and of the gain."
)
FOUND = (
    "{chosen} ({trials}); accuracy on the test set {random:.1f}% (standard deviation "
    "{random_spread:.1f}) from random weights, {tuned:.1f}% ({tuned_spread:.1f}) pretrained; the "
    "gain draw by draw is {least:.1f} to {most:.1f} ({gain_spread:.1f})."
)


def run(setup: Setup) -> Outcome:
    """Gain in accuracy, in percentage points, mean over draws; and the spread over draws."""
    n_epochs, n_draws = (2, 2) if setup.quick else (EPOCHS, SEEDS)
    trial, everything = _held_out(setup.dataset), setup.everything
    first = APART * setup.seed
    models, gains = {}, {}
    for name, experiment in CANDIDATES.items():
        experiment = experiment.replace(seed=setup.seed)
        models[name] = _pretrained(setup, experiment, everything, n_epochs)
        # Other draws, and so other labels, than those of the measurement.
        draws = range(first + n_draws, first + n_draws + (1 if setup.quick else TRIAL_SEEDS))
        gains[name] = 100 * _compared(setup, models[name], trial, draws).gain(FINE_TUNED).mean
    chosen = max(gains, key=lambda name: gains[name])
    summary = _compared(setup, models[chosen], everything, range(first, first + n_draws))
    settings = SETTINGS.format(
        candidates=len(CANDIDATES),
        n=len(everything.x_train),
        epochs=n_epochs,
        held_out=len(trial.x_test),
        draws=n_draws,
    )
    trials = "; ".join(f"{name}: {value:+.1f} points held out" for name, value in gains.items())
    return _outcome(summary, settings, chosen, trials)


def _outcome(summary: Summary, settings: str, chosen: str, trials: str) -> Outcome:
    random, tuned = summary.starts[RANDOM], summary.starts[FINE_TUNED]
    gain = summary.gain(FINE_TUNED)
    spreads = [100 * (part.spread or 0) for part in (random, tuned, gain)]
    found = FOUND.format(
        chosen=chosen,
        trials=trials,
        random=100 * random.mean,
        random_spread=spreads[0],
        tuned=100 * tuned.mean,
        tuned_spread=spreads[1],
        least=100 * min(gain.values),
        most=100 * max(gain.values),
        gain_spread=spreads[2],
    )
    details = {RANDOM: [*random.values], FINE_TUNED: [*tuned.values]}
    return Outcome(100 * gain.mean, settings, found, spread=max(spreads), details=dict(details))


def _held_out(dataset: Dataset) -> Dataset:
    """The validation part in place of test pictures."""
    return dataclasses.replace(dataset, x_test=dataset.x_val, y_test=dataset.y_val)


def _pretrained(
    setup: Setup, experiment: Experiment, dataset: Dataset, n_epochs: int
) -> Autoencoder:
    training = Training(experiment, dataset)
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
    as_published=None,
    due="a gain larger than the spread over 10 draws of labels",
    holds=lambda row: row.spread is not None and row.value > row.spread,
    show=lambda value: f"{value:.1f}",
    unit=" points",
    run=run,
)
