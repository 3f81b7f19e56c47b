"""How sparse codes are: which units are active, how often, and how strongly."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.float32]
"""(n, units): the code of each picture."""

Floats = NDArray[np.floating]

ACTIVE_SHARE = 0.05
"""A unit is active on a picture if |z| is above this share of the model's largest |z|."""


@dataclass(frozen=True, eq=False)
class Activity:
    """Who is active on what.

    Attributes:
        threshold: a unit is active on a picture where |z| is above this.
        unit_share: (units,), the share of pictures on which each unit is active, from 0 to 1.
        unit_mean: (units,), the mean |z| of each unit over all pictures.
        picture_share: (n,), the share of units that are active on each picture, from 0 to 1.
        picture_mean: (n,), the mean |z| over all units on each picture.
    """

    threshold: float
    unit_share: Floats
    unit_mean: Floats
    picture_share: Floats
    picture_mean: Floats

    @property
    def share(self) -> float:
        """The share of units that are active on a picture, on average."""
        return float(self.picture_share.mean())


def threshold_of(z: Codes) -> float:
    """What |z| must exceed for a unit to count as active; 0 where nothing ever is."""
    return ACTIVE_SHARE * float(np.abs(z).max(initial=0.0))


def activity(z: Codes) -> Activity:
    """Counts active units, by unit and by picture. Negative activations count by their size."""
    size = np.abs(z)
    threshold = threshold_of(z)
    active = size > threshold
    return Activity(
        threshold=threshold,
        unit_share=active.mean(axis=0),
        unit_mean=size.mean(axis=0),
        picture_share=active.mean(axis=1),
        picture_mean=size.mean(axis=1),
    )


def by_class(values: Floats, labels: NDArray[np.int64]) -> NDArray[np.float64]:
    """The mean of a number over each class's pictures: (n,), (n,) -> (classes,)."""
    return np.array([values[labels == c].mean() for c in np.unique(labels)])


def keep_largest(z: Codes, k: int) -> Codes:
    """The codes with all but the k largest |z| of each picture set to zero.

    Of equal ones, those of the first units are kept, so that never more than k remain.

    Args:
        z: (n, units).
        k: from 1 to the number of units.
    """
    dropped = np.argsort(-np.abs(z), axis=1, kind="stable")[:, k:]
    kept = z.copy()
    np.put_along_axis(kept, dropped, 0.0, axis=1)
    return kept


def one_by_one(z: NDArray[np.float32], order: NDArray[np.int64]) -> Codes:
    """One code built up: row i has the first i units of `order`, and zero elsewhere.

    Args:
        z: (units,), a code.
        order: (m,), units.

    Returns:
        (m + 1, units); row 0 is zero.
    """
    turn = np.full(len(z), len(order) + 1)
    turn[order] = np.arange(1, len(order) + 1)
    return np.where(np.arange(len(order) + 1)[:, None] >= turn, z, np.float32(0))


def typical_activation(z: Codes) -> NDArray[np.float32]:
    """The mean of each unit where it is active: (n, units) -> (units,); 1 where it never is."""
    active = np.abs(z) > threshold_of(z)
    often = active.sum(axis=0)
    means = np.where(active, z, 0).sum(axis=0) / np.maximum(often, 1)
    # A unit that is active with both signs may have the mean 0, which shows nothing.
    return np.where(np.abs(means) > 1e-6, means, 1.0).astype(np.float32)


def most_exciting(z: Codes, unit: int, count: int) -> NDArray[np.int64]:
    """The pictures on which a unit's activation is highest, the highest first: (count,)."""
    return np.argsort(-z[:, unit], kind="stable")[:count]
