"""A sample as the cells, bars or curve of one row of the picture, with the name of each number."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from aecore.shapes import Picture, Row, Series, Shape
from ui.kit.language import _

Numbers = NDArray[np.float32]

SIDE = 84
"""CSS pixels: about how wide a picture is."""

WIDEST = 250
"""CSS pixels: about how wide bars and curves are."""

HIGH = 44
"""CSS pixels of the bars, and of each channel of a series."""


def layout_of(shape: Shape) -> dict[str, Any]:
    """How the browser draws a sample: in what (`draws`), in how many `columns`, how large.

    Returns:
        `draws` is "cells", "bars" or "curve"; `cell` is the width of a number in CSS pixels, and
        `high` the height of the bars or of a channel's curve.
    """
    if isinstance(shape, Picture):
        return {
            "draws": "cells",
            "columns": shape.width,
            "cell": max(1, round(SIDE / shape.width)),
            "sample": True,
        }
    columns = shape.size if isinstance(shape, Row) else shape.length
    cell = min(max(WIDEST / columns, 2), 16)
    draws = "bars" if isinstance(shape, Row) else "curve"
    return {"draws": draws, "columns": columns, "cell": cell, "high": HIGH, "sample": True}


def places(shape: Shape) -> list[str]:
    """What each number of a series or of a row is; [] of a picture, whose pixels count rows."""
    if isinstance(shape, Row):
        return [_(feature.name) for feature in shape.features]
    if isinstance(shape, Series):
        return [
            f"{_(name)}, {_(shape.step)} {step}"
            for name in shape.names
            for step in range(shape.length)
        ]
    return []


def by_place(values: Numbers, shape: Shape) -> Numbers:
    """Numbers of a sample (numbers,) with one for each cell: of colours, the mean of a pixel's."""
    if isinstance(shape, Picture) and shape.channels > 1:
        mean: Numbers = values.reshape(shape.axes).mean(axis=0).flatten()
        return mean
    return values


def colours(values: Numbers, shape: Shape) -> list[list[int]] | None:
    """Red, green and blue of each pixel, 0 to 255; None of what has no colours."""
    if not isinstance(shape, Picture) or shape.channels == 1:
        return None
    pixels = values.reshape(shape.channels, -1).T.clip(0, 1)  # (pixels, channels)
    return (255 * pixels).round().astype(int).tolist()
