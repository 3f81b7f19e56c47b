"""Measurements between 0 and 1, as a model takes them, and back again."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aecore.shapes import Shape

TAIL = 0.005
"""The share of samples at either end that is cut off: a single wild value must not squeeze all
others into a corner."""


@dataclass(frozen=True, eq=False)
class Scale:
    """What 0 and 1 stand for, in each channel of a series or feature of a row.

    Attributes:
        low, high: (channels,) or (features,), in the units of the measurements; low < high.
    """

    low: NDArray[np.float64]
    high: NDArray[np.float64]

    def to_unit(self, values: NDArray[np.generic]) -> NDArray[np.float32]:
        """Measurements (n, channels, …) or (n, features) in [0, 1]; what lies beyond is cut off."""
        low, high = self._along(values.ndim)
        share = (values.astype(np.float64) - low) / (high - low)
        return share.clip(0, 1).astype(np.float32)

    def to_units(self, shares: NDArray[np.floating]) -> NDArray[np.float64]:
        """The way back: numbers (n, channels, …) or (n, features) in [0, 1] as measurements."""
        low, high = self._along(shares.ndim)
        return low + shares.astype(np.float64) * (high - low)

    def _along(self, axes: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        shape = (1, -1) + (1,) * (axes - 2)
        return self.low.reshape(shape), self.high.reshape(shape)


def fit_scale(x: NDArray[np.generic], shape: Shape) -> Scale:
    """The scale of measurements x (n, *shape.axes), from those that are learned from.

    It reaches from the value that one sample in 200 falls short of to the one that one in 200
    exceeds; a channel that hardly varies, from its lowest value to its highest.
    """
    columns = np.moveaxis(x.reshape(len(x), *shape.axes).astype(np.float64), 1, 0)
    rows = columns.reshape(shape.axes[0], -1)  # (channels or features, values)
    low, high = np.quantile(rows, (TAIL, 1 - TAIL), axis=1)
    flat = high <= low
    low, high = np.where(flat, rows.min(axis=1), low), np.where(flat, rows.max(axis=1), high)
    return Scale(low, np.where(high > low, high, low + 1))
