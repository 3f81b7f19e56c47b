"""Checkpoints of every run, taken and written by a thread of their own, and read again.

What trains is asked for a copy of its state between two batches; all else that a checkpoint costs
happens here, beside it. So a run loses `CHECKPOINT_EVERY` seconds of training and what a checkpoint
takes, together less than 5 s, whatever happens to the process that trains it or to the server.

That holds while all checkpoints together need less than `CHECKPOINT_SHARE` of a core. With more or
larger runs they are taken later: with `n` runs that train in a process, each of which needs `c`
seconds of computing for a checkpoint, every `n * c / CHECKPOINT_SHARE` seconds. A run of the usual
size needs 0.01 s; the largest one that can be set up has 600 MB, and may lose half a minute.
"""

import dataclasses
import logging
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from aecore.engine import checkpoint_folder, unstarted
from aecore.engine.checkpoint_folder import CheckpointFolders
from aecore.engine.entry import Entry
from aecore.engine.place import Place
from aecore.engine.standing import Captured
from aecore.engine.waiting_room import WaitingRoom
from aecore.errors import LabError, RunError, Sentence, StoreError, unknown_run

TICK = 0.25
"""Seconds between looks for a checkpoint that is due."""

CHECKPOINT_EVERY = 3.0
"""Seconds of training between two checkpoints, at least; see `CHECKPOINT_SHARE`."""

CHECKPOINT_SHARE = 0.05
"""Share of the time that may go into checkpoints: with many or large runs they are taken later."""

DISK_AGAIN_AFTER = 30.0
"""Seconds between attempts to write to a disk that could not be written."""

TIDY_EVERY = 3600.0
"""Seconds between looks for runs on disk that nobody has touched for long."""

LAST_CHECKPOINTS = 3.0
"""Seconds that the last checkpoints may take when the server stops."""

BEING_TAKEN = -2
"""In place of the batch of a checkpoint, while it is taken."""

_LOG = logging.getLogger(__name__)


class Safekeeping:
    """Writes runs to disk while they train, and reads them when they are asked for.

    Args:
        where: folder of runs on disk.
        entries: all runs that the client knows.
        waiting: those that wait for room to train.
        capture: asks the place of an entry for a checkpoint; also whether it wants to train.
        can_be_lost: whether a place is a process of its own.
    """

    def __init__(
        self,
        where: Path,
        entries: Mapping[str, Entry],
        waiting: WaitingRoom,
        capture: Callable[[Entry, bool], Captured],
        can_be_lost: Callable[[Place], bool],
    ) -> None:
        self._folders = CheckpointFolders(where)
        self._entries = entries
        self._waiting = waiting
        self._capture = capture
        self._can_be_lost = can_be_lost
        self._writing = threading.Lock()  # held while files of runs are written or removed
        self._damaged: dict[str, LabError] = {}
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._watch_over, name="safekeeping", daemon=True)
        self._thread.start()

    def __contains__(self, run_id: str) -> bool:
        return run_id in self._folders

    def read(self, run_id: str) -> tuple[bytes, bool]:
        """A run as it was written last, at rest, and whether it was training.

        That it rests is written as well, until its next checkpoint: a run that ends the server
        whenever it trains is not started by it again and again.

        Raises:
            StoreError: it cannot be read.
        """
        from aecore.engine import checkpoint

        data = self._folders.get(run_id)
        found = checkpoint.from_bytes(data)
        if found.run_id != run_id:
            raise checkpoint_folder.not_read(Sentence(checkpoint_folder.ANOTHER))
        if found.state != "running":
            return data, False
        data = checkpoint.to_bytes(dataclasses.replace(found, state="paused"))
        try:
            with self._writing:
                self._folders.put(run_id, data, found.kept)
        except StoreError as error:
            _LOG.warning("%s", error)
        return data, True

    def leave_out(self, run_id: str, error: LabError) -> None:
        """Does as if a run were not there that cannot be read, and remembers why."""
        _LOG.warning("run %s: %s", run_id, error)
        self._damaged[run_id] = error
        self._folders.leave_out(run_id)

    def missing(self, run_id: str) -> RunError:
        """What to say of a run that is not there."""
        damaged = self._damaged.get(run_id)
        return unknown_run(run_id) if damaged is None else RunError("{e}", e=damaged.sentence)

    def remove(self, run_id: str) -> None:
        """Takes a run from disk; one that is not there does no harm."""
        with self._writing:
            self._folders.remove(run_id)

    def begin_again(self, entry: Entry) -> None:
        """Forgets all checkpoints of a run that goes back to its first weights."""
        with self._writing:
            entry.beginnings += 1
            entry.checkpoint, entry.checkpoint_step, entry.step = None, -1, 0
            self._folders.remove(entry.run_id)

    def save(self, entry: Entry) -> None:
        """Takes a checkpoint of a run now.

        Raises:
            RunError: it is gone.
        """
        with entry.saving:
            started = time.thread_time()
            beginnings = entry.beginnings
            entry.checkpoint_step = BEING_TAKEN  # what changes meanwhile is written the next time
            data, step, seconds = self._taken(entry)
            if entry.checkpoint_step == BEING_TAKEN:
                entry.checkpoint_step = entry.step if data is None else step
            if data is not None:
                self.take(entry, data, step, beginnings)
            seconds += time.thread_time() - started
            pause = seconds * self._n_training_beside(entry) / CHECKPOINT_SHARE
            due = time.monotonic() + max(CHECKPOINT_EVERY, pause)
            entry.next_checkpoint = max(due, entry.next_checkpoint)

    def take(self, entry: Entry, data: bytes, step: int, beginnings: int) -> None:
        """Takes over what was captured, unless the run has been deleted or begun anew since."""
        try:
            with self._writing:
                gone = entry.deleted or self._entries.get(entry.run_id) is not entry
                if gone or entry.beginnings != beginnings:
                    return
                if step:
                    entry.checkpoint = data if self._can_be_lost(entry.place) else None
                    entry.checkpoint_at = step
                self._folders.put(entry.run_id, data, entry.kept)
        except StoreError as error:
            _LOG.warning("run %s: %s", entry.run_id, error)
            if entry.kept:  # of the others nobody has been promised anything
                entry.tell(error.sentence)
            entry.checkpoint_step = -1
            entry.next_checkpoint = time.monotonic() + DISK_AGAIN_AFTER
        else:
            entry.incidents = tuple(
                i for i in entry.incidents if i.template != checkpoint_folder.NOT_WRITTEN
            )

    def close(self) -> None:
        """Takes last checkpoints of what this process trains, and ends the thread."""
        self._closed.set()
        self._thread.join(timeout=5)
        end = time.monotonic() + LAST_CHECKPOINTS
        for entry in list(self._entries.values()):
            is_here = not self._can_be_lost(entry.place)
            if is_here and self._has_changed(entry) and time.monotonic() < end:
                self._save_or_not(entry)

    def _wants(self, entry: Entry) -> bool:
        """Whether a run trains, or would if there were room."""
        return entry.active or entry.run_id in self._waiting

    def _taken(self, entry: Entry) -> Captured:
        """A checkpoint; without bytes for a run that there is nothing of."""
        wants = self._wants(entry)
        captured = self._capture(entry, wants)
        if captured.data is None and wants:
            data = unstarted.to_bytes(entry.run_id, entry.experiment, kept=entry.kept)
            captured = captured._replace(data=data)
        return captured

    def _n_training_beside(self, entry: Entry) -> int:
        """Runs that train in the same process, this one included."""
        apart = self._can_be_lost(entry.place)
        others = [other for other in list(self._entries.values()) if other.active]
        if apart:
            return sum(other.place is entry.place for other in others) or 1
        return sum(not self._can_be_lost(other.place) for other in others) or 1

    def _has_changed(self, entry: Entry) -> bool:
        """Whether a run is to be on disk, and is not as it is now."""
        if entry.from_file and not entry.kept:
            return False  # what a learner brings stays in memory until it is kept or trained on
        if not entry.step and not self._wants(entry):
            return False  # nothing but settings, which stand in the link
        return entry.step != entry.checkpoint_step

    def _watch_over(self) -> None:
        tidied = time.monotonic()
        while not self._closed.wait(TICK):
            for entry in list(self._entries.values()):
                if time.monotonic() >= entry.next_checkpoint and self._has_changed(entry):
                    self._save_or_not(entry)
            if time.monotonic() - tidied > TIDY_EVERY:
                tidied = time.monotonic()
                self._folders.tidy()

    def _save_or_not(self, entry: Entry) -> None:
        try:
            self.save(entry)
        except RunError as error:  # deleted at this moment
            _LOG.info("%s", error)
        except Exception:
            _LOG.exception("a checkpoint could not be taken")
            entry.next_checkpoint = time.monotonic() + DISK_AGAIN_AFTER
