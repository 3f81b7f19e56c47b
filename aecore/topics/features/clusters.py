"""How well clusters that were found without labels agree with the labels."""

import numpy as np
from numpy.typing import NDArray


def majorities(
    clusters: NDArray[np.integer], labels: NDArray[np.integer]
) -> list[tuple[int, int, int]]:
    """The most frequent class of each cluster; the lower one if two are equally frequent.

    Args:
        clusters: (n,), which cluster each picture belongs to.
        labels: (n,), its class.
    Returns:
        For each cluster, ascending: its class, how many pictures have it, how many there are.
    """
    found = []
    for cluster in np.unique(clusters):
        counts = np.bincount(labels[clusters == cluster])
        found.append((int(counts.argmax()), int(counts.max()), int(counts.sum())))
    return found


def purity(clusters: NDArray[np.integer], labels: NDArray[np.integer]) -> float:
    """The share of pictures that belong to the most frequent class of their cluster, 0 to 1.

    Source: Manning, Raghavan & Schütze 2008, "Introduction to information retrieval", 16.3.
    """
    return sum(right for _class, right, _size in majorities(clusters, labels)) / len(labels)
