"""Claims about trainings: a seed gives other first weights and another order of the pictures."""

import math

import torch

from aecore import datasets, variants
from aecore.analysis.intervals import Interval
from aecore.analysis.pretraining import FINE_TUNED, FROZEN, RANDOM, outcomes_of, shipped, summarise
from aecore.datasets import BUNDLED
from aecore.gradients import MEASURED_ON, deep_stack, layer_gradients, with_and_without
from aecore.model import Autoencoder
from aecore.presets import PRESETS
from aecore.questions.comparison import approach
from aecore.questions.reconstruction import test_errors
from aecore.references import references
from aecore.sweep import approaching_pca
from aecore.training import Training
from benchmarks.lesson_claims.claim import Bench, Claim

# ---- train


def _mse(bench: Bench, latent_dim: int, seed: int) -> float:
    subject = bench.trained(variants.build("vanilla", latent_dim=latent_dim, seed=seed))
    return float(test_errors(subject).errors.mean())


def two_numbers_cost(bench: Bench, seed: int) -> float:
    """The error of a code of 2 numbers as a multiple of that of 32."""
    return _mse(bench, 2, seed) / _mse(bench, 32, seed)


def against_pca(bench: Bench, seed: int) -> float:
    """The error at the end in per cent of PCA's."""
    experiment = variants.build("vanilla", seed=seed)
    pca = references(experiment, datasets.load(BUNDLED, "cpu")).mse["pca"]
    return 100 * _mse(bench, experiment.latent_dim, seed) / pca


def after_three_epochs(bench: Bench, seed: int) -> float:
    """The error after three epochs in per cent of the mean picture's."""
    subject = bench.trained(variants.build("vanilla", seed=seed, epochs=3))
    mean = references(subject.model.experiment, subject.dataset).mse["mean"]
    return 100 * float(test_errors(subject).errors.mean()) / mean


def steps_until_it_diverges(bench: Bench, seed: int) -> float:
    """Updates until the preset with too high a learning rate is broken off."""
    training = Training(
        PRESETS["too-fast"].experiment.replace(seed=seed), datasets.load(BUNDLED, "cpu")
    )
    *_others, last = training
    return float(last.step) if last.ended == "diverged" else math.inf


# ---- AE versus PCA


def largest_angle(bench: Bench, seed: int) -> float:
    """Degrees between the linear autoencoder's span and PCA's, at the end of its training."""
    subject = bench.trained(approaching_pca(8).replace(seed=seed))
    return float(approach(subject).angles.max())


# ---- pretraining


def shipped_mean(n_labels: int, start: str, _bench: Bench, seed: int) -> float:
    """Accuracy in per cent of one of the shipped trainings: each seed is one of them."""
    for summary in summarise(outcomes_of(shipped("vae-16"))):
        if summary.n_labels == n_labels:
            return 100 * summary.starts[start].values[seed % len(summary.seeds)]
    return math.nan


def shipped_gain(n_labels: int, start: str = FINE_TUNED) -> Interval:
    """What the shipped trainings gain, in pairs, in percentage points."""
    (found,) = (s for s in summarise(outcomes_of(shipped("vae-16"))) if s.n_labels == n_labels)
    return found.gain_interval(start).times(100)


def gradient_ratio(depth: int, activation: str, _bench: Bench, seed: int) -> float:
    """How many times less gradient the first layer gets than the last, at random weights."""
    x = datasets.load(BUNDLED, "cpu").x_train[:MEASURED_ON]
    norms = layer_gradients(Autoencoder(deep_stack(depth, activation, seed=seed)), x)
    return norms[-1] / norms[0]


def ratio_after_pretraining(bench: Bench, seed: int) -> float:
    """Likewise after the layers have been trained one by one."""
    dataset = datasets.load(BUNDLED, "cpu")
    points = with_and_without(1 if bench.quick else 5, "sigmoid", dataset, seed)
    for point in points:
        if point.schedule == "layer_by_layer" and point.gradients:
            return point.gradients[-1] / point.gradients[0]
    return math.nan


CLAIMS: tuple[Claim, ...] = ()
_UNUSED = (FROZEN, RANDOM, torch)
