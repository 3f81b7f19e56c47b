"""Small pictures of curves and bars, painted by the share of each pixel that they cover."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

RGB = tuple[int, int, int]
Heights = NDArray[np.float32]
"""(n, columns): of something in each column of each tile, from 0 (bottom) to 1 (top)."""

WIDTH, HEIGHT = 112, 84
"""Of a tile on the screen, in CSS pixels; one of many bars is wider."""

MARGIN = 5
"""Around what is drawn, in CSS pixels."""

DENSITY = 2
"""Pixels of a tile for each CSS pixel: crisp where the screen has as many."""

MANY_BARS = 60
"""A bar of more than these is too thin for a gap beside it."""

Layer = tuple[Heights, Heights, RGB, float]
"""From which height to which, in what colour, and how much of it covers what is there."""


@dataclass(frozen=True)
class Sheet:
    """The blank tiles of n samples.

    Attributes:
        width: in CSS pixels.
        ground: the colour below everything.
        density: pixels for each CSS pixel.
        fine: columns of numbers for each column of pixels.
    """

    width: int
    ground: RGB
    density: int = DENSITY
    fine: int = 1

    @property
    def columns(self) -> int:
        return self.width * self.density * self.fine

    @property
    def across(self) -> NDArray[np.float32]:
        """(columns,), where each one's middle lies: 0 and 1 are the ends of what is drawn."""
        middles = (np.arange(self.columns) + 0.5) / (self.density * self.fine)
        return ((middles - MARGIN) / (self.width - 2 * MARGIN)).astype(np.float32)

    def pixels(self, height: Heights) -> Heights:
        """Heights from 0 to 1 as pixels from the tile's lower edge."""
        return self.density * (MARGIN + height * (HEIGHT - 2 * MARGIN))

    def painted(self, n: int, layers: list[Layer]) -> NDArray[np.uint8]:
        """The tiles, each layer over those before it.

        Args:
            n: how many.
            layers: heights in pixels from the tile's lower edge, as `pixels` gives them; where the
                first is not below the second there is nothing.

        Returns:
            (n, height, width, 3).
        """
        rows = HEIGHT * self.density
        columns = self.width * self.density
        floors = np.arange(rows - 1, -1, -1, dtype=np.float32)  # of pixels, from below
        tiles = np.empty((n, columns, rows, 3), np.float32)
        tiles[:] = self.ground
        for low, high, colour, opacity in layers:
            for tile, bottom, top in zip(tiles, low, high, strict=True):
                # (columns, fine, rows): the part of each pixel's height that is covered
                share = np.minimum(top[:, np.newaxis], floors + 1)
                share -= np.maximum(bottom[:, np.newaxis], floors)
                np.clip(share, 0, 1, out=share)
                share = share.reshape(columns, self.fine, rows).mean(axis=1)
                there = share.nonzero()
                below = tile[there]
                over = opacity * share[there][:, np.newaxis]
                tile[there] = below + over * (np.array(colour, np.float32) - below)
        return tiles.round().astype(np.uint8).swapaxes(1, 2)


@dataclass(frozen=True)
class Curves(Sheet):
    """Tiles for series of a length: one column of numbers never jumps over a value."""

    fine: int = 2
    length: int = field(default=2, kw_only=True)

    def along(self, values: Heights) -> Heights:
        """Values (n, length) at each column, on straight lines in between; NaN outside."""
        last = self.length - 1
        place = np.clip(self.across, 0, 1) * last
        before = np.minimum(place.astype(np.int64), max(last - 1, 0))
        after = np.minimum(before + 1, last)
        heights = values[:, before] + (values[:, after] - values[:, before]) * (place - before)
        beyond = (self.across < 0) | (self.across > 1)
        return np.where(beyond, np.float32("nan"), heights)

    def line(self, heights: Heights, thickness: float, colour: RGB) -> Layer:
        """A line of so many CSS pixels through heights from 0 to 1, with round ends and corners."""
        middle = self.pixels(heights)
        radius = thickness * self.density / 2
        reach = int(radius * self.fine)
        padded = np.pad(middle, ((0, 0), (reach, reach)), constant_values=np.nan)
        low, high = np.full_like(middle, np.inf), np.full_like(middle, -np.inf)
        for shift in range(-reach, reach + 1):  # a disc goes along the curve
            up = np.sqrt(radius**2 - (shift / self.fine) ** 2).astype(np.float32)
            there = padded[:, reach + shift : reach + shift + middle.shape[1]]
            low, high = np.fmin(low, there - up), np.fmax(high, there + up)
        return low, high, colour, 1.0

    def area(self, lower: Heights, upper: Heights, colour: RGB, opacity: float) -> Layer:
        """What lies between two curves where the first is the lower one."""
        low, high = self.pixels(lower), self.pixels(upper)
        high = np.where(np.isnan(low) | np.isnan(high), -np.inf, high)
        return np.where(np.isnan(low), 0, low), high, colour, opacity


@dataclass(frozen=True)
class Bars:
    """Where the bars of one sample lie.

    Attributes:
        n: how many there are.
    """

    n: int

    @property
    def pitch(self) -> int:
        """From one bar to the next, in CSS pixels."""
        return max((WIDTH - 2 * MARGIN) // self.n, 4 if self.n <= MANY_BARS else 2)

    @property
    def width(self) -> int:
        """Of a tile, in CSS pixels."""
        return max(WIDTH, self.n * self.pitch + 2 * MARGIN)

    def along(self, values: Heights, sheet: Sheet, between: float) -> Heights:
        """Values (n, features) at each column of a sheet; `between` where there is no bar."""
        gap = max(self.pitch // 4, 1) if self.pitch > 2 else 0
        start = (self.width - self.n * self.pitch + gap) // 2
        place = np.arange(sheet.columns) // sheet.density - start
        bar = np.clip(place // self.pitch, 0, self.n - 1)
        empty = (
            (place < 0) | (place >= self.n * self.pitch) | (place % self.pitch >= self.pitch - gap)
        )
        return np.where(empty, np.float32(between), values[:, bar])
