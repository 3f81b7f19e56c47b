"""Codes drawn from a Gaussian, and how much generated pictures are like real ones."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]

NEIGHBOURS = 10
"""Real pictures that must agree on the class of a generated one for it to count as clear."""

VOTERS = 5
"""Real pictures that vote on the class of one that was changed."""


@dataclass(frozen=True, eq=False)
class Gaussian:
    """A Gaussian distribution over codes.

    Attributes:
        mean: (latent_dim,).
        factor: (latent_dim, latent_dim), a matrix L with the covariance L L^T.
    """

    mean: NDArray[np.float64]
    factor: NDArray[np.float64]

    def draw(self, n: int, seed: int, temperature: float = 1.0) -> NDArray[np.float32]:
        """(n, latent_dim): mean + temperature * L eps, with eps from N(0, I)."""
        eps = np.random.default_rng(seed).standard_normal((n, len(self.mean)))
        return (self.mean + temperature * eps @ self.factor.T).astype(np.float32)


def prior(latent_dim: int) -> Gaussian:
    """N(0, I): what a variational autoencoder is trained to be sampled from."""
    return Gaussian(np.zeros(latent_dim), np.eye(latent_dim))


def fit(codes: Floats) -> Gaussian:
    """The Gaussian with the mean and the covariance of some codes.

    Args:
        codes: (n, latent_dim) with n > 1; dimensions that never vary are allowed.
    """
    wide = codes.astype(np.float64)
    mean = wide.mean(axis=0)
    covariance = (wide - mean).T @ (wide - mean) / (len(wide) - 1)
    # Not Cholesky's: a covariance may be singular.
    variances, directions = np.linalg.eigh(covariance)
    return Gaussian(mean, directions * np.sqrt(variances.clip(min=0)))


def are_clear(pictures: Floats, known: Floats, labels: NDArray[np.int64]) -> NDArray[np.bool_]:
    """For which pictures the nearest real ones are all of one class: (n,).

    Args:
        pictures: (n, pixels).
        known: (m, pixels), real ones.
        labels: (m,), their classes.
    """
    from sklearn.neighbors import KNeighborsClassifier

    near = KNeighborsClassifier(min(NEIGHBOURS, len(known)), algorithm="brute")
    votes = near.fit(known, labels).predict_proba(pictures)  # (n, classes)
    return votes.max(axis=1) > 1 - 1e-9


def classify(pictures: Floats, known: Floats, labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """The most frequent class among the nearest real pictures of each: (n,).

    Args:
        pictures: (n, pixels).
        known: (m, pixels), real ones.
        labels: (m,), their classes.
    """
    from sklearn.neighbors import KNeighborsClassifier

    near = KNeighborsClassifier(min(VOTERS, len(known)), algorithm="brute")
    return near.fit(known, labels).predict(pictures)


def ellipses(centres: Floats, radii: Floats, corners: int = 32) -> NDArray[np.float32]:
    """Closed curves around points.

    Args:
        centres: (n, 2).
        radii: (n, 2), half the length of each axis; the axes lie along the two coordinates.
        corners: of the polygon that stands for each.

    Returns:
        (n, corners + 1, 2); the last point is the first.
    """
    t = np.linspace(0, 2 * np.pi, corners + 1)
    circle = np.column_stack([np.cos(t), np.sin(t)])  # (corners + 1, 2)
    return (centres[:, None] + radii[:, None] * circle).astype(np.float32)
