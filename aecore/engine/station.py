"""A host, the thread that advances its runs, and the ones that prepare them.

The same in this process and on a Dask worker, where it is an actor: there, `call_remotely` takes
the place of `call`, so that a question that takes seconds keeps no other learner waiting.
"""

import asyncio
import logging
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Concatenate, ParamSpec, TypeVar

from aecore.engine.host import Host
from aecore.engine.niceness import let_pages_go_first
from aecore.engine.settings import Settings
from aecore.training.fast import malloc

IDLE_TICK = 1.0
"""Seconds between looks for runs to pause or forget, while nothing trains."""

PACE_TICK = 0.01
"""Seconds between looks for a batch that is due, while all runs have been slowed down."""

ANSWERING = 8
"""Commands and questions that a station on a worker answers at a time."""

P = ParamSpec("P")
T = TypeVar("T")


class Station:
    """Drives one host.

    Args:
        make_host: the host.
        threads: how many of torch's threads its training may use at the moment.
    """

    def __init__(
        self, make_host: Callable[[], Host] = Host, threads: Callable[[], int] = lambda: 1
    ) -> None:
        self.host = make_host()
        self._threads = threads
        self._preparing = ThreadPoolExecutor(
            max_workers=2, thread_name_prefix="prepare", initializer=let_pages_go_first
        )
        self._answering: ThreadPoolExecutor | None = None
        self._closed = threading.Event()
        self._driver = threading.Thread(target=self._drive, name="host", daemon=True)
        self._driver.start()
        self._preparing.submit(_warm_up)
        self.host.on_unprepared = lambda run_id: self._preparing.submit(self._prepare, run_id)

    def call(
        self, command: Callable[Concatenate[Host, P], T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """What a method of the host answers, see `Place`."""
        return command(self.host, *args, **kwargs)

    def holds(self, run_id: str) -> bool:
        """Whether the host has not forgotten a run."""
        return run_id in self.host

    async def call_remotely(
        self, command: Callable[..., T], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> T:
        """The same for an actor: other calls are answered meanwhile."""
        if self._answering is None:
            self._answering = ThreadPoolExecutor(ANSWERING, thread_name_prefix="answer")
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(
            self._answering, lambda: command(self.host, *args, **kwargs)
        )

    def close(self) -> None:
        """Ends all threads; a training stops after its current batch."""
        self._closed.set()
        self.host.work.set()
        for pool in (self._preparing, self._answering):
            if pool is not None:
                pool.shutdown(wait=False, cancel_futures=True)
        self._driver.join(timeout=2.0)  # a thread inside torch must not outlive the interpreter

    def _prepare(self, run_id: str) -> None:
        try:
            self.host.prepare(run_id)
        except Exception:
            logging.getLogger(__name__).exception("a run could not be prepared")
        malloc.give_back()  # what its baselines and its first look have left, some 30 MB

    def _drive(self) -> None:
        let_pages_go_first()
        while not self._closed.is_set():
            self.host.work.clear()
            self._take_threads()
            try:
                wants_more = self.host.advance()
            except Exception:
                # The host has marked the run as failed and said so; the others go on.
                logging.getLogger(__name__).exception("a run broke off")
                wants_more = True
            if self.host.has_forgotten:  # here, where no run is under way that keeps its memory
                self.host.has_forgotten = False
                malloc.give_back()
            if not wants_more:
                self.host.work.wait(IDLE_TICK)
            elif self.host.is_waiting:
                self.host.work.wait(PACE_TICK)

    def _take_threads(self) -> None:
        if self.host.n_running == 0:
            return
        import torch

        threads = self._threads()
        if torch.get_num_threads() != threads:
            torch.set_num_threads(threads)


def host_for(settings: Settings) -> Host:
    """A host that pauses and forgets runs as the settings say."""
    return Host(pause_after=settings.pause_after, expire_after=settings.expire_after)


def embedded(n: int, make_host: Callable[[], Host] = Host) -> list[Station]:
    """Stations in this process, that share its cores.

    A lone training gets half the cores, with several each gets one. Never all of them: the page
    and its browser need some. On two cores, a second thread gains a tenth while nothing else runs,
    and loses two thirds when something does.
    """
    stations: list[Station] = []

    def threads() -> int:
        alone = sum(station.host.n_running for station in stations) == 1
        return max(1, cores() // 2) if alone else 1

    stations += [Station(make_host, threads) for _ in range(n)]
    return stations


def cores() -> int:
    return os.cpu_count() or 1


def _warm_up() -> None:
    """Imports torch and builds one optimiser, which takes seconds the first time."""
    import torch
    from threadpoolctl import threadpool_limits

    torch.set_num_threads(1)  # for whatever runs before a host shares out the cores
    threadpool_limits(1, user_api="blas")  # NumPy's: its waiting threads stall the host's
    weight = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.Adam([weight], fused=True)
    weight.sum().backward()
    optimizer.step()
