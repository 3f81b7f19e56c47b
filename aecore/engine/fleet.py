"""The places where runs can live, as they come and go.

Without workers these are stations in this process, there at once. Workers come up in the
background; when there are none, or none is left, this process trains itself and says so.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from aecore.engine.host import Host
from aecore.engine.place import Place
from aecore.engine.settings import Settings
from aecore.engine.station import Station, cores, embedded, host_for
from aecore.errors import N_, Sentence

LOOK_EVERY = 1.0
"""Seconds between looks for new workers."""

TRY_AGAIN_AFTER = 15.0
"""Seconds between attempts to find a scheduler that is not there."""

START_UP = 60.0
"""Seconds that the first run waits for workers to start."""

if TYPE_CHECKING:
    from aecore.engine.cluster import WorkerPlace

_LOG = logging.getLogger(__name__)


class Fleet:
    """Places to train at.

    Args:
        settings: which.
        n_hosts: stations in this process; None for one per core.
        make_host: their hosts; for tests with other clocks and limits.
    """

    def __init__(
        self,
        settings: Settings,
        n_hosts: int | None = None,
        make_host: Callable[[], Host] | None = None,
    ) -> None:
        self._settings = settings
        self._n_hosts = n_hosts or cores()
        self._make_host = make_host or partial(host_for, settings)
        self._lock = threading.Lock()
        self._here: list[Station] = []
        self._workers: list[WorkerPlace] = []
        self._lost: list[WorkerPlace] = []  # since the last look for new ones
        self._closed = threading.Event()
        self._settled = threading.Event()  # set once it is known who trains
        self._seeker: threading.Thread | None = None
        self.trouble: Sentence | None = None
        if settings.workers or settings.scheduler:
            self._seeker = threading.Thread(target=self._seek, name="workers", daemon=True)
            self._seeker.start()
        else:
            self._settled.set()
            self._stations_here()

    @property
    def is_settled(self) -> bool:
        return self._settled.is_set()

    def places(self) -> Sequence[Place]:
        """All that new runs may go to: workers if there are any, else stations in this process."""
        self._settled.wait(START_UP)
        with self._lock:
            if self._workers:
                return list(self._workers)
        return self._stations_here()

    def all_places(self) -> Sequence[Place]:
        """All that runs may be at."""
        with self._lock:
            return [*self._workers, *self._here]

    def can_be_lost(self, place: Place) -> bool:
        """Whether it is a process of its own, whose runs must be kept safe elsewhere."""
        return not isinstance(place, Station)

    def lose(self, place: Place) -> None:
        """Takes note that a worker is gone."""
        with self._lock:
            if place in self._workers:
                self._workers.remove(place)
                self._lost.append(place)
                _LOG.warning("a worker is gone; its runs go on elsewhere")

    def close(self) -> None:
        """Ends all threads, and the workers that were started here."""
        self._closed.set()
        if self._seeker is not None:
            self._seeker.join(timeout=20)
        for station in self._here:
            station.close()

    def _stations_here(self) -> list[Station]:
        with self._lock:
            if not self._here:
                self._here = embedded(self._n_hosts, self._make_host)
            return list(self._here)

    def _seek(self) -> None:
        """Finds workers, and looks for new ones, for as long as the fleet lives."""
        from aecore.engine.cluster import Cluster, NoWorkersError

        cluster: Cluster | None = None
        while not self._closed.is_set():
            try:
                cluster = cluster or Cluster(self._settings)
                with self._lock:
                    lost, self._lost = self._lost, []
                found = cluster.new_places(lost)
                with self._lock:
                    self._workers += found
                    anybody = bool(self._workers)
                self._note(None if anybody else cluster.refusal or self._no_workers())
                pause = LOOK_EVERY
                if not cluster.is_connected:
                    cluster.close()
                    cluster, pause = None, TRY_AGAIN_AFTER
            except NoWorkersError as error:
                self._note(error.sentence)
                pause = TRY_AGAIN_AFTER
            except Exception as error:  # whatever a network or a new process can do wrong
                _LOG.info("no workers: %r", error)
                self._note(self._no_workers())
                pause = TRY_AGAIN_AFTER
            self._settled.set()
            self._closed.wait(pause)
        if cluster is not None:
            cluster.close()

    def _note(self, trouble: Sentence | None) -> None:
        """Keeps what is wrong, and logs it when it is new: not at every look."""
        if trouble is not None and str(trouble) != str(self.trouble):
            _LOG.warning("%s", trouble)
        self.trouble = trouble

    def _no_workers(self) -> Sentence:
        if self._settings.scheduler:
            from aecore.engine.cluster import no_worker

            return no_worker(self._settings.scheduler)
        return Sentence(
            N_(
                "None of the {n} worker processes answers: the server trains in its own process, "
                "more slowly, until one does."
            ),
            n=self._settings.workers,
        )
