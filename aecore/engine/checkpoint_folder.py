"""Checkpoints of runs on disk, one file each: what a restart of the server brings back.

Runs that a learner keeps lie in the folder itself, all others in a folder of it: those stay for a
day only, and the oldest of them make room for new ones.
"""

import logging
import os
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from aecore.engine import run_id as run_ids
from aecore.errors import N_, Sentence, StoreError, why

SUFFIX = ".safetensors"

DRAFT = ".part"
"""Suffix of what is being written."""

LONGEST_DRAFT = 3600.0
"""Seconds after which nobody goes on writing it."""

UNKEPT = "unkept"
"""Name of the folder of runs that nobody has kept."""

NOT_WRITTEN = N_(
    "This run cannot be written to disk ({reason}): it stays in memory and is lost when the "
    "server stops. Make room on the disk, or save the run to a file of yours."
)

ANOTHER = N_("it belongs to another run")


@dataclass(frozen=True)
class Limits:
    """What a folder takes.

    Attributes:
        seconds: that a run stays without being changed or looked at.
        most_bytes: of all its runs together.
        most_runs: at a time.
        makes_room: whether the oldest runs go when a new one finds no room; else that is refused.
    """

    seconds: float
    most_bytes: int
    most_runs: int
    makes_room: bool


OF_KEPT = Limits(30 * 24 * 3600.0, 4 * 2**30, 2000, makes_room=False)
OF_UNKEPT = Limits(24 * 3600.0, 2 * 2**30, 500, makes_room=True)


def folder() -> Path:
    """Where runs lie: `AECORE_RUNS`, or else `runs/` beside the app."""
    named = os.environ.get("AECORE_RUNS")
    return Path(named) if named else Path(__file__).parents[2] / "runs"


class CheckpointFolder:
    """A folder of checkpoints.

    Args:
        where: the folder; made when the first run is written.
        limits: how many, how large and for how long.
    """

    def __init__(self, where: Path, limits: Limits = OF_KEPT) -> None:
        self._folder = where
        self._limits = limits
        self._lock = threading.RLock()
        self._sizes = self._found()  # bytes of each, the one touched the longest ago first
        self.tidy()

    def __contains__(self, run_id: str) -> bool:
        return run_id in self._sizes

    def put(self, run_id: str, data: bytes) -> None:
        """Writes a run, in place of an older state of it: all of it or nothing.

        Raises:
            StoreError: the disk is full or cannot be written, or the runs take up too much.
        """
        path = self._path(run_id)
        draft = path.with_suffix(DRAFT)
        with self._lock:
            self._make_room(run_id, len(data))
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            draft.write_bytes(data)
            os.replace(draft, path)
        except OSError as error:
            _discard(draft)
            raise _not_written(why(error)) from error
        with self._lock:
            self._sizes.pop(run_id, None)
            self._sizes[run_id] = len(data)

    def get(self, run_id: str) -> bytes:
        """A run as it was written last.

        Raises:
            StoreError: it cannot be read.
        """
        path = self._path(run_id)
        try:
            data = path.read_bytes()
        except OSError as error:
            raise not_read(why(error)) from error
        try:
            os.utime(path)  # whoever looks at it keeps it
        except OSError as error:
            _log().warning("cannot touch %s: %s", path.name, error)
        with self._lock:
            if run_id in self._sizes:
                self._sizes[run_id] = self._sizes.pop(run_id)
        return data

    def remove(self, run_id: str) -> None:
        """Forgets a run; one that is not there does no harm."""
        with self._lock:
            if self._sizes.pop(run_id, None) is not None:
                _discard(self._path(run_id))

    def leave_out(self, run_id: str) -> None:
        """Does as if the run were not there, but leaves its file to whoever wants to look at it."""
        with self._lock:
            self._sizes.pop(run_id, None)

    def tidy(self) -> None:
        """Removes what nobody has touched for long."""
        for run_id in list(self._sizes):
            try:
                age = time.time() - self._path(run_id).stat().st_mtime
            except OSError:
                self.leave_out(run_id)
                continue
            if age > self._limits.seconds:
                self.remove(run_id)
        self._remove_drafts()

    def _remove_drafts(self) -> None:
        """Those of a server that was killed while it wrote."""
        for path in self._folder.glob("*" + DRAFT):
            try:
                is_old = time.time() - path.stat().st_mtime > LONGEST_DRAFT
            except OSError:
                continue
            if is_old and run_ids.is_one(path.stem):
                _discard(path)

    def _make_room(self, run_id: str, n_bytes: int) -> None:
        """Has the oldest make room for a run where they may, and else refuses it."""
        others = {name: size for name, size in self._sizes.items() if name != run_id}
        too_many = len(others) + 1 - self._limits.most_runs
        too_large = sum(others.values()) + n_bytes - self._limits.most_bytes
        if self._limits.makes_room:
            for name, size in others.items():
                if too_many <= 0 and too_large <= 0:
                    break
                self.remove(name)
                too_many, too_large = too_many - 1, too_large - size
        if too_large > 0:
            limit = self._limits.most_bytes >> 30
            raise _not_written(Sentence(N_("runs on disk have {limit} GB"), limit=limit))
        if too_many > 0:
            limit = self._limits.most_runs
            raise _not_written(Sentence(N_("there are {limit} runs on disk"), limit=limit))

    def _path(self, run_id: str) -> Path:
        if not run_ids.is_one(run_id):  # ids come from links
            raise ValueError("not a run's id")
        return self._folder / (run_id + SUFFIX)

    def _found(self) -> dict[str, int]:
        found = []
        try:
            for path in self._folder.glob("*" + SUFFIX):
                if run_ids.is_one(path.stem):
                    stat = path.stat()
                    found.append((stat.st_mtime, path.stem, stat.st_size))
        except OSError as error:
            _log().warning("cannot read %s: %s", self._folder, error)
        return {run_id: size for _, run_id, size in sorted(found)}


class CheckpointFolders:
    """The runs that learners keep, and all others.

    Args:
        where: the folder.
    """

    def __init__(self, where: Path) -> None:
        self._kept = CheckpointFolder(where, OF_KEPT)
        self._unkept = CheckpointFolder(where / UNKEPT, OF_UNKEPT)

    def __contains__(self, run_id: str) -> bool:
        return run_id in self._kept or run_id in self._unkept

    def put(self, run_id: str, data: bytes, kept: bool) -> None:
        """Writes a run to where it belongs, and takes it from where it does not.

        Raises:
            StoreError: see `CheckpointFolder.put`.
        """
        chosen, other = (self._kept, self._unkept) if kept else (self._unkept, self._kept)
        chosen.put(run_id, data)
        other.remove(run_id)

    def get(self, run_id: str) -> bytes:
        """A run as it was written last. Raises StoreError."""
        return (self._kept if run_id in self._kept else self._unkept).get(run_id)

    def remove(self, run_id: str) -> None:
        """Forgets a run; one that is not there does no harm."""
        self._kept.remove(run_id)
        self._unkept.remove(run_id)

    def leave_out(self, run_id: str) -> None:
        """Does as if the run were not there, but leaves its file."""
        self._kept.leave_out(run_id)
        self._unkept.leave_out(run_id)

    def tidy(self) -> None:
        """Removes what nobody has touched for long."""
        self._kept.tidy()
        self._unkept.tidy()


def _discard(path: Path) -> None:
    """Takes a file away where that is possible; on a read-only disk it stays, and is no harm."""
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        _log().warning("cannot remove %s: %s", path.name, error)


def _log() -> logging.Logger:
    return logging.getLogger(__name__)


def not_read(reason: Sentence | str) -> StoreError:
    """What to say of a checkpoint that is damaged, missing, or none at all."""
    return StoreError(
        N_("This run cannot be read from disk ({reason}): it is lost."), reason=reason
    )


def _not_written(reason: Sentence) -> StoreError:
    return StoreError(NOT_WRITTEN, reason=reason)
