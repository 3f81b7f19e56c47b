"""Whatever somebody uploads as a picture: 28x28 pixels or one sentence, at a bounded cost."""

import base64
import io
import struct
import zlib
from functools import partial

import numpy as np
import pillow_heif
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image

from aecore.data import mnistify, uploads
from aecore.errors import PictureError, ShapeError
from tests.hostile import strategies
from tests.hostile.limits import comes_back, takes_at_most
from tests.hostile.strategies import examples
from ui.kit.components import CANVAS_SIDE, unpack_runs
from ui.kit.language import catalogue

MOST_MEGABYTES = 600
"""That a picture may take: 64 megapixels in four channels are 256 MB, held twice by some decoders.
Large ones are decoded one at a time, so this is what all of them take."""

LARGEST = 8000
"""Pixels of the side of the largest square."""

LONGEST_SENTENCE = 600

pillow_heif.register_heif_opener()

MODES = {
    "PNG": ("1", "L", "LA", "P", "RGB", "RGBA", "I;16"),
    "JPEG": ("L", "RGB", "CMYK"),
    "WEBP": ("RGB", "RGBA"),
    "GIF": ("L", "P"),
    "BMP": ("1", "L", "P", "RGB"),
    "TIFF": ("1", "L", "P", "RGB", "RGBA", "CMYK", "I;16", "F"),
    "HEIC": ("L", "RGB", "RGBA"),
    "ICO": ("RGBA",),
    "PPM": ("L", "RGB"),
}
READ = tuple(uploads.FORMATS)
SIGNATURES = [start for starts in uploads.FORMATS.values() for start in starts] + [
    b"\0\0\0\x18ftypheic"
]


def drawing(size=(24, 30)):
    """A black stroke on white paper, transparent in one corner."""
    pixels = np.full((*size, 4), 255, np.uint8)
    pixels[4:-4, size[1] // 2 : size[1] // 2 + 3, :3] = 0
    pixels[:3, :3, 3] = 0
    return Image.fromarray(pixels, "RGBA")


def encoded(kind, mode, **options):
    image = drawing().convert("L" if mode in ("I;16", "F") else mode)
    if mode == "I;16":
        image = Image.fromarray(np.asarray(image, np.uint16) * 257)
    image = image if image.mode == mode else image.convert(mode)
    file = io.BytesIO()
    image.save(file, "HEIF" if kind == "HEIC" else kind, **options)
    return file.getvalue()


def animated(kind):
    frames = [drawing().convert("RGB"), drawing().convert("RGB").rotate(90)]
    file = io.BytesIO()
    frames[0].save(file, kind, save_all=True, append_images=frames[1:], duration=50)
    return file.getvalue()


def rotated(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    return encoded("JPEG", "RGB", exif=exif)


def transparent_palette():
    image = drawing().convert("RGB").convert("P")
    file = io.BytesIO()
    image.save(file, "PNG", transparency=bytes([255] + [128] * 255))
    return file.getvalue()


PICTURES = {
    **{f"{kind} {mode}": encoded(kind, mode) for kind, modes in MODES.items() for mode in modes},
    **{f"{kind} that moves": animated(kind) for kind in ("GIF", "WEBP", "PNG")},
    **{f"orientation {n}": rotated(n) for n in (0, 3, 6, 9, 65535)},
    "JPEG progressive": encoded("JPEG", "RGB", progressive=True),
    "PNG transparent palette": transparent_palette(),
    "GIF transparent": encoded("GIF", "P", transparency=0),
}


def looked_at(data):
    """What becomes of an upload: the 784 pixels, or None if a sentence says why there are none."""
    with comes_back():
        try:
            picture = uploads.open_picture(data)
            steps = mnistify.mnistify(picture)
        except PictureError as error:
            for language in (str, lambda message: catalogue("ko").get(message, message)):
                sentence = error.say(language)
                sentence.encode()
                assert 0 < len(sentence) <= LONGEST_SENTENCE
            return None
    assert picture.grey.dtype == np.uint8
    assert max(picture.grey.shape) <= uploads.MOST_SIDE
    assert steps.pixels.shape == (784,)
    assert np.isfinite(steps.pixels).all()
    assert 0 <= steps.pixels.min() <= steps.pixels.max() <= 1
    return steps.pixels


@pytest.mark.parametrize("name", PICTURES)
def test_whole_picture_of_a_known_format_is_read_and_others_are_named(name):
    is_read = name.split()[0] in (*READ, "orientation")
    assert (looked_at(PICTURES[name]) is not None) == is_read


def png(width, height, *chunks, depth=8, colour=0):
    """A PNG with any header and any chunks, all with a right check sum."""
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    body = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in [(b"IHDR", head), *chunks, (b"IEND", b"")]
    )
    return uploads.FORMATS["PNG"][0] + body


def bomb(side, colour=0):
    """A PNG of hardly any bytes and a great many pixels."""
    row = b"\0" * (1 + side * {0: 1, 2: 3, 6: 4}[colour])
    return png(side, side, (b"IDAT", zlib.compress(row * side, 9)), colour=colour)


def flat(kind):
    """The largest picture of a format: colourless, and tiny as a file."""
    side = int(uploads._MOST_PIXELS.get(kind, uploads._MOST_PIXELS_ELSE) ** 0.5)
    side = 3000 if kind == "HEIC" else side  # whose encoder would take a minute
    options = {
        "PNG": {"compress_level": 1},
        "TIFF": {"compression": "tiff_adobe_deflate"},
        "WEBP": {"lossless": True, "quality": 0, "method": 0},
        "HEIC": {"enc_params": {"preset": "ultrafast"}},
    }
    mode = {"BMP": "1", "GIF": "P", "JPEG": "RGB", "HEIC": "RGB"}.get(kind, "RGBA")
    file = io.BytesIO()
    picture = Image.new(mode, (side, side))
    picture.save(file, "HEIF" if kind == "HEIC" else kind, **options.get(kind, {}))
    return file.getvalue()


def pages(n):
    """A TIFF of one page, and n more that are only announced."""
    first = encoded("TIFF", "L")
    directory = struct.unpack("<I", first[4:8])[0]
    end = directory + 2 + 12 * struct.unpack("<H", first[directory : directory + 2])[0]
    body = b"".join(
        struct.pack("<HHHIII", 1, 256, 3, 1, 9, len(first) + 18 * (i + 1)) for i in range(n)
    )
    return first[:end] + struct.pack("<I", len(first)) + first[end + 4 :] + body


def text_bomb():
    """A PNG whose comment unpacks to 500 MB."""
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(b"a" * 2**20) for _ in range(500)) + packer.flush()
    return png(4, 4, (b"zTXt", b"Comment\0\0" + packed), (b"IDAT", zlib.compress(b"\0" * 20)))


def profile_bomb():
    packed = zlib.compress(b"a" * (200 * 2**20), 9)
    return png(4, 4, (b"iCCP", b"p\0\0" + packed), (b"IDAT", zlib.compress(b"\0" * 20)))


BOMBS = {
    "largest grey": lambda: bomb(LARGEST),
    "largest transparent": lambda: bomb(LARGEST, colour=6),
    "one more pixel": lambda: bomb(LARGEST + 1),
    **{f"largest {kind}": partial(flat, kind) for kind in READ},
    "as wide as can be": lambda: png(
        LARGEST**2, 1, (b"IDAT", zlib.compress(b"\0" * (LARGEST**2 + 1), 9))
    ),
    "pages without end": lambda: pages(200_000),
    "billions claimed": lambda: png(2**31 - 1, 2**31 - 1, (b"IDAT", b"")),
    "a long line": lambda: png(uploads.MOST_SIDE, 1, (b"IDAT", zlib.compress(b"\0" * 9**7))),
    "a comment": text_bomb,
    "a colour profile": profile_bomb,
    "no pixels": lambda: png(0, 0, (b"IDAT", zlib.compress(b""))),
    "many frames": lambda: PICTURES["GIF that moves"][:-1] * 20_000,
    "as many bytes as allowed": lambda: PICTURES["PNG L"] + b"\0" * (uploads.MOST_BYTES - 5000),
}


@pytest.mark.parametrize("name", BOMBS)
def test_bomb_takes_bounded_memory(name):
    data = BOMBS[name]()
    with takes_at_most(MOST_MEGABYTES):
        looked_at(data)


def read_pictures():
    return [data for name, data in PICTURES.items() if name.split()[0] in (*READ, "orientation")]


@given(st.sampled_from(read_pictures()).flatmap(strategies.changed_bytes))
@settings(max_examples=examples(500))
def test_tampered_picture_is_a_picture_or_a_sentence(data):
    looked_at(data)


@given(
    st.binary(max_size=300)
    | st.tuples(st.sampled_from(SIGNATURES), st.binary(max_size=300)).map(b"".join)
    | strategies.texts().map(lambda text: text.encode("utf-8", "surrogatepass"))
    | st.sampled_from(list(PICTURES.values())).flatmap(strategies.changed_bytes)
)
@example(b"RIFF\0\0\0\0WEBP")
def test_any_bytes_are_a_picture_or_a_sentence(data):
    looked_at(data)


SIZES = st.integers(0, 2**31 - 1) | st.integers(0, 9) | st.sampled_from((4095, 4096, 4097, 65535))


@given(
    SIZES,
    SIZES,
    st.sampled_from((0, 1, 2, 4, 8, 16, 255)),
    st.integers(0, 8),
    st.binary(max_size=200),
)
def test_png_of_any_claims_is_a_picture_or_a_sentence(width, height, depth, colour, pixels):
    data = png(width, height, (b"IDAT", zlib.compress(pixels)), depth=depth, colour=colour)
    looked_at(data)


@given(st.integers(1, 60), st.integers(1, 60), st.data())
def test_any_pixels_become_a_digit_or_a_sentence(height, width, data):
    levels = data.draw(st.binary(min_size=height * width, max_size=height * width))
    grey = np.frombuffer(levels, np.uint8).reshape(height, width)
    file = io.BytesIO()
    Image.fromarray(grey).save(file, "PNG")
    looked_at(file.getvalue())


@given(
    st.sampled_from(("uint8", "float32", "int64", "bool")),
    st.lists(st.integers(0, 40), max_size=4),
    st.integers(0, 255),
)
@example("uint8", [0, 0], 0)
def test_any_array_of_a_sheet_becomes_a_digit_or_a_sentence(dtype, shape, level):
    try:
        steps = mnistify.from_canvas(np.full(shape, level).astype(dtype))
    except (PictureError, ShapeError) as error:
        error.say(lambda message: catalogue("ko").get(message, message)).encode()
    else:
        assert np.isfinite(steps.pixels).all()


@given(
    strategies.json_values()
    | st.lists(st.tuples(st.integers(1, 255), st.integers(0, 255)), max_size=40).map(
        lambda runs: base64.b64encode(bytes(n for run in runs for n in run)).decode()
    )
)
@example(base64.b64encode(bytes([255, 9]) * (CANVAS_SIDE**2 // 255 + 1)).decode())
@example("é" * 8)
def test_anything_a_browser_sends_as_a_drawing_is_one_or_nothing(packed):
    grey = unpack_runs(packed)
    assert grey is None or (grey.shape == (CANVAS_SIDE, CANVAS_SIDE) and grey.dtype == np.uint8)
