"""Opens a picture that somebody uploaded: whatever it is, an upright field of greys or a sentence."""

import contextlib
import io
import math
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, ImageStat, UnidentifiedImageError

from aecore.data import picture_claims
from aecore.errors import N_, PictureError, Sentence

Greys = NDArray[np.uint8]

MOST_BYTES = 32 * 2**20
"""Of a file: a photo of 50 megapixels, or a page from a scanner."""

MOST_SIDE = 4096
"""Pixels of the longer side that are worked with; a larger picture is made smaller by whole factors."""

FORMATS = {
    "PNG": (b"\x89PNG\r\n\x1a\n",),
    "JPEG": (b"\xff\xd8\xff",),
    "WEBP": (b"RIFF",),
    "GIF": (b"GIF8",),
    "BMP": (b"BM",),
    "TIFF": (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"),
    "HEIC": (b"ftyp",),
}
"""What a file begins with; in WebP and HEIC more follows."""

_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
_MEGA = 1_000_000
_MOST_PIXELS = {"WEBP": 17 * _MEGA, "GIF": 17 * _MEGA}  # whose decoders hold them several times
_MOST_PIXELS_ELSE = 64 * _MEGA
_STRIP = 2 * _MEGA
_ORIENTATION = 0x0112  # the tag of EXIF
_MOST_SCANS = (
    100  # of a JPEG; real ones have about 10, thousands would keep a decoder busy for hours
)

_one_at_a_time = threading.Lock()
"""Held while a large picture is decoded: a classroom's photos shall not add up in memory."""


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
    size = picture_claims.size(kind, data)
    _check_size(kind, size)
    try:
        with _alone_if_large(size):
            return _decoded(kind, data)
    except PictureError:
        raise
    except UnidentifiedImageError as error:
        raise _damaged(kind, Sentence(N_("its header cannot be read"))) from error
    except Exception as error:  # decoders raise whatever they stumble over, from struct to zlib
        ends = isinstance(error, EOFError) or "truncated" in str(error).lower()
        reason = N_("it ends too soon") if ends else N_("its pixels cannot be read")
        raise _damaged(kind, Sentence(reason)) from error


@contextlib.contextmanager
def _alone_if_large(size: tuple[int, int]) -> Iterator[None]:
    """Waits for its turn, unless the picture is known to be of a usual size."""
    if 0 < size[0] * size[1] <= MOST_SIDE**2:
        yield
    else:
        with _one_at_a_time:
            yield


def _format_of(data: bytes) -> str:
    if not data:
        raise PictureError(
            N_(
                "The file is empty (0 bytes): choose a picture (PNG, JPEG, WebP, GIF, BMP, TIFF or "
                "HEIC) of at most {limit} MB."
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
    for kind, signatures in FORMATS.items():
        at = 4 if kind == "HEIC" else 0
        is_one = data.startswith(signatures, at)
        if kind == "WEBP":
            is_one = is_one and data[8:12] == b"WEBP"
        if kind == "HEIC":
            is_one = is_one and not _HEIC_BRANDS.isdisjoint(_brands(data))
        if is_one:
            return kind
    start = "".join(chr(byte) if 32 <= byte < 127 else "·" for byte in data[:12])
    raise PictureError(
        N_(
            "A picture must be a PNG, JPEG, WebP, GIF, BMP, TIFF or HEIC file, but this file begins "
            "with “{received}”: save the picture as one of these, or take a screenshot of it."
        ),
        received=start,
    )


def _brands(data: bytes) -> set[bytes]:
    """What a file of boxes says that it is: its main brand, and those that it is compatible with."""
    end = min(int.from_bytes(data[:4]), 128)
    return {data[8:12]} | {data[at : at + 4] for at in range(16, end, 4)}


def _check_size(kind: str, size: tuple[int, int]) -> None:
    limit, received = _MOST_PIXELS.get(kind, _MOST_PIXELS_ELSE), size[0] * size[1]
    if received > limit:
        raise PictureError(
            N_(
                "A {format} picture may have at most {limit} megapixels, but this one has "
                "{received:,} ({width} × {height} pixels): make it smaller, or cut out the digit, "
                "and try again."
            ),
            format=kind,
            limit=limit // _MEGA,
            received=math.ceil(received / _MEGA),  # never rounded to the limit
            width=size[0],
            height=size[1],
        )


def _damaged(kind: str, reason: Sentence) -> PictureError:
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
    if kind == "HEIC":
        import pillow_heif

        pillow_heif.register_heif_opener()
    with Image.open(io.BytesIO(data), formats=["HEIF" if kind == "HEIC" else kind]) as image:
        _check_size(kind, image.size)  # a frame of a GIF may be larger than its header says
        if (note := _first_of_several(kind, image)) is not None:
            notes.append(note)
        if kind == "JPEG":  # its decoder can leave out what is not needed
            image.draft("L", (MOST_SIDE // 2, MOST_SIDE // 2))
        image.load()
        upright = ImageOps.exif_transpose(_smaller(image))
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


def _first_of_several(kind: str, image: Image.Image) -> Sentence | None:
    """Turns to the first picture of a file, and says so where there are more."""
    if kind in ("JPEG", "HEIC", "BMP"):  # which have a main picture
        return None
    try:
        image.seek(1)  # counting them all would walk through a file of millions
    except EOFError:
        return None
    image.seek(0)
    if kind == "TIFF":
        return Sentence(N_("The file has several pages: only the first one is used."))
    return Sentence(N_("The picture is animated: only its first frame is used."))


def _smaller(image: Image.Image) -> Image.Image:
    """The picture with at most `MOST_SIDE` pixels a side, averaged over blocks; itself if it fits.

    It is done in strips: a copy of the whole in another mode may take as much room again.
    """
    factor = math.ceil(max(image.size) / MOST_SIDE)
    if factor == 1:
        return image
    width, height = image.size
    rows = max(1, _STRIP // width // factor) * factor
    is_clear = image.has_transparency_data
    strips = []
    for top in range(0, height, rows):
        strip = image.crop((0, top, width, min(top + rows, height)))
        strip = strip.convert("RGBA").convert("LA") if is_clear else Image.fromarray(_greys(strip))
        strips.append(np.asarray(strip.reduce(factor)))
    smaller = Image.fromarray(np.concatenate(strips))
    if orientation := image.getexif().get(_ORIENTATION):
        smaller.getexif()[_ORIENTATION] = orientation
    return smaller


def _greys(image: Image.Image) -> Greys:
    if image.mode.startswith("I"):  # 16 bits, in one of several layouts
        return np.asarray(np.asarray(image).clip(0, 65535) >> 8, np.uint8)
    if image.mode == "F":  # of a scale that nobody says
        levels = np.nan_to_num(np.asarray(image), posinf=0, neginf=0).astype(np.float64)
        low, high = levels.min(), levels.max()
        return np.asarray((levels - low) * (255 / ((high - low) or 1)), np.uint8)
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
