"""Samples of any kind as small pictures: one look for each kind, on every page.

Pictures stay as they are. A series becomes a curve for each of its channels, a row of a table one
bar for each of its features, in their order; both on a fixed axis, so that they can be compared.
"""

import numpy as np
from numpy.typing import NDArray

from aecore.figures import pictures
from aecore.figures.pictures import RGB, diverging
from aecore.figures.style import palette
from aecore.figures.tiles import DENSITY, Bars, Curves, Heights, Layer
from aecore.shapes import Picture, Series, Shape
from aecore.spec.view import Viewed

REACH = 0.5
"""The difference that reaches the edge of a row's tile, as a share of what a feature can be: larger
ones are drawn as this one. With twice as much, most bars would be too short to be seen."""

CURVE, THIN, FINE = 1.6, 0.9, 0.6
"""Thickness of lines, in CSS pixels: of a curve, of the one it is compared with, of a baseline."""

SHADE = 0.9
"""How much of what is below the area between two curves covers."""

FAINT = 0.6
"""The same of a baseline."""

BAR, TRACK = 0.85, 0.1
"""The same of a bar, and of its way up to 1."""


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
    return _bars(heights, dark, density)


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
    return _bars_around_zero(heights, dark)


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
    """The colours of curves, channel by channel, and of bars: the first one. None of them stands
    for a part of the model, or for too much and too little."""
    colours = palette(dark)
    chosen = colours.text, colours.test, colours.classes[9], colours.classes[5]
    return tuple(_rgb(colour) for colour in chosen)


def _rgb(colour: str) -> RGB:
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return red, green, blue


def _grey(values: NDArray[np.floating], shape: Picture) -> NDArray[np.floating]:
    return values if shape.channels == 1 else values.mean(axis=-1)


def _ink(channel: int, dark: bool) -> RGB:
    return inks(dark)[channel % len(inks(dark))]


def _ground(dark: bool) -> RGB:
    """What is behind curves and bars: the colour of no difference."""
    return diverging(dark).zero


def _level(sheet: Curves, height: float, n: int, dark: bool) -> Layer:
    return sheet.level(height, n, FINE, _rgb(palette(dark).mean), FAINT)


def _curves(heights: Heights, dark: bool, density: int) -> NDArray[np.uint8]:
    """Heights (n, channels, length) as one line for each channel."""
    n, channels, length = heights.shape
    sheet = Curves(ground=_ground(dark), density=density, length=length)
    layers = [_level(sheet, 0, n, dark)]
    for channel in range(channels):
        along = sheet.along(heights[:, channel])
        layers.append(sheet.line(along, CURVE, _ink(channel, dark)))
    return sheet.drawn(layers)


def _curves_around_zero(heights: Heights, dark: bool) -> NDArray[np.uint8]:
    """Heights (n, channels, length), of which 0.5 is zero."""
    n, channels, length = heights.shape
    sheet = Curves(ground=_ground(dark), length=length)
    zero = np.full((n, len(sheet.places)), 0.5, np.float32)
    curves = [sheet.along(heights[:, channel]) for channel in range(channels)]
    layers = [layer for curve in curves for layer in _shaded(sheet, zero, curve, dark)]
    layers.append(_level(sheet, 0.5, n, dark))
    layers += [sheet.line(curve, THIN, _ink(i, dark)) for i, curve in enumerate(curves)]
    return sheet.drawn(layers)


def _curves_apart(originals: Heights, x_hat: Heights, dark: bool) -> NDArray[np.uint8]:
    """Two curves (n, channels, length) and the area between them."""
    n, channels, length = originals.shape
    sheet = Curves(ground=_ground(dark), length=length)
    pairs = [
        (sheet.along(originals[:, channel]), sheet.along(x_hat[:, channel]))
        for channel in range(channels)
    ]
    layers = [_level(sheet, 0, n, dark)]
    for first, second in pairs:
        layers += _shaded(sheet, first, second, dark)
    for channel, (first, second) in enumerate(pairs):
        layers.append(sheet.line(first, FINE, _rgb(palette(dark).mean)))
        layers.append(sheet.line(second, THIN, _ink(channel, dark)))
    return sheet.drawn(layers)


def _shaded(sheet: Curves, first: Heights, second: Heights, dark: bool) -> list[Layer]:
    """What lies between two curves: red where the second is above the first."""
    colours = diverging(dark)
    return [
        sheet.area(first, second, colours.above, SHADE),
        sheet.area(second, first, colours.below, SHADE),
    ]


def _bars(heights: Heights, dark: bool, density: int) -> NDArray[np.uint8]:
    """Heights (n, features) as bars from 0, each in its track up to 1."""
    bars = Bars(heights.shape[1], _ground(dark), density)
    floor = bars.up_to(np.zeros_like(heights), 0)
    ink = _ink(0, dark)
    track = floor, bars.up_to(np.ones_like(heights), 0), ink, TRACK
    return bars.drawn([track, (floor, bars.up_to(heights, 0), ink, BAR)])


def _bars_around_zero(heights: Heights, dark: bool) -> NDArray[np.uint8]:
    """Heights (n, features), of which 0.5 is zero."""
    colours = diverging(dark)
    bars = Bars(heights.shape[1], colours.zero)
    zero, ends = bars.up_to(np.full_like(heights, 0.5), 0.5), bars.up_to(heights, 0.5)
    half = FINE * bars.density / 2
    line = zero - half, zero + half, _rgb(palette(dark).mean), FAINT
    return bars.drawn([(zero, ends, colours.above, 1), (ends, zero, colours.below, 1), line])
