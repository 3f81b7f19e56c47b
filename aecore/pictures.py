"""Turns any picture of a digit into what MNIST would have made of it, step by step.

MNIST's own recipe (LeCun, Cortes & Burges, "The MNIST database of handwritten digits"): the digit
is scaled to fit a box of 20x20 pixels, its aspect ratio kept, with greys from the antialiasing,
and moved in a field of 28x28 so that the centre of mass of its pixels is at the centre.
"""

import io
import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, ImageStat, UnidentifiedImageError

from aecore.errors import N_, PictureError, Sentence, ShapeError
from aecore.experiment import SIDE

Greys = NDArray[np.uint8]

MOST_BYTES = 10 * 2**20
MOST_SIDE = 4096
FORMATS = {"PNG": b"\x89PNG\r\n\x1a\n", "JPEG": b"\xff\xd8\xff", "WEBP": b"RIFF", "GIF": b"GIF8"}
BOX = 20  # the longer side of the ink in MNIST
MIDDLE = 14  # row and column of the centre of mass, counted from 0: in MNIST it is 13.5 to 14.5
LEAST_CONTRAST = 32  # levels of 255; a blank sheet under a phone stays below

_INK = 0.35  # of the way from paper to ink: from here on a pixel counts for the box of the ink
_STRAY = 1e-5  # share of the pixels that may be darker or lighter than all else without a meaning
_SHOWN = 512  # pixels: the longer side of the pictures that are only looked at
_MOST_SCANS = (
    100  # of a JPEG; real ones have about 10, thousands would keep a decoder busy for hours
)


@dataclass(frozen=True)
class Picture:
    """A picture that was opened.

    Attributes:
        grey: (height, width), 0 black to 255 white, upright.
        notes: what was left out or assumed, to tell the learner.
    """

    grey: Greys
    notes: tuple[Sentence, ...] = ()


@dataclass(frozen=True)
class Step:
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
        pixels: (784,) in [0, 1], what a model takes.
    """

    shown: tuple[Step, ...]
    pixels: NDArray[np.float32]


def open_picture(data: bytes) -> Picture:
    """The picture in the bytes of a file, upright and grey.

    Size and format are checked before anything is decoded.

    Raises:
        PictureError: too large, of another format, damaged, or no picture at all.
    """
    kind = _format_of(data)
    _check_size(_claimed_size(kind, data))
    try:
        return _decoded(kind, data)
    except PictureError:
        raise
    except UnidentifiedImageError as error:
        raise _damaged(kind, Sentence(N_("its header cannot be read"))) from error
    except Exception as error:  # decoders raise whatever they stumble over, from struct to zlib
        raise _damaged(kind, str(error)) from error


def _format_of(data: bytes) -> str:
    if not data:
        raise PictureError(
            N_(
                "The file is empty (0 bytes): choose a PNG, JPEG, WebP or GIF picture of at most "
                "{limit} MB."
            ),
            limit=MOST_BYTES // 2**20,
        )
    if len(data) > MOST_BYTES:
        raise PictureError(
            N_(
                "A picture may have at most {limit} MB, but this one has {received} MB: make it "
                "smaller, or cut out the digit, and try again."
            ),
            limit=MOST_BYTES // 2**20,
            received=f"{math.ceil(len(data) / 2**20 * 10) / 10:.1f}",  # never rounded to the limit
        )
    for kind, signature in FORMATS.items():
        if data.startswith(signature) and (kind != "WEBP" or data[8:12] == b"WEBP"):
            return kind
    start = "".join(chr(byte) if 32 <= byte < 127 else "·" for byte in data[:12])
    raise PictureError(
        N_(
            "A picture must be a PNG, JPEG, WebP or GIF file, but this file begins with "
            "“{received}”: save the picture as one of these, or take a screenshot of it."
        ),
        received=start,
    )


def _claimed_size(kind: str, data: bytes) -> tuple[int, int]:
    """Width and height as the header claims them; (0, 0) where it breaks off.

    Pillow's own check knows pixels, not sides, and comes after WebP has reserved its memory.
    """

    def number(start: int, stop: int, order: str = "little") -> int:
        return int.from_bytes(data[start:stop], "big" if order == "big" else "little")

    if kind == "PNG":
        return number(16, 20, "big"), number(20, 24, "big")
    if kind == "GIF":
        return number(6, 8), number(8, 10)
    if kind == "JPEG":
        return _jpeg_size(data)
    if data[12:16] == b"VP8X":  # the extended format: 24 bits each
        return number(24, 27) + 1, number(27, 30) + 1
    if data[12:16] == b"VP8L":  # lossless: 14 bits each
        return (number(21, 25) & 0x3FFF) + 1, (number(21, 25) >> 14 & 0x3FFF) + 1
    return number(26, 28) & 0x3FFF, number(28, 30) & 0x3FFF


def _jpeg_size(data: bytes) -> tuple[int, int]:
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        # SOF0 to SOF15 without the tables DHT, JPG and DAC: height, then width.
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            return int.from_bytes(data[at + 7 : at + 9]), int.from_bytes(data[at + 5 : at + 7])
        padding = marker == 0xFF
        at += 1 if padding else 2 + int.from_bytes(data[at + 2 : at + 4])
    return 0, 0


def _check_size(size: tuple[int, int]) -> None:
    if max(size) > MOST_SIDE:
        raise PictureError(
            N_(
                "A picture may have at most {limit} × {limit} pixels, but this one has {width} × "
                "{height}: make it smaller, or cut out the digit, and try again."
            ),
            limit=MOST_SIDE,
            width=size[0],
            height=size[1],
        )


def _damaged(kind: str, reason: str | Sentence) -> PictureError:
    return PictureError(
        N_(
            "This {format} picture is damaged or cut off ({reason}): open it elsewhere, save it "
            "again, and try that file."
        ),
        format=kind,
        reason=reason,
    )


def _decoded(kind: str, data: bytes) -> Picture:
    if kind == "JPEG" and data.count(b"\xff\xda") > _MOST_SCANS:
        scans = Sentence(N_("it has more than {limit} scans"), limit=_MOST_SCANS)
        raise _damaged(kind, scans)
    notes = []
    with Image.open(io.BytesIO(data), formats=[kind]) as image:
        _check_size(image.size)  # a frame of a GIF may be larger than its header says
        if kind != "JPEG" and getattr(image, "is_animated", False):
            notes.append(Sentence(N_("The picture moves: only its first frame is used.")))
            image.seek(0)
        image.load()
        upright = ImageOps.exif_transpose(image)
    if not upright.has_transparency_data:
        return Picture(_greys(upright), tuple(notes))
    grey, paper = _on_paper(upright.convert("RGBA"))
    if paper is not None:
        notes.append(
            Sentence(N_("The picture is transparent: it is laid on white paper."))
            if paper > 127
            else Sentence(N_("The picture is transparent: it is laid on black paper."))
        )
    return Picture(grey, tuple(notes))


def _greys(image: Image.Image) -> Greys:
    if image.mode.startswith("I"):  # 16 bits, in one of several layouts
        return np.asarray(np.asarray(image).clip(0, 65535) >> 8, np.uint8)
    return np.array(image if image.mode == "L" else image.convert("RGB").convert("L"))


def _on_paper(rgba: Image.Image) -> tuple[Greys, int | None]:
    """The picture on its likely paper, and the grey of that; None if nothing shows through."""
    grey, alpha = rgba.convert("L"), rgba.getchannel("A")
    covered = alpha.getextrema()
    if covered == (255, 255):
        return np.array(grey), None
    rim, rim_alpha = _border(np.asarray(grey)), _border(np.asarray(alpha))
    if np.median(rim_alpha) > 127:  # it brings its paper, with holes or round corners
        paper = int(np.median(rim[rim_alpha > 127]))
    elif alpha.getbbox() is None:  # no ink to judge by
        paper = 255
    else:  # bare ink: dark ink belongs on white paper, light ink on black
        paper = 255 if ImageStat.Stat(grey, alpha).mean[0] < 128 else 0
    sheet = Image.new("L", grey.size, paper)
    return np.array(Image.composite(grey, sheet, alpha)), paper


def mnistify(picture: Picture) -> Steps:
    """What MNIST would have made of a picture.

    Raises:
        PictureError: nothing on it stands out from its paper.
    """
    grey = picture.grey
    border = round(float(np.median(_border(grey))))
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
        Step(
            N_("Grey"),
            Sentence(N_("{width} × {height} pixels."), width=width, height=height),
            _reduced(grey),
        ),
        Step(N_("White on black"), about_ink, _reduced(inked)),
        Step(
            N_("Cropped"),
            Sentence(
                N_("The ink fills {width} × {height} pixels; the rest is cut off."),
                width=cropped.shape[1],
                height=cropped.shape[0],
            ),
            _reduced(cropped),
        ),
        Step(
            N_("Scaled"),
            Sentence(
                N_("{width} × {height} pixels: the longer side is {box}, the shape is kept."),
                width=scaled.shape[1],
                height=scaled.shape[0],
                box=BOX,
            ),
            scaled,
        ),
        Step(
            N_("Centred"),
            Sentence(
                N_("{side} × {side} pixels, the centre of mass of the ink in the middle."),
                side=SIDE,
            ),
            centred,
        ),
    )
    return Steps(shown, centred.reshape(-1).astype(np.float32) / np.float32(255))


def _border(grey: Greys) -> Greys:
    """The pixels along the four edges, two hundredths of the shorter side deep."""
    depth = max(1, min(grey.shape) // 50)
    strips: Iterable[Greys] = grey[:depth], grey[-depth:], grey[:, :depth], grey[:, -depth:]
    return np.concatenate([strip.reshape(-1) for strip in strips])


def _histogram(grey: Greys) -> NDArray[np.int_]:
    return np.array(
        Image.fromarray(grey).histogram()
    )  # np.bincount would take eight times the room


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
