"""The code as the input of other models: classifiers with few labels, and clusters without any."""

import time
import warnings
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from aecore.analysis.clusters import majorities, purity
from aecore.analysis.probe import MOST_STEPS, NEIGHBOURS, varied_columns
from aecore.evaluation import CHUNK, in_chunks
from aecore.experiment import PIXELS, SIDE
from aecore.questions.subject import Subject
from aecore.references import fitted_pca
from aecore.remembered import Remembered
from aecore.training import corrupt_fixed, fixed_corruption
from aecore.view import Pictures

CODE, PCA, RAW = "code", "pca", "pixels"
"""What classifiers get: the model's code, as many principal components, the pictures themselves."""

CLASSIFIERS = ("logistic", "knn", "forest")

MOST = 4_000
"""Training pictures that are looked at, at most: all of the bundled digits."""

SEED = 0

Features = NDArray[np.float32]
"""(n, numbers)."""


@dataclass(frozen=True)
class Score:
    """How a classifier fares.

    Attributes:
        accuracy: the share of test pictures classified right, from 0 to 1.
        seconds: of processor time that its training took, so that a busy machine changes nothing.
    """

    accuracy: float
    seconds: float


@dataclass(frozen=True, eq=False)
class Classified:
    """Every classifier on every input.

    Attributes:
        scores: input -> classifier -> score.
        best: the classifier with the best accuracy on the code.
        confusion: (classes, classes), test pictures of a class (row) that the best one on the code
            gives a class (column).
        classes: (classes,), the labels that rows and columns stand for.
        n_labels, n_test: pictures learned from, and tested on.
        components: how many of PCA's stand against the code.
    """

    scores: Mapping[str, Mapping[str, Score]]
    best: str
    confusion: NDArray[np.int64]
    classes: NDArray[np.int64]
    n_labels: int
    n_test: int
    components: int


@dataclass(frozen=True, eq=False)
class Clustering:
    """Clusters of training pictures, those of lower classes first.

    Attributes:
        purity: the share of pictures in the most frequent class of their cluster.
        means: (k, 28, 28), each cluster's mean picture.
        classes: (k,), its most frequent class.
        shares: (k,), that class's share of it, from 0 to 1.
    """

    purity: float
    means: Pictures
    classes: NDArray[np.int64]
    shares: NDArray[np.float64]


def classify(subject: Subject, n_labels: int) -> Classified:
    """Trains classifiers on some labelled training pictures, tests them on the test pictures.

    Args:
        subject: whose model and pictures.
        n_labels: pictures whose labels may be used, the classes in equal shares as far as there
            are; the same ones for every input and every model.
    """
    from sklearn.metrics import confusion_matrix

    y_train, y_test = _labels(subject)
    chosen = stratified(y_train, n_labels)
    scores, guesses = _tested(subject, CODE, chosen)
    best = max(CLASSIFIERS, key=lambda kind: scores[kind].accuracy)
    classes = np.union1d(y_train, y_test)
    return Classified(
        scores={
            CODE: scores,
            **{name: _tested_without_model(subject, name, chosen) for name in (PCA, RAW)},
        },
        best=best,
        confusion=confusion_matrix(y_test, guesses[best], labels=classes),
        classes=classes,
        n_labels=len(chosen),
        n_test=len(y_test),
        components=_components(subject),
    )


def cluster(subject: Subject, k: int) -> Mapping[str, Clustering]:
    """k-means clusters of the training pictures: by their codes, and by their pixels."""
    from sklearn.cluster import KMeans

    def clustered(name: str) -> Clustering:
        train, _test = _input(subject, name)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # fewer different codes than clusters: a dead code
            means = KMeans(k, n_init=2, random_state=SEED).fit(train)
        labels, _test_labels = _labels(subject)
        pictures = subject.dataset.x_train[:MOST].cpu().numpy()
        return _described(means.labels_, labels, pictures)

    key = (k, fixed_corruption(subject.model.experiment))
    raw = _clustered_without_model.get(subject.dataset, key, lambda: clustered(RAW))
    return {CODE: clustered(CODE), RAW: raw}


def stratified(labels: NDArray[np.int64], n: int) -> NDArray[np.intp]:
    """Which n pictures may show their labels: as many of each class, as far as there are."""
    random = np.random.default_rng(SEED)
    queues = [random.permutation(np.flatnonzero(labels == c)) for c in np.unique(labels)]
    places = np.concatenate([np.arange(len(queue)) for queue in queues])
    order = np.argsort(places, kind="stable")  # the first of each class, then the second, …
    return np.concatenate(queues)[order][:n]


Scores = Mapping[str, Score]
"""Classifier -> score."""

_scored_without_model: Remembered[Hashable, Scores] = Remembered(most=256)
_clustered_without_model: Remembered[Hashable, Clustering] = Remembered(most=64)


def _tested_without_model(subject: Subject, name: str, chosen: NDArray[np.intp]) -> Scores:
    """Scores on an input that the model has no part in."""
    e = subject.model.experiment
    fitted = (_components(subject), e.n_train, e.classes) if name == PCA else ()
    key = (name, len(chosen), fixed_corruption(e), fitted)
    return _scored_without_model.get(
        subject.dataset, key, lambda: _tested(subject, name, chosen)[0]
    )


def _tested(
    subject: Subject, name: str, chosen: NDArray[np.intp]
) -> tuple[Scores, Mapping[str, NDArray[np.int64]]]:
    """Every classifier's score on one input, and which classes it gives the test pictures."""
    y_train, y_test = _labels(subject)
    train, test = _input(subject, name)
    varied = varied_columns(train)
    scores, guesses = {}, {}
    for kind in CLASSIFIERS:
        columns = varied if kind == "logistic" else np.arange(train.shape[1])
        classifier, seconds = _fitted(kind, train[chosen][:, columns], y_train[chosen])
        guesses[kind] = classifier.predict(test[:, columns])
        scores[kind] = Score(float((guesses[kind] == y_test).mean()), seconds)
    return scores, guesses


def _fitted(kind: str, x: Features, y: NDArray[np.int64]) -> tuple[Any, float]:
    """A trained classifier, and the seconds that this took."""
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    classifier = {
        "logistic": make_pipeline(StandardScaler(), LogisticRegression(max_iter=MOST_STEPS)),
        "knn": KNeighborsClassifier(min(NEIGHBOURS, len(x))),
        "forest": RandomForestClassifier(100, random_state=SEED),
    }[kind]
    start = time.thread_time()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        classifier.fit(x, y)
    return classifier, time.thread_time() - start


def _described(
    clusters: NDArray[np.int32], labels: NDArray[np.int64], pictures: NDArray[np.float32]
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
        means=greys.reshape(-1, SIDE, SIDE),
        classes=classes[order],
        shares=shares[order],
    )


def _input(subject: Subject, name: str) -> tuple[Features, Features]:
    """Training and test pictures as the encoder gets them, or what stands for them."""
    e, dataset = subject.model.experiment, subject.dataset
    pictures = corrupt_fixed(e, dataset.x_train[:MOST]), corrupt_fixed(e, dataset.x_test)[:CHUNK]
    size = _components(subject)
    encode: dict[str, Callable[[Tensor], Tensor]] = {
        CODE: lambda x: in_chunks(subject.model.encode, x),
        PCA: lambda x: fitted_pca(dataset, e.n_train, e.classes).encode(x, size),
        RAW: lambda x: x,
    }
    train, test = (_finite(encode[name](x)) for x in pictures)
    return train, test


def _labels(subject: Subject) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    dataset = subject.dataset
    return dataset.y_train[:MOST].cpu().numpy(), dataset.y_test[:CHUNK].cpu().numpy()


def _components(subject: Subject) -> int:
    return min(subject.model.experiment.latent_dim, PIXELS)


def _finite(x: Tensor) -> Features:
    array: Features = x.nan_to_num(0.0, 0.0, 0.0).cpu().numpy()
    return array
