"""The learner's own digit: drawn or uploaded, made into what MNIST would have made of it.

Only for models of MNIST-like pictures; the others say why not.
"""

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from aecore.data import mnistify, uploads
from aecore.errors import N_, LabError, Sentence
from aecore.parts.datasets import DIGIT
from ui.kit import components, language, layout, models
from ui.kit.language import _

if TYPE_CHECKING:
    from aecore.data.mnistify import Steps

WAYS = {"draw": N_("Draw"), "upload": N_("Upload")}

SIZE = f"{DIGIT.height}×{DIGIT.width}"
"""Of MNIST's pictures, in pixels."""

STEP_WIDTH = 132
"""CSS pixels of one step."""

EMPTY = 110
"""The grey around a picture that is not square; it is no part of it."""

CANVAS_WORDS = {
    "label": N_("An area to draw a digit in"),
    "help": N_(
        "Draw with mouse, finger or pen. With the keyboard: arrows move, Shift makes the steps "
        "small, Space lowers and lifts the pen, Ctrl+Z undoes."
    ),
    "undo": N_("Undo"),
    "clear": N_("Clear"),
    "pen_down": N_("pen down"),
    "pen_up": N_("pen up"),
}


def section(model_id: str, *, key: str) -> NDArray[np.float32] | None:
    """A heading and `ask`, or a sentence why this model cannot be given a drawing.

    Returns:
        As `ask`.
    """
    if models.shape(model_id) != DIGIT:
        st.caption(why_not(model_id))
        return None
    st.subheader(_("Your own digit"))
    return ask(key=key)


def why_not(model_id: str) -> str:
    """Why a model cannot be given a drawing."""
    return _(
        "You can give a digit of your own only to models of grey {size} pictures such as MNIST's; "
        "this one has learned other data: {name}."
    ).format(size=SIZE, name=_(models.dataset(model_id).name))


def ask(*, key: str) -> NDArray[np.float32] | None:
    """A sheet to draw on or a file to upload, and the steps to MNIST's format.

    Returns:
        (1, numbers), pixels in [0, 1]; None while there is nothing, or nothing that can be used.
    """
    sheet, way = layout.beside("own_digit")
    with sheet:
        kind = st.segmented_control(
            _("Draw or upload"),
            list(WAYS),
            default="draw",
            required=True,
            format_func=lambda k: _(WAYS[k]),
            key=f"_way_{key}",
            label_visibility="collapsed",
            wrap=True,
        )
        data = _sheet(key) if kind == "draw" else _file(key)
    with way:
        if data is None:
            st.caption(
                _("Draw a digit, or upload a picture of one: each step to {size} is shown.").format(
                    size=SIZE
                )
            )
            return None
        try:
            steps, notes = _steps(data)
        except LabError as error:
            st.warning(language.say(error), icon=":material/image_not_supported:")
            return None
        _show(steps)
        for note in notes:
            st.caption(language.say(note))
        for doubt in steps.doubts:
            st.warning(language.say(doubt), icon=":material/help:")
    return steps.pixels[np.newaxis]


def _sheet(key: str) -> NDArray[np.uint8] | None:
    words = {name: _(word) for name, word in CANVAS_WORDS.items()}
    return components.draw_canvas(words, key=f"canvas_{key}")


def _file(key: str) -> bytes | None:
    file = st.file_uploader(
        _("A picture of a digit"),
        key=f"_upload_{key}",
        help=_(
            "PNG, JPEG, WebP, GIF, BMP, TIFF or HEIC, up to {limit} MB. It stays in memory and is "
            "never stored."
        ).format(limit=uploads.MOST_BYTES // 2**20),
        max_upload_size=uploads.MOST_BYTES // 2**20,
    )
    return None if file is None else file.getvalue()


def _steps(data: NDArray[np.uint8] | bytes) -> "tuple[Steps, tuple[Sentence, ...]]":
    if not isinstance(data, bytes):
        return mnistify.from_canvas(data), ()
    picture = uploads.open_picture(data)
    return mnistify.mnistify(picture), picture.notes


def _show(steps: "Steps") -> None:
    """What became of the picture, step by step."""
    with st.container(horizontal=True):
        for step in steps.shown:
            with st.container(width=STEP_WIDTH):
                st.image(_enlarged(step.pixels), width=STEP_WIDTH, alt=_(step.title))
                st.markdown(f"**{_(step.title)}**")
                st.caption(language.say(step.done))


def _enlarged(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A square with every pixel as a block, so that the browser does not blur small pictures."""
    side = max(pixels.shape)
    above, left = (side - pixels.shape[0]) // 2, (side - pixels.shape[1]) // 2
    square = np.full((side, side), EMPTY, np.uint8)
    square[above : above + pixels.shape[0], left : left + pixels.shape[1]] = pixels
    factor = max(1, 2 * STEP_WIDTH // side)
    return square.repeat(factor, axis=0).repeat(factor, axis=1)
