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

from aecore.figures import samples, tiles
from aecore.shapes import Row as TableRow
from aecore.shapes import Shape
from ui.kit import state
from ui.kit.language import _

if TYPE_CHECKING:
    from streamlit.components.v2.types import ComponentRenderer

ASSETS = Path(__file__).parents[2] / "assets" / "components"
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


_sample_rows = register("sample_rows")
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
    """One row of samples.

    Attributes:
        label: What the samples are, in the learner's language.
        images: Samples as seen, ``(n, *shape.seen)``, or what `aecore.figures.samples` has drawn,
            ``(n, height, width, 3)``.
        captions: A short text under each one, or None.
    """

    label: str
    images: npt.NDArray[np.uint8]
    captions: Sequence[str] | None = None


def side_by_side(images: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Pictures ``(n, height, width[, 3])`` as one ``(height, n * width[, 3])``, without gaps.

    Raises:
        ValueError: If they are not uint8, of another shape, or none at all.
    """
    fits = images.size and (images.ndim == 3 or (images.ndim == 4 and images.shape[3] == 3))
    if images.dtype != np.uint8 or not fits:
        raise ValueError(
            "pictures must be uint8 of shape (n, height, width) or (n, height, width, 3) with "
            f"n > 0, not {images.dtype} of shape {images.shape}"
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


NARROWEST = 34
"""CSS pixels: a picture whose shorter side is below this cannot be judged by eye."""

NARROWEST_CURVE = 84
NARROWEST_BAR = 3.5

LARGEST_CRISP = 64
"""Pixels of a picture's shorter side: one of more is shown about as large as it is, and smoothly."""


def sample_rows(
    rows: Sequence[Row], *, shape: Shape, key: str, alt: str, large: bool = False
) -> None:
    """Rows of samples below one another, column for column the same one.

    Labels stand left, on a phone above. Where a sample would be too narrow to be judged by eye the
    columns wrap in blocks that repeat all the rows, so it stays with its own reconstruction.

    Args:
        rows: At least one row; all of them with the same number of samples (at least one).
        shape: Of one sample: what has not been drawn yet is drawn as this kind of data.
        key: Identifies the grid on the page.
        alt: What the grid shows, for those who cannot see it.
        large: For a few samples that are looked at one by one: twice as wide as in a grid.

    Raises:
        ValueError: Rows of another length, or pictures of another size.
    """
    columns = len(rows[0].images)
    pictures = [drawn(row.images, shape) for row in rows]
    height, width = pictures[0].shape[1:3]
    described, files = [], []
    for row, images in zip(rows, pictures, strict=True):
        captions = None if row.captions is None else list(row.captions)
        if len(images) != columns or (captions is not None and len(captions) != columns):
            raise ValueError(f"row {row.label!r} must have {columns} pictures and captions or none")
        if images.shape[1:3] != (height, width):
            raise ValueError(f"row {row.label!r} must have pictures of {height} x {width} pixels")
        files.append(_row_png(images.tobytes(), images.dtype.str, images.shape))
        described.append({"label": row.label, "captions": captions, "size": len(files[-1])})
    # One line of JSON and then the pictures: bytes take 40% less room than base64 of one sheet,
    # in which the grey rows would have to be coloured.
    about = {"alt": alt, "columns": columns, "large": large, "rows": described}
    head = json.dumps(about | _cells(width, height, shape, large))
    _sample_rows(key=key, data=head.encode() + b"\n" + b"".join(files))


def drawn(images: npt.NDArray[np.uint8], shape: Shape) -> npt.NDArray[np.uint8]:
    """What a `Row` holds as pictures, in the page's theme: ``(n, height, width[, 3])``."""
    if shape.kind == "picture" or images.ndim == 4:
        return images
    return _drawn(images.tobytes(), images.shape, shape, state.is_dark())


@lru_cache(maxsize=64)
def _drawn(values: bytes, axes: tuple[int, ...], shape: Shape, dark: bool) -> npt.NDArray[np.uint8]:
    """Curves and bars: while a run trains, its originals come again with each tick."""
    return samples.drawn(np.frombuffer(values, np.uint8).reshape(axes), shape, dark=dark)


def _cells(width: int, height: int, shape: Shape, large: bool) -> dict[str, float | bool]:
    """How large the cells of a grid are drawn.

    Returns:
        Pixels of a cell (`width`, `height`), whether the browser may smooth them (`smooth`), how
        wide one may get, in digits or curves (`wide`), and how narrow, in CSS pixels (`narrowest`).
    """
    if shape.kind == "picture":
        wide = max(1.0, width / height)
        smooth = min(width, height) > LARGEST_CRISP
        narrowest = NARROWEST * wide * (3.2 if large else 1)
    else:
        shown = width / tiles.DENSITY
        wide, smooth = shown / tiles.WIDTH, True
        bars = shape.size if isinstance(shape, TableRow) else 0
        narrowest = min(shown, max(NARROWEST_CURVE, NARROWEST_BAR * bars)) * (1.4 if large else 1)
    return {
        "width": width,
        "height": height,
        "smooth": smooth,
        "wide": wide,
        "narrowest": narrowest,
    }


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
