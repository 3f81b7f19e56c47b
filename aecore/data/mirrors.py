"""Fetches the files of a dataset from the servers that have it, and says what a server answered."""

from __future__ import annotations

import contextlib
import logging
import os
import uuid
from collections.abc import Callable, Iterator
from http.client import HTTPException
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from aecore.data.idx_files import DamagedError
from aecore.errors import N_, Sentence

if TYPE_CHECKING:
    from requests import Response

T = TypeVar("T")

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
_BROKEN_OFF = N_("the connection broke off before all {expected:,} bytes had come")
_BAD_ADDRESS = N_("“{address}” is no address of a server")


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

    def next_file(self, size: int) -> None:
        """The current file is there; one that was never fetched is counted without a report."""
        self._before += size

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


class _NoAnswerError(Exception):
    """A server gave nothing; the sentence says why."""

    def __init__(self, sentence: Sentence) -> None:
        self.sentence = sentence
        super().__init__(str(sentence))


def fetch(
    path: Path, addresses: tuple[str, ...], meter: Meter, judged: Callable[[IO[bytes]], T]
) -> T:
    """Puts a file where it belongs, from the first server that answers.

    Args:
        path: where it will lie; servers call it by the same name.
        addresses: of the folders on servers that have the file, in the order to try.
        meter: told about the bytes that come in.
        judged: makes something of the file that came, open at its beginning and of a name that
            others may open. Raises DamagedError where it is not what it should be.
    Returns:
        what `judged` does.
    Raises:
        NoServerError: none does.
        DamagedError: what came is not the file.
        OSError: the folder cannot be written.
    """
    reasons = []
    for address in addresses:
        try:
            with whole_or_nothing(path) as part:
                announced = _receive(address + path.name, part, meter)
                if 0 < announced != part.tell():
                    raise DamagedError(path.name, _BROKEN_OFF, expected=announced)
                part.flush()
                part.seek(0)
                return judged(part)
        except _NoAnswerError as error:
            _log.info("%s: %r", address, error.__cause__)
            reasons.append(error.sentence)
    raise NoServerError(reasons)


class _Bar:
    """What pooch takes for a progress bar: it tells the meter how much of a file has come."""

    total: int | None = None
    """Bytes that the server announced; None until it has answered."""

    def __init__(self, part: IO[bytes], meter: Meter) -> None:
        self._part = part
        self._meter = meter

    def update(self, _n: int) -> None:
        self._meter.reach(self._part.tell())

    def reset(self) -> None:
        """A meter never goes backwards."""

    def close(self) -> None:
        """The next file may come."""


def _receive(url: str, part: IO[bytes], meter: Meter) -> int:
    """Writes what a server sends, as far as it gets; returns how much it announced, or 0.

    Raises:
        _NoAnswerError: nothing came of it.
    """
    import pooch
    from requests import RequestException
    from urllib3.exceptions import HTTPError

    bar = _Bar(part, meter)
    download = pooch.HTTPDownloader(
        progressbar=bar,
        chunk_size=CHUNK_BYTES,
        timeout=TIMEOUT_S,
        headers={"Accept-Encoding": "identity"},
        hooks={"response": _as_it_is_stored},
    )
    try:
        download(url, part, None)
    except (RequestException, HTTPError, HTTPException, ValueError) as error:
        if bar.total is None:
            raise _NoAnswerError(_why(url, error)) from error
        if isinstance(error, ValueError) and not isinstance(error, RequestException):
            raise
        # A broken connection only ends the stream: size and checksum tell that some is missing.
        _log.info("%s: %r", url, error)
    return bar.total or 0


def _as_it_is_stored(response: Response, *_: Any, **__: Any) -> None:
    """Keeps an archive packed whose packing the server takes for a matter of sending it."""
    response.raw.headers.pop("Content-Encoding", None)


def _why(url: str, error: Exception) -> Sentence:
    """What went wrong before anything came, about the server by its name."""
    import requests
    from urllib3.exceptions import ProtocolError

    host = _host(url)
    if host is None:
        return Sentence(_BAD_ADDRESS, address=url)
    if isinstance(error, requests.TooManyRedirects):
        return Sentence(_IN_CIRCLES, host=host)
    if isinstance(error, requests.HTTPError) and error.response is not None:
        reason = error.response.reason or ""
        phrase = "".join(c if c.isprintable() else " " for c in reason)[:LONGEST_PHRASE]
        return Sentence(_REFUSED, host=host, code=error.response.status_code, phrase=phrase)
    is_silent = isinstance(error, (requests.ConnectionError, requests.Timeout))
    if is_silent and not any(isinstance(cause, ProtocolError) for cause in error.args):
        return Sentence(_NOT_THERE, host=host)
    return Sentence(_NONSENSE, host=host)


def _host(url: str) -> str | None:
    """Name of the server in an address; None if it is none that can be asked."""
    try:
        parts = urlsplit(url)
        is_usable = parts.scheme in ("http", "https") and parts.port != 0
    except ValueError:
        return None
    return parts.hostname if is_usable else None


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
