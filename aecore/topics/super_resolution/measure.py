"""Classical ways to make a small picture larger: each new pixel from its neighbours alone."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from aecore.shapes import Picture, Shape

WAYS: Mapping[str, Image.Resampling] = {
    "nearest": Image.Resampling.NEAREST,
    "bilinear": Image.Resampling.BILINEAR,
    "bicubic": Image.Resampling.BICUBIC,
}
"""nearest repeats pixels, bilinear blends 2x2 of them, bicubic weighs 4x4 (Keys 1981, a = -0.5)."""


def can_be_enlarged(shape: Shape) -> bool:
    """Whether there are small ones of such samples: of square pictures alone."""
    return isinstance(shape, Picture) and shape.height == shape.width


def halved(side: int) -> tuple[int, int]:
    """A quarter and a half of a picture's side, in whole pixels: how small pictures are made."""
    return max(1, side // 4), max(1, side // 2)


def enlarge(small: NDArray[np.float32], way: str, side: int) -> NDArray[np.float32]:
    """Pictures of this side, as Pillow makes them from small ones.

    Args:
        small: (n, less, less), greys in [0, 1].
        way: one of `WAYS`.

    Returns:
        (n, side, side) in [0, 1]: what bicubic overshoots is cut off.
    """
    large = [Image.fromarray(each).resize((side, side), WAYS[way]) for each in small]
    return np.stack([np.asarray(each, np.float32) for each in large]).clip(0, 1)
