"""Where a command will write: judged before the work, which may take an hour."""

import argparse
import os
import tempfile
from pathlib import Path

from aecore.errors import N_, ExperimentError, Sentence, StoreError, why

FLAG = "--out"

PROBE = b"\0" * 4096
"""Written and thrown away: an empty file fits on a full disk."""


def add_out(
    command: argparse.ArgumentParser, *, metavar: str, help: str, required: bool = False
) -> None:
    """Declares --out; `folder` or `file` reads it."""
    command.add_argument(FLAG, metavar=metavar, help=help, required=required)


def folder(arguments: argparse.Namespace, *names: str) -> Path | None:
    """The folder of --out, into which files of these names can be written; None without --out.

    Nothing is left behind, and nothing that is there is changed.

    Raises:
        ExperimentError: the flag is empty.
        StoreError: the folder cannot be made or written.
    """
    path = _given(arguments)
    if path is not None:
        check_folder(path, *names)
    return path


def check_folder(path: Path, *names: str) -> None:
    """Raises StoreError where files of these names could not be written into a folder."""
    try:
        _check_room(path)
        for name in names:
            _check_file(path / name)
    except (OSError, ValueError) as error:
        raise _refused(path, error) from error


def file(arguments: argparse.Namespace) -> Path | None:
    """The file of --out, which can be written; None without --out.

    Raises:
        ExperimentError: the flag is empty.
        StoreError: it cannot be written.
    """
    path = _given(arguments)
    if path is None:
        return None
    try:
        _check_file(path)
        if not path.exists():
            _check_room(path)
    except (OSError, ValueError) as error:
        raise _refused(path, error) from error
    return path


def write(path: Path, content: bytes) -> None:
    """Writes a file, into a folder that is made if missing.

    Raises:
        StoreError: it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        raise _refused(path, error) from error


def _given(arguments: argparse.Namespace) -> Path | None:
    text: str | None = arguments.out
    if text is not None and not text.strip():
        raise ExperimentError(
            N_("{parameter} must name a place to write to, but was {received}."),
            parameter=FLAG,
            received=repr(text),
        )
    if text is not None and "\0" in text:
        raise _refused(Path(text), ValueError())
    return None if text is None else Path(text)


def _check_file(path: Path) -> None:
    if path.is_dir():
        raise IsADirectoryError(21, os.strerror(21))
    if path.exists() and not os.access(path, os.W_OK):
        raise PermissionError(13, os.strerror(13))


def _check_room(path: Path) -> None:
    """Raises OSError unless there can be something of this name, and a file beside or in it."""
    whole = path.absolute()
    place = next(p for p in (whole, *whole.parents) if p.exists())
    for name in whole.relative_to(place).parts:
        (place / name).exists()  # raises for a name that is too long
    with tempfile.TemporaryFile(dir=place) as probe:
        probe.write(PROBE)
        probe.flush()


def _refused(path: Path, error: OSError | ValueError) -> StoreError:
    reason = why(error) if isinstance(error, OSError) else Sentence(N_("no system has such a name"))
    return StoreError(
        N_("{path} cannot be written ({reason}): choose another place."),
        path=str(path),
        reason=reason,
    )
