"""All jobs of this process: whose they are, who works now and who waits, and when they are forgotten.

A learner's jobs stand under the name of the session that started them, which its link carries: a
page that is loaded anew is a new session, and finds them there. Whoever opens the link of somebody
else sees that one's jobs as they are, but what they start or cancel is their own.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Hashable
from typing import Any

from aecore.engine.job import Job

PER_LEARNER = 2
"""Jobs of one learner that compute at a time: a mistake and its cure, side by side."""

IN_ALL = 8
"""Jobs that compute at a time. They share one thread: more at once would all end later, and each
holds a model and its data."""

KEPT_PER_LEARNER = 40
KEPT_IN_ALL = 1000
"""Jobs that are remembered; those that nobody has looked at for longest are forgotten first."""

EXPIRE_AFTER = 3600.0
"""Seconds without a look after which a job is forgotten, as a run is."""

Name = Hashable
"""What a page calls a job of its own; the page's key is part of it."""


class Jobs:
    """Jobs by their owner and name.

    Args:
        clock: seconds that only grow.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._jobs: dict[tuple[str, Name], Job[Any]] = {}  # longest unseen first
        self._seen: dict[tuple[str, Name], float] = {}
        self._line: list[Job[Any]] = []  # those that compute, or would if they found room
        self._lock = threading.RLock()  # held while these are changed

    def start(self, owner: str, name: Name, job: Job[Any]) -> None:
        """Takes a job in and begins with it.

        One of the same name that is still at work goes on, and the new one is not needed: a button
        that is pressed twice, or in two tabs, does its work once.
        """
        with self._lock:
            now = self.get(owner, name)
            if now is not None and not now.over and now.owner == owner:
                return
            self.forget(owner, name)
            self._jobs[owner, name] = job
            self._seen[owner, name] = self._clock()
        self._tidy(owner)
        self.look(job)

    def get(self, owner: str, name: Name) -> Job[Any] | None:
        """A job, if it is known; its owner is known to be there."""
        with self._lock:
            key = owner, name
            job = self._jobs.pop(key, None)
            if job is not None:
                self._jobs[key] = job
                self._seen[key] = self._clock()
            return job

    def look(self, job: Job[Any]) -> None:
        """Goes on with a job that rests, if there is room for it."""
        place = 0
        if not job.over and not job.waits:
            with self._lock:
                place = self._queue_place(job)
        job.look(place)

    def cancel(self, owner: str, name: Name) -> None:
        """Ends a job for this learner; what it has found stays.

        One that came with the link of somebody else goes on there.
        """
        with self._lock:
            job = self._jobs.get((owner, name))
            if job is None:
                return
            if job.owner != owner:
                self._jobs[owner, name] = job.stopped(owner)
                return
        job.cancel()

    def forget(self, owner: str, name: Name) -> None:
        """Ends a job and lets what it has found go; an unknown one does no harm."""
        with self._lock:
            job = self._jobs.pop((owner, name), None)
            self._seen.pop((owner, name), None)
            held = any(other is job for other in self._jobs.values())
        if job is not None and not held:
            job.cancel()

    def names(self, owner: str) -> list[Name]:
        """What the jobs of a learner are called."""
        with self._lock:
            return [name for other, name in self._jobs if other == owner]

    def share(self, owner: str, other: str) -> None:
        """Shows the jobs of one session to another one, which has its link."""
        with self._lock:
            for name in self.names(owner):
                self._jobs.setdefault((other, name), self._jobs[owner, name])
                self._seen.setdefault((other, name), self._clock())
        self._tidy(other)

    def _queue_place(self, job: Job[Any]) -> int:
        """0 if it may work now: first come, first served, within the limits."""
        self._line = [j for j in self._line if not j.over and (j.is_watched or j is job)]
        if job not in self._line:
            self._line.append(job)
        working: Counter[str] = Counter()
        waiting = 0
        for other in self._line:
            fits = working.total() < IN_ALL and working[other.owner] < PER_LEARNER
            if other is job:
                return 0 if fits else waiting + 1
            working[other.owner] += fits
            waiting += not fits
        return 0

    def _tidy(self, owner: str) -> None:
        """Forgets what nobody has looked at for long, or at least for longest."""
        with self._lock:
            now = self._clock()
            mine = [key for key in self._jobs if key[0] == owner]
            too_many = [*mine[:-KEPT_PER_LEARNER], *list(self._jobs)[:-KEPT_IN_ALL]]
            expired = [key for key, seen in self._seen.items() if now - seen > EXPIRE_AFTER]
        for key in {*too_many, *expired}:
            self.forget(*key)
