"""Claims about trainings: a seed gives other first weights and another order of the pictures."""

import math
from functools import partial

from aecore.data import datasets
from aecore.data.datasets import BUNDLED
from aecore.model.autoencoder import Autoencoder
from aecore.spec import variants
from aecore.spec.presets import PRESETS
from aecore.topics.ae_vs_pca.ask import approach
from aecore.topics.ae_vs_pca.linear import approaching_pca
from aecore.topics.pretraining.gradients import (
    MEASURED_ON,
    deep_stack,
    layer_gradients,
    with_and_without,
)
from aecore.topics.pretraining.measure import (
    FINE_TUNED,
    FROZEN,
    RANDOM,
    outcomes_of,
    shipped,
    summarise,
)
from aecore.topics.reconstructions.ask import test_errors
from aecore.training.loop import Training
from aecore.training.references import references
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


def shipped_gain(n_labels: int, bench: Bench, seed: int) -> float:
    """What fine-tuning gains on random weights in one shipped pair, in percentage points."""
    tuned = shipped_mean(n_labels, FINE_TUNED, bench, seed)
    return tuned - shipped_mean(n_labels, RANDOM, bench, seed)


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


CLAIMS: tuple[Claim, ...] = (
    Claim(
        "ae_vs_pca",
        "The angles fall to almost nothing",
        "각이 거의 0까지 줄어듭니다",
        largest_angle,
        0,
        6,
        "Degrees between the linear autoencoder's span and PCA's after training with another seed.",
    ),
    Claim(
        "train",
        "its error is about that of **the mean picture**",
        "오차는 **평균 이미지**의 오차와 비슷합니다",
        after_three_epochs,
        80,
        110,
        "The error after three epochs in % of the mean picture's, trained with another seed.",
    ),
    Claim(
        "train",
        "the validation error sinks below the line of [PCA](glossary:pca)",
        "검증 오차가 [PCA](glossary:pca)의 선보다 낮아집니다",
        against_pca,
        70,
        99,
        "The error at the end in % of PCA's, trained with another seed.",
    ),
    Claim(
        "train",
        "nearly three times as high",
        "거의 세 배",
        two_numbers_cost,
        2.4,
        3.2,
        "The error with 2 numbers over that with 32, both trained with another seed.",
    ),
    Claim(
        "train",
        "Training ends after a few steps of the very first epoch",
        "첫 에포크의 몇 걸음 만에 학습이 끝납니다",
        steps_until_it_diverges,
        1,
        30,
        "Updates until the preset is broken off, trained with another seed.",
    ),
    Claim(
        "pretraining",
        "fine-tuning reaches about 77%",
        "미세 조정은 77%쯤",
        partial(shipped_mean, 100, FINE_TUNED),
        74,
        80,
        "Accuracy of the shipped trainings with 100 labels; each seed is one of them.",
    ),
    Claim(
        "pretraining",
        "random weights about 75%",
        "무작위 가중치는 75%쯤",
        partial(shipped_mean, 100, RANDOM),
        72,
        78,
        "Likewise from random weights.",
    ),
    Claim(
        "pretraining",
        "The gain shrinks to next to nothing",
        "이득이 거의 사라집니다",
        partial(shipped_gain, 55_000),
        -0.3,
        0.5,
        "Fine-tuning minus random weights with 55,000 labels; each seed is a shipped pair.",
    ),
    Claim(
        "pretraining",
        "stops near 89%",
        "89% 근처에서 멈춥니다",
        partial(shipped_mean, 55_000, FROZEN),
        88,
        90,
        "Accuracy on the frozen encoder with 55,000 labels; each seed is a shipped training.",
    ),
    Claim(
        "pretraining",
        "about a seventieth of that of the last",
        "마지막 층의 70분의 1쯤",
        partial(gradient_ratio, 1, "sigmoid"),
        50,
        95,
        "The last layer's gradient over the first's in a random stack of 1 hidden layer.",
    ),
    Claim(
        "pretraining",
        "less than a millionth",
        "백만분의 1이 되지 않습니다",
        partial(gradient_ratio, 5, "sigmoid"),
        1e6,
        1e8,
        "Likewise with 5 hidden layers, other first weights.",
    ),
    Claim(
        "pretraining",
        "more than a hundredth again",
        "다시 100분의 1이 넘습니다",
        ratio_after_pretraining,
        1,
        100,
        "Likewise after training layer by layer with another seed.",
    ),
    Claim(
        "pretraining",
        "About one fifth",
        "5분의 1쯤",
        partial(gradient_ratio, 5, "relu"),
        3,
        8,
        "Likewise with ReLU and random weights.",
    ),
)
