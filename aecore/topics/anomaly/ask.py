"""How strange a model finds pictures: by their reconstruction, and by where their codes lie."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Generator, Tensor

from aecore.analysis import intervals
from aecore.analysis.intervals import Interval
from aecore.data import datasets
from aecore.data.datasets import Dataset
from aecore.errors import N_, LabError
from aecore.model.autoencoder import Autoencoder
from aecore.parts.losses.ssim import ssim
from aecore.shapes import Picture
from aecore.spec.view import Viewed
from aecore.topics.anomaly.measure import (
    Curves,
    Flags,
    Scores,
    Usual,
    at_usual_threshold,
    curves,
    mahalanobis,
    usual_threshold,
)
from aecore.training.evaluation import in_chunks
from aecore.training.loop import training_pictures
from aecore.training.subject import Subject

MOST_KNOWN = 5000
"""Training codes that the latent distance is measured from, at most."""

N_FOREIGN = 8
"""Pictures of another dataset that are scored."""

SQUARE = 4
"""Pixels along a square of the checkerboard."""

NOISE_SEED = 3

DIVERGED = N_(
    "This model's scores mean nothing, because its training diverged: choose another model, or "
    "train again with a smaller learning rate."
)


@dataclass(frozen=True, eq=False)
class Detection:
    """All test pictures, scored.

    Attributes:
        scores: "mse", "ssim" or "latent" -> (n,), higher is stranger.
        strange: (n,), true for pictures of no normal class.
        labels: (n,), their classes.
        curves: score -> how well it separates.
        areas: score -> the area under its ROC curve, with an interval.
        usual: score -> the threshold that was set on validation pictures, and what it does.
        n_known: training pictures of normal classes that the latent distance is measured from.
    """

    scores: Mapping[str, Scores]
    strange: Flags
    labels: NDArray[np.int64]
    curves: Mapping[str, Curves]
    areas: Mapping[str, Interval]
    usual: Mapping[str, Usual]
    n_known: int


@dataclass(frozen=True, eq=False)
class Ranking:
    """All test samples, scored, where nobody knows which of them are strange.

    Attributes:
        scores: "mse", "ssim" or "latent" -> (n,), higher is stranger.
        thresholds: score -> above which 5% of the validation samples lie.
        n_held_out: validation samples that these were set on.
    """

    scores: Mapping[str, Scores]
    thresholds: Mapping[str, float]
    n_held_out: int


@dataclass(frozen=True, eq=False)
class Scored:
    """Some pictures, what the model makes of them, and how strange it finds them.

    Attributes:
        originals, x_hat: (n, *shape.seen).
        scores: score -> (n,), higher is stranger.
    """

    originals: Viewed
    x_hat: Viewed
    scores: Mapping[str, Scores]


def detect(subject: Subject, normal: tuple[int, ...]) -> Detection:
    """Scores every test picture and says how well each score separates.

    The usual threshold is set on normal pictures of the validation part, which are neither learned
    from nor tested on.

    Raises:
        LabError: the test set has no normal or no strange picture, or a score is not a number.
    """
    labels = subject.dataset.y_test.cpu().numpy()
    strange = ~np.isin(labels, normal)
    known = _known(subject, normal)
    held_out = _held_out(subject, normal)
    if strange.all() or not strange.any() or len(known) < 2 or not len(held_out):
        raise LabError(
            N_(
                "There is nothing to compare: it takes normal pictures to learn from, and both "
                "normal and strange ones in the test set."
            )
        )
    scores = _scores(subject, normal, subject.dataset.x_test)
    usual = _scores(subject, normal, held_out)
    return Detection(
        scores=scores,
        strange=strange,
        labels=labels,
        curves={name: curves(values, strange) for name, values in scores.items()},
        areas={name: intervals.of_auroc(values, strange) for name, values in scores.items()},
        usual={
            name: at_usual_threshold(usual[name], values, strange)
            for name, values in scores.items()
        },
        n_known=len(known),
    )


def rank(subject: Subject) -> Ranking:
    """Scores every test sample of a dataset without labels.

    Raises:
        LabError: a score is not a number.
    """
    held_out = _scores(subject, (), subject.dataset.x_val)
    return Ranking(
        scores=_scores(subject, (), subject.dataset.x_test),
        thresholds={name: usual_threshold(values) for name, values in held_out.items()},
        n_held_out=len(subject.dataset.x_val),
    )


def score_test(subject: Subject, normal: tuple[int, ...], indices: tuple[int, ...]) -> Scored:
    """Some of the test pictures."""
    return _scored(subject, normal, subject.dataset.x_test[torch.tensor(indices)])


def score_own(subject: Subject, normal: tuple[int, ...], pixels: NDArray[np.float32]) -> Scored:
    """Pictures from outside: (n, numbers), in [0, 1]."""
    return _scored(subject, normal, torch.from_numpy(pixels))


def score_foreign(subject: Subject, normal: tuple[int, ...], key: str) -> Scored:
    """The first test pictures of another dataset."""
    return _scored(subject, normal, datasets.load(key).x_test[:N_FOREIGN])


def score_made_up(subject: Subject, normal: tuple[int, ...]) -> Scored:
    """Pictures that belong to no class, made from one that does; in the order of `made_up`.

    Raises:
        LabError: the samples are no pictures.
    """
    if not isinstance(subject.shape, Picture):
        raise LabError(N_("Only pictures are made up here: choose a model of pictures."))
    return _scored(subject, normal, made_up(subject.dataset, normal))


def made_up(dataset: Dataset, normal: tuple[int, ...]) -> Tensor:
    """A normal test picture, changed, and pictures that were never any.

    Returns:
        (7, numbers): the first normal test picture as it is, turned by 90 degrees, upside down and
        with black and white exchanged; a checkerboard, noise, and black.
    """
    is_normal = torch.isin(dataset.y_test, torch.tensor(normal, device=dataset.device))
    digit = dataset.x_test[is_normal][0].cpu()
    shape = dataset.shape
    square = digit.view(shape.axes)
    rows, columns = (torch.arange(side) // SQUARE for side in shape.axes[1:])
    checkerboard = ((rows[:, None] + columns) % 2).float().expand(shape.axes)
    noise = torch.rand(shape.size, generator=Generator().manual_seed(NOISE_SEED))
    pictures = [digit, square.rot90(dims=(1, 2)), square.rot90(2, dims=(1, 2)), 1 - digit]
    pictures += [checkerboard, noise, torch.zeros(shape.size)]
    return torch.stack([picture.reshape(shape.size) for picture in pictures])


def _scored(subject: Subject, normal: tuple[int, ...], x: Tensor) -> Scored:
    x = x.to(subject.dataset.device)
    return Scored(
        subject.seen(x),
        subject.seen(_reconstruct(subject.model, x)),
        _scores(subject, normal, x),
    )


def _scores(subject: Subject, normal: tuple[int, ...], x: Tensor) -> dict[str, Scores]:
    """All scores of x (n, numbers). Raises LabError if one is not a number."""
    shape = subject.shape
    x_hat = _reconstruct(subject.model, x)
    codes, known = _encode(subject.model, x), _known_codes(subject, normal)
    if not all(torch.isfinite(tensor).all() for tensor in (x_hat, codes, known)):
        raise LabError(DIVERGED)
    return {
        "mse": (x_hat - x).square().mean(dim=1).cpu().numpy(),
        **(
            {"ssim": (1 - ssim(x_hat, x, shape)).cpu().numpy()}
            if isinstance(shape, Picture)
            else {}
        ),
        "latent": mahalanobis(codes.cpu().numpy(), known.cpu().numpy()),
    }


def _known(subject: Subject, normal: tuple[int, ...]) -> Tensor:
    n = min(MOST_KNOWN, subject.model.experiment.n_train)
    return training_pictures(subject.dataset, n, normal)


def _held_out(subject: Subject, normal: tuple[int, ...]) -> Tensor:
    """Normal pictures of the validation part."""
    x, y = subject.dataset.x_val, subject.dataset.y_val
    return x[torch.isin(y, torch.tensor(normal, device=y.device))]


def _known_codes(subject: Subject, normal: tuple[int, ...]) -> Tensor:
    return _encode(subject.model, _known(subject, normal))


def _encode(model: Autoencoder, x: Tensor) -> Tensor:
    return in_chunks(model.encode, x)


def _reconstruct(model: Autoencoder, x: Tensor) -> Tensor:
    return in_chunks(model.reconstruct, x)
