"""Classical ways to make a small picture larger: each new pixel from its neighbours alone."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from PIL import Image

WAYS: Mapping[str, Image.Resampling] = {
    "nearest": Image.Resampling.NEAREST,
    "bilinear": Image.Resampling.BILINEAR,
    "bicubic": Image.Resampling.BICUBIC,
}
"""nearest repeats pixels, bilinear blends 2x2 of them, bicubic weighs 4x4 (Keys 1981, a = -0.5)."""


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
