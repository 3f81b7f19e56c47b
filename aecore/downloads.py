"""Idx files (the format of MNIST and its relatives): checked at every read, fetched when needed.

A file may lie in its folder extracted, or as the .gz it is published as. Nothing appears under
its real name before it is whole and checked, so two processes may do the same work at once.
"""

import contextlib
import gzip
import hashlib
import logging
import math
import os
import struct
import urllib.request
import uuid
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from aecore.errors import N_, DataError, Sentence

Progress = Callable[[int, int], None]

TIMEOUT_S = 15.0
CHUNK_BYTES = 1 << 18

_log = logging.getLogger(__name__)

_SIZE = N_("it has {received:,} bytes instead of {expected:,}")
_CHECKSUM = N_("its {kind} checksum is {received} instead of {expected}")
_HEADER = N_("its first bytes are {received} instead of {expected}")
_UNREACHABLE = N_("it is not on this computer and no server could be reached")
_NOT_REPLACED = N_("{fault}, and no server could be reached to fetch it again")
_UNUSABLE = N_(
    "{file} cannot be used: {fault}; connect to the internet and try again, "
    "or put the file into {folder}, or choose the bundled digits (mnist-5k)."
)
_DISK = N_(
    "{file} cannot be read or written in {folder} ({reason}); free some space there, make the "
    "folder writable, set AECORE_DATA to another one, or choose the bundled digits (mnist-5k)."
)


@dataclass(frozen=True)
class IdxFile:
    """What a sound idx file of unsigned bytes looks like.

    Attributes:
        name: of the extracted file; the published one has ".gz" after it.
        shape: (pictures, rows, columns) or (labels,).
        archive_bytes: size of the .gz, for the progress of a download.
        md5: of the extracted file, where it is known.
    """

    name: str
    shape: tuple[int, ...]
    archive_bytes: int
    md5: str | None = None

    @property
    def archive(self) -> str:
        """Name of the compressed file."""
        return f"{self.name}.gz"

    @property
    def header(self) -> bytes:
        """The magic number (unsigned bytes, number of axes), then the length of each axis."""
        return struct.pack(f">{1 + len(self.shape)}I", 0x0800 + len(self.shape), *self.shape)

    @property
    def size(self) -> int:
        """Bytes of the extracted file."""
        return len(self.header) + math.prod(self.shape)


@dataclass(frozen=True)
class Source:
    """Where files come from: base addresses in the order to try, and the MD5 of each .gz by name."""

    mirrors: tuple[str, ...]
    md5: Mapping[str, str]


class Meter:
    """Adds up the bytes of several files and reports them; never backwards, whatever is retried."""

    def __init__(self, progress: Progress | None, total: int) -> None:
        self._progress = progress
        self._total = total
        self._before = 0
        self._reported = 0

    def reach(self, received: int) -> None:
        """`received` bytes of the current file have come in."""
        done = min(self._before + received, self._total)
        if self._progress is not None and done > self._reported:
            self._reported = done
            self._progress(done, self._total)

    def next_file(self, file: IdxFile) -> None:
        """The current file is there; one that was never fetched is counted without a report."""
        self._before += file.archive_bytes

    def finish(self) -> None:
        """Everything is there: report the total, if anything had to be fetched."""
        if self._reported:
            self.reach(self._total)


class _DamagedError(Exception):
    def __init__(self, file: str, template: str, /, **params: Any) -> None:
        self.file = file
        self.sentence = Sentence(template, **params)
        super().__init__(f"{file}: {self.sentence}")


class _UnreachableError(Exception):
    pass


def looks_complete(file: IdxFile, folder: Path) -> bool:
    """Whether the file lies in the folder with its exact size, extracted or as .gz; reads no data."""
    with contextlib.suppress(OSError):
        if (folder / file.name).stat().st_size == file.size:
            return True
    trailer = _gzip_trailer(folder / file.archive)
    return trailer is not None and trailer[1] == file.size


def read(
    file: IdxFile, folder: Path, source: Callable[[], Source], meter: Meter
) -> NDArray[np.uint8]:
    """The values of an idx file: from disk where sound, otherwise fetched into the folder.

    A damaged file is named in a warning and fetched again once.

    Args:
        file: what to read, and what it must look like.
        folder: where it lies or will lie.
        source: asked only when a .gz must be judged or fetched.
        meter: told about the bytes that come in.
    Returns:
        of `file.shape`, read-only.
    Raises:
        DataError: it is neither here nor to be had, twice damaged, or the folder refuses it.
    """
    damage: _DamagedError | None = None
    try:
        for attempt in (_from_raw, _from_archive):
            try:
                if (values := attempt(file, folder, source)) is not None:
                    return values
            except _DamagedError as found:
                damage = found
                _log.warning("Damaged file in %s: %s", folder, found)
        return _from_server(file, folder, source(), meter, damage)
    except OSError as error:
        raise DataError(
            _DISK,
            file=file.name,
            folder=str(folder.absolute()),
            reason=error.strerror or str(error),
        ) from error


def _from_raw(
    file: IdxFile, folder: Path, source: Callable[[], Source]
) -> NDArray[np.uint8] | None:
    try:
        data = (folder / file.name).read_bytes()
    except FileNotFoundError:
        return None
    # Torchvision's MD5s are those of the .gz; an extracted file has only what is kept beside it.
    trailer = None if file.md5 else _gzip_trailer(folder / file.archive)
    return _checked(data, file, crc32=trailer[0] if trailer else None)


def _from_archive(
    file: IdxFile, folder: Path, source: Callable[[], Source]
) -> NDArray[np.uint8] | None:
    try:
        packed = (folder / file.archive).read_bytes()
    except FileNotFoundError:
        return None
    _expect(file.archive, "MD5", _md5(packed), source().md5[file.archive])
    data = gzip.decompress(packed)
    values = _checked(data, file, crc32=None)
    with _whole_or_nothing(folder / file.name) as part:
        part.write(data)
    return values


def _from_server(
    file: IdxFile, folder: Path, source: Source, meter: Meter, damage: _DamagedError | None
) -> NDArray[np.uint8]:
    for attempt in range(1 if damage else 2):
        # A second attempt starts with the next mirror: the first one's copy may be the damaged one.
        start = attempt % len(source.mirrors)
        try:
            _fetch(file, folder, source, source.mirrors[start:] + source.mirrors[:start], meter)
            values = _from_archive(file, folder, lambda: source)
            if values is not None:
                return values
        except _DamagedError as found:
            damage = found
            _log.warning("Damaged download for %s: %s", folder, found)
        except _UnreachableError as error:
            raise _unusable(file, folder, damage, reason=str(error)) from error
    raise _unusable(file, folder, damage)


def _unusable(
    file: IdxFile, folder: Path, damage: _DamagedError | None, reason: str | None = None
) -> DataError:
    if reason is not None:
        _log.warning("no server could be reached: %s", reason)
    if damage is None:
        name, fault = file.archive, Sentence(_UNREACHABLE)
    elif reason is None:
        name, fault = damage.file, damage.sentence
    else:
        name, fault = damage.file, Sentence(_NOT_REPLACED, fault=damage.sentence)
    return DataError(_UNUSABLE, file=name, fault=fault, folder=str(folder.absolute()))


def _fetch(
    file: IdxFile, folder: Path, source: Source, mirrors: tuple[str, ...], meter: Meter
) -> None:
    reasons = []
    for mirror in mirrors:
        url = mirror + file.archive
        try:
            response = urllib.request.urlopen(url, timeout=TIMEOUT_S)
        except (OSError, HTTPException) as error:
            reasons.append(f"{mirror}: {getattr(error, 'reason', None) or error}")
            continue
        with response, _whole_or_nothing(folder / file.archive) as part:
            _receive(response, part, file.archive, source.md5[file.archive], meter)
        return
    raise _UnreachableError("; ".join(reasons))


def _receive(response: Any, part: IO[bytes], name: str, md5: str, meter: Meter) -> None:
    received, digest = 0, hashlib.md5(usedforsecurity=False)
    for chunk in _chunks(response):
        part.write(chunk)
        digest.update(chunk)
        received += len(chunk)
        meter.reach(received)
    announced = int(response.headers.get("Content-Length") or received)
    if received != announced:
        raise _DamagedError(name, _SIZE, received=received, expected=announced)
    _expect(name, "MD5", digest.hexdigest(), md5)


def _chunks(response: Any) -> Iterator[bytes]:
    # A broken connection only ends the stream: size and checksum tell what is missing.
    with contextlib.suppress(OSError, HTTPException):
        while chunk := response.read(CHUNK_BYTES):
            yield chunk


@contextlib.contextmanager
def _whole_or_nothing(path: Path) -> Iterator[IO[bytes]]:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{uuid.uuid4().hex}.part")
    try:
        with part.open("xb") as out:
            yield out
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def _checked(data: bytes, file: IdxFile, crc32: int | None) -> NDArray[np.uint8]:
    if len(data) != file.size:
        raise _DamagedError(file.name, _SIZE, received=len(data), expected=file.size)
    start = len(file.header)
    if data[:start] != file.header:
        received, expected = data[:start].hex(" ", 4), file.header.hex(" ", 4)
        raise _DamagedError(file.name, _HEADER, received=received, expected=expected)
    if file.md5:
        _expect(file.name, "MD5", _md5(data), file.md5)
    if crc32 is not None:
        _expect(file.name, "CRC-32", f"{zlib.crc32(data):08x}", f"{crc32:08x}")
    return np.frombuffer(data, np.uint8, offset=start).reshape(file.shape)


def _expect(name: str, kind: str, received: str, expected: str) -> None:
    if received != expected:
        raise _DamagedError(name, _CHECKSUM, kind=kind, received=received, expected=expected)


def _md5(data: bytes) -> str:
    return hashlib.md5(data, usedforsecurity=False).hexdigest()


def _gzip_trailer(path: Path) -> tuple[int, int] | None:
    """CRC-32 and length of what is inside, as its last 8 bytes say; None without such a file."""
    try:
        with path.open("rb") as archive:
            archive.seek(-8, os.SEEK_END)
            crc32, length = struct.unpack("<II", archive.read(8))
    except OSError:
        return None
    return crc32, length
