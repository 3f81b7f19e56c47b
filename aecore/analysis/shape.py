"""What a picture of a digit looks like, measured without any model: its slant, its stroke."""

import numpy as np
from numpy.typing import NDArray

Viewed = NDArray[np.uint8]
Measures = NDArray[np.float64]

INK = 128
"""A pixel from this grey on belongs to the stroke when its skeleton is drawn."""


def slants(pictures: Viewed) -> Measures:
    """How far each digit leans from the upright, in degrees; positive leans right, like "/".

    The image moments mu11 / mu02 say by how much its rows must be pushed sideways, per row, to
    stand upright: the tangent of the slant. It is what deskewing undoes.

    Args:
        pictures: (n, height, width), ink bright on black.
    Returns:
        (n,), between -90 and 90; 0 for an empty picture, or one of a single row.
    """
    ink = pictures.astype(np.float64)
    mass = np.maximum(ink.sum(axis=(1, 2)), 1e-12)
    row, column = np.indices(pictures.shape[1:], dtype=np.float64)
    y = row - (ink * row).sum(axis=(1, 2), keepdims=True) / mass[:, None, None]
    x = column - (ink * column).sum(axis=(1, 2), keepdims=True) / mass[:, None, None]
    mu11 = (ink * x * y).sum(axis=(1, 2))
    mu02 = (ink * y * y).sum(axis=(1, 2))
    # Rows are counted downwards, hence the sign.
    shear = np.divide(-mu11, mu02, out=np.zeros_like(mu11), where=mu02 > 1e-9)
    return np.degrees(np.arctan(shear))


def stroke_thickness(pictures: Viewed) -> Measures:
    """Mean thickness of each digit's stroke in pixels: its area by the length of its skeleton.

    The area counts grey pixels in part. The skeleton, one pixel wide, is shorter than the stroke
    at both ends, so that short thick strokes measure somewhat too thick.

    Args:
        pictures: (n, height, width), ink bright on black.
    Returns:
        (n,), at least 0; 0 where nothing is as bright as `INK`.
    """
    from skimage.morphology import skeletonize  # a third of a second: only when measured

    # One tall picture with an empty line around each: a thousand calls become one.
    padded = np.pad(pictures, ((0, 0), (1, 1), (1, 1)))
    n, height, width = padded.shape
    skeleton = skeletonize((padded >= INK).reshape(n * height, width)).reshape(padded.shape)
    area = pictures.sum(axis=(1, 2)) / 255
    length = _length(skeleton)
    return np.divide(area, length, out=np.zeros(n), where=length > 0)


def _length(skeleton: NDArray[np.bool_]) -> Measures:
    """Lengths of lines of one pixel's width, in pixels: (n, height, width) -> (n,).

    A step to the side is 1 long, a diagonal one that has no way round the corner the root of 2;
    the two half pixels at the ends make 1.
    """
    across = (skeleton[:, :, 1:] & skeleton[:, :, :-1]).sum(axis=(1, 2))
    down = (skeleton[:, 1:] & skeleton[:, :-1]).sum(axis=(1, 2))
    upper, lower = skeleton[:, :-1], skeleton[:, 1:]
    falling = upper[:, :, :-1] & lower[:, :, 1:] & ~upper[:, :, 1:] & ~lower[:, :, :-1]
    rising = upper[:, :, 1:] & lower[:, :, :-1] & ~upper[:, :, :-1] & ~lower[:, :, 1:]
    diagonal = falling.sum(axis=(1, 2)) + rising.sum(axis=(1, 2))
    return across + down + np.sqrt(2) * diagonal + skeleton.any(axis=(1, 2))
