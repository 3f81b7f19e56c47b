"""Idx files (the format of MNIST and its relatives): what a sound one looks like, judged by content.

The container counts for nothing: a file may be compressed or not, whatever its name says, and by
whatever program, as long as what is inside is right.
"""

import gzip
import hashlib
import io
import math
import struct
import zlib
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aecore.errors import N_, Sentence
from aecore.parts.datasets import DatasetSpec, IdxFiles

GZIP = b"\x1f\x8b"
"""What a compressed file begins with."""

_SIZE = N_("it has {received:,} bytes instead of {expected:,}")
_CHECKSUM = N_("its {kind} checksum is {received} instead of {expected}")
_HEADER = N_("its first bytes are {received} instead of {expected}")
PACKED = N_("it cannot be unpacked")


@dataclass(frozen=True)
class IdxFile:
    """What a sound idx file of unsigned bytes looks like.

    Attributes:
        name: of the extracted file; the published one has ".gz" after it.
        shape: (pictures, rows, columns) or (labels,).
        archive_bytes: size of the published .gz, for the progress of a download.
        archive_md5: of the published .gz.
        md5: of the extracted file, where it is known.
    """

    name: str
    shape: tuple[int, ...]
    archive_bytes: int
    archive_md5: str
    md5: str | None = None

    @property
    def archive(self) -> str:
        """Name of the compressed file."""
        return f"{self.name}.gz"

    @property
    def names(self) -> tuple[str, ...]:
        """All that it may be called: some programs put a dot where the published name has a hyphen."""
        dotted = self.name.replace("-idx", ".idx")
        return self.name, dotted, self.archive, f"{dotted}.gz"

    @property
    def header(self) -> bytes:
        """The magic number (unsigned bytes, number of axes), then the length of each axis."""
        return struct.pack(f">{1 + len(self.shape)}I", 0x0800 + len(self.shape), *self.shape)

    @property
    def size(self) -> int:
        """Bytes of the extracted file."""
        return len(self.header) + math.prod(self.shape)


def of(spec: DatasetSpec) -> tuple[IdxFile, ...]:
    """The four files of a dataset in MNIST's format."""
    source = spec.source
    assert isinstance(source, IdxFiles)
    n, side = spec.n_train + spec.n_val, spec.shape.axes[1:]
    shapes = {
        "train-images-idx3-ubyte": (n, *side),
        "train-labels-idx1-ubyte": (n,),
        "t10k-images-idx3-ubyte": (spec.n_test, *side),
        "t10k-labels-idx1-ubyte": (spec.n_test,),
    }
    archives = zip(source.archive_bytes, source.archive_md5, source.md5, strict=True)
    return tuple(
        IdxFile(name, shape, size, archive_md5, md5)
        for (name, shape), (size, archive_md5, md5) in zip(shapes.items(), archives, strict=True)
    )


class DamagedError(Exception):
    """A file is not what it should be.

    Attributes:
        file: its name.
        sentence: why, without its beginning and end.
    """

    def __init__(self, file: str, template: str, /, **params: Any) -> None:
        self.file = file
        self.sentence = Sentence(template, **params)
        super().__init__(f"{file}: {self.sentence}")


def values(
    data: bytes, file: IdxFile, name: str, crc32: int | None = None
) -> tuple[bytes, NDArray[np.uint8]]:
    """The extracted bytes of a file as it was found, and its values, (file.shape), read-only.

    Args:
        data: the file, compressed or not; if compressed, its own checksum counts only where that
            of the content is not known.
        file: what it must be.
        name: what it is called.
        crc32: of the extracted bytes, where it is known.
    Raises:
        DamagedError: it is something else.
    """
    if data.startswith(GZIP):
        if not file.md5:
            expect(name, "MD5", md5_of(data), file.archive_md5)
        data = _unpacked(data, file, name)
    if len(data) != file.size:
        raise DamagedError(name, _SIZE, received=len(data), expected=file.size)
    start = len(file.header)
    if data[:start] != file.header:
        received, expected = data[:start].hex(" ", 4), file.header.hex(" ", 4)
        raise DamagedError(name, _HEADER, received=received, expected=expected)
    if file.md5:
        expect(name, "MD5", md5_of(data), file.md5)
    if crc32 is not None:
        expect(name, "CRC-32", f"{zlib.crc32(data):08x}", f"{crc32:08x}")
    return data, np.frombuffer(data, np.uint8, offset=start).reshape(file.shape)


def expect(name: str, kind: str, received: str, expected: str) -> None:
    """Raises DamagedError unless two checksums of a kind are equal."""
    if received != expected:
        raise DamagedError(name, _CHECKSUM, kind=kind, received=received, expected=expected)


def md5_of(data: bytes) -> str:
    """In hexadecimal."""
    return hashlib.md5(data, usedforsecurity=False).hexdigest()


def _unpacked(data: bytes, file: IdxFile, name: str) -> bytes:
    """What is inside, and no more of it than shows that it is too much."""
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as packed:
            return packed.read(file.size + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise DamagedError(name, PACKED) from error
