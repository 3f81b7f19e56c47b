"""Pictures in colour: the one scale for numbers around zero."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RGB = tuple[int, int, int]


@dataclass(frozen=True)
class Diverging:
    """A scale of colours that is centred at zero.

    Attributes:
        below: the colour of the most negative number.
        zero: that of 0, close to the page's own, so that nothing glares where nothing is.
        above: the colour of the largest number.
    """

    below: RGB
    zero: RGB
    above: RGB


LIGHT = Diverging(below=(5, 80, 170), zero=(247, 247, 247), above=(178, 24, 43))
DARK = Diverging(below=(110, 182, 255), zero=(38, 38, 40), above=(255, 120, 106))


def diverging(dark: bool) -> Diverging:
    """The scale of all differences, gradients and features: blue below zero, red above."""
    return DARK if dark else LIGHT


def signed(
    values: NDArray[np.floating],
    scale: float | NDArray[np.floating] | None = None,
    *,
    dark: bool = False,
) -> NDArray[np.uint8]:
    """Numbers around zero as colours: red above, blue below, close to the page's colour at 0.

    Args:
        values: (n, height, width).
        scale: the size that gets the full colour, or (n, 1, 1), one for each picture; None for
            each picture's own largest.
        dark: the theme.

    Returns:
        (n, height, width, 3).
    """
    largest = np.abs(values).max(axis=(1, 2), keepdims=True) if scale is None else scale
    share = np.clip(values / np.maximum(largest, 1e-12), -1, 1)[..., None].astype(np.float32)
    colours = diverging(dark)
    below, zero, above = (
        np.array(c, np.float32) for c in (colours.below, colours.zero, colours.above)
    )
    target = np.where(share < 0, below, above)
    return (zero + (target - zero) * np.abs(share)).round().astype(np.uint8)
