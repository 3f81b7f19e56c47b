"""Background work: any long computation that is no run, in small steps, while somebody watches.

There are two machines for what takes long. A *run* is an experiment under training that a learner
may keep: it has turns, a queue and checkpoints (`client`). All else is a *job*. What the pages ask
of one, and where they differ:

=====================  =======  ==========================  ======================  ==============
who                    at once  what comes meanwhile        asked for again         who computes
=====================  =======  ==========================  ======================  ==============
a trial of a pitfall   two      the newest look is enough   from the start          this process
a deep stack           one      a point per epoch           from the start          this process
classifiers            one      one result after another    joins the earlier ones  this process
errors by code size    one      one result after another    joins the earlier ones  runs, in turn
other seeds of runs    one      one result after another    what is missing         runs, in turn
several betas          one      one result after another    what is missing         runs, in turn
penalties compared     one      one result after another    what is missing         runs, in turn
a linear autoencoder   one      the newest look is enough   from the start          one run
=====================  =======  ==========================  ======================  ==============

All of them say how far they are, can be cancelled and keep what they have found by then; one that
fails says why. Alike is also what was not:

- *The page is left, or closed*: a job that nobody looks at rests, and the next look wakes it up. So
  nothing is computed for nobody. It is forgotten after an hour (`jobs`).
- *The page is loaded anew, or its link opened elsewhere*: the link leads back to the jobs of its
  session, with all that they have found (`jobs`).
- *The language changes*: a job holds no words, only values and sentences to be translated.
- *Its run is gone*, as it expired unseen or its worker died for good: it is trained again.
- *Limits*: few compute at a time, in all and for one learner, the others wait in line; and few are
  remembered (`jobs`).

A job has no thread of its own. What computes here does so in one thread for all, a slice each; what
only waits for runs is advanced by whoever looks (`trainings`).
"""

import copy
import logging
import threading
import time
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Generic, Self, TypeVar

from aecore.engine.niceness import let_pages_go_first
from aecore.errors import N_, LabError, RunError, Sentence

T = TypeVar("T")

SLICE = 0.2
"""Seconds that a job may work before the next one's turn."""

RESTS_AFTER = 3.0
"""Seconds without a look after which a job rests."""

_THREAD = ThreadPoolExecutor(1, thread_name_prefix="jobs", initializer=let_pages_go_first)

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Step(Generic[T]):
    """A piece of work that is done.

    Attributes:
        share: of all the work, from 0 to 1, that is done by now.
        found: what it brought; None for nothing to show.
    """

    share: float
    found: T | None = None


Steps = Generator[Step[T] | None, None, None]
"""The work of a job: each step takes well under a second. None says that there is nothing to do
before the next look, as a run is waited for. It is closed when the job ends or is cancelled."""


class Job(Generic[T]):
    """One piece of background work.

    Args:
        work: makes the steps; called in the background as well, so it may load and build.
        owner: whose it is: the jobs of one learner share that learner's room.
        known: what had been found before, and is to stand before what it finds.
        keeps: how many of the newest findings to keep; None for all.
        waits: its work is done by runs, and it only waits for them.
        clock: seconds that only grow.

    Attributes:
        owner: as given.
        share: of all the work, from 0 to 1.
        over: whether nothing more will come.
        cancelled: whether that is because somebody cancelled it.
        error: what went wrong, if anything; the job is over then.
        queue_place: how many jobs begin before it, and itself, while it finds no room; else 0.
    """

    def __init__(
        self,
        work: Callable[[], Steps[T]],
        *,
        owner: str = "",
        known: Iterable[T] = (),
        keeps: int | None = None,
        waits: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.owner = owner
        self.share = 0.0
        self.over = False
        self.cancelled = False
        self.error: LabError | None = None
        self.queue_place = 0
        self.waits = waits
        self._work = work
        self._keeps = keeps
        self._clock = clock
        self._steps: Steps[T] | None = None
        self._found = list(known)
        self._watched_until = 0.0
        self._busy = False
        self._lock = threading.Lock()  # held while `_busy` and `over` are decided on

    @property
    def found(self) -> list[T]:
        """All that has been found, or the newest of it. Does not count as a look."""
        return list(self._found)

    @property
    def newest(self) -> T | None:
        """What was found last. Does not count as a look."""
        found = self._found
        return found[-1] if found else None

    @property
    def is_watched(self) -> bool:
        """Whether somebody has looked at it lately."""
        return self._clock() < self._watched_until

    def look(self, queue_place: int = 0) -> list[T]:
        """All that has been found; goes on with the work if it rests.

        Args:
            queue_place: where it stands in the line of those that find no room; 0 if it finds some.
        """
        with self._lock:
            self._watched_until = self._clock() + RESTS_AFTER
            self.queue_place = 0 if self._busy else queue_place
            begins = not self._busy and not self.over and not queue_place
            self._busy |= begins
        if begins and self.waits:
            self._slice()
        elif begins:
            _THREAD.submit(self._slice)
        return self.found

    def cancel(self) -> None:
        """Ends the work after the step under way; what has been found stays."""
        with self._lock:
            self.cancelled |= not self.over
            self.over, self.queue_place = True, 0
            idle = not self._busy
        if idle:
            self._close()

    def stopped(self, owner: str) -> Self:
        """The same as it is now, cancelled for somebody who looks on; this one goes on."""
        other = copy.copy(self)
        other.owner, other._lock = owner, threading.Lock()
        other._steps, other._busy = None, False
        other.cancel()
        return other

    def _slice(self) -> None:
        try:
            goes_on = self._advance()
        except LabError as error:
            self.error, self.over, goes_on = error, True, False
        except Exception as error:
            _LOG.exception("a job broke off")
            self.error, self.over, goes_on = _broken_off(error), True, False
        self._rest_or_go_on(goes_on)

    def _advance(self) -> bool:
        """Works for a slice. Returns whether there is more to do now."""
        end = self._clock() + SLICE
        if self._steps is None:
            self._steps = self._work()
        while not self.over and self._clock() < end:
            try:
                step = next(self._steps)
            except StopIteration:
                self.over, self.share = True, 1.0
                break
            if step is None:
                return False
            self._take(step)
        return not self.over

    def _take(self, step: Step[T]) -> None:
        self.share = step.share
        if step.found is not None:
            found = [*self._found, step.found]
            self._found = found if self._keeps is None else found[-self._keeps :]

    def _rest_or_go_on(self, goes_on: bool) -> None:
        with self._lock:
            self._busy = goes_on and not self.over and not self.waits and self.is_watched
            if self._busy:
                try:
                    _THREAD.submit(self._slice)
                except RuntimeError:  # the process ends
                    self._busy = False
            over = self.over
        if over:
            self._close()

    def _close(self) -> None:
        """Lets the work go of what it holds, such as the run that it waits for."""
        steps, self._steps = self._steps, None
        if steps is not None:
            steps.close()


def _broken_off(error: Exception) -> RunError:
    template = N_(
        "The computation was interrupted: {reason}. Start it again; smaller settings help if "
        "memory ran out."
    )
    return RunError(template, reason=Sentence("{e}", e=repr(error)[:200]))


def counted(found: Iterable[T], total: int) -> Steps[T]:
    """Steps that are as long as each other.

    Args:
        found: what each brings.
        total: how many there will be.
    """
    for n, item in enumerate(found, 1):
        yield Step(min(n / max(total, 1), 1.0), item)
