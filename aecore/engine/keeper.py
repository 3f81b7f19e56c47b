"""The thread that knows how all runs stand: what has ended, what may begin, what is gone."""

import gc
import logging
import threading
import time
from collections.abc import Callable

from aecore.engine.fleet import Fleet
from aecore.engine.host import Host
from aecore.engine.place import Place, PlaceLostError
from aecore.engine.placement import Placement
from aecore.training.fast import malloc

TICK = 0.25
"""Seconds between looks at how all runs stand."""

COLLECT_EVERY = 60.0
"""Seconds between full collections of garbage, 0.1 to 0.3 s each. A closed session of Streamlit is a
cycle, and its uploads live as long as it does: by itself Python would wait until there are a quarter
more objects than the last time, which with torch loaded takes hundreds of sessions."""

_LOG = logging.getLogger(__name__)


class Keeper:
    """Looks at all places again and again.

    Args:
        fleet: the places.
        placement: the runs there.
        start_waiting: lets those train that wait and find room now.
    """

    def __init__(
        self, fleet: Fleet, placement: Placement, start_waiting: Callable[[], None]
    ) -> None:
        self._fleet = fleet
        self._placement = placement
        self._start_waiting = start_waiting
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._watch_over, name="keeper", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Ends the thread."""
        self._closed.set()
        if self._thread is not threading.current_thread():
            self._thread.join(timeout=5)

    def _watch_over(self) -> None:
        collected = time.monotonic()
        while not self._closed.wait(TICK):
            if time.monotonic() - collected > COLLECT_EVERY:
                gc.collect()
                collected = time.monotonic()
            if self._placement.has_forgotten:
                self._placement.has_forgotten = False
                malloc.give_back()
            try:
                for place in self._fleet.all_places():
                    self.look_at(place)
                self._start_waiting()
            except Exception:
                _LOG.exception("the keeper of runs stumbled")

    def look_at(self, place: Place) -> None:
        """Learns how the runs of a place stand; those that it has forgotten are forgotten here."""
        asked = time.monotonic()
        try:
            standings = place.call(Host.standings)
        except PlaceLostError as error:
            _LOG.warning("%s", error)
            self._placement.lose(place)
            return
        with self._placement.lock:
            for entry in [e for e in self._placement.entries.values() if e.place is place]:
                standing = standings.get(entry.run_id)
                if standing is not None:
                    entry.step = standing.step
                if entry.touched > asked:
                    continue
                if standing is None:
                    self._placement.forget(entry.run_id)
                elif entry.active != standing.active:
                    entry.active, entry.checkpoint_step = standing.active, -1
