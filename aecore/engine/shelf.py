"""Checkpoints of kept runs on disk, one file each: what a restart of the server brings back."""

import logging
import os
import time
from pathlib import Path

from aecore.engine import run_id as run_ids
from aecore.errors import N_, Sentence, StoreError, why

SUFFIX = ".safetensors"

MOST_BYTES = 4 * 2**30
"""Of all kept runs together."""

LONGEST = 30 * 24 * 3600.0
"""Seconds that a kept run stays without being changed or looked at."""

NOT_WRITTEN = N_(
    "This run cannot be written to disk ({reason}): it stays in memory and is lost when the "
    "server stops. Make room on the disk, or save the run to a file of yours."
)


def folder() -> Path:
    """Where kept runs lie: `AECORE_RUNS`, or else `runs/` beside the app."""
    named = os.environ.get("AECORE_RUNS")
    return Path(named) if named else Path(__file__).parents[2] / "runs"


class Shelf:
    """A folder of checkpoints.

    Args:
        where: the folder; made when the first run is kept.
    """

    def __init__(self, where: Path) -> None:
        self._folder = where
        self._ids = self._tidied()

    def __contains__(self, run_id: str) -> bool:
        return run_id in self._ids

    def put(self, run_id: str, data: bytes) -> None:
        """Writes a run, in place of an older state of it: all of it or nothing.

        Raises:
            StoreError: the disk is full or cannot be written, or kept runs take up too much.
        """
        others = sum(size for name, size in self._sizes().items() if name != run_id)
        if others + len(data) > MOST_BYTES:
            raise _not_written(Sentence(N_("kept runs have {limit} GB"), limit=MOST_BYTES >> 30))
        path = self._path(run_id)
        draft = path.with_suffix(".part")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            draft.write_bytes(data)
            os.replace(draft, path)
        except OSError as error:
            self._discard(draft)
            raise _not_written(why(error)) from error
        self._ids.add(run_id)

    def get(self, run_id: str) -> bytes:
        """A run as it was written last.

        Raises:
            StoreError: it cannot be read.
        """
        path = self._path(run_id)
        try:
            data = path.read_bytes()
            os.utime(path)
        except OSError as error:
            raise not_read(why(error)) from error
        return data

    def remove(self, run_id: str) -> None:
        """Forgets a run; one that is not there does no harm."""
        if run_id in self._ids:
            self._ids.discard(run_id)
            self._discard(self._path(run_id))

    def leave_out(self, run_id: str) -> None:
        """Does as if the run were not there, but leaves its file to whoever wants to look at it."""
        self._ids.discard(run_id)

    def _path(self, run_id: str) -> Path:
        if not run_ids.is_one(run_id):  # ids come from links
            raise ValueError("not a run's id")
        return self._folder / (run_id + SUFFIX)

    def _sizes(self) -> dict[str, int]:
        try:
            return {p.stem: p.stat().st_size for p in self._folder.glob("*" + SUFFIX)}
        except OSError:
            return {}

    def _tidied(self) -> set[str]:
        """What lies there, without what nobody has touched for long."""
        found = set()
        for name in self._sizes():
            if not run_ids.is_one(name):
                continue
            path = self._path(name)
            try:
                is_old = time.time() - path.stat().st_mtime > LONGEST
            except OSError:
                continue
            if is_old:
                self._discard(path)
            else:
                found.add(name)
        return found

    @staticmethod
    def _discard(path: Path) -> None:
        """Takes a file away where that is possible; on a read-only disk it stays, and is no harm."""
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            logging.getLogger(__name__).warning("cannot remove %s: %s", path.name, error)


def not_read(reason: Sentence | str) -> StoreError:
    """What to say of a checkpoint that is damaged, missing, or none at all."""
    return StoreError(N_("A kept run cannot be read ({reason}): it is left out."), reason=reason)


def _not_written(reason: Sentence) -> StoreError:
    return StoreError(NOT_WRITTEN, reason=reason)
