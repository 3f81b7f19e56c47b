"""Fetches the files of a dataset from the servers that have it, and says what a server answered."""

import contextlib
import hashlib
import logging
import os
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from aecore.data import idx_files
from aecore.data.idx_files import DamagedError, IdxFile
from aecore.errors import N_, Sentence

Progress = Callable[[int, int], None]

TIMEOUT_S = 15.0
CHUNK_BYTES = 1 << 18
LONGEST_PHRASE = 60
"""Characters of a server's own words that are repeated to the learner."""

_log = logging.getLogger(__name__)

UNREACHABLE = N_("no server could be reached")
_NOT_THERE = N_("{host} cannot be reached")
_REFUSED = N_("{host} answers “{code} {phrase}”")
_IN_CIRCLES = N_("{host} sends from one address to the next without end")
_NONSENSE = N_("{host} sends an answer that cannot be understood")
_BAD_ADDRESS = N_("“{address}” is no address of a server")


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


class NoServerError(Exception):
    """No server gave a file.

    Attributes:
        sentence: what each of them did, without beginning and end.
        is_offline: none could even be reached.
    """

    def __init__(self, reasons: list[Sentence]) -> None:
        said = list({str(reason): reason for reason in reasons}.values())
        self.is_offline = all(reason.template == _NOT_THERE for reason in said)
        if self.is_offline:
            self.sentence = Sentence(UNREACHABLE)
        else:
            parts = {f"reason_{i}": reason for i, reason in enumerate(said)}
            self.sentence = Sentence(", ".join(f"{{{name}}}" for name in parts), **parts)
        super().__init__(", ".join(map(str, said)))


def fetch(
    file: IdxFile, folder: Path, source: Source, mirrors: tuple[str, ...], meter: Meter
) -> None:
    """Puts the .gz of a file into a folder, from the first server that answers.

    Raises:
        NoServerError: none does.
        DamagedError: what came is not the file.
        OSError: the folder cannot be written.
    """
    reasons = []
    for mirror in mirrors:
        try:
            response = urllib.request.urlopen(mirror + file.archive, timeout=TIMEOUT_S)
        except (OSError, HTTPException, ValueError) as error:
            _log.info("%s: %r", mirror, error)
            reasons.append(_why(mirror, error))
            continue
        with response, whole_or_nothing(folder / file.archive) as part:
            _receive(response, part, file, source.md5[file.archive], meter)
        return
    raise NoServerError(reasons)


def _why(mirror: str, error: OSError | HTTPException | ValueError) -> Sentence:
    """What went wrong, about the server by its name."""
    try:
        host = urlsplit(mirror).hostname
    except ValueError:
        host = None
    if host is None:
        return Sentence(_BAD_ADDRESS, address=mirror)
    if isinstance(error, urllib.error.HTTPError):
        error.close()
        if 300 <= error.code < 400:
            return Sentence(_IN_CIRCLES, host=host)
        phrase = "".join(c if c.isprintable() else " " for c in str(error.reason))[:LONGEST_PHRASE]
        return Sentence(_REFUSED, host=host, code=error.code, phrase=phrase)
    if isinstance(error, OSError) and not isinstance(error, ConnectionResetError):
        return Sentence(_NOT_THERE, host=host)
    return Sentence(_NONSENSE, host=host)


def _receive(response: Any, part: IO[bytes], file: IdxFile, md5: str, meter: Meter) -> None:
    received, digest = 0, hashlib.md5(usedforsecurity=False)
    for chunk in _chunks(response):
        part.write(chunk)
        digest.update(chunk)
        received += len(chunk)
        meter.reach(received)
    announced = response.headers.get("Content-Length", "")
    if announced.isascii() and announced.isdecimal() and received != int(announced[:18]):
        raise DamagedError(
            file.archive, idx_files.SIZE, received=received, expected=int(announced[:18])
        )
    if digest.hexdigest() == md5:
        return
    if not file.md5:
        idx_files.expect(file.archive, "MD5", digest.hexdigest(), md5)
    part.seek(0)  # packed by another program, perhaps: what is inside decides
    idx_files.values(part.read(), file, file.archive, archive_md5=None)


def _chunks(response: Any) -> Iterator[bytes]:
    # A broken connection only ends the stream: size and checksum tell what is missing.
    with contextlib.suppress(OSError, HTTPException, ValueError):
        while chunk := response.read(CHUNK_BYTES):
            yield chunk


@contextlib.contextmanager
def whole_or_nothing(path: Path) -> Iterator[IO[bytes]]:
    """A file to write and read, which gets its name only if the block ends well."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{uuid.uuid4().hex}.part")
    try:
        with part.open("x+b") as out:
            yield out
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
