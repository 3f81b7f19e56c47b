"""Opens a picture that somebody uploaded: whatever it is, an upright field of greys or a sentence."""

import io
import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, ImageStat, UnidentifiedImageError

from aecore.errors import N_, PictureError, Sentence

Greys = NDArray[np.uint8]

MOST_BYTES = 10 * 2**20
MOST_SIDE = 4096
FORMATS = {"PNG": b"\x89PNG\r\n\x1a\n", "JPEG": b"\xff\xd8\xff", "WEBP": b"RIFF", "GIF": b"GIF8"}
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
            notes.append(Sentence(N_("The picture is animated: only its first frame is used.")))
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
    rim, rim_alpha = edges(np.asarray(grey)), edges(np.asarray(alpha))
    if np.median(rim_alpha) > 127:  # it brings its paper, with holes or round corners
        paper = int(np.median(rim[rim_alpha > 127]))
    elif alpha.getbbox() is None:  # no ink to judge by
        paper = 255
    else:  # bare ink: dark ink belongs on white paper, light ink on black
        paper = 255 if ImageStat.Stat(grey, alpha).mean[0] < 128 else 0
    sheet = Image.new("L", grey.size, paper)
    return np.array(Image.composite(grey, sheet, alpha)), paper


def edges(grey: Greys) -> Greys:
    """The pixels along the four edges, two hundredths of the shorter side deep."""
    depth = max(1, min(grey.shape) // 50)
    strips: Iterable[Greys] = grey[:depth], grey[-depth:], grey[:, :depth], grey[:, -depth:]
    return np.concatenate([strip.reshape(-1) for strip in strips])
