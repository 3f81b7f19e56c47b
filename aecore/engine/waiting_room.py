"""Who may train now and who waits: limits per learner and in all, first come, first served."""

import threading
import time
from collections.abc import Callable, Mapping

from aecore.engine.entry import Entry
from aecore.engine.settings import Settings

WAITS_UNSEEN = 30.0
"""Seconds without a viewer after which a waiting run lets others go first."""

Begin = Callable[[], object]
"""What shall be called once there is room."""


class WaitingRoom:
    """Runs that want to train and find no room.

    Args:
        settings: the limits.
        entries: all runs; those that are active take up room.
        lock: held while entries or the queue are changed.
    """

    def __init__(
        self, settings: Settings, entries: Mapping[str, Entry], lock: threading.RLock
    ) -> None:
        self._settings = settings
        self._entries = entries
        self._lock = lock
        self._queue: dict[str, Begin] = {}  # run -> what it waits to do, in order

    def __contains__(self, run_id: str) -> bool:
        return run_id in self._queue

    def admit(self, entry: Entry, begin: Begin) -> bool:
        """Lets a run train if there is room, and has it wait otherwise. Returns which."""
        with self._lock:
            entry.touched = entry.seen = time.monotonic()
            if not entry.active and not self._has_room(entry.owner):
                self._queue.setdefault(entry.run_id, begin)
                return False
            self._queue.pop(entry.run_id, None)
            entry.active = True
            return True

    def leave(self, run_id: str) -> None:
        """It does not want to train any more; one that does not wait stays as it is."""
        with self._lock:
            self._queue.pop(run_id, None)

    def place_of(self, run_id: str) -> int:
        """From 1; those that nobody waits for let it go first."""
        place, now = 1, time.monotonic()
        for other in list(self._queue):
            if other == run_id:
                break
            entry = self._entries.get(other)
            place += entry is not None and now - entry.seen < WAITS_UNSEEN
        return place

    def next(self) -> Begin | None:
        """What the first that finds room now waits to do; it counts as training at once."""
        with self._lock:
            now = time.monotonic()
            for run_id, begin in list(self._queue.items()):
                entry = self._entries.get(run_id)
                if entry is None:
                    del self._queue[run_id]
                elif now - entry.seen < WAITS_UNSEEN and self._has_room(entry.owner):
                    del self._queue[run_id]
                    entry.active, entry.touched = True, now
                    return begin
        return None

    def _has_room(self, owner: str) -> bool:
        training = [entry.owner for entry in self._entries.values() if entry.active]
        per_learner = training.count(owner) < self._settings.per_learner
        return per_learner and len(training) < self._settings.in_all
