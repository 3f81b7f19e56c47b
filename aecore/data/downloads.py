"""The files of a dataset: checked at every read, fetched when needed.

A file may lie in its folder extracted, or as the .gz it is published as. Nothing appears under
its real name before it is whole and checked, so two processes may do the same work at once.
"""

import contextlib
import hashlib
import logging
import os
import struct
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from tarfile import TarError
from typing import IO, TypeVar
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from aecore.data import idx_files, mirrors
from aecore.data.idx_files import DamagedError, IdxFile
from aecore.data.mirrors import Meter, NoServerError
from aecore.errors import N_, DataError, Sentence, why
from aecore.parts.datasets import Archive, DatasetSpec, IdxFiles, Packaged, Raw

T = TypeVar("T")

_log = logging.getLogger(__name__)

_MISSING = N_("it is not on this computer, and {reason}")
_NOT_REPLACED = N_("{fault}, and {reason}")
_UNUSABLE = N_(
    "{file} cannot be used: {fault}; connect to the internet and try again, "
    "or put the file into {folder}, or choose the bundled digits (mnist-5k)."
)
_NOT_NOW = N_(
    "{file} cannot be used: {fault}; try again later, "
    "or put the file into {folder}, or choose the bundled digits (mnist-5k)."
)
_DISK = N_(
    "{file} cannot be read or written in {folder} ({reason}); free some space there, make the "
    "folder writable, set AECORE_DATA to another one, or choose the bundled digits (mnist-5k)."
)


def is_complete(spec: DatasetSpec, folder: Path) -> bool:
    """Whether a dataset's files lie in the data folder, judged by their sizes alone."""
    source = spec.source
    if isinstance(source, Packaged):
        return True
    if isinstance(source, Archive):
        size = _size(folder / source.folder / source.name)
        return size is not None and abs(size - source.size) <= source.size // 50
    return all(looks_complete(file, _raw_folder(source, folder)) for file in idx_files.of(spec))


def read_samples(spec: DatasetSpec, folder: Path, meter: Meter) -> Raw:
    """A dataset's samples, fetched into the data folder where they are not here.

    Raises:
        DataError: a file is neither here nor to be had, twice damaged, or the folder refuses it.
    """
    source = spec.source
    if isinstance(source, Packaged):
        return source.read()
    if isinstance(source, Archive):
        return read_archive(source, folder, meter)
    arrays = []
    for file in idx_files.of(spec):
        arrays.append(read(file, _raw_folder(source, folder), source.mirrors, meter))
        meter.next_file(file.archive_bytes)
    meter.finish()
    x, y, x_test, y_test = arrays
    return Raw(x, y, x_test=x_test, y_test=y_test)


def _raw_folder(source: IdxFiles, folder: Path) -> Path:
    """Where torchvision looks for the files as well."""
    return folder / source.folder / "raw"


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None


def looks_complete(file: IdxFile, folder: Path) -> bool:
    """Whether the file lies in the folder with its exact size, packed or not; reads no data."""
    return any(_size_inside(folder / name) == file.size for name in file.names)


def read(
    file: IdxFile, folder: Path, addresses: tuple[str, ...], meter: Meter
) -> NDArray[np.uint8]:
    """The values of an idx file: from disk where sound, otherwise fetched into the folder.

    A damaged file is named in a warning and fetched again once.

    Args:
        file: what to read, and what it must look like.
        folder: where it lies or will lie.
        addresses: of the folders on servers that have it, in the order to try.
        meter: told about the bytes that come in.
    Returns:
        of `file.shape`, read-only.
    Raises:
        DataError: it is neither here nor to be had, twice damaged, or the folder refuses it.
    """

    def judged(part: IO[bytes]) -> tuple[bytes, NDArray[np.uint8]]:
        data = part.read()
        if not file.md5:  # then only the archive as it is published can be told from another
            idx_files.expect(file.archive, "MD5", idx_files.md5_of(data), file.archive_md5)
        return idx_files.values(data, file, file.archive)

    damage: DamagedError | None = None
    with _disk_errors_named(file.name, folder):
        for name in file.names:
            try:
                if (found := _from_disk(file, folder, name)) is not None:
                    return found
            except DamagedError as error:
                damage = error
                _log.warning("Damaged file in %s: %s", folder, error)
        content, found = _from_server(folder / file.archive, addresses, meter, judged, damage)
        _keep_extracted(content, folder / file.name)
        return found


def read_archive(source: Archive, folder: Path, meter: Meter) -> Raw:
    """What one file holds: from disk where sound, otherwise fetched into the data folder.

    A damaged file is named in a warning and fetched again once.

    Raises:
        DataError: it is neither here nor to be had, twice damaged, or the folder refuses it.
    """
    path = folder / source.folder / source.name

    def judged(part: IO[bytes]) -> Raw:
        return _opened(part, source)

    damage: DamagedError | None = None
    with _disk_errors_named(source.name, path.parent):
        try:
            with path.open("rb") as file:
                return judged(file)
        except FileNotFoundError:
            _log.info("%s is not here", path)
        except DamagedError as error:
            damage = error
            _log.warning("Damaged file in %s: %s", path.parent, error)
        raw = _from_server(path, source.mirrors, meter, judged, damage)
    meter.finish()
    return raw


def _opened(file: IO[bytes], source: Archive) -> Raw:
    """The samples in an open file.

    Raises:
        DamagedError: it is another file, or holds something else.
    """
    path = Path(file.name)
    with path.open("rb") as whole:
        md5 = hashlib.file_digest(whole, lambda: hashlib.md5(usedforsecurity=False))
    idx_files.expect(source.name, "MD5", md5.hexdigest(), source.md5)
    try:
        return source.read(path)
    except (ValueError, KeyError, OSError, EOFError, BadZipFile, TarError, zlib.error) as error:
        raise DamagedError(source.name, idx_files.PACKED) from error


@contextlib.contextmanager
def _disk_errors_named(name: str, folder: Path) -> Iterator[None]:
    """Turns what the disk refuses into a sentence about this file."""
    try:
        yield
    except OSError as error:
        raise DataError(
            _DISK, file=name, folder=str(folder.absolute()), reason=why(error)
        ) from error


def _from_disk(file: IdxFile, folder: Path, name: str) -> NDArray[np.uint8] | None:
    try:
        data = (folder / name).read_bytes()
    except FileNotFoundError:
        return None
    is_packed = data.startswith(idx_files.GZIP)
    # An extracted file whose MD5 nobody knows has only what is kept beside it.
    trailer = None if is_packed or file.md5 else _gzip_trailer(folder / file.archive)
    crc32 = trailer[0] if trailer else None
    content, found = idx_files.values(data, file, name, crc32)
    if is_packed or name != file.name:
        _keep_extracted(content, folder / file.name)
    return found


def _keep_extracted(content: bytes, path: Path) -> None:
    """Spares the next reader the unpacking, and torchvision the search; a full folder does without."""
    try:
        with mirrors.whole_or_nothing(path) as part:
            part.write(content)
    except OSError as error:
        _log.info("%s is not kept: %s", path, error)


def _from_server(
    path: Path,
    addresses: tuple[str, ...],
    meter: Meter,
    judged: Callable[[IO[bytes]], T],
    damage: DamagedError | None,
) -> T:
    """As `mirrors.fetch`, in two attempts, or in one if the file on disk was damaged already."""
    for attempt in range(1 if damage else 2):
        # A second attempt starts with the next mirror: the first one's copy may be the damaged one.
        start = attempt % len(addresses)
        in_turn = addresses[start:] + addresses[:start]
        try:
            return mirrors.fetch(path, in_turn, meter, judged)
        except DamagedError as error:
            damage = error
            _log.warning("Damaged download for %s: %s", path.parent, error)
        except NoServerError as error:
            _log.warning("%s: %s", path.name, error)
            raise _unusable(path, damage, error) from error
    raise _unusable(path, damage)


def _unusable(
    path: Path, damage: DamagedError | None, error: NoServerError | None = None
) -> DataError:
    name = damage.file if damage else path.name
    if error is None:
        fault = damage.sentence if damage else Sentence(mirrors.UNREACHABLE)
    elif damage is None:
        fault = Sentence(_MISSING, reason=error.sentence)
    else:
        fault = Sentence(_NOT_REPLACED, fault=damage.sentence, reason=error.sentence)
    template = _NOT_NOW if error is not None and not error.is_offline else _UNUSABLE
    return DataError(template, file=name, fault=fault, folder=str(path.parent.absolute()))


def _size_inside(path: Path) -> int | None:
    """Bytes of a file as it would be extracted; None where there is none."""
    with contextlib.suppress(OSError), path.open("rb") as file:
        if file.read(2) != idx_files.GZIP:
            return path.stat().st_size
        trailer = _gzip_trailer(path)
        return trailer[1] if trailer else None
    return None


def _gzip_trailer(path: Path) -> tuple[int, int] | None:
    """CRC-32 and length of what is inside, as its last 8 bytes say; None without such a file."""
    try:
        with path.open("rb") as archive:
            if archive.read(2) != idx_files.GZIP:
                return None
            archive.seek(-8, os.SEEK_END)
            crc32, length = struct.unpack("<II", archive.read(8))
    except OSError:
        return None
    return crc32, length
