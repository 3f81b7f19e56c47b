"""Codes of any size as points on a plane."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float32]

ASPECT = 1.3
"""Width of a map over its height; where there is room for more, it shows more to both sides."""


@dataclass(frozen=True, eq=False)
class Plane:
    """Codes laid out on a plane.

    Attributes:
        points: (n, 2).
        kind: how: "codes" (the two numbers themselves), "pca" (the plane of the codes' two
            principal components) or "strip" (a single number, spread out by class).
        explained: share of the codes' variance that the plane shows, from 0 to 1.
    """

    points: Points
    kind: str
    explained: float


def project(codes: Points, labels: NDArray[np.int64], previous: Points | None = None) -> Plane:
    """Lays codes out on a plane.

    Args:
        codes: (n, latent_dim).
        labels: (n,), the class of each; used only to spread out codes of a single number.
        previous: (n, 2), where the same pictures lay before: each principal axis points to the
            same side again. A PCA leaves that open, and the map would flip now and then.
    """
    if codes.shape[1] == 1:
        lane = labels + np.linspace(-0.35, 0.35, len(labels))
        return Plane(np.column_stack([codes[:, 0], lane]).astype(np.float32), "strip", 1.0)
    if codes.shape[1] == 2:
        return Plane(codes, "codes", 1.0)
    wide = codes.astype(np.float64)  # the squares of a diverging run's codes overflow float32
    centred = wide - wide.mean(axis=0)
    variances, vectors = np.linalg.eigh(centred.T @ centred)  # ascending
    points = centred @ vectors[:, :-3:-1]
    if previous is not None and previous.shape == points.shape:
        agreement = (points * previous).sum(axis=0)
        points *= np.where(agreement < 0, -1.0, 1.0)
    total = float(variances.sum())
    explained = float(variances[-2:].sum()) / total if total > 0 else 1.0
    return Plane(points.astype(np.float32), "pca", explained)


def held_range(plane: Plane, held: float = 0.0) -> float:
    """Half the height of a map around 0 that shows nearly all points and moves rarely.

    It stays at `held` until the points leave the map, or fill less than a third of it, and moves in
    steps of 1, 1.5, 2, 3, 5, 7 times a power of ten. On a strip, whose height only parts the
    classes, points leave sideways alone.
    """
    shares = np.abs(plane.points) / (ASPECT, 1.0)
    counted = shares[:, :1] if plane.kind == "strip" else shares
    reach = float(np.quantile(counted, 0.995)) * 1.1 if len(counted) else 0.0
    if not np.isfinite(reach) or reach == 0 or held / 3 <= reach <= held:
        return held
    power = 10.0 ** np.floor(np.log10(max(reach, 1e-6)))
    steps = np.array([1, 1.5, 2, 3, 5, 7, 10]) * power
    return float(steps[np.searchsorted(steps, reach)])
