"""The code as the input of other models: classifiers with few labels, and clusters without any."""

import time
import warnings
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from aecore.analysis import intervals
from aecore.analysis.intervals import Interval
from aecore.analysis.probe import MOST_STEPS, NEIGHBOURS, scaled
from aecore.data import datasets
from aecore.data.cache import DatasetCache
from aecore.shapes import Shape
from aecore.spec.view import Viewed
from aecore.topics.features.clusters import majorities, purity
from aecore.training.evaluation import CHUNK, finite, in_chunks
from aecore.training.loop import corrupt_fixed, fixed_corruption
from aecore.training.monitor import shaped
from aecore.training.references import fitted_pca
from aecore.training.subject import Subject

CODE, PCA, RAW = "code", "pca", "pixels"
"""What classifiers get: the model's code, as many principal components, the samples themselves."""

CLASSIFIERS = ("logistic", "knn", "forest")

MOST = datasets.DATASETS[datasets.BUNDLED].n_train
"""Training samples that are looked at, at most: all of the bundled digits."""

SEED = 0

DRAWS = 5
"""Times that other samples show their labels: with few labels, which ones they are decides a lot."""

FEWER_DRAWS, MANY = 3, 1_000
"""With so many labels it matters less which, and training takes longer."""

Features = NDArray[np.float32]
"""(n, numbers)."""


@dataclass(frozen=True)
class ClassifierScore:
    """How a classifier fares.

    Attributes:
        accuracy: the share of test pictures classified right, from 0 to 1; the mean over the draws
            of labels, with an interval.
        seconds: of processor time that one training took on average, so that a busy machine
            changes nothing.
    """

    accuracy: Interval
    seconds: float


@dataclass(frozen=True, eq=False)
class Classified:
    """Every classifier on every input.

    Attributes:
        scores: input -> classifier -> score.
        best: input -> the classifier that is right most often on validation pictures of it.
        gains: "pca" and "pixels" -> how much more the best classifier on the code gets right than
            the best one on that input, with the same labels and test pictures.
        confusion: (classes, classes), test pictures of a class (row) that the best one on the code
            gives a class (column), added up over the draws.
        classes: (classes,), the labels that rows and columns stand for.
        guess: the share of test samples in the most frequent class, from 0 to 1.
        n_labels, n_test: samples learned from, and tested on.
        n_draws: times that other pictures showed their labels.
        components: how many of PCA's stand against the code.
    """

    scores: Mapping[str, Mapping[str, ClassifierScore]]
    best: Mapping[str, str]
    gains: Mapping[str, Interval]
    confusion: NDArray[np.int64]
    classes: NDArray[np.int64]
    guess: float
    n_labels: int
    n_test: int
    n_draws: int
    components: int

    @property
    def gain(self) -> Interval:
        """Over the better one of PCA and the pixels."""
        return min(self.gains.values(), key=lambda gain: gain.value)

    def accuracy(self, name: str) -> Interval:
        """Of the best classifier on an input."""
        return self.scores[name][self.best[name]].accuracy


@dataclass(frozen=True, eq=False)
class _Tested:
    """What every classifier did on one input.

    Attributes:
        guesses: classifier -> (draws, n_test), the class that each test picture was given.
        right: classifier -> (draws, n_test), whether that is its class.
        on_validation: classifier -> share of the validation pictures that it classifies right.
        seconds: classifier -> mean of processor time for one training.
    """

    guesses: Mapping[str, NDArray[np.int64]]
    right: Mapping[str, NDArray[np.bool_]]
    on_validation: Mapping[str, float]
    seconds: Mapping[str, float]

    @property
    def best(self) -> str:
        return max(CLASSIFIERS, key=lambda kind: self.on_validation[kind])


@dataclass(frozen=True, eq=False)
class Clustering:
    """Clusters of training pictures, those of lower classes first.

    Attributes:
        purity: the share of pictures in the most frequent class of their cluster.
        means: (k, *shape.seen), each cluster's mean picture.
        classes: (k,), its most frequent class.
        shares: (k,), that class's share of it, from 0 to 1.
    """

    purity: float
    means: Viewed
    classes: NDArray[np.int64]
    shares: NDArray[np.float64]


def classify(subject: Subject, n_labels: int) -> Classified:
    """Trains classifiers on some labelled training samples, tests them on the test samples.

    Of the three on an input, validation samples choose the one that is compared.

    Args:
        subject: whose model and samples.
        n_labels: samples whose labels may be used, the classes in equal shares as far as there
            are; the same ones for every input and every model, and other ones in each draw.
    """
    from sklearn.metrics import confusion_matrix

    y_train, _y_val, y_test = _labels(subject)
    draws = tuple(stratified(y_train, n_labels, seed) for seed in range(draws_of(n_labels)))
    if len(draws[0]) == len(y_train):
        draws = draws[:1]  # there are no others
    tested = {CODE: _tested(subject, CODE, draws)}
    tested |= {name: _tested_without_model(subject, name, draws) for name in (PCA, RAW)}
    code = tested[CODE]
    classes = np.union1d(y_train, y_test)
    truth = np.tile(y_test, (len(draws), 1))
    return Classified(
        scores={name: _scores(found) for name, found in tested.items()},
        best={name: found.best for name, found in tested.items()},
        gains={
            name: _share(code.right[code.best] - 1.0 * tested[name].right[tested[name].best])
            for name in (PCA, RAW)
        },
        confusion=confusion_matrix(truth.ravel(), code.guesses[code.best].ravel(), labels=classes),
        classes=classes,
        guess=float(np.bincount(y_test).max() / len(y_test)),
        n_labels=len(draws[0]),
        n_test=len(y_test),
        n_draws=len(draws),
        components=_components(subject),
    )


def draws_of(n_labels: int) -> int:
    """How often labels are drawn anew for a comparison with so many; once where all show theirs."""
    if n_labels >= MOST:
        return 1
    return DRAWS if n_labels < MANY else FEWER_DRAWS


def _scores(found: _Tested) -> Mapping[str, ClassifierScore]:
    return {
        kind: ClassifierScore(_share(found.right[kind]), found.seconds[kind])
        for kind in CLASSIFIERS
    }


def _share(right: NDArray[Any]) -> Interval:
    """The mean of (draws, n_test), whose interval knows both chances: of labels and of pictures."""
    over_pictures = intervals.of_mean(right.mean(axis=0))
    if len(right) == 1:
        return over_pictures
    return intervals.of_both(intervals.of_seeds(right.mean(axis=1).tolist()), over_pictures)


def cluster(subject: Subject, k: int) -> Mapping[str, Clustering]:
    """k-means clusters of the training pictures: by their codes, and by their pixels."""
    from sklearn.cluster import KMeans

    def clustered(name: str) -> Clustering:
        train, _val, _test = _input(subject, name)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # fewer different codes than clusters: a dead code
            means = KMeans(k, n_init=2, random_state=SEED).fit(train)
        labels, _val_labels, _test_labels = _labels(subject)
        pictures = subject.dataset.x_train[:MOST].cpu().numpy()
        return _described(means.labels_, labels, pictures, subject.shape)

    key = (k, fixed_corruption(subject.model.experiment))
    raw = _clustered_without_model.get(subject.dataset, key, lambda: clustered(RAW))
    return {CODE: clustered(CODE), RAW: raw}


def stratified(labels: NDArray[np.int64], n: int, seed: int = SEED) -> NDArray[np.intp]:
    """Which n pictures may show their labels: as many of each class, as far as there are."""
    random = np.random.default_rng(seed)
    queues = [random.permutation(np.flatnonzero(labels == c)) for c in np.unique(labels)]
    places = np.concatenate([np.arange(len(queue)) for queue in queues])
    order = np.argsort(places, kind="stable")  # the first of each class, then the second, …
    return np.concatenate(queues)[order][:n]


Draws = tuple[NDArray[np.intp], ...]
"""For each draw, which training pictures show their labels."""

_tested_alone: DatasetCache[Hashable, _Tested] = DatasetCache(maxsize=64)
_clustered_without_model: DatasetCache[Hashable, Clustering] = DatasetCache(maxsize=64)


def _tested_without_model(subject: Subject, name: str, draws: Draws) -> _Tested:
    """Classifiers on an input that the model has no part in."""
    e = subject.model.experiment
    fitted = (_components(subject), e.n_train, e.classes) if name == PCA else ()
    key = (name, len(draws[0]), fixed_corruption(e), fitted)
    return _tested_alone.get(subject.dataset, key, lambda: _tested(subject, name, draws))


def _tested(subject: Subject, name: str, draws: Draws) -> _Tested:
    """Every classifier on one input, once for each draw of labels."""
    y_train, y_val, y_test = _labels(subject)
    inputs = _input(subject, name)
    scaled_inputs = scaled(inputs[0], *inputs)
    guesses, on_validation, seconds = {}, {}, {}
    for kind in CLASSIFIERS:
        train, val, test = scaled_inputs if kind == "logistic" else inputs
        fitted = [_fitted(kind, train[chosen], y_train[chosen]) for chosen in draws]
        guesses[kind] = np.stack([classifier.predict(test) for classifier, _seconds in fitted])
        right_on_val = [classifier.predict(val) == y_val for classifier, _seconds in fitted]
        on_validation[kind] = float(np.mean(right_on_val))
        seconds[kind] = sum(taken for _classifier, taken in fitted) / len(draws)
    right = {kind: found == y_test for kind, found in guesses.items()}
    return _Tested(guesses, right, on_validation, seconds)


def _fitted(kind: str, x: NDArray[Any], y: NDArray[np.int64]) -> tuple[Any, float]:
    """A trained classifier, and the seconds that this took."""
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression
    from sklearn.neighbors import KNeighborsClassifier

    classifier = {
        "logistic": LogisticRegression(max_iter=MOST_STEPS),
        "knn": KNeighborsClassifier(min(NEIGHBOURS, len(x))),
        "forest": RandomForestClassifier(100, random_state=SEED),
    }[kind]
    start = time.thread_time()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        classifier.fit(x, y)
    return classifier, time.thread_time() - start


def _described(
    clusters: NDArray[np.int32],
    labels: NDArray[np.int64],
    pictures: NDArray[np.float32],
    shape: Shape,
) -> Clustering:
    present = np.unique(clusters)
    found = majorities(clusters, labels)
    classes = np.array([c for c, _right, _size in found])
    shares = np.array([right / size for _class, right, size in found])
    means = np.stack([pictures[clusters == c].mean(axis=0) for c in present])
    order = np.lexsort((-shares, classes))
    greys = (means[order] * 255).round().astype(np.uint8)
    return Clustering(
        purity=purity(clusters, labels),
        means=shaped(greys, shape),
        classes=classes[order],
        shares=shares[order],
    )


def _input(subject: Subject, name: str) -> tuple[Features, Features, Features]:
    """Training, validation and test pictures as the encoder gets them, or what stands for them."""
    e, dataset = subject.model.experiment, subject.dataset
    pictures = (
        corrupt_fixed(e, dataset.x_train[:MOST]),
        corrupt_fixed(e, dataset.x_val)[:CHUNK],
        corrupt_fixed(e, dataset.x_test)[:CHUNK],
    )
    size = _components(subject)
    encode: dict[str, Callable[[Tensor], Tensor]] = {
        CODE: lambda x: in_chunks(subject.model.encode, x),
        PCA: lambda x: fitted_pca(dataset, e.n_train, e.classes).encode(x, size),
        RAW: lambda x: x,
    }
    train, val, test = (finite(encode[name](x)) for x in pictures)
    return train, val, test


def _labels(subject: Subject) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """The classes of the training, the validation and the test pictures."""
    dataset = subject.dataset
    train, val, test = dataset.y_train[:MOST], dataset.y_val[:CHUNK], dataset.y_test[:CHUNK]
    return train.cpu().numpy(), val.cpu().numpy(), test.cpu().numpy()


def _components(subject: Subject) -> int:
    return min(subject.model.experiment.latent_dim, subject.shape.size)
