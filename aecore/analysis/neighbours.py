"""Maps of codes on which neighbours stay together, and who a code's neighbours are."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aecore.analysis.latent import Points, project

MOST = 1000
"""t-SNE places no more codes: it takes seconds for this many, and minutes for ten times as many."""

WAYS = {1: ("strip",), 2: ("codes",), 3: ("codes", "pca", "tsne")}


@dataclass(frozen=True, eq=False)
class Map:
    """Codes laid out in two or three dimensions.

    Attributes:
        points: (m, 2) or (m, 3).
        indices: (m,), which of the codes they are; all of them, except for a large t-SNE.
        way: "strip", "codes", "pca" or "tsne".
        explained: share of the codes' variance that a "pca" shows, from 0 to 1; else 1.
    """

    points: Points
    indices: NDArray[np.int64]
    way: str
    explained: float


def ways(latent_dim: int) -> tuple[str, ...]:
    """How codes of a size can be laid out; the first is what one would look at first."""
    return WAYS.get(latent_dim, ("pca", "tsne"))


def lay_out(codes: Points, labels: NDArray[np.int64], way: str) -> Map:
    """Lays codes out.

    Args:
        codes: (n, latent_dim), finite.
        labels: (n,), the class of each.
        way: one of `ways(latent_dim)`.
    """
    everyone = np.arange(len(codes))
    if way == "tsne":
        chosen = np.sort(np.random.default_rng(0).permutation(everyone)[:MOST])
        return Map(tsne(codes[chosen]), chosen, way, 1.0)
    if way == "codes":
        return Map(codes, everyone, way, 1.0)
    plane = project(codes, labels)
    return Map(plane.points, everyone, way, plane.explained)


def tsne(codes: Points) -> Points:
    """A plane on which neighbours stay neighbours: (n, latent_dim) -> (n, 2), n at least 4.

    Distances between far points and the sizes of clusters mean nothing there.

    Source: van der Maaten & Hinton 2008, as in scikit-learn, started from the principal plane.
    """
    from sklearn.manifold import TSNE  # a second: only when chosen

    wide = codes.astype(np.float64) - codes.astype(np.float64).mean(axis=0)
    scale = wide.std()
    if not scale > 1e-12:  # a collapsed code is one point on any map
        return np.zeros((len(codes), 2), np.float32)
    perplexity = min(30.0, (len(codes) - 1) / 3)
    way = TSNE(2, perplexity=perplexity, init="pca", random_state=0, n_jobs=1)
    return way.fit_transform(wide / scale).astype(np.float32)


def nearest(codes: Points, index: int, k: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The codes nearest to one of them, itself left out.

    Args:
        codes: (n, latent_dim).
        index: which one.
        k: how many; fewer where there are no more.
    Returns:
        Which, and how far (Euclidean, in the unit of the code), from near to far.
    """
    difference = codes.astype(np.float64) - codes[index]
    squares = np.einsum("nd,nd->n", difference, difference)
    order = np.argsort(squares, kind="stable")
    order = order[order != index][:k]
    return order, np.sqrt(squares[order])


def chance_of_same_class(labels: NDArray[np.int64]) -> float:
    """How often two samples of a set are of one class by pure chance, from 0 to 1.

    Args:
        labels: (n,), the class of each.
    """
    shares = np.bincount(labels) / len(labels)
    return float(np.square(shares).sum())


def same_class_share(codes: Points, labels: NDArray[np.int64]) -> float:
    """The share of codes whose nearest other code is of the same class, from 0 to 1.

    Args:
        codes: (n, latent_dim), a thousand or two at most: all distances are computed.
        labels: (n,).
    """
    wide = codes.astype(np.float64) - codes.astype(np.float64).mean(axis=0)
    lengths = np.einsum("nd,nd->n", wide, wide)
    squares = lengths[:, None] - 2 * wide @ wide.T + lengths
    np.fill_diagonal(squares, np.inf)
    return float((labels[squares.argmin(axis=1)] == labels).mean())
