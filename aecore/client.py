"""What pages talk to: runs by their id, wherever they train.

The embedded client keeps one host per core in threads of this process. It starts at once; torch
is imported in the background, and a run made meanwhile is prepared as soon as that is done.
"""

import atexit
import logging
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from aecore.experiment import Experiment
from aecore.host import Host
from aecore.view import RunView

T = TypeVar("T")

IDLE_TICK = 1.0
"""Seconds between looks for runs to pause or forget, while nothing trains."""

PACE_TICK = 0.01
"""Seconds between looks for a batch that is due, while all runs have been slowed down."""


class Client:
    """Runs trainings in threads of this process.

    Args:
        n_hosts: trainings at the same time; None for one per core.
        make_host: for tests with other clocks and limits.
    """

    def __init__(self, n_hosts: int | None = None, make_host: Callable[[], Host] = Host) -> None:
        # Threads of torch are for hosts alone, who ask for them: as soon as a process has more of
        # them than cores, OpenMP puts each to sleep between two products (half the speed).
        os.environ.setdefault("OMP_NUM_THREADS", "1")
        self._cores = os.cpu_count() or 1
        self._hosts = [make_host() for _ in range(n_hosts or self._cores)]
        self._preparing = ThreadPoolExecutor(max_workers=2, thread_name_prefix="prepare")
        self._closed = threading.Event()
        self._drivers = [
            threading.Thread(target=self._drive, args=(host,), name=f"host-{i}", daemon=True)
            for i, host in enumerate(self._hosts)
        ]
        for driver in self._drivers:
            driver.start()
        self._preparing.submit(_warm_up)
        atexit.register(self.close)

    def create(self, experiment: Experiment) -> str:
        """A new run on the host with the fewest running. Returns its id at once."""
        host = min(self._hosts, key=lambda h: h.n_running)
        run_id = host.create(experiment)
        self._preparing.submit(host.prepare, run_id)
        return run_id

    def adopt(self, data: bytes) -> str:
        """A run from the bytes of a file that the lab has saved. Returns its id at once.

        Raises:
            StoreError: too large, damaged, or no run of this lab.
        """
        from aecore import store

        saved = store.from_bytes(data)
        host = min(self._hosts, key=lambda h: h.n_running)
        run_id = host.adopt(saved)
        self._preparing.submit(host.prepare, run_id)
        return run_id

    def knows(self, run_id: str) -> bool:
        return any(run_id in host for host in self._hosts)

    def play(self, run_id: str) -> None:
        self._host(run_id).play(run_id)

    def step_batch(self, run_id: str) -> None:
        self._host(run_id).play(run_id, steps=1)

    def step_epoch(self, run_id: str) -> None:
        self._host(run_id).step_epoch(run_id)

    def pause(self, run_id: str) -> None:
        self._host(run_id).pause(run_id)

    def stop(self, run_id: str) -> None:
        self._host(run_id).stop(run_id)

    def reset(self, run_id: str) -> None:
        """Back to the same first weights."""
        host = self._host(run_id)
        host.reset(run_id)
        self._preparing.submit(host.prepare, run_id)

    def adjust(self, run_id: str, **changes: Any) -> None:
        self._host(run_id).adjust(run_id, **changes)

    def set_pace(self, run_id: str, batches_per_second: float | None) -> None:
        self._host(run_id).set_pace(run_id, batches_per_second)

    def rename(self, run_id: str, name: str) -> None:
        self._host(run_id).rename(run_id, name)

    def keep(self, run_id: str, kept: bool) -> None:
        self._host(run_id).keep(run_id, kept)

    def delete(self, run_id: str) -> None:
        self._host(run_id).delete(run_id)

    def view(self, run_id: str, epoch: int | None = None) -> RunView:
        """One look at a run. Raises RunError for an unknown one."""
        return self._host(run_id).view(run_id, epoch)

    def ask(self, run_id: str, question: Callable[..., T], *args: Any) -> T:
        """What a question of `aecore.questions` answers about a run's model, or a pretrained one's.

        Raises:
            RunError: no such run or model.
        """
        if self.knows(run_id):
            return self._host(run_id).ask(run_id, question, *args)
        from aecore import datasets, pretrained
        from aecore.questions.subject import Subject

        model = pretrained.load(run_id)
        return question(Subject(model, datasets.load(datasets.BUNDLED)), *args)

    def close(self) -> None:
        """Ends all threads; a training stops after its current batch."""
        self._closed.set()
        for host in self._hosts:
            host.work.set()
        self._preparing.shutdown(wait=False, cancel_futures=True)
        for driver in self._drivers:  # a thread inside torch must not outlive the interpreter
            driver.join(timeout=2.0)

    def _host(self, run_id: str) -> Host:
        return next((host for host in self._hosts if run_id in host), self._hosts[0])

    def _drive(self, host: Host) -> None:
        while not self._closed.is_set():
            host.work.clear()
            self._share_cores(host)
            try:
                wants_more = host.advance()
            except Exception:
                # The host has marked the run as failed and said so; the others go on.
                logging.getLogger(__name__).exception("a run broke off")
                wants_more = True
            if not wants_more:
                host.work.wait(IDLE_TICK)
            elif host.is_waiting:
                host.work.wait(PACE_TICK)

    def _share_cores(self, host: Host) -> None:
        """A lone training gets half the cores, with several each gets one.

        Never all of them: the page and its browser need some. On two cores, a second thread
        gains a tenth while nothing else runs, and loses two thirds when something does.
        """
        if host.n_running == 0:
            return
        import torch

        alone = sum(h.n_running for h in self._hosts) == 1
        threads = max(1, self._cores // 2) if alone else 1
        if torch.get_num_threads() != threads:
            torch.set_num_threads(threads)


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
