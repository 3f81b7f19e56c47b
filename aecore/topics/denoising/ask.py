"""How well noise is taken out of pictures: by a model, a plain autoencoder, classical filters."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Generator, Tensor

from aecore.analysis import intervals
from aecore.analysis.intervals import Interval
from aecore.data.cache import DatasetCache
from aecore.data.datasets import Dataset
from aecore.files import pretrained
from aecore.parts.corruptions import CORRUPTIONS, corrupted
from aecore.parts.losses.ssim import ssim
from aecore.spec.experiment import SIDE
from aecore.spec.view import Viewed
from aecore.topics.denoising.measure import FILTERS, decibels, tune
from aecore.training.subject import Subject

NOISY, MODEL, PLAIN = "noisy", "model", "plain"
"""The names under which the noisy pictures, the subject's model and the plain autoencoder appear
beside those of the filters."""

N_SCORED = 100
"""Test pictures that the scores are means over."""

N_TUNED = 20
"""Training pictures that the filters are tuned on."""

TUNING_SEED, SCORING_SEED = 1, 2

Outputs = dict[str, Tensor]
"""Method -> (n, 784), pixels in [0, 1]."""


@dataclass(frozen=True, eq=False)
class Cleaned:
    """Some pictures, their noisy versions, and what each method makes of those.

    Attributes:
        originals: (n, 28, 28).
        cleaned: method -> (n, 28, 28); the noisy pictures first.
        mse: method -> (n,), squared error per pixel against the originals.
        ssim: method -> (n,), structural similarity to the originals.
    """

    originals: Viewed
    cleaned: Mapping[str, Viewed]
    mse: Mapping[str, NDArray[np.float32]]
    ssim: Mapping[str, NDArray[np.float32]]


@dataclass(frozen=True, eq=False)
class DenoisingScore:
    """How a method fares over many test pictures.

    Attributes:
        errors: (n,), each picture's mean squared error per pixel.
        ssim: mean structural similarity.
        strength: of a filter, tuned for this noise; None for autoencoders and noisy pictures.
    """

    errors: NDArray[np.float64]
    ssim: float
    strength: float | None = None

    @property
    def mse(self) -> float:
        return float(self.errors.mean())

    @property
    def psnr(self) -> Interval:
        """The mean of the pictures' ratios, in decibels; infinite where nothing is lost."""
        return intervals.of_mean(decibels(self.errors))

    def gain(self, other: "DenoisingScore") -> Interval:
        """Decibels by which this method is ahead of another one on the same pictures."""
        return intervals.of_difference(decibels(self.errors), decibels(other.errors))


@dataclass(frozen=True, eq=False)
class Benchmark:
    """Scores of all methods for one kind of noise.

    Attributes:
        scores: level -> method -> score.
        n: test pictures that each is a mean over.
    """

    scores: Mapping[float, Mapping[str, DenoisingScore]]
    n: int


def clean_test(
    subject: Subject, indices: tuple[int, ...], kind: str, level: float, seed: int
) -> Cleaned:
    """Puts noise on some of the test pictures and lets every method take it out.

    Args:
        subject: whose model and test pictures.
        indices: which pictures.
        kind, level: the noise, as in `aecore.parts.corruptions`.
        seed: the same seed gives the same noise, only stronger or weaker with the level.
    """
    return _clean(subject, subject.dataset.x_test[torch.tensor(indices)].cpu(), kind, level, seed)


def clean_own(
    subject: Subject, pixels: NDArray[np.float32], kind: str, level: float, seed: int
) -> Cleaned:
    """The same for pictures from outside: (n, 784), in [0, 1], white on black."""
    return _clean(subject, torch.from_numpy(pixels), kind, level, seed)


def benchmark(subject: Subject, kind: str, levels: tuple[float, ...]) -> Benchmark:
    """Scores of all methods for one kind of noise at several levels."""
    x = _scored(subject.dataset)
    scores = {}
    for level in levels:
        autoencoders = _autoencoders(subject, _noisy(x, kind, level, SCORING_SEED))
        found = {name: _score(x_hat, x) for name, x_hat in autoencoders.items()}
        scores[level] = {**found, **_filter_scores(subject.dataset, kind, level)}
    return Benchmark(scores, len(x))


def by_kind(
    subject: Subject, levels: tuple[float, ...]
) -> Mapping[str, Mapping[float, Mapping[str, NDArray[np.float64]]]]:
    """How noisy and cleaned pictures err for every kind of noise, without the filters.

    Returns:
        Kind -> level -> method -> (n,), each picture's mean squared error per pixel.
    """
    x = _scored(subject.dataset)

    def errors(kind: str, level: float) -> dict[str, NDArray[np.float64]]:
        cleaned = _autoencoders(subject, _noisy(x, kind, level, SCORING_SEED))
        return {name: _errors(x_hat, x) for name, x_hat in cleaned.items()}

    kinds = list(CORRUPTIONS)
    return {kind: {level: errors(kind, level) for level in levels} for kind in kinds}


def plain_autoencoder(subject: Subject) -> str | None:
    """The pretrained vanilla autoencoder with the code size nearest to that of the model.

    Returns:
        Its key; None where the comparison means nothing: it is the model itself, or the model
        has learned other pictures than digits.
    """
    e = subject.model.experiment
    if subject.dataset.key not in ("mnist-5k", "mnist"):
        return None
    plain = [key for key in pretrained.available() if key.startswith("vanilla-")]
    sizes = {key: pretrained.experiment_of(key).latent_dim for key in plain}
    nearest = min(plain, key=lambda key: abs(np.log(sizes[key] / e.latent_dim)), default=None)
    if nearest is None or subject.model is pretrained.load(nearest):
        return None
    return nearest


def _noisy(x: Tensor, kind: str, level: float, seed: int) -> Tensor:
    """Drawn on the CPU, so that every device gets the same noise."""
    return corrupted(kind, x, level, Generator().manual_seed(seed))


@torch.no_grad()
def _clean(subject: Subject, x: Tensor, kind: str, level: float, seed: int) -> Cleaned:
    x_noisy = _noisy(x, kind, level, seed)
    outputs = _autoencoders(subject, x_noisy)
    for name, filter_ in FILTERS.items():
        strength = _filter_scores(subject.dataset, kind, level)[name].strength
        outputs[name] = _filtered(x_noisy, filter_.apply, strength or filter_.default)
    return Cleaned(
        originals=subject.seen(x),
        cleaned={name: subject.seen(x_hat) for name, x_hat in outputs.items()},
        mse={name: (x_hat - x).square().mean(dim=1).numpy() for name, x_hat in outputs.items()},
        ssim={name: ssim(x_hat, x).numpy() for name, x_hat in outputs.items()},
    )


def _autoencoders(subject: Subject, x_noisy: Tensor) -> Outputs:
    """Noisy pictures, and what the model and the plain autoencoder make of them.

    Scored is what is seen: outputs beyond black and white are cut off.
    """
    outputs = {NOISY: x_noisy, MODEL: _shown(subject.model.reconstruct(_sent(subject, x_noisy)))}
    if (key := plain_autoencoder(subject)) is not None:
        outputs[PLAIN] = _shown(pretrained.load(key).reconstruct(x_noisy))
    return outputs


def _sent(subject: Subject, x: Tensor) -> Tensor:
    return x.to(subject.dataset.device)


def _shown(x_hat: Tensor) -> Tensor:
    return x_hat.cpu().nan_to_num(0.0).clamp(0, 1)


def _filtered(
    x: Tensor,
    apply: Callable[[NDArray[np.float32], float], NDArray[np.float32]],
    strength: float,
) -> Tensor:
    cleaned = apply(x.view(-1, SIDE, SIDE).numpy(), strength)
    return _shown(torch.from_numpy(cleaned).float().reshape(len(x), -1))


def _score(x_hat: Tensor, x: Tensor, strength: float | None = None) -> DenoisingScore:
    return DenoisingScore(_errors(x_hat, x), ssim(x_hat, x).mean().item(), strength)


def _errors(x_hat: Tensor, x: Tensor) -> NDArray[np.float64]:
    return (x_hat - x).double().square().mean(dim=1).numpy()


def _scored(dataset: Dataset) -> Tensor:
    return dataset.x_test[:N_SCORED].cpu()


_scores: DatasetCache[tuple[str, float], Mapping[str, DenoisingScore]] = DatasetCache(maxsize=256)
"""Of the filters, by kind and level of the noise."""


def _filter_scores(dataset: Dataset, kind: str, level: float) -> Mapping[str, DenoisingScore]:
    """Scores of the filters, each at its best strength."""
    return _scores.get(dataset, (kind, level), lambda: _score_filters(dataset, kind, level))


def _score_filters(dataset: Dataset, kind: str, level: float) -> Mapping[str, DenoisingScore]:
    known = dataset.x_train[:N_TUNED].cpu()
    known_noisy = _noisy(known, kind, level, TUNING_SEED)
    x = _scored(dataset)
    x_noisy = _noisy(x, kind, level, SCORING_SEED)
    scores = {}
    for name, filter_ in FILTERS.items():
        clean, noisy = (y.view(-1, SIDE, SIDE).numpy() for y in (known, known_noisy))
        strength = tune(filter_, clean, noisy)
        scores[name] = _score(_filtered(x_noisy, filter_.apply, strength), x, strength)
    return scores
