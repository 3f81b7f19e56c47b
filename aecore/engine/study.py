"""Long work in small pieces, in the background, for as long as somebody watches it.

A study has no thread of its own. One worker of this process advances all studies in turn, a slice
each; a study that nobody has looked at for a while rests, and the next look wakes it up. So a page
that is left or closed leaves nothing running, and cancelling is not looking any more.
"""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

from aecore.errors import LabError

T = TypeVar("T")

SLICE = 0.2
"""Seconds that a study may work before the next one's turn."""

RESTS_AFTER = 3.0
"""Seconds without a look after which a study rests."""

_WORKER = ThreadPoolExecutor(max_workers=1, thread_name_prefix="study")


class Study(Generic[T]):
    """Collects what an iterator yields, in the background.

    Args:
        work: makes the iterator; called in the background as well, so it may load and build. Each
            item should take well under a second.
        clock: seconds that only grow.
    """

    def __init__(
        self, work: Callable[[], Iterator[T]], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._work = work
        self._clock = clock
        self._items: Iterator[T] | None = None
        self._found: list[T] = []
        self._watched_until = 0.0
        self._busy = False
        self._lock = threading.Lock()  # held while `_busy` and `_watched_until` are decided on
        self.over = False
        self.error: LabError | None = None

    def poll(self) -> list[T]:
        """All items so far; goes on with the work if it rests."""
        with self._lock:
            self._watched_until = self._clock() + RESTS_AFTER
            if not self._busy and not self.over:
                self._busy = True
                _WORKER.submit(self._slice)
        return self.found()

    def found(self) -> list[T]:
        """All items so far; does not count as a look."""
        return list(self._found)

    def cancel(self) -> None:
        """Ends the work after the item under way; what has been found stays."""
        with self._lock:
            self.over = True

    def _slice(self) -> None:
        end = self._clock() + SLICE
        try:
            if self._items is None:
                self._items = self._work()
            while not self.over and self._clock() < end:
                item = next(self._items, None)
                if item is None:
                    self.over = True
                else:
                    self._found.append(item)
        except LabError as error:
            self.error, self.over = error, True
        except BaseException:
            self.over = True
            raise
        finally:
            self._rest_or_go_on()

    def _rest_or_go_on(self) -> None:
        with self._lock:
            self._busy = not self.over and self._clock() < self._watched_until
            if self._busy:
                try:
                    _WORKER.submit(self._slice)
                except RuntimeError:  # the process ends
                    self._busy = False
