"""Turns any picture of a digit into what MNIST would have made of it, step by step.

MNIST's own recipe (LeCun, Cortes & Burges, "The MNIST database of handwritten digits"): the digit
is scaled to fit a box of 20x20 pixels, its aspect ratio kept, with greys from the antialiasing,
and moved in a field of 28x28 so that the centre of mass of its pixels is at the centre.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from aecore.data.uploads import Greys, Picture, edges
from aecore.errors import N_, PictureError, Sentence, ShapeError
from aecore.parts.datasets import DIGIT

SIDE = DIGIT.height
BOX = 20  # the longer side of the ink in MNIST
MIDDLE = 14  # row and column of the centre of mass, counted from 0: in MNIST it is 13.5 to 14.5
LEAST_CONTRAST = 32  # levels of 255; a blank sheet under a phone stays below

LEAST_INK, MOST_INK = 0.03, 0.28
"""Mean of the pixels, 0 to 1: 998 of 1,000 digits of MNIST lie between."""

MOST_SOLID = 8
"""Side in pixels of the largest square of nothing but ink; above for one digit of MNIST in 1,200."""

LEAST_WHOLE = 0.5
"""Share of the ink in its largest piece; below for one digit of MNIST in 2,000."""

_INK = 0.35  # of the way from paper to ink: from here on a pixel counts for the box of the ink
_STRAY = 1e-5  # share of the pixels that may be darker or lighter than all else without a meaning
_SHOWN = 512  # pixels: the longer side of the pictures that are only looked at


@dataclass(frozen=True)
class ConversionStep:
    """One step towards MNIST.

    Attributes:
        title: a translation id.
        done: what was done, with its numbers.
        pixels: what came out; large pictures are reduced for showing.
    """

    title: str
    done: Sentence
    pixels: Greys


@dataclass(frozen=True)
class Steps:
    """The way of a picture into MNIST.

    Attributes:
        shown: grey, white on black, cropped, scaled, centred.
        pixels: (numbers,) in [0, 1], what a model takes.
        doubts: why this can hardly be a digit, so that what a model makes of it says little.
    """

    shown: tuple[ConversionStep, ...]
    pixels: NDArray[np.float32]
    doubts: tuple[Sentence, ...] = ()


def mnistify(picture: Picture) -> Steps:
    """What MNIST would have made of a picture.

    Raises:
        PictureError: nothing on it stands out from its paper.
    """
    grey = picture.grey
    border = round(float(np.median(edges(grey))))
    low, high = _extremes(_histogram(grey))
    if border - low > high - border:
        return _steps(
            grey,
            255 - grey,
            255 - border,
            Sentence(
                N_(
                    "The border is light (median {border} of 255): dark ink becomes white, paper "
                    "black."
                ),
                border=border,
            ),
        )
    kept = N_("The border is dark (median {border} of 255): the ink is white already.")
    return _steps(grey, grey, border, Sentence(kept, border=border))


def from_canvas(grey: Greys) -> Steps:
    """What MNIST would have made of a drawing, white on black, of any square size.

    Raises:
        PictureError: nothing is drawn.
        ShapeError: it is not a square of uint8.
    """
    if grey.ndim != 2 or grey.shape[0] != grey.shape[1] or grey.dtype != np.uint8:
        raise ShapeError(
            N_("A drawing must be a square of uint8 greys, but was {received}."),
            received=f"{grey.dtype} {grey.shape}",
        )
    return _steps(grey, grey, 0, Sentence(N_("A drawing is white on black from the start.")))


def _steps(grey: Greys, light_on_dark: Greys, paper: int, about_ink: Sentence) -> Steps:
    inked = _stretched(light_on_dark, paper)
    cropped = inked[_ink_box(inked)]
    scaled = _scaled(cropped)
    centred = _centred(scaled)
    height, width = grey.shape
    shown = (
        ConversionStep(
            N_("Grey"),
            Sentence(N_("{width} × {height} pixels."), width=width, height=height),
            _reduced(grey),
        ),
        ConversionStep(N_("White on black"), about_ink, _reduced(inked)),
        ConversionStep(
            N_("Cropped"),
            Sentence(
                N_("The ink fills {width} × {height} pixels; the rest is cut off."),
                width=cropped.shape[1],
                height=cropped.shape[0],
            ),
            _reduced(cropped),
        ),
        ConversionStep(
            N_("Scaled"),
            Sentence(
                N_("{width} × {height} pixels: the longer side is {box}, the shape is kept."),
                width=scaled.shape[1],
                height=scaled.shape[0],
                box=BOX,
            ),
            scaled,
        ),
        ConversionStep(
            N_("Centred"),
            Sentence(
                N_("{side} × {side} pixels, the centre of mass of the ink in the middle."),
                side=SIDE,
            ),
            centred,
        ),
    )
    pixels = centred.reshape(-1).astype(np.float32) / np.float32(255)
    return Steps(shown, pixels, _doubts(centred))


def _doubts(square: Greys) -> tuple[Sentence, ...]:
    """What tells a finished square from MNIST's digits."""
    ink = float(square.mean()) / 255
    found = []
    if not LEAST_INK <= ink <= MOST_INK:
        found.append(
            Sentence(
                N_(
                    "{share} of the square is ink, while a digit of MNIST has {low} to "
                    "{high}: this may not be a digit, or the picture shows more than its "
                    "paper. Cut out the digit with nothing but paper around it, and try "
                    "again."
                ),
                share=f"{ink:.0%}",
                low=f"{LEAST_INK:.0%}",
                high=f"{MOST_INK:.0%}",
            )
        )
    solid = np.lib.stride_tricks.sliding_window_view(square > 127, (MOST_SOLID + 1,) * 2)
    if solid.all(axis=(2, 3)).any():
        found.append(
            Sentence(
                N_(
                    "The ink fills more than {side} × {side} pixels without a gap, while "
                    "hardly any stroke in MNIST is that thick: this may not be a digit, "
                    "or a sheet on a dark table. Cut out the digit with nothing but "
                    "paper around it, and try again."
                ),
                side=MOST_SOLID,
            )
        )
    whole = _largest_piece(square > 127)
    if whole < LEAST_WHOLE:
        found.append(
            Sentence(
                N_(
                    "The ink lies in pieces, the largest of which has {share} of it: "
                    "this may not be a digit, or several. Cut out a single digit, and "
                    "try again."
                ),
                share=f"{whole:.0%}",
            )
        )
    return tuple(found)


def _largest_piece(ink: NDArray[np.bool_]) -> float:
    """Share of the inked pixels, at least one, in the largest group that touches, corners included."""
    names = np.where(ink, np.arange(1, ink.size + 1).reshape(ink.shape), 0)
    while True:  # each pixel takes the largest name around it, until nothing changes
        around = np.lib.stride_tricks.sliding_window_view(np.pad(names, 1), (3, 3))
        spread = np.where(ink, around.max(axis=(2, 3)), 0)
        if np.array_equal(spread, names):
            return float(np.bincount(names[ink]).max() / ink.sum())
        names = spread


def _histogram(grey: Greys) -> NDArray[np.int_]:
    # np.bincount would take eight times the room.
    return np.array(Image.fromarray(grey).histogram())


def _extremes(counts: NDArray[np.int_]) -> tuple[int, int]:
    """Darkest and lightest level of a histogram, a few stray pixels aside."""
    stray = _STRAY * counts.sum()
    darkest = np.searchsorted(counts.cumsum(), stray, side="right")
    lightest = 255 - np.searchsorted(counts[::-1].cumsum(), stray, side="right")
    return int(darkest), int(lightest)


def _stretched(light_on_dark: Greys, paper: int) -> Greys:
    """Paper becomes 0 and ink 255, through a table of the 256 levels."""
    counts = _histogram(light_on_dark)
    ink = _extremes(counts)[1]
    if ink - paper < LEAST_CONTRAST:
        raise PictureError(
            N_(
                "The picture is blank: ink must differ from its paper by at least {limit} of 255 "
                "levels, but differs by {received}; draw with a thicker pen or press harder."
            ),
            limit=LEAST_CONTRAST,
            received=max(ink - paper, 0),
        )
    # Nine tenths of what is no ink become quite black: shadows and grain of a photographed sheet.
    background = counts[: int(paper + _INK * (ink - paper)) + 1].cumsum()
    black = max(paper, int(np.searchsorted(background, 0.9 * background[-1])))
    table = ((np.arange(256) - black) / (ink - black)).clip(0, 1)
    return np.asarray(np.round(255 * table).astype(np.uint8)[light_on_dark])


def _ink_box(inked: Greys) -> tuple[slice, slice]:
    ink = inked > _INK * 255
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)


def _scaled(cropped: Greys) -> Greys:
    """The longer side 20 pixels, antialiased; thin lines, grey by now, become white again."""
    height, width = cropped.shape
    scale = BOX / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    image = Image.fromarray(cropped).resize(size, Image.Resampling.LANCZOS, reducing_gap=3)
    scaled = np.asarray(image).astype(np.float64)
    white = np.quantile(scaled[scaled > scaled.max() / 2], 0.8)
    return np.asarray(np.round(scaled * 255 / white).clip(0, 255), np.uint8)


def _centred(scaled: Greys) -> Greys:
    """In 28x28, moved by whole pixels as MNIST was, and never beyond the edge."""
    field = np.zeros((SIDE, SIDE), np.uint8)
    mass = scaled.astype(np.float64)
    place = []
    for axis, length in enumerate(scaled.shape):
        centre = mass.sum(axis=1 - axis) @ np.arange(length) / mass.sum()
        start = min(max(round(MIDDLE - centre), 0), SIDE - length)
        place.append(slice(start, start + length))
    field[place[0], place[1]] = scaled
    return field


def _reduced(grey: Greys) -> Greys:
    """Small enough to be sent to a browser."""
    factor = math.ceil(max(grey.shape) / _SHOWN)
    return grey if factor == 1 else np.array(Image.fromarray(grey).reduce(factor))
