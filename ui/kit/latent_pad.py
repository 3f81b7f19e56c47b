"""Mounts the map of a two-dimensional code, on which the decoder follows the pointer."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import streamlit as st

from ui.kit.components import encode_png, register

Grid = tuple[float, float, float, float]
Points = tuple[npt.NDArray[np.floating[Any]], npt.NDArray[np.integer[Any]] | None]

MOST_CLASSES = 256
"""A label travels as one byte."""

WORDS = {
    *("hint", "hint_touch", "hint_pinned", "keys"),
    *("digit", "points", "tiles"),
    *("pinned", "unpinned", "unpin"),
}

_latent_pad = register("latent_pad")


@dataclass(frozen=True, eq=False)
class LatentMap:
    """What the pad shows.

    Attributes:
        sprite: uint8, ``(side, side, height, width[, 3])``: what is decoded on an even grid, as
            pictures; row 0 is the top.
        blend: Whether a mean of neighbouring pictures looks like what lies between them, as it does
            for pixels; else the nearest one is shown.
        grid: ``(x_low, x_high, y_low, y_high)``: where the outermost ones were decoded.
        points: Coordinates ``(n, 2)`` and labels ``(n,)`` from 0 on of samples on the map, each
            drawn as the number of its class; about a thousand at most. Without labels (None) each
            is a dot. What lies outside is not shown.
        key: Identifies the pad on the page; put the run into it, so that a new run starts anew.
        words: The texts in the learner's language:
            ``hint``, ``hint_touch`` and ``keys`` (what to do with mouse, finger, keyboard),
            ``hint_pinned`` (what to do while a place is pinned),
            ``digit`` (the caption of the big digit),
            ``points`` and ``tiles`` (what the two layers of the map are: labels of checkboxes),
            ``pinned`` ("Pinned at z₁ = {x}, z₂ = {y}"), ``unpinned`` (both said to those who
            cannot see it) and ``unpin`` (a button).
        colours: One per class, for the current theme; the first one is that of dots.
        alt: What the map is, for those who cannot see it.
    """

    sprite: npt.NDArray[np.uint8]
    blend: bool
    grid: Grid
    points: Points
    key: str
    words: Mapping[str, str]
    colours: Sequence[str]
    alt: str


def latent_pad(shown: LatentMap) -> tuple[float, float] | None:
    """A map of a two-dimensional code, and beside it what the decoder draws at the pointer.

    Everything is sent once; following the pointer needs no server. Between decoded pictures the
    browser shows a blend of the four nearest ones, where that makes sense. The pinned place survives a walk to
    another page and back.

    Returns:
        The coordinates of the pinned place, or None.

    Raises:
        ValueError: As for `pack`.
    """
    pad = _latent_pad(key=shown.key, data=pack(shown), on_pin_change=lambda: None)
    return place_of(pad.get("pin"), shown.grid)


def place_of(pin: object, grid: Grid) -> tuple[float, float] | None:
    """What the browser sent as coordinates; None if they are none, or not on the (perhaps newer)
    map."""
    x, y = (pin.get("x"), pin.get("y")) if isinstance(pin, Mapping) else (None, None)
    if not isinstance(x, (int, float)) or not isinstance(y, (int, float)):
        return None
    x_low, x_high, y_low, y_high = grid
    return (x, y) if x_low <= x <= x_high and y_low <= y <= y_high else None


def pack(shown: LatentMap) -> bytes:
    """One line of JSON, the PNG of all pictures, coordinates (float32) and labels (uint8).

    Raises:
        ValueError: An array of another type or shape, a label or limits that make no sense, or a
            missing word.
    """
    coordinates, labels = shown.points
    _check_map(shown.sprite, shown.grid)
    _check_points(coordinates, labels, len(shown.colours))
    if missing := WORDS - shown.words.keys():
        raise ValueError(f"words lack {', '.join(sorted(missing))}")
    sheet = _sheet(hashlib.blake2b(shown.sprite.tobytes()).hexdigest(), shown.sprite)
    body = sheet + coordinates.astype("<f4").tobytes()
    if labels is not None:
        body += labels.astype(np.uint8).tobytes()
    head = {
        "key": shown.key,
        "alt": shown.alt,
        "words": dict(shown.words),
        "colours": list(shown.colours),
        "grid": [float(limit) for limit in shown.grid],
        "side": len(shown.sprite),
        "height": shown.sprite.shape[2],
        "width": shown.sprite.shape[3],
        "blend": shown.blend,
        "size": len(sheet),
        "count": len(coordinates),
        "labelled": labels is not None,
    }
    # The browser redraws when this changes, and a rerun of the page mostly brings the same.
    digest = hashlib.blake2b(json.dumps(head).encode() + body, digest_size=12).hexdigest()
    return json.dumps({**head, "digest": digest}).encode() + b"\n" + body


def _check_map(sprite: npt.NDArray[np.uint8], grid: Grid) -> None:
    side = len(sprite)
    fits = sprite.ndim in (4, 5) and sprite.shape[1] == side and sprite.shape[4:] in {(), (3,)}
    if sprite.dtype != np.uint8 or side < 2 or not fits or not sprite.size:
        raise ValueError(
            "the sprite must be uint8 of shape (side, side, height, width) or "
            "(side, side, height, width, 3) with side > 1, "
            f"not {sprite.dtype} of shape {sprite.shape}"
        )
    x_low, x_high, y_low, y_high = grid
    if not (np.isfinite(grid).all() and x_low < x_high and y_low < y_high):
        raise ValueError(f"the grid must be finite, each low below its high, but was {grid}")


def _check_points(
    coordinates: npt.NDArray[Any], labels: npt.NDArray[Any] | None, n_classes: int
) -> None:
    if n_classes > MOST_CLASSES:
        raise ValueError(f"at most {MOST_CLASSES} classes fit on a map, not {n_classes}")
    if labels is None:
        if coordinates.ndim != 2 or coordinates.shape[1] != 2 or not n_classes:
            raise ValueError(
                "points without labels must be coordinates (n, 2), with one colour, "
                f"not {coordinates.shape} with {n_classes}"
            )
        return
    if labels.ndim != 1 or coordinates.shape != (len(labels), 2):
        raise ValueError(
            "points must be coordinates (n, 2) and labels (n,), "
            f"not {coordinates.shape} and {labels.shape}"
        )
    if len(labels) and not 0 <= labels.min() <= labels.max() < n_classes:
        raise ValueError(
            f"labels must be from 0 to {n_classes - 1}, one per colour, "
            f"but were {labels.min()} to {labels.max()}"
        )


@st.cache_data(max_entries=32, show_spinner=False)
def _sheet(digest: str, _sprite: npt.NDArray[np.uint8]) -> bytes:
    """The PNG of all pictures, in rows as on the map; by its digest, as Streamlit would only sample."""
    side, _columns, height, width, *colours = _sprite.shape
    return encode_png(_sprite.swapaxes(1, 2).reshape(side * height, side * width, *colours))
