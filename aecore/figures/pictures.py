"""Pictures in colour."""

import numpy as np
from numpy.typing import NDArray

from aecore.view import Pictures


def differences(originals: Pictures, reconstructions: Pictures) -> NDArray[np.uint8]:
    """Reconstruction minus original, on one diverging scale centred at zero.

    Args:
        originals: (n, 28, 28), 0 to 255.
        reconstructions: likewise.

    Returns:
        (n, 28, 28, 3): near white where equal, blue where ink is missing, red where it is too much.
    """
    delta = (reconstructions.astype(np.float32) - originals.astype(np.float32)) / 255
    strength = np.abs(delta)[..., None]
    white = np.array([247.0, 247.0, 247.0])
    blue, red = np.array([5.0, 80.0, 170.0]), np.array([178.0, 24.0, 43.0])
    target = np.where(delta[..., None] < 0, blue, red)
    colour: NDArray[np.uint8] = (white + (target - white) * strength).round().astype(np.uint8)
    return colour
