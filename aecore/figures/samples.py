"""Samples of any kind as small pictures: one look for each kind, on every page.

Pictures stay as they are. A series becomes a curve for each of its channels, a row of a table one
bar for each of its features, in their order; both on a fixed axis, so that they can be compared.
"""

import numpy as np
from numpy.typing import NDArray

from aecore.figures import pictures
from aecore.figures.pictures import RGB, diverging
from aecore.figures.style import palette
from aecore.figures.tiles import DENSITY, WIDTH, Bars, Curves, Heights, Layer, Sheet
from aecore.shapes import Picture, Row, Series, Shape
from aecore.spec.view import Viewed

REACH = 0.5
"""The difference that reaches the edge of a row's tile, as a share of what a feature can be: larger
ones are drawn as this one. With twice as much, most bars would be too short to be seen."""

CURVE, THIN, FINE = 1.6, 0.9, 0.6
"""Thickness of lines, in CSS pixels: of a curve, of the one it is compared with, of a baseline."""

SHADE = 0.9
"""How much of what is below the area between two curves covers."""

TRACK = 0.1
"""The same of a bar's way up to 1."""


def drawn(
    values: Viewed, shape: Shape, *, dark: bool = False, density: int = DENSITY
) -> NDArray[np.uint8]:
    """Samples as pictures.

    Args:
        values: (n, *shape.seen).
        shape: of one sample.
        dark: the theme.
        density: pixels for each CSS pixel, of curves and bars.

    Returns:
        Pictures unchanged; else (n, height, width, 3), where the lower edge is 0, the upper one 1.
    """
    if isinstance(shape, Picture):
        return values
    heights = values.astype(np.float32) / np.float32(255)
    if isinstance(shape, Series):
        return _curves(heights, dark, density)
    return _bars(heights, shape, dark, density)


def signed(
    values: NDArray[np.floating],
    shape: Shape,
    scale: float | NDArray[np.floating] | None = None,
    *,
    dark: bool = False,
) -> NDArray[np.uint8]:
    """Numbers around zero, red above and blue below it: gradients, features, components.

    Args:
        values: (n, *shape.seen). Of a coloured picture, the mean over the channels is shown.
        shape: of one sample.
        scale: the size that gets the full colour or reaches the edge, or one for each sample,
            (n, 1, …); None for each sample's own largest.
        dark: the theme.

    Returns:
        (n, height, width, 3).
    """
    if isinstance(shape, Picture):
        return pictures.signed(_grey(values, shape), scale, dark=dark)
    axes = tuple(range(1, values.ndim))
    largest = np.abs(values).max(axis=axes, keepdims=True) if scale is None else scale
    largest = np.asarray(largest, np.float32)
    if largest.ndim:
        largest = largest.reshape(-1, *(1 for _axis in axes))
    share = np.clip(values / np.maximum(largest, 1e-12), -1, 1).astype(np.float32)
    heights = 0.5 + share / 2
    if isinstance(shape, Series):
        return _curves_around_zero(heights, dark)
    return _bars_around_zero(heights, shape, dark)


def differences(
    originals: Viewed, x_hat: Viewed, shape: Shape, *, dark: bool = False
) -> NDArray[np.uint8]:
    """Reconstruction minus original: red where it is too much, blue where something is missing.

    Of a series, the original is drawn as the thin line, the reconstruction as the thick one, and
    what lies between them is shaded. Of a row, bars go up and down from 0; they reach the edge at
    `REACH`.

    Args:
        originals: (n, *shape.seen).
        x_hat: likewise.
        shape: of one sample.
        dark: the theme.

    Returns:
        (n, height, width, 3).
    """
    first, second = (x.astype(np.float32) / np.float32(255) for x in (originals, x_hat))
    if isinstance(shape, Series):
        return _curves_apart(first, second, dark)
    return signed(second - first, shape, 1.0 if isinstance(shape, Picture) else REACH, dark=dark)


def in_colour(images: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Pictures (n, height, width) or (n, height, width, 3) as (n, height, width, 3): for rows in
    which some are grey and some are not."""
    return images if images.ndim == 4 else np.repeat(images[..., np.newaxis], 3, axis=3)


def inks(dark: bool) -> tuple[RGB, ...]:
    """The colours of curves, channel by channel, and of bars: the first one."""
    colours = palette(dark)
    return tuple(_rgb(c) for c in (colours.text, colours.test, colours.code, colours.mean))


def _rgb(colour: str) -> RGB:
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return red, green, blue


def _grey(values: NDArray[np.floating], shape: Picture) -> NDArray[np.floating]:
    return values if shape.channels == 1 else values.mean(axis=-1)


def _level(height: float, sheet: Curves, n: int, dark: bool) -> Layer:
    """A fine line across every tile."""
    there = np.where((sheet.across < 0) | (sheet.across > 1), np.nan, height).astype(np.float32)
    line = sheet.line(np.tile(there, (n, 1)), FINE, _rgb(palette(dark).mean))
    return (*line[:3], 0.6)


def _curves(heights: Heights, dark: bool, density: int) -> NDArray[np.uint8]:
    """Heights (n, channels, length) as one line for each channel."""
    n, channels, length = heights.shape
    sheet = _sheet(length, dark, density)
    layers = [_level(0, sheet, n, dark)]
    for channel in range(channels):
        ink = inks(dark)[channel % len(inks(dark))]
        layers.append(sheet.line(sheet.along(heights[:, channel]), CURVE, ink))
    return sheet.painted(n, layers)


def _curves_around_zero(heights: Heights, dark: bool) -> NDArray[np.uint8]:
    """Heights (n, channels, length), of which 0.5 is zero."""
    n, channels, length = heights.shape
    sheet = _sheet(length, dark)
    zero = np.full((n, sheet.columns), 0.5, np.float32)
    layers = []
    for channel in range(channels):
        layers += _shaded(sheet, zero, sheet.along(heights[:, channel]), dark)
    layers.append(_level(0.5, sheet, n, dark))
    for channel in range(channels):
        ink = inks(dark)[channel % len(inks(dark))]
        layers.append(sheet.line(sheet.along(heights[:, channel]), THIN, ink))
    return sheet.painted(n, layers)


def _curves_apart(originals: Heights, x_hat: Heights, dark: bool) -> NDArray[np.uint8]:
    """Two curves (n, channels, length) and the area between them."""
    n, channels, length = originals.shape
    sheet = _sheet(length, dark)
    layers = [_level(0, sheet, n, dark)]
    pairs = [
        [sheet.along(x[:, channel]) for x in (originals, x_hat)] for channel in range(channels)
    ]
    for first, second in pairs:
        layers += _shaded(sheet, first, second, dark)
    for channel, (first, second) in enumerate(pairs):
        layers.append(sheet.line(first, FINE, _rgb(palette(dark).mean)))
        layers.append(sheet.line(second, THIN, inks(dark)[channel % len(inks(dark))]))
    return sheet.painted(n, layers)


def _shaded(sheet: Curves, first: Heights, second: Heights, dark: bool) -> list[Layer]:
    """What lies between two curves: red where the second is above the first."""
    colours = diverging(dark)
    return [
        sheet.area(first, second, colours.above, SHADE),
        sheet.area(second, first, colours.below, SHADE),
    ]


def _bars(heights: Heights, shape: Row, dark: bool, density: int) -> NDArray[np.uint8]:
    """Heights (n, features) as bars from 0."""
    bars = Bars(shape.size)
    sheet = Sheet(bars.width, diverging(dark).zero, density)
    floor = np.zeros((len(heights), sheet.columns), np.float32)
    top = bars.along(np.ones_like(heights), sheet, 0)
    low, full, high = (sheet.pixels(h) for h in (floor, top, bars.along(heights, sheet, 0)))
    ink = inks(dark)[0]
    return sheet.painted(len(heights), [(low, full, ink, TRACK), (low, high, ink, 1.0)])


def _bars_around_zero(heights: Heights, shape: Row, dark: bool) -> NDArray[np.uint8]:
    """Heights (n, features), of which 0.5 is zero."""
    bars = Bars(shape.size)
    colours = diverging(dark)
    sheet = Sheet(bars.width, colours.zero)
    middle = sheet.pixels(np.full((len(heights), sheet.columns), 0.5, np.float32))
    ends = sheet.pixels(bars.along(heights, sheet, 0.5))
    line = FINE * sheet.density / 2
    inside = np.where((sheet.across < 0) | (sheet.across > 1), 0, line).astype(np.float32)
    return sheet.painted(
        len(heights),
        [
            (middle, ends, colours.above, 1.0),
            (ends, middle, colours.below, 1.0),
            (middle - inside, middle + inside, _rgb(palette(dark).mean), 0.6),
        ],
    )


def _sheet(length: int, dark: bool, density: int = DENSITY) -> Curves:
    fine = max(2, -(-length // (WIDTH * density)))
    return Curves(WIDTH, diverging(dark).zero, density, fine, length=length)
