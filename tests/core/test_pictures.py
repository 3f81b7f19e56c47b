"""Any picture becomes a digit of MNIST's making, or one sentence says why not."""

import io
import itertools
import re
import struct
import threading
import time
import tracemalloc
from contextlib import suppress

import numpy as np
import pillow_heif
import pytest
from PIL import Image, ImageDraw

from aecore.data import uploads
from aecore.data.mnistify import MIDDLE, from_canvas, mnistify
from aecore.data.uploads import Picture, open_picture
from aecore.errors import PictureError, ShapeError

pillow_heif.register_heif_opener()


def encoded(image, kind, **options):
    file = io.BytesIO()
    image.save(file, "HEIF" if kind == "HEIC" else kind, **options)
    return file.getvalue()


def drawing(mode="L", ink=0, paper=255, size=(300, 400)):
    """A thick 7, in the upper left part of its page."""
    image = Image.new(mode, size, paper)
    ImageDraw.Draw(image).line([(60, 80), (160, 80), (100, 240)], fill=ink, width=22, joint="curve")
    return image


KINDS = tuple(uploads.FORMATS)

SEVEN = mnistify(Picture(np.asarray(drawing()))).pixels


def correlation(a, b):
    return float(np.corrcoef(np.ravel(a), np.ravel(b))[0, 1])


def is_seven(data):
    return correlation(mnistify(open_picture(data)).pixels, SEVEN) > 0.97


def shifted(square):
    """The picture moved by up to one pixel each way."""
    for move in itertools.product((-1, 0, 1), repeat=2):
        yield np.roll(square, move, axis=(0, 1))


@pytest.fixture(scope="module")
def originals(digits):
    return np.round(digits.x_test[:200].numpy().reshape(-1, 28, 28) * 255).astype(np.uint8)


def on_a_page(digit, rng, ink=0, paper=255, shade=0, grain=0.0):
    """A digit ten times enlarged, dark on light, somewhere on a page much larger than itself."""
    height, width = rng.integers(330, 700, 2)
    top, left = rng.integers(0, height - 280), rng.integers(0, width - 280)
    cover = np.zeros((height, width))
    cover[top : top + 280, left : left + 280] = np.kron(digit / 255, np.ones((10, 10)))
    light = paper - shade * np.linspace(0, 1, width) + grain * rng.standard_normal(cover.shape)
    return np.clip(light * (1 - cover) + ink * cover, 0, 255).astype(np.uint8)


def likeness(originals, **conditions):
    """For each digit, how its page's result correlates with it; and the best within one pixel.

    MNIST moved by whole pixels: where the centre lies between two, either is right.
    """
    rng = np.random.default_rng(0)
    found = []
    for digit in originals:
        result = mnistify(Picture(on_a_page(digit, rng, **conditions))).pixels.reshape(28, 28)
        best = max(correlation(moved, digit) for moved in shifted(result))
        found.append((correlation(result, digit), best))
    return np.array(found).T


# --- what MNIST would have made of it


def test_enlarged_digits_come_back(originals):
    plain, best = likeness(originals)
    assert best.min() > 0.95
    assert plain.mean() > 0.97
    assert (plain > 0.9).mean() > 0.93


def test_photographed_digits_come_back(originals):
    """Grey ink on a sheet with a shadow over it, and the grain of a camera."""
    _, best = likeness(originals[:60], ink=60, paper=230, shade=60, grain=5)
    assert np.quantile(best, 0.05) > 0.95


def test_mnist_pictures_stay_themselves(originals):
    best = [
        max(correlation(moved, digit) for moved in shifted(from_canvas(digit).shown[-1].pixels))
        for digit in originals
    ]
    assert min(best) > 0.97


def test_result_has_mnists_layout(originals):
    rng = np.random.default_rng(1)
    for digit in originals[:50]:
        steps = mnistify(Picture(on_a_page(digit, rng)))
        square = steps.pixels.reshape(28, 28).astype(float)
        for axis in (0, 1):
            centre = square.sum(axis=1 - axis) @ np.arange(28) / square.sum()
            assert abs(centre - MIDDLE) <= 0.5
        assert max(steps.shown[3].pixels.shape) == 20
        assert steps.pixels.dtype == np.float32
        assert steps.pixels.min() == 0.0
        assert steps.pixels.max() == 1.0


def test_middle_is_mnists(digits):
    squares = digits.x_test.numpy().reshape(-1, 28, 28)
    for axis in (1, 2):
        centres = squares.sum(axis=3 - axis) @ np.arange(28) / squares.sum(axis=(1, 2))
        assert np.abs(centres - MIDDLE).max() <= 0.5


@pytest.mark.parametrize("size", [(400, 100), (100, 400), (4096, 40)])
def test_aspect_ratio_is_kept(size):
    width, height = size
    page = Image.new("L", (width + 40, height + 40), 255)
    ImageDraw.Draw(page).rectangle((20, 20, width + 19, height + 19), fill=0)
    scaled = mnistify(Picture(np.asarray(page))).shown[3].pixels
    expected = [max(1, round(20 * side / max(size))) for side in (height, width)]
    assert list(scaled.shape) == expected


def test_ink_far_from_its_centre_of_mass_is_not_cut_off():
    canvas = np.zeros((280, 280), np.uint8)
    canvas[100:180, 20:60] = 255  # nearly all the mass, and a long thin line to the right
    canvas[136:144, 60:260] = 255
    result = from_canvas(canvas).pixels.reshape(28, 28)
    columns = np.flatnonzero(result.max(axis=0) > 0.3)
    assert columns[-1] - columns[0] == 19


@pytest.mark.parametrize("width", [1, 2, 5, 40])
def test_ink_reaches_white_whatever_the_pen(width):
    page = Image.new("L", (1000, 1000), 240)
    ImageDraw.Draw(page).line([(300, 200), (700, 500), (350, 800)], fill=90, width=width)
    pixels = mnistify(Picture(np.asarray(page))).pixels
    assert pixels.max() == 1.0
    assert (pixels > 0.5).sum() >= 20


def test_inversion_is_decided_by_the_border_and_told():
    dark = mnistify(open_picture(encoded(drawing(), "PNG")))
    light = mnistify(open_picture(encoded(drawing(ink=255, paper=0), "PNG")))
    dim = mnistify(Picture(np.asarray(drawing(ink=10, paper=90))))  # darker than middle grey
    np.testing.assert_array_equal(dark.pixels, light.pixels)
    np.testing.assert_array_equal(dark.pixels, dim.pixels)
    assert "border is light (median 255" in str(dark.shown[1].done)
    assert "border is dark (median 0" in str(light.shown[1].done)
    assert "border is light (median 90" in str(dim.shown[1].done)


def test_steps_show_the_way():
    steps = mnistify(Picture(np.asarray(drawing(size=(1500, 2000)))))
    titles = [step.title for step in steps.shown]
    assert titles == ["Grey", "White on black", "Cropped", "Scaled", "Centred"]
    for step in steps.shown:
        assert step.pixels.dtype == np.uint8
        assert max(step.pixels.shape) <= 512
        assert "{" not in str(step.done)
    assert "1500 × 2000" in str(steps.shown[0].done)
    assert steps.shown[-1].pixels.shape == (28, 28)
    np.testing.assert_array_equal(steps.shown[-1].pixels.ravel() / np.float32(255), steps.pixels)


def test_input_is_not_changed():
    grey = np.array(drawing())
    before = grey.copy()
    mnistify(Picture(grey))
    np.testing.assert_array_equal(grey, before)


# --- drawings


def test_canvas_takes_the_same_way():
    canvas = np.asarray(drawing(ink=255, paper=0).crop((0, 0, 280, 280)))
    assert correlation(from_canvas(canvas).pixels, SEVEN) > 0.999


def test_canvas_is_never_inverted():
    canvas = np.full((280, 280), 255, np.uint8)
    canvas[60:200, 60:200] = 0  # a frame drawn along the edges
    assert from_canvas(canvas).pixels.reshape(28, 28)[14, 14] == 0.0


@pytest.mark.parametrize("shape", [(280, 140), (280, 280, 3), (280,)])
def test_canvas_must_be_a_square(shape):
    with pytest.raises(ShapeError, match=r"square of uint8 greys, but was uint8 \(280"):
        from_canvas(np.zeros(shape, np.uint8))


def test_canvas_must_be_uint8():
    with pytest.raises(ShapeError, match="float64"):
        from_canvas(np.zeros((280, 280)))


# --- blank


@pytest.mark.parametrize("level", [0, 128, 255])
def test_blank_picture_says_to_press_harder(level):
    with pytest.raises(PictureError, match=r"at least 32 .* differs by 0; .*thicker pen or press"):
        mnistify(Picture(np.full((200, 300), level, np.uint8)))


def test_empty_canvas_says_to_press_harder():
    with pytest.raises(PictureError, match="thicker pen"):
        from_canvas(np.zeros((280, 280), np.uint8))


def test_faint_ink_is_told_how_faint_it_is():
    with pytest.raises(PictureError, match="differs by 31;"):
        mnistify(Picture(np.asarray(drawing(ink=200, paper=231))))
    assert correlation(mnistify(Picture(np.asarray(drawing(ink=200, paper=232)))).pixels, SEVEN) > (
        0.99
    )


def test_single_pixel_is_a_picture():
    assert from_canvas(np.pad([[255]], 5).astype(np.uint8)).pixels.max() == 1.0
    with pytest.raises(PictureError, match="blank"):
        mnistify(Picture(np.zeros((1, 1), np.uint8)))


# --- files of all kinds


@pytest.mark.parametrize("kind", KINDS)
def test_each_format_is_read(kind):
    picture = open_picture(encoded(drawing(), kind))
    assert picture.grey.shape == (400, 300)
    assert picture.notes == ()
    assert is_seven(encoded(drawing(), kind))


@pytest.mark.parametrize(
    ("mode", "ink", "paper"),
    [("1", 0, 1), ("RGB", (0, 0, 90), (250, 250, 220)), ("RGBA", (0, 0, 0, 255), (255,) * 4)],
)
def test_each_mode_of_png_is_read(mode, ink, paper):
    picture = open_picture(encoded(drawing(mode, ink, paper), "PNG"))
    assert picture.notes == ()
    assert correlation(mnistify(picture).pixels, SEVEN) > 0.97


def test_lossless_webp_is_read():
    assert is_seven(encoded(drawing("RGB", "black", "white"), "WEBP", lossless=True))


def test_cmyk_is_read():
    data = encoded(drawing("RGB", "black", "white").convert("CMYK"), "JPEG")
    assert Image.open(io.BytesIO(data)).mode == "CMYK"
    assert is_seven(data)
    assert open_picture(data).grey[5, 5] > 250


def test_sixteen_bits_are_read():
    deep = np.asarray(drawing()).astype(np.uint16) * 128 + 20_000  # 20,000 to 52,640
    data = encoded(Image.fromarray(deep), "PNG")
    assert Image.open(io.BytesIO(data)).mode == "I;16"
    picture = open_picture(data)
    np.testing.assert_array_equal(np.unique(picture.grey), [20_000 >> 8, 52_640 >> 8])
    assert is_seven(data)


@pytest.mark.parametrize(("ink", "paper"), [(0, "white"), (255, "black")])
@pytest.mark.parametrize("mode", ["LA", "RGBA"])
def test_bare_ink_is_laid_on_its_likely_paper(mode, ink, paper):
    colour = (ink, 255) if mode == "LA" else (ink, ink, ink, 255)
    data = encoded(drawing(mode, colour, (0,) * len(mode)), "PNG")
    picture = open_picture(data)
    assert [str(note) for note in picture.notes] == [
        f"The picture is transparent: it is laid on {paper} paper."
    ]
    assert picture.grey[0, 0] == {"white": 255, "black": 0}[paper]
    assert is_seven(data)


def test_transparent_palette_is_laid_on_its_likely_paper():
    image = drawing("P", 1, 0)
    image.putpalette([255, 0, 255, 20, 20, 60])  # the colour under the transparency is never seen
    data = encoded(image, "PNG", transparency=0)
    assert Image.open(io.BytesIO(data)).mode == "P"
    picture = open_picture(data)
    assert picture.grey[0, 0] == 255
    assert len(picture.notes) == 1
    assert is_seven(data)


def test_picture_with_holes_keeps_its_own_paper():
    image = drawing("RGBA", (0, 0, 0, 255), (240, 240, 240, 255))
    for corner in [(0, 0), (270, 0), (0, 370), (270, 370)]:
        image.paste((0, 0, 0, 0), (*corner, corner[0] + 30, corner[1] + 30))
    data = encoded(image, "PNG")
    assert open_picture(data).grey[0, 0] == 240
    assert is_seven(data)


def test_wholly_transparent_picture_is_blank():
    with pytest.raises(PictureError, match="blank"):
        mnistify(open_picture(encoded(Image.new("RGBA", (50, 50)), "PNG")))


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_animation_gives_its_first_frame_and_a_note(kind):
    frames = [drawing("RGB", "black", "white"), Image.new("RGB", (300, 400), "red")]
    data = encoded(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)
    picture = open_picture(data)
    assert [str(n) for n in picture.notes] == [
        "The picture is animated: only its first frame is used."
    ]
    assert correlation(mnistify(picture).pixels, SEVEN) > 0.97


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "HEIC"])
@pytest.mark.parametrize("large", [False, True])
def test_exif_orientation_is_applied(orientation, kind, large, monkeypatch):
    if large:
        monkeypatch.setattr(uploads, "MOST_SIDE", 200)
    turned = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,  # how the camera was held; a viewer turns it back
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    image = drawing()
    stored = image.transpose(turned[orientation]) if orientation > 1 else image
    exif = Image.Exif()
    exif[0x0112] = orientation
    picture = open_picture(encoded(stored, kind, exif=exif.tobytes(), quality=95))
    expected = image.reduce(2) if large else image
    assert picture.grey.shape == expected.size[::-1]
    assert correlation(picture.grey, np.asarray(expected)) > 0.99


def test_pages_of_a_scanner_give_the_first_and_a_note():
    pages = [drawing("1", 0, 1), Image.new("1", (30, 30), 1)]
    data = encoded(pages[0], "TIFF", save_all=True, append_images=pages[1:], compression="group4")
    picture = open_picture(data)
    assert [str(n) for n in picture.notes] == [
        "The file has several pages: only the first one is used."
    ]
    assert is_seven(data)


@pytest.mark.parametrize(
    "compression", [None, "tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg"]
)
@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_each_tiff_is_read(mode, compression):
    assert is_seven(
        encoded(drawing("RGB", "black", "white").convert(mode), "TIFF", compression=compression)
    )


@pytest.mark.parametrize("scale", [1.0, 255.0, -7.0])
def test_tiff_of_floats_is_read_whatever_its_scale(scale):
    levels = np.asarray(drawing(), np.float32) / 255 * scale
    assert open_picture(encoded(Image.fromarray(levels), "TIFF")).grey.max() == 255
    assert is_seven(encoded(Image.fromarray(levels), "TIFF"))


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_decoder_says_is_never_repeated(kind):
    """It is English, and speaks of the decoder: "image file is truncated (0 bytes not processed)"."""
    reasons = ("its header cannot be read", "it ends too soon", "its pixels cannot be read")
    whole = encoded(drawing("RGB", "black", "white"), kind)
    found = set()
    for share in (0.02, 0.2, 0.5, 0.8, 0.95):
        with suppress(PictureError):
            open_picture(whole[: int(share * len(whole))])
            continue
        with pytest.raises(PictureError) as refused:
            open_picture(whole[: int(share * len(whole))])
        found.add(str(refused.value.sentence.params.get("reason", reasons[0])))
    assert found
    assert found <= set(reasons)


# --- files that cannot be used


def png_claiming(width, height):
    """A PNG header without a single pixel."""
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR" + head + bytes(4)


def jpeg_claiming(width, height):
    comment = b"\xff\xfe" + struct.pack(">H", 6) + b"\xff\xc0ab"  # looks like a frame, is none
    table = b"\xff\xc4" + struct.pack(">H", 10) + bytes(8)
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\x01\x11\x00"
    return b"\xff\xd8" + comment + table + b"\xff" + frame


def gif_claiming(width, height):
    return b"GIF89a" + struct.pack("<HH", width, height) + bytes(3)


def webp_claiming(width, height, kind):
    if kind == b"VP8X":
        body = bytes(4) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    elif kind == b"VP8L":
        body = b"\x2f" + ((width - 1) | (height - 1) << 14).to_bytes(4, "little")
    else:
        body = bytes(3) + b"\x9d\x01\x2a" + struct.pack("<HH", width, height)
    chunk = kind + struct.pack("<I", len(body)) + body
    return b"RIFF" + struct.pack("<I", len(chunk) + 4) + b"WEBP" + chunk


def bmp_claiming(width, height):
    return b"BM" + bytes(12) + struct.pack("<Iii", 40, width, -height) + bytes(28)


CLAIMS = {
    "png": (png_claiming, 64_001, 64),
    "jpeg": (jpeg_claiming, 64_001, 64),
    "bmp": (bmp_claiming, 64_001, 64),
    "gif": (gif_claiming, 17_001, 17),
    "webp": (lambda *size: webp_claiming(*size, b"VP8 "), 16_001, 17),
    "webp lossless": (lambda *size: webp_claiming(*size, b"VP8L"), 16_001, 17),
    "webp extended": (lambda *size: webp_claiming(*size, b"VP8X"), 17_001, 17),
}


@pytest.mark.parametrize("claim", CLAIMS)
@pytest.mark.parametrize("tall", [True, False])
def test_size_is_refused_before_decoding(claim, tall, monkeypatch):
    build, side, limit = CLAIMS[claim]
    other = limit * 10**6 // side + 1
    size = (other, side) if tall else (side, other)
    monkeypatch.setattr(uploads.Image, "open", None)
    with pytest.raises(PictureError) as refused:
        open_picture(build(*size))
    assert f"at most {limit} megapixels, but this one has {limit + 1} (" in str(refused.value)
    assert f"({size[0]} × {size[1]} pixels)" in str(refused.value)
    assert "make it smaller" in str(refused.value)


def test_bomb_takes_no_memory():
    bomb = encoded(Image.new("1", (20_000, 20_000)), "PNG")  # 50 kB that would become 400 MB
    tracemalloc.start()
    with pytest.raises(PictureError, match="20000 × 20000"):
        open_picture(bomb)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1_000_000


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", [(12_000, 66), (70, 8_200)])
def test_long_side_is_made_smaller_by_whole_blocks(kind, size):
    """A phone's photo has more than 4,096 pixels a side."""
    page = Image.new("RGB", size, "white")
    page.paste("black", (0, 0, size[0] // 2, size[1] // 2))
    grey = open_picture(encoded(page, kind)).grey
    factor = -(-max(size) // uploads.MOST_SIDE)
    assert grey.shape == (-(-size[1] // factor), -(-size[0] // factor))
    assert grey[1, 1] < 20 < 235 < grey[-2, -2]
    assert grey[1, -2] > 230


@pytest.mark.parametrize(
    ("kind", "size", "options"),
    [
        ("JPEG", (8160, 6120), {"quality": 60}),
        ("PNG", (8160, 6120), {"compress_level": 1}),
        ("HEIC", (5712, 4284), {"enc_params": {"preset": "ultrafast"}}),  # 50 would take too long
    ],
)
def test_photo_of_a_phone_is_read(kind, size, options):
    photo = drawing("L", size=size)
    ImageDraw.Draw(photo).line([(900, 900), (3000, 900), (1500, 4000)], fill=0, width=400)
    picture = open_picture(encoded(photo, kind, **options))
    assert max(picture.grey.shape) == size[0] // 2
    assert correlation(picture.grey[::10, ::10], np.asarray(photo.reduce(2))[::10, ::10]) > 0.99
    assert mnistify(picture).pixels.sum() > 20


def test_large_pictures_are_decoded_one_after_the_other(monkeypatch):
    inside, most, decode = [], [], uploads._decoded

    def counted(kind, data):
        inside.append(kind)
        most.append(len(inside))
        time.sleep(0.05)
        inside.pop()
        return decode(kind, data)

    monkeypatch.setattr(uploads, "_decoded", counted)
    large = encoded(Image.new("1", (8000, 2200), 1), "PNG")
    threads = [threading.Thread(target=open_picture, args=(large,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1, 1, 1, 1]


def test_gif_frame_larger_than_its_header_is_refused():
    data = bytearray(encoded(Image.new("L", (20, 20), 255), "GIF"))
    frame = data.index(b"\x2c\0\0\0\0")
    data[frame + 5 : frame + 9] = struct.pack("<HH", 6000, 6001)
    with pytest.raises(PictureError, match="6000 × 6001"):
        open_picture(bytes(data))


def test_file_size_is_limited():
    padded = encoded(drawing(), "PNG").ljust(uploads.MOST_BYTES, b"\0")
    assert is_seven(padded)
    with pytest.raises(PictureError, match=r"at most 32 MB, but this one has 32\.1 MB: make it"):
        open_picture(padded + b"\0")


def test_empty_file_is_named():
    with pytest.raises(PictureError, match=r"empty \(0 bytes\): choose a picture \(PNG"):
        open_picture(b"")


@pytest.mark.parametrize(
    ("data", "start"),
    [
        (b"%PDF-1.7\nrest", "%PDF-1.7·res"),
        (b"<svg xmlns='...'>", "<svg xmlns='"),
        (b"\0\0\0\x18ftypqt  ....", "····ftypqt"),
        (b"\0\0\0\x1cftypavif\0\0\0\0avifmiaf", "····ftypavif"),
        (b"{braces} {0}", "{braces} {0}"),
        (b"RIFF\x10\0\0\0WAVEfmt ", "RIFF····WAVE"),
        (encoded(Image.new("L", (9, 9)), "PPM"), "P5"),
        (b"\x89", "·"),
    ],
)
def test_other_formats_are_refused(data, start):
    with pytest.raises(PictureError) as refused:
        open_picture(data)
    assert "must be a PNG, JPEG, WebP, GIF, BMP, TIFF or HEIC file" in str(refused.value)
    assert f"begins with “{start}" in str(refused.value)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("share", [0.03, 0.1, 0.5, 0.9])
def test_truncated_file_is_named(kind, share):
    noise = np.random.default_rng(0).integers(0, 256, (120, 100), np.uint8)
    whole = encoded(Image.fromarray(noise), kind)
    with pytest.raises(PictureError, match=rf"This {kind} picture is damaged or cut off \(.+\)"):
        open_picture(whole[: int(share * len(whole))])


@pytest.mark.parametrize("kind", KINDS)
def test_garbled_files_raise_nothing_but_the_sentence(kind):
    """Ten bytes at a time are overwritten; it is read all the same, or refused in one sentence."""
    rng = np.random.default_rng(0)
    whole = encoded(drawing(), kind)
    for _ in range(150):
        garbled = bytearray(whole)
        for at in rng.integers(4, min(len(whole), 400), 10):
            garbled[at] = rng.integers(256)
        with suppress(PictureError):
            assert max(open_picture(bytes(garbled)).grey.shape) <= 4096


@pytest.mark.parametrize("kind", KINDS)
def test_signature_alone_is_named(kind):
    rest = {"WEBP": b"\0\0\0\0WEBP", "HEIC": b"heic"}.get(kind, b"")
    signature = (b"\0\0\0\x18" if kind == "HEIC" else b"") + uploads.FORMATS[kind][0] + rest
    with pytest.raises(
        PictureError, match=r"cut off \((its header cannot be read|it ends too soon)"
    ):
        open_picture(signature)


def test_jpeg_of_endless_scans_is_refused():
    """Each scan is a pass over the whole picture: a few bytes to send, milliseconds to decode."""
    whole = encoded(drawing(), "JPEG", progressive=True)
    assert is_seven(whole)
    scan = whole.rindex(b"\xff\xda")
    endless = whole[:scan] + 100 * whole[scan:-2] + b"\xff\xd9"
    with pytest.raises(PictureError, match="more than 100 scans"):
        open_picture(endless)


def test_reasons_are_translated_too():
    korean = {"its header cannot be read": "머리 부분을 읽을 수 없습니다"}
    with pytest.raises(PictureError) as refused:
        open_picture(encoded(drawing(), "PNG")[:10])
    assert "(머리 부분을 읽을 수 없습니다)" in refused.value.say(
        lambda text: korean.get(text, text)
    )


# --- a word where a result cannot be right


def dark_table(rng):
    """A photo of a digit on a sheet that does not fill the picture."""
    page = Image.new("L", (1600, 1200), int(rng.integers(20, 110)))
    width, height = rng.integers(500, 1200), rng.integers(500, 1000)
    left, top = rng.integers(50, 1550 - width), rng.integers(50, 1150 - height)
    sheet = [(left, top), (left + width, top + 9), (left + width - 20, top + height)]
    draw = ImageDraw.Draw(page)
    draw.polygon([*sheet, (left + 8, top + height - 15)], fill=230)
    x, y = left + width // 2, top + height // 2
    draw.line([(x - 80, y - 120), (x + 80, y - 120), (x - 20, y + 150)], fill=50, width=40)
    return np.asarray(page)


@pytest.mark.parametrize("seed", range(12))
def test_sheet_on_a_dark_table_is_doubted(seed):
    doubts = " ".join(map(str, mnistify(Picture(dark_table(np.random.default_rng(seed)))).doubts))
    too_much = re.search(
        r"\d\d% of the square is ink, while a digit of MNIST has 3% to 28%", doubts
    )
    assert too_much or "fills more than 8 × 8 pixels without a gap" in doubts


def test_digits_of_mnist_are_not_doubted(originals):
    doubted = [digit for digit in originals if from_canvas(digit).doubts]
    assert len(doubted) <= 2
    rng = np.random.default_rng(0)
    photos = [on_a_page(digit, rng, ink=60, paper=230, shade=60, grain=5) for digit in originals]
    assert sum(bool(mnistify(Picture(photo)).doubts) for photo in photos) <= 2


def test_several_digits_and_a_lone_dot_are_doubted():
    page = Image.new("L", (900, 400), 255)
    for left in (50, 350, 650):
        page.paste(drawing(size=(200, 300)), (left, 50))
    assert "pieces" in str(mnistify(Picture(np.asarray(page))).doubts[-1])
    dots = np.full((400, 400), 255, np.uint8)
    dots[50:60, 50:60] = dots[330:340, 330:340] = 0
    assert len(mnistify(Picture(dots)).doubts) == 2 or "0%" in str(
        mnistify(Picture(dots)).doubts[0]
    )
