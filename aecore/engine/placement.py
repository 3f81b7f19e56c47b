"""Where each run lives: it is put where the fewest train, and moved when its process is gone."""

import logging
import threading
import time
from collections.abc import Callable
from typing import TypeVar

from aecore.engine.entry import Entry
from aecore.engine.fleet import Fleet
from aecore.engine.host import Host
from aecore.engine.place import Place, PlaceLostError
from aecore.engine.settings import Settings
from aecore.engine.waiting_room import WaitingRoom
from aecore.errors import N_, RunError, Sentence
from aecore.spec.experiment import Experiment

T = TypeVar("T")

MOST_LOSSES = 3
"""Processes that a command or a run may lose before it is given up: it may be what kills them."""

_MOVED = N_(
    "The process that trained this run has ended unexpectedly: the run continues in "
    "another one, from batch {step}."
)
_PAUSED = N_(
    "The process that trained this run has ended unexpectedly again and again: the run is paused "
    "at batch {step}. Smaller layers or batches help if memory ran out."
)

_LOG = logging.getLogger(__name__)


class Placement:
    """All runs, and the places where they are.

    Args:
        fleet: the places.
        settings: the limits of those who train.

    Attributes:
        entries: run -> what is known of it.
        waiting: those that find no room to train.
        lock: held while entries and who waits are changed.
        has_forgotten: a checkpoint, whose memory may be given back.
    """

    def __init__(self, fleet: Fleet, settings: Settings) -> None:
        self._fleet = fleet
        self.entries: dict[str, Entry] = {}
        self.lock = threading.RLock()
        self.waiting = WaitingRoom(settings, self.entries, self.lock)
        self.has_forgotten = False

    def put(self, experiment: Experiment, owner: str, make: Callable[[Place], str]) -> Entry:
        """A new run where the fewest train.

        Args:
            experiment: what it is to do.
            owner: who starts it.
            make: makes it at a place, and returns its id.
        """
        run_id, place = self.insist(self.least_busy, lambda place: (make(place), place))
        entry = Entry(run_id, experiment, owner, place)
        with self.lock:
            self.entries[run_id] = entry
        return entry

    def least_busy(self) -> Place:
        """Where the fewest runs train, and live."""
        places = self._fleet.places()
        with self.lock:
            load = {
                id(place): [
                    sum(entry.active for entry in self.entries.values() if entry.place is place),
                    sum(entry.place is place for entry in self.entries.values()),
                ]
                for place in places
            }
        return min(places, key=lambda place: load[id(place)])

    def insist(
        self, where: Callable[[], Place], do: Callable[[Place], T], *, may_kill: bool = False
    ) -> T:
        """Something that a place does, or the next one if that is gone; but not again and again.

        Args:
            where: chooses the place.
            do: what it does.
            may_kill: whether it can cost a process its life. What has done so to a worker is never
                tried in this process.
        """
        for attempt in range(MOST_LOSSES):
            place = where()
            if attempt and may_kill and not self._fleet.can_be_lost(place):
                break
            try:
                return do(place)
            except PlaceLostError as error:
                _LOG.warning("%s", error)
                self.lose(place)
        raise RunError(
            N_(
                "All processes that could compute this have ended unexpectedly: choose "
                "something smaller, or tell the administrator of this server."
            )
        )

    def lose(self, place: Place) -> None:
        """Moves all runs of a worker that is gone to where they can go on."""
        with self.lock:
            self._fleet.lose(place)
            for entry in [e for e in self.entries.values() if e.place is place]:
                self._move(entry)

    def _move(self, entry: Entry) -> None:
        lost = entry.place
        entry.losses += 1
        while entry.place is lost:
            place = self.least_busy()
            try:
                if entry.checkpoint is not None:
                    place.call(Host.restore, entry.checkpoint, entry.owner)
                else:
                    place.call(Host.create, entry.experiment, entry.owner, entry.run_id)
                entry.active = entry.active and entry.losses < MOST_LOSSES
                place.call(Host.set_pace, entry.run_id, entry.pace)
                if entry.active:
                    place.call(Host.play, entry.run_id)
                else:
                    place.call(Host.pause, entry.run_id)
            except PlaceLostError:
                self._fleet.lose(place)
                continue
            entry.place, entry.touched = place, time.monotonic()
        entry.incidents = ()
        entry.tell(
            Sentence(
                _MOVED if entry.losses < MOST_LOSSES else _PAUSED,
                step=entry.checkpoint_at if entry.checkpoint is not None else 0,
            )
        )

    def forget(self, run_id: str) -> Entry | None:
        """Knows a run no more. Returns what was known of it."""
        with self.lock:
            entry = self.entries.pop(run_id, None)
            self.waiting.leave(run_id)
            self.has_forgotten |= entry is not None and entry.checkpoint is not None
        return entry
