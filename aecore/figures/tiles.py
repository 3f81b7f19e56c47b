"""Small pictures of curves and bars, painted by the share of each pixel that they cover."""

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

RGB = tuple[int, int, int]
Heights = NDArray[np.float32]
"""(n, columns): of something in each column of each tile."""

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
    """The blank tiles of some samples.

    Attributes:
        ground: the colour below everything.
        width: in CSS pixels.
        density: pixels for each CSS pixel.
    """

    ground: RGB
    width: int = WIDTH
    density: int = DENSITY

    def pixels(self, heights: Heights) -> Heights:
        """Heights from 0 to 1 as pixels from the tile's lower edge."""
        return self.density * (MARGIN + heights * (HEIGHT - 2 * MARGIN))

    def across(self, columns: int) -> NDArray[np.float32]:
        """(columns,), where the middle of each lies: 0 and 1 are the ends of what is drawn."""
        middles = (np.arange(columns) + 0.5) * (self.width / columns)
        return ((middles - MARGIN) / (self.width - 2 * MARGIN)).astype(np.float32)

    def painted(self, layers: list[Layer], fine: int = 1) -> NDArray[np.uint8]:
        """Tiles, each layer over those before it.

        Args:
            layers: heights (n, columns) in pixels from the tile's lower edge, as `pixels` gives
                them; where the first is not below the second there is nothing.
            fine: how many columns of numbers share a column of pixels.

        Returns:
            (n, height, columns / fine, 3).
        """
        n, columns = layers[0][0].shape[0], layers[0][0].shape[1] // fine
        rows = HEIGHT * self.density
        floors = np.arange(rows - 1, -1, -1, dtype=np.float32)  # of pixels, from below
        tiles = np.empty((n, columns, rows, 3), np.float32)
        tiles[:] = self.ground
        for low, high, colour, opacity in layers:
            for tile, bottom, top in zip(tiles, low, high, strict=True):
                # (columns * fine, rows): the part of each pixel's height that is covered
                share = np.minimum(top[:, np.newaxis], floors + 1)
                share -= np.maximum(bottom[:, np.newaxis], floors)
                np.clip(share, 0, 1, out=share)
                share = share.reshape(columns, fine, rows).mean(axis=1)
                there = share.nonzero()
                over = (opacity * share[there])[:, np.newaxis]
                tile[there] += over * (np.array(colour, np.float32) - tile[there])
        return tiles.round().astype(np.uint8).swapaxes(1, 2)


@dataclass(frozen=True)
class Curves(Sheet):
    """Tiles for series.

    Attributes:
        length: values of each.
    """

    length: int = field(kw_only=True)

    @property
    def fine(self) -> int:
        """Columns of numbers for each column of pixels: two at least for each value, so that a wild
        one is seen."""
        pixels = (self.width - 2 * MARGIN) * self.density
        return max(2, math.ceil(2 * self.length / pixels))

    @property
    def places(self) -> NDArray[np.float32]:
        """(columns,), as `across` gives them."""
        return self.across(self.width * self.density * self.fine)

    def along(self, values: Heights) -> Heights:
        """Values (n, length) at each column, on straight lines in between; NaN beyond the ends."""
        last, places = self.length - 1, self.places
        at = np.clip(places, 0, 1) * last
        before = np.minimum(at.astype(np.int64), max(last - 1, 0))
        after = np.minimum(before + 1, last)
        heights = values[:, before] + (values[:, after] - values[:, before]) * (at - before)
        return np.where((places < 0) | (places > 1), np.float32("nan"), heights)

    def line(self, heights: Heights, thickness: float, colour: RGB, opacity: float = 1) -> Layer:
        """A line of so many CSS pixels through heights from 0 to 1, with round ends and corners."""
        middle = self.pixels(heights)
        radius = thickness * self.density / 2
        reach = int(radius * self.fine)
        padded = np.pad(middle, ((0, 0), (reach, reach)), constant_values=np.nan)
        low, high = np.full_like(middle, np.inf), np.full_like(middle, -np.inf)
        for shift in range(-reach, reach + 1):  # a disc goes along the curve
            up = np.float32(math.sqrt(radius**2 - (shift / self.fine) ** 2))
            there = padded[:, reach + shift : reach + shift + middle.shape[1]]
            low, high = np.fmin(low, there - up), np.fmax(high, there + up)
        return low, high, colour, opacity

    def level(self, height: float, n: int, thickness: float, colour: RGB, opacity: float) -> Layer:
        """A straight line across each of n tiles."""
        ends = np.full((n, self.length), height, np.float32)
        return self.line(self.along(ends), thickness, colour, opacity)

    def area(self, lower: Heights, upper: Heights, colour: RGB, opacity: float) -> Layer:
        """What lies between two curves where the first is the lower one."""
        low, high = self.pixels(lower), self.pixels(upper)
        outside = np.isnan(low) | np.isnan(high)
        return np.where(outside, 0, low), np.where(outside, 0, high), colour, opacity

    def drawn(self, layers: list[Layer]) -> NDArray[np.uint8]:
        """(n, height, width, 3)."""
        return self.painted(layers, self.fine)


@dataclass(frozen=True)
class Bars:
    """Tiles for rows of a table: as all columns of a bar are alike, each is painted once.

    Attributes:
        n: bars in a tile.
        ground: the colour below everything.
        density: pixels for each CSS pixel.
    """

    n: int
    ground: RGB
    density: int = DENSITY

    @property
    def pitch(self) -> int:
        """From one bar to the next, in CSS pixels."""
        return max((WIDTH - 2 * MARGIN) // self.n, 4 if self.n <= MANY_BARS else 2)

    @property
    def width(self) -> int:
        """Of a tile, in CSS pixels."""
        return max(WIDTH, self.n * self.pitch + 2 * MARGIN)

    @property
    def sheet(self) -> Sheet:
        return Sheet(self.ground, self.width, self.density)

    def drawn(self, layers: list[Layer]) -> NDArray[np.uint8]:
        """Layers of heights (n, bars + 1), of which the last is what lies between the bars:
        (n, height, width, 3)."""
        gap = max(self.pitch // 4, 1) if self.pitch > 2 else 0
        start = (self.width - self.n * self.pitch + gap) // 2
        place = np.arange(self.width * self.density) // self.density - start
        outside = (place < 0) | (place >= self.n * self.pitch)
        between = outside | (place % self.pitch >= self.pitch - gap)
        return self.sheet.painted(layers)[:, :, np.where(between, self.n, place // self.pitch)]

    def up_to(self, heights: Heights, between: float) -> Heights:
        """Heights (n, bars) from 0 to 1 in pixels, with one more for what lies between."""
        beside = np.full((len(heights), 1), between, np.float32)
        return self.sheet.pixels(np.concatenate([heights, beside], axis=1))
