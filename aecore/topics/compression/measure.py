"""Numbers rounded to a few bits, and what picture files of the same pictures weigh."""

import io
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from aecore.errors import N_, ExperimentError
from aecore.parts.datasets import DIGIT

Viewed = NDArray[np.uint8]

MOST_BITS = 16

QUANTILES = (0.0005, 0.9995)
"""Between which the numbers of the training codes are told apart; what lies outside is cut off:
a range wide enough for the strangest picture would leave coarser steps for all the others."""

SIDES = DIGIT.height, DIGIT.width

SHEET = 100
"""Pictures that share one sheet, ten in a row."""

COLUMNS = 10

QUALITIES: Mapping[str, tuple[int | None, ...]] = {
    "png": (None,),
    "jpeg": (1, 3, 5, 8, 12, 17, 25, 35, 50, 65, 80, 90, 95),
    "webp": (0, 10, 25, 50, 75, 90, 100),
}
"""File format -> quality settings tried; None for a format that loses nothing."""


@dataclass(frozen=True, eq=False)
class Range:
    """Between what each number of a code lies.

    Attributes:
        low, high: (numbers,), the ends.
    """

    low: NDArray[np.float32]
    high: NDArray[np.float32]

    def first(self, n: int) -> "Range":
        """The range of the first n numbers."""
        return Range(self.low[:n], self.high[:n])

    def step(self, bits: int) -> NDArray[np.float32]:
        """(numbers,), how far neighbouring values lie apart."""
        return (self.high - self.low) / np.float32(2**bits)


@dataclass(frozen=True)
class FilePoint:
    """What pictures weigh in a file format, and what is lost.

    Attributes:
        quality: the format's own setting; None where it has none.
        bytes: per picture.
        mse: mean squared error per pixel, of pixels in [0, 1].
    """

    quality: int | None
    bytes: float
    mse: float


def check_bits(bits: int) -> int:
    """Raises ExperimentError for bits per number that there cannot be."""
    if not 1 <= bits <= MOST_BITS:
        raise ExperimentError(
            N_("{parameter} must be a whole number from {low} to {high}, but was {received}."),
            parameter="bits",
            low=1,
            high=MOST_BITS,
            received=bits,
        )
    return bits


def range_of(codes: NDArray[np.float32]) -> Range:
    """The range of each number of some codes (n, numbers), without the outermost."""
    low, high = np.quantile(codes, QUANTILES, axis=0)
    return Range(low.astype(np.float32), high.astype(np.float32))


def quantise(codes: NDArray[np.float32], within: Range, bits: int) -> NDArray[np.uint16]:
    """Whole numbers from 0 to 2^bits - 1: the range is cut into as many equal steps.

    Args:
        codes: (n, numbers).
        within: the range of each number; what lies outside gets the nearest step.
        bits: per number, 1 to 16.
    """
    step = within.step(check_bits(bits))
    steps = np.floor((codes - within.low) / np.where(step > 0, step, 1))
    return np.clip(steps, 0, 2**bits - 1).astype(np.uint16)


def dequantise(indices: NDArray[np.uint16], within: Range, bits: int) -> NDArray[np.float32]:
    """The numbers in the middle of their steps: at most half a step off."""
    step = within.step(check_bits(bits))
    return within.low + (indices.astype(np.float32) + 0.5) * step


def rounded(codes: NDArray[np.float32], within: Range, bits: int) -> NDArray[np.float32]:
    """What is left of codes (n, numbers) that were kept with some bits per number."""
    return dequantise(quantise(codes, within, bits), within, bits)


def bytes_per_sample(numbers: int, bits: float) -> float:
    """What a code weighs; numbers are packed without gaps, so it need not be a whole number."""
    return numbers * bits / 8


@dataclass(frozen=True, eq=False)
class SplitTable:
    """How PCA can spend bits: few coefficients kept finely, or many kept coarsely.

    The components are orthonormal, so a picture's squared error is that of its coefficients.

    Attributes:
        errors: (16, components + 1), squared error of a picture with that many bits (from 1) for
            each of so many coefficients (from 0).
    """

    errors: NDArray[np.float64]

    def best(self, bits_in_all: float) -> tuple[int, int]:
        """The split with the least error: how many coefficients, and the bits for each."""
        most = self.errors.shape[1] - 1
        splits = [(min(most, int(bits_in_all // b)), b) for b in range(1, MOST_BITS + 1)]
        possible = [split for split in splits if split[0] >= 1]
        return min(possible, key=lambda split: self.errors[split[1] - 1, split[0]])


def split_table(coefficients: NDArray[np.float32], within: Range) -> SplitTable:
    """The errors of all splits for coefficients (n, components) of training pictures."""
    energy = np.square(coefficients).mean(axis=0, dtype=np.float64)
    left_out = np.append(energy[::-1].cumsum()[::-1], 0.0)  # with the first k kept, k = 0, 1, …
    errors = []
    for bits in range(1, MOST_BITS + 1):
        change = np.square(rounded(coefficients, within, bits) - coefficients)
        kept = np.append(0.0, change.mean(axis=0, dtype=np.float64).cumsum())
        errors.append(left_out + kept)
    return SplitTable(np.stack(errors))


def sheet_of(pictures: Viewed) -> Viewed:
    """Pictures (n, height, width[, 3]) on one sheet, ten in a row, filled up with black."""
    n, height, width, *colours = pictures.shape
    rows = math.ceil(n / COLUMNS)
    filled = np.zeros((rows * COLUMNS, height, width, *colours), np.uint8)
    filled[:n] = pictures
    grid = filled.reshape(rows, COLUMNS, height, width, *colours).swapaxes(1, 2)
    return grid.reshape(rows * height, COLUMNS * width, *colours)


def cut(sheet: Viewed, like: Viewed) -> Viewed:
    """The first pictures of a sheet again, as many and as large as these: (n, height, width[, 3])."""
    n, height, width, *colours = like.shape
    grid = sheet.reshape(-1, height, COLUMNS, width, *colours).swapaxes(1, 2)
    return grid.reshape(-1, height, width, *colours)[:n]


def through_file(picture: Viewed, kind: str, quality: int | None) -> tuple[int, Viewed]:
    """Writes (height, width[, 3]) as a file in memory and reads it: its bytes, and what is left."""
    options: dict[str, Any] = {"optimize": True} if quality is None else {"quality": quality}
    file = io.BytesIO()
    Image.fromarray(picture).save(file, format=kind, **options)
    size = file.tell()
    file.seek(0)
    with Image.open(file) as image:
        return size, np.asarray(image.convert("L" if picture.ndim == 2 else "RGB"))


def file_points(pictures: Viewed, kind: str, *, together: bool) -> tuple[FilePoint, ...]:
    """What pictures (n, height, width[, 3]) weigh in a format, at each of its quality settings.

    Args:
        pictures: at least one.
        kind: one of `QUALITIES`.
        together: up to 100 share one sheet and its header; else each has a file of its own.
    """
    size = SHEET if together else 1
    groups = [pictures[i : i + size] for i in range(0, len(pictures), size)]
    points = []
    for quality in QUALITIES[kind]:
        total, errors = 0, []
        for group in groups:
            n_bytes, back = through_file(sheet_of(group) if together else group[0], kind, quality)
            total += n_bytes
            errors.append(picture_errors(cut(back, group) if together else back[None], group))
        mse = float(np.concatenate(errors).mean(dtype=np.float64))
        points.append(FilePoint(quality, total / len(pictures), mse))
    return tuple(points)


def picture_errors(pictures: Viewed, originals: Viewed) -> NDArray[np.float32]:
    """(n,), mean squared error per number between pictures (n, …) of 256 steps, as in [0, 1]."""
    change = (pictures.astype(np.float32) - originals.astype(np.float32)) / 255
    errors: NDArray[np.float32] = np.square(change).reshape(len(change), -1).mean(axis=1)
    return errors


def nearest_size(points: tuple[FilePoint, ...], n_bytes: float) -> FilePoint:
    """The point whose size differs least, as a ratio."""
    return min(points, key=lambda point: abs(math.log(point.bytes / n_bytes)))


def nearest_error(points: tuple[FilePoint, ...], mse: float) -> FilePoint:
    """The point whose error differs least, as a ratio."""
    floor = 1e-12
    return min(points, key=lambda point: abs(math.log(max(point.mse, floor) / max(mse, floor))))


def pays_off_from(weight: float, ours: float, theirs: float) -> int | None:
    """From how many pictures on a decoder has saved more bytes than it weighs.

    Args:
        weight: bytes of the decoder.
        ours, theirs: bytes per picture with the decoder, and otherwise.
    Returns:
        None if it saves nothing per picture.
    """
    return None if ours >= theirs else math.floor(weight / (theirs - ours)) + 1


def strangers() -> Viewed:
    """Four pictures of a digit's size that are none: a letter, a face, noise, a checkerboard."""
    letter, face = Image.new("L", SIDES), Image.new("L", SIDES)
    pen = ImageDraw.Draw(letter)
    for line in ((5, 23, 14, 4), (14, 4, 23, 23), (9, 16, 19, 16)):
        pen.line(line, fill=255, width=3)
    pen = ImageDraw.Draw(face)
    pen.ellipse((3, 3, 24, 24), outline=255, width=2)
    for eye in ((9, 9, 11, 12), (16, 9, 18, 12)):
        pen.ellipse(eye, fill=255)
    pen.arc((8, 10, 19, 20), start=20, end=160, fill=255, width=2)
    noise = np.random.default_rng(0).integers(0, 256, SIDES)
    rows, columns = np.indices(SIDES) // 4
    checkerboard = (rows + columns) % 2 * 255
    return np.stack([np.asarray(letter), np.asarray(face), noise, checkerboard]).astype(np.uint8)
