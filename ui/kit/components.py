"""Mounts the browser components kept in ``assets/components``.

They are registered here, once per process; a page or a fragment only mounts them. Each takes a
``key``: while the key stays, the element stays, whatever the data. Like every widget, a component
forgets its state when its page is left.
"""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import streamlit as st
from PIL import Image

from ui.kit.language import _

if TYPE_CHECKING:
    from streamlit.components.v2.types import ComponentRenderer

ASSETS = Path(__file__).parents[2] / "assets" / "components"
SIDE = 28
CANVAS_SIDE = 280  # as in draw_canvas.js


def register(name: str, *, isolate_styles: bool = True) -> ComponentRenderer:
    """Registers the files ``name.js``, ``name.html`` and ``name.css``; the last two may lack."""

    def text(suffix: str) -> str | None:
        path = ASSETS / f"{name}{suffix}"
        return path.read_text(encoding="utf-8") if path.exists() else None

    return st.components.v2.component(
        f"lab_{name}",
        js=text(".js"),
        html=text(".html"),
        css=text(".css"),
        isolate_styles=isolate_styles,
    )


_digit_rows = register("digit_rows")
_scrubber = register("scrubber")
_draw_canvas = register("draw_canvas")
_one_step = register("one_step")
_copy_text = register("copy_text")
_manners = register("manners")
_platform_words = register("platform_words")


def mount_manners() -> None:
    """Has Back leave the page, the focus stay where it was, text be copied over plain http too, the
    sidebar close on a phone after a tap on one of its links, and charts follow light and dark.

    Call it once per page, before anything that the learner can touch.
    """
    _manners(key="manners", on_theme_change=_draw_anew)


def _draw_anew() -> None:
    """Nothing to do: that the page runs again is enough."""


def platform_words(data: bytes) -> None:
    """Replaces Streamlit's own words, see `ui.kit.platform_words`.

    Args:
        data: JSON, as `ui.kit.platform_words` makes it.
    """
    _platform_words(key="platform_words", data=data)


def copy_text(text: str, *, key: str) -> None:
    """A text that fills the width, and a button that copies it and says whether it could.

    Args:
        text: What is copied.
        key: Identifies the element on the page.
    """
    words = {
        "label": _("Link"),
        "copy": _("Copy"),
        "copied": _("Copied."),
        "by_hand": _(
            "This browser does not let this page copy: the link is selected, copy it with Ctrl+C "
            "(on a phone, hold a finger on it)."
        ),
    }
    _copy_text(key=key, data=as_json({"text": text, "words": words}))


@dataclass(frozen=True)
class Row:
    """One row of pictures.

    Attributes:
        label: What the pictures are, in the learner's language.
        images: uint8, shaped ``(n, *shape.seen)`` for greys or ``(n, 28, 28, 3)`` for colours.
        captions: A short text under each picture, or None.
    """

    label: str
    images: npt.NDArray[np.uint8]
    captions: Sequence[str] | None = None


def side_by_side(images: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Pictures ``(n, 28, 28[, 3])`` as one picture ``(28, n * 28[, 3])``, without gaps.

    Raises:
        ValueError: If they are not uint8, not 28x28, or none at all.
    """
    fits = len(images) and images.shape[1:] in {(SIDE, SIDE), (SIDE, SIDE, 3)}
    if images.dtype != np.uint8 or not fits:
        raise ValueError(
            "pictures must be uint8 of shape (n, *shape.seen) or (n, 28, 28, 3) with n > 0, "
            f"not {images.dtype} of shape {images.shape}"
        )
    return np.concatenate(list(images), axis=1)


@lru_cache(maxsize=256)
def _row_png(pixels: bytes, kind: str, shape: tuple[int, ...]) -> bytes:
    """A row of pictures as PNG: while a run trains, its test pictures come again with each tick."""
    return encode_png(side_by_side(np.frombuffer(pixels, kind).reshape(shape)))


def encode_png(pixels: npt.NDArray[np.uint8]) -> bytes:
    """A PNG of greys ``(height, width)`` or colours ``(height, width, 3)``."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, format="PNG", compress_level=3)
    return file.getvalue()


def digit_rows(rows: Sequence[Row], *, key: str, alt: str, large: bool = False) -> None:
    """Rows of digits below one another, column for column the same digit.

    Labels stand left, on a phone above. Where a digit would be narrower than 34 pixels the columns
    wrap in blocks that repeat all the rows, so a digit stays with its own reconstruction.

    Args:
        rows: At least one row; all of them with the same number of pictures (at least one).
        key: Identifies the grid on the page.
        alt: What the grid shows, for those who cannot see it.
        large: For a few pictures that are looked at one by one: twice as wide as in a grid.
    """
    columns = len(rows[0].images)
    pictures = [
        _row_png(row.images.tobytes(), row.images.dtype.str, row.images.shape) for row in rows
    ]
    described = []
    for row, png in zip(rows, pictures, strict=True):
        captions = None if row.captions is None else list(row.captions)
        if len(row.images) != columns or (captions is not None and len(captions) != columns):
            raise ValueError(f"row {row.label!r} must have {columns} pictures and captions or none")
        described.append({"label": row.label, "captions": captions, "size": len(png)})
    # One line of JSON and then the pictures: bytes take 40% less room than base64 of one sheet,
    # in which the grey rows would have to be coloured.
    head = json.dumps({"alt": alt, "columns": columns, "large": large, "rows": described})
    _digit_rows(key=key, data=head.encode() + b"\n" + b"".join(pictures))


def one_step(data: dict[str, Any], *, key: str) -> None:
    """One training step: rows of cells, formula and code that light up together.

    Args:
        data: As `ui.one_step` makes it.
        key: Identifies the element on the page.
    """
    _one_step(key=key, data=as_json(data))


def as_json(data: Mapping[str, Any]) -> bytes:
    """What a component gets. Of a dict, Streamlit would ask of each value whether it is a table, and
    import pandas and pyarrow for that: 0.3 s of the 1 s that a server's first Train page takes."""
    return json.dumps(data).encode()


def scrubber(
    epochs: Sequence[int], live: bool, labels: Mapping[str, str], *, key: str
) -> int | None:
    """A slider over the stored snapshots of a run; its right end follows the newest one.

    Args:
        epochs: The epochs that have a snapshot, ascending. May grow while the slider is used; an
            epoch that is no longer among them ends the learner's choice.
        live: Whether the run still trains; only chooses the text of the button.
        labels: The texts ``label`` ("Training progress"), ``value`` ("epoch {epoch} of {last}"),
            ``live`` and ``latest`` (the button of a training and of a finished run), and
            optionally ``empty`` (the value while there is no snapshot).
        key: Identifies the slider; put the run into it, so that a new run starts at its end.

    Returns:
        The epoch to show, or None to follow the newest.
    """
    # What Python knows: where a freshly mounted slider starts, and the answer to each message.
    known = st.session_state.get(key) or {}
    data: dict[str, Any] = {"epochs": list(epochs), "live": live, "labels": dict(labels)}
    data["chosen"] = known.get("epoch")
    epoch = _scrubber(key=key, data=as_json(data), on_epoch_change=lambda: None).get("epoch")
    return epoch if epoch in epochs else None


def draw_canvas(words: Mapping[str, str], *, key: str) -> npt.NDArray[np.uint8] | None:
    """A sheet to draw a digit on, with mouse, finger, pen or keys.

    The page runs again after each stroke, undo and clearing; mounted in a fragment, only that does.
    The drawing stays as long as the key does and the sheet is on the page.

    Args:
        words: The texts ``label`` (what the sheet is), ``help`` (how the keys draw, for those who
            cannot see it: arrows move, Shift makes the steps small, Space lowers and lifts the
            pen, Ctrl+Z undoes), ``undo``, ``clear`` (the buttons), ``pen_down`` and ``pen_up``
            (what is announced).
        key: Identifies the sheet; another key is an empty one.

    Returns:
        Greys ``(280, 280)``, white on black; None while nothing is drawn.
    """
    # What Python knows goes back: a sheet that is mounted anew starts with it.
    known = st.session_state.get(key) or {}
    packed = known.get("picture")
    data = {"words": dict(words), "picture": None if unpack_runs(packed) is None else packed}
    drawn = _draw_canvas(key=key, data=as_json(data), on_picture_change=lambda: None)
    return unpack_runs(drawn.get("picture"))


def unpack_runs(packed: object) -> npt.NDArray[np.uint8] | None:
    """The picture that ``draw_canvas.js`` packed; None for an empty one and for anything else.

    It comes from a browser, so it may be anything: its room is known before it is taken.
    """
    pixels = CANVAS_SIDE * CANVAS_SIDE
    if not isinstance(packed, str) or len(packed) > 3 * pixels:  # 2 bytes a run, in base64
        return None
    try:
        runs = np.frombuffer(base64.b64decode(packed, validate=True), np.uint8)
    except ValueError:
        return None
    lengths, greys = runs[0::2], runs[1::2]
    if len(lengths) != len(greys) or int(lengths.sum(dtype=np.int64)) != pixels:
        return None
    picture = np.repeat(greys, lengths).reshape(CANVAS_SIDE, CANVAS_SIDE)
    return picture if picture.any() else None
