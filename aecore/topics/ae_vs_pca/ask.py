"""A model next to PCA: samples, errors, codes, features and what they say about the class."""

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from aecore.analysis import intervals, probe
from aecore.analysis.intervals import Interval
from aecore.analysis.latent import Plane, project
from aecore.data import datasets
from aecore.data.cache import DatasetCache
from aecore.model import pca
from aecore.spec.view import Viewed
from aecore.topics.ae_vs_pca import subspace
from aecore.topics.reconstructions.ask import test_errors
from aecore.training.evaluation import CHUNK, finite, in_chunks
from aecore.training.loop import corrupt_fixed, fixed_corruption, training_pictures
from aecore.training.references import fitted_pca
from aecore.training.subject import Subject

MOST_FEATURES = 16

MOST_PROBED = datasets.DATASETS[datasets.BUNDLED].n_train
"""Training codes that a classifier learns from, at most: all of the bundled digits."""

Deviations = NDArray[np.float32]
"""(n, *shape.seen), more (above 0) or less (below 0) than in the mean."""


@dataclass(frozen=True, eq=False)
class Errors:
    """Mean squared errors per number over all test samples.

    Attributes:
        model: the autoencoder's.
        pca: (numbers + 1,), PCA's with 0, 1, … components; with none it is the mean sample's.
        latent_dim: the autoencoder's code size.
        components: how many of PCA's stand against it: as many, but never more than there are.
        n_test: test samples.
        n_pca: training samples that PCA was fitted on.
        ahead: by how much less the model errs than PCA with as many components, sample by sample.
    """

    model: float
    pca: NDArray[np.float64]
    latent_dim: int
    components: int
    n_test: int
    n_pca: int
    ahead: Interval


@dataclass(frozen=True, eq=False)
class SideBySide:
    """Some test samples on their way through both.

    Attributes:
        originals: (n, *shape.seen).
        corrupted: likewise, as both get them; None without corruption.
        model, pca: likewise, what comes out.
        model_errors, pca_errors: (n,), mean squared error per number.
    """

    originals: Viewed
    corrupted: Viewed | None
    model: Viewed
    pca: Viewed
    model_errors: NDArray[np.float32]
    pca_errors: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Maps:
    """Where test samples lie.

    Attributes:
        model: the autoencoder's codes.
        pca: the samples' first two principal components.
        labels: (n,), the classes.
    """

    model: Plane
    pca: Plane
    labels: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Features:
    """What one number of the code does to the output, when it grows by its standard deviation.

    Attributes:
        model: (n, *shape.seen), of the decoder's code units, the most varying first.
        units: (n,), which units these are.
        deviations: (n,), their standard deviations over the test samples.
        pca: (m, *shape.seen), of the first principal components.
        shares: (m,), the share of the training samples' variance along each, from 0 to 1.
    """

    model: Deviations
    units: NDArray[np.int64]
    deviations: NDArray[np.float32]
    pca: Deviations
    shares: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Approach:
    """How near the decoder's span is to that of the first principal components.

    Attributes:
        angles: (k,), the principal angles in degrees, ascending.
        components: (k, *shape.seen), the principal components.
        drawn: (k, *shape.seen), the nearest to each that the decoder can draw.
        lengths: (k,), how long these are, where the components have 1: the cosine of the angle
            between the component and the decoder's span.
        decoder: (k, *shape.seen), what the decoder adds for each number of the code.
    """

    angles: NDArray[np.float64]
    components: Deviations
    drawn: Deviations
    lengths: NDArray[np.float64]
    decoder: Deviations


@torch.no_grad()
def errors(subject: Subject) -> Errors:
    """The model's error over all test samples, and PCA's with every number of components.

    Both get the same input, corrupted if the model's is, and are compared with the clean samples.
    """
    fitted, e = _pca(subject), subject.model.experiment
    x, size = subject.dataset.x_test, subject.shape.size
    z = fitted.encode(x, size).double()
    z_input = fitted.encode(_test_input(subject), size).double()
    # |x - x_hat|^2 with k components: one without any, and one term more for each.
    none = (x - fitted.mean).double().square().sum(dim=1).mean().reshape(1)
    terms = (z_input.square() - 2 * z_input * z).mean(dim=0)
    curve = torch.cat([none, none + terms.cumsum(0)]) / size
    by_model = test_errors(subject).errors.astype(np.float64)
    by_pca = in_chunks(
        lambda part: fitted.reconstruct(part, _components(subject)), _test_input(subject)
    )
    pca_errors = (by_pca - x).square().mean(dim=1).double().cpu().numpy()
    return Errors(
        model=float(by_model.mean()),
        pca=curve.clamp(min=0).cpu().numpy(),
        latent_dim=e.latent_dim,
        components=_components(subject),
        n_test=len(x),
        n_pca=len(training_pictures(subject.dataset, e.n_train, e.classes)),
        ahead=intervals.of_difference(pca_errors, by_model),
    )


def side_by_side(subject: Subject, indices: tuple[int, ...]) -> SideBySide:
    """Some of the test samples, and what both make of them."""
    picked = torch.tensor(indices, device=subject.dataset.device)
    x, x_input = subject.dataset.x_test[picked], _test_input(subject)[picked]
    by_model = subject.model.reconstruct(x_input, subject.dataset.y_test[picked])
    by_pca = _pca(subject).reconstruct(x_input, _components(subject))
    corrupted = subject.model.experiment.corruption != "none"
    return SideBySide(
        originals=subject.seen(x),
        corrupted=subject.seen(x_input) if corrupted else None,
        model=subject.seen(by_model),
        pca=subject.seen(by_pca),
        model_errors=(by_model - x).square().mean(dim=1).cpu().numpy(),
        pca_errors=(by_pca - x).square().mean(dim=1).cpu().numpy(),
    )


def maps(subject: Subject) -> Maps:
    """The first test samples on the plane of either code."""
    x_input = _test_input(subject)[:CHUNK]
    labels = subject.dataset.y_test[:CHUNK].cpu().numpy()
    fitted = _pca(subject)
    share = _shares(fitted, x_input)[:2].sum()
    points = fitted.encode(x_input, 2).cpu().numpy()
    return Maps(
        model=project(finite(subject.model.encode(x_input)), labels),
        pca=Plane(points, "pca", float(share)),
        labels=labels,
    )


def features(subject: Subject) -> Features:
    """What the most varying code units add, and the first principal components'."""
    x_input = _test_input(subject)[:CHUNK]
    codes = subject.model.encode(x_input).nan_to_num(0.0, 0.0, 0.0)
    deviations = codes.std(dim=0, correction=0)  # (latent_dim,)
    units = deviations.argsort(descending=True, stable=True)[:MOST_FEATURES]
    mean = codes.mean(dim=0, keepdim=True)
    moved = mean + torch.diag(deviations)[units]  # (n, latent_dim)
    fitted = _pca(subject)
    first = min(_components(subject), MOST_FEATURES)
    spread = fitted.encode(x_input, first).std(dim=0, correction=0)
    return Features(
        model=subject.shaped(finite(subject.model.decode(moved) - subject.model.decode(mean))),
        units=units.cpu().numpy(),
        deviations=deviations[units].cpu().numpy(),
        pca=subject.shaped(finite(fitted.components[:first] * spread[:, None])),
        shares=_shares(fitted, subject.dataset.x_train[:MOST_PROBED])[:first],
    )


def eigen_digits(subject: Subject, n: int) -> Deviations:
    """The first n principal components of the training samples, each of length 1."""
    return subject.shaped(finite(_pca(subject).components[:n]))


def approach(subject: Subject) -> Approach:
    """How near a linear decoder's span is to PCA's."""
    size = _components(subject)
    zero = torch.zeros(1, size, device=subject.dataset.device)
    columns = subject.model.decode(torch.eye(size, device=zero.device)) - subject.model.decode(zero)
    decoder = columns.double().nan_to_num(0.0, 0.0, 0.0).cpu().numpy()  # (k, numbers)
    components = _pca(subject).components[:size].double().cpu().numpy()
    drawn = subspace.projected(components, decoder)
    return Approach(
        angles=subspace.principal_angles(decoder, components),
        components=subject.shaped(components),
        drawn=subject.shaped(drawn),
        lengths=np.linalg.norm(drawn, axis=1),
        decoder=subject.shaped(decoder),
    )


def probe_model(subject: Subject) -> probe.Accuracy:
    """What classifiers read from the model's codes."""
    train, test = _probed_inputs(subject)
    encode = subject.model.encode
    codes = in_chunks(encode, train)
    tests = in_chunks(encode, test)
    return _accuracy(subject, codes, tests)


def probe_pca(subject: Subject) -> probe.Accuracy:
    """What they read from as many principal components."""
    e, size = subject.model.experiment, _components(subject)

    def read() -> probe.Accuracy:
        fitted = _pca(subject)
        train, test = (fitted.encode(x, size) for x in _probed_inputs(subject))
        return _accuracy(subject, train, test)

    key = (fixed_corruption(e), size, e.n_train, e.classes)
    return _read_without_model.get(subject.dataset, key, read)


def probe_pixels(subject: Subject) -> probe.Accuracy:
    """What they read from the samples themselves."""
    return _read_without_model.get(
        subject.dataset,
        fixed_corruption(subject.model.experiment),
        lambda: _accuracy(subject, *_probed_inputs(subject)),
    )


_read_without_model: DatasetCache[Hashable, probe.Accuracy] = DatasetCache(maxsize=256)


def _accuracy(subject: Subject, train: torch.Tensor, test: torch.Tensor) -> probe.Accuracy:
    labels = subject.dataset.y_train[: len(train)].cpu().numpy()
    test_labels = subject.dataset.y_test[: len(test)].cpu().numpy()
    return probe.accuracy(finite(train), labels, finite(test), test_labels)


def _probed_inputs(subject: Subject) -> tuple[torch.Tensor, torch.Tensor]:
    """Training and test samples as the encoder gets them."""
    train = corrupt_fixed(subject.model.experiment, subject.dataset.x_train[:MOST_PROBED])
    return train, _test_input(subject)[:CHUNK]


def _test_input(subject: Subject) -> torch.Tensor:
    return corrupt_fixed(subject.model.experiment, subject.dataset.x_test)


def _pca(subject: Subject) -> pca.PCA:
    e = subject.model.experiment
    return fitted_pca(subject.dataset, e.n_train, e.classes)


def _components(subject: Subject) -> int:
    return min(subject.model.experiment.latent_dim, subject.shape.size)


def _shares(fitted: pca.PCA, x: torch.Tensor) -> NDArray[np.float32]:
    """(numbers,), the share of the samples' variance along each principal component."""
    variances = fitted.encode(x, len(fitted.components)).var(dim=0, correction=0)
    return (variances / variances.sum()).cpu().numpy()
