"""How far two linear subspaces are apart."""

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float64]


def basis(vectors: Vectors) -> Vectors:
    """An orthonormal basis of what some vectors span: (k, n) -> (k, n), in rows."""
    q, _ = np.linalg.qr(vectors.T)
    return q.T


def principal_angles(a: Vectors, b: Vectors) -> Vectors:
    """The principal angles between the spans of two sets of vectors.

    The first is the smallest angle between any two directions of the two subspaces; the last is 0
    only if the subspaces are the same.

    Args:
        a, b: (k, n), linearly independent rows.

    Returns:
        (k,), in degrees from 0 to 90, ascending.

    Source: Björck & Golub 1973, Numerical methods for computing angles between linear subspaces.
    """
    cosines = np.linalg.svd(basis(a) @ basis(b).T, compute_uv=False)  # descending
    return np.degrees(np.arccos(np.clip(cosines, -1, 1)))


def projected(vectors: Vectors, onto: Vectors) -> Vectors:
    """The vectors of a subspace that are nearest to some vectors.

    Args:
        vectors: (m, n).
        onto: (k, n), linearly independent rows that span the subspace.

    Returns:
        (m, n).
    """
    rows = basis(onto)
    return vectors @ rows.T @ rows
