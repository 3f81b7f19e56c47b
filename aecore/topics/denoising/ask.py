"""How well noise is taken out of samples: by a model, a plain autoencoder, classical filters."""

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
from aecore.shapes import Picture, Shape
from aecore.spec.view import Viewed
from aecore.topics.denoising.measure import decibels, filters_for, tune
from aecore.training.subject import Subject

NOISY, MODEL, PLAIN = "noisy", "model", "plain"
"""The names under which the noisy samples, the subject's model and the plain autoencoder appear
beside those of the filters."""

N_SCORED = 100
"""Test samples that the scores are means over."""

N_TUNED = 20
"""Training samples that the filters are tuned on."""

TUNING_SEED, SCORING_SEED = 1, 2

Outputs = dict[str, Tensor]
"""Method -> (n, numbers), in [0, 1]."""


@dataclass(frozen=True, eq=False)
class Cleaned:
    """Some samples, their noisy versions, and what each method makes of those.

    Attributes:
        originals: (n, *shape.seen).
        cleaned: method -> (n, *shape.seen); the noisy samples first.
        mse: method -> (n,), mean squared error against the originals.
        ssim: method -> (n,), structural similarity to the originals; empty for other data than
            pictures.
    """

    originals: Viewed
    cleaned: Mapping[str, Viewed]
    mse: Mapping[str, NDArray[np.float32]]
    ssim: Mapping[str, NDArray[np.float32]]


@dataclass(frozen=True, eq=False)
class DenoisingScore:
    """How a method fares over many test samples.

    Attributes:
        errors: (n,), each sample's mean squared error per number.
        ssim: mean structural similarity; None for other data than pictures.
        strength: of a filter, tuned for this noise; None for autoencoders and noisy samples.
    """

    errors: NDArray[np.float64]
    ssim: float | None
    strength: float | None = None

    @property
    def mse(self) -> float:
        return float(self.errors.mean())

    @property
    def psnr(self) -> Interval:
        """The mean of the samples' ratios, in decibels; infinite where nothing is lost."""
        return intervals.of_mean(decibels(self.errors))

    def gain(self, other: "DenoisingScore") -> Interval:
        """Decibels by which this method is ahead of another one on the same samples."""
        return intervals.of_difference(decibels(self.errors), decibels(other.errors))


@dataclass(frozen=True, eq=False)
class Benchmark:
    """Scores of all methods for one kind of noise.

    Attributes:
        scores: level -> method -> score.
        n: test samples that each is a mean over.
    """

    scores: Mapping[float, Mapping[str, DenoisingScore]]
    n: int


def clean_test(
    subject: Subject, indices: tuple[int, ...], kind: str, level: float, seed: int
) -> Cleaned:
    """Puts noise on some of the test samples and lets every method take it out.

    Args:
        subject: whose model and test samples.
        indices: which samples.
        kind, level: the noise, as in `aecore.parts.corruptions`.
        seed: the same seed gives the same noise, only stronger or weaker with the level.
    """
    return _clean(subject, subject.dataset.x_test[torch.tensor(indices)].cpu(), kind, level, seed)


def clean_own(
    subject: Subject, pixels: NDArray[np.float32], kind: str, level: float, seed: int
) -> Cleaned:
    """The same for samples from outside: (n, numbers), in [0, 1]."""
    return _clean(subject, torch.from_numpy(pixels), kind, level, seed)


def benchmark(subject: Subject, kind: str, levels: tuple[float, ...]) -> Benchmark:
    """Scores of all methods for one kind of noise at several levels."""
    x = _scored(subject.dataset)
    scores = {}
    for level in levels:
        autoencoders = _autoencoders(subject, _noisy(x, kind, level, SCORING_SEED, subject.shape))
        found = {name: _score(x_hat, x, subject.shape) for name, x_hat in autoencoders.items()}
        scores[level] = {**found, **_filter_scores(subject.dataset, kind, level)}
    return Benchmark(scores, len(x))


def by_kind(
    subject: Subject, levels: tuple[float, ...]
) -> Mapping[str, Mapping[float, Mapping[str, NDArray[np.float64]]]]:
    """How noisy and cleaned samples err for every kind of noise, without the filters.

    Returns:
        Kind -> level -> method -> (n,), each sample's mean squared error per number.
    """
    x = _scored(subject.dataset)

    def errors(kind: str, level: float) -> dict[str, NDArray[np.float64]]:
        noisy = _noisy(x, kind, level, SCORING_SEED, subject.shape)
        cleaned = _autoencoders(subject, noisy)
        return {name: _errors(x_hat, x) for name, x_hat in cleaned.items()}

    kinds = [key for key, kind in CORRUPTIONS.items() if subject.shape.kind in kind.kinds]
    return {kind: {level: errors(kind, level) for level in levels} for kind in kinds}


def plain_autoencoder(subject: Subject) -> str | None:
    """The pretrained vanilla autoencoder with the code size nearest to that of the model.

    Returns:
        Its key; None where the comparison means nothing: it is the model itself, or the model
        has learned other data than digits.
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


def _noisy(x: Tensor, kind: str, level: float, seed: int, shape: Shape) -> Tensor:
    """Drawn on the CPU, so that every device gets the same noise."""
    return corrupted(kind, x, level, Generator().manual_seed(seed), shape)


@torch.no_grad()
def _clean(subject: Subject, x: Tensor, kind: str, level: float, seed: int) -> Cleaned:
    shape = subject.shape
    x_noisy = _noisy(x, kind, level, seed, shape)
    outputs = _autoencoders(subject, x_noisy)
    for name, filter_ in filters_for(shape.kind).items():
        strength = _filter_scores(subject.dataset, kind, level)[name].strength
        outputs[name] = _filtered(x_noisy, shape, filter_.apply, strength or filter_.default)
    return Cleaned(
        originals=subject.seen(x),
        cleaned={name: subject.seen(x_hat) for name, x_hat in outputs.items()},
        mse={name: (x_hat - x).square().mean(dim=1).numpy() for name, x_hat in outputs.items()},
        ssim={name: ssim(x_hat, x, shape).numpy() for name, x_hat in outputs.items()}
        if isinstance(shape, Picture)
        else {},
    )


def _autoencoders(subject: Subject, x_noisy: Tensor) -> Outputs:
    """Noisy samples, and what the model and the plain autoencoder make of them.

    Scored is what is seen: outputs beyond 0 and 1 are cut off.
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
    shape: Shape,
    apply: Callable[[NDArray[np.float32], float], NDArray[np.float32]],
    strength: float,
) -> Tensor:
    cleaned = apply(_planes(x, shape), strength)
    return _shown(torch.from_numpy(cleaned).float().reshape(len(x), -1))


def _planes(x: Tensor, shape: Shape) -> NDArray[np.float32]:
    """Each channel as a picture of its own: (n * channels, height, width), of a series height 1."""
    sides = shape.axes[1:] if isinstance(shape, Picture) else (1, shape.axes[-1])
    planes: NDArray[np.float32] = x.reshape(-1, *sides).numpy()
    return planes


def _score(x_hat: Tensor, x: Tensor, shape: Shape, strength: float | None = None) -> DenoisingScore:
    alike = ssim(x_hat, x, shape).mean().item() if isinstance(shape, Picture) else None
    return DenoisingScore(_errors(x_hat, x), alike, strength)


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
    known_noisy = _noisy(known, kind, level, TUNING_SEED, dataset.shape)
    x = _scored(dataset)
    x_noisy = _noisy(x, kind, level, SCORING_SEED, dataset.shape)
    scores = {}
    shape = dataset.shape
    for name, filter_ in filters_for(shape.kind).items():
        strength = tune(filter_, _planes(known, shape), _planes(known_noisy, shape))
        cleaned = _filtered(x_noisy, shape, filter_.apply, strength)
        scores[name] = _score(cleaned, x, shape, strength)
    return scores
