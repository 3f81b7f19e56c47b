"""Dask workers that train: processes started here, or those of a cluster that is there already.

Each worker holds one `Station` as an actor. Dask neither balances actors nor brings them back:
the client chooses where a run lives, and moves it when its worker dies.
"""

import asyncio
import json
import logging
import os
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import distributed
from distributed.deploy.spec import SpecCluster
from distributed.deploy.subprocess import SubprocessWorker

from aecore.engine.place import QUESTIONS, PlaceLostError
from aecore.engine.settings import Settings
from aecore.engine.station import Station, host_for
from aecore.errors import LabError

PATIENCE = 30.0
"""Seconds after which a worker that does not answer counts as lost."""

THINKING = 300.0
"""The same for questions about models, some of which take their time."""

CONNECT = 10.0
"""Seconds to find a scheduler."""

ROOT = Path(__file__).parents[2]

_LOG = logging.getLogger(__name__)


class Worker(Station):
    """A station as an actor: it says what it answers, or what went wrong, as a value."""

    def __init__(self, settings: Settings) -> None:
        threads = distributed.get_worker().state.nthreads
        super().__init__(partial(host_for, settings), lambda: threads)

    async def answer(
        self, command: str, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[bool, Any]:
        """(True, the answer) or (False, the error)."""
        try:
            return True, await self.call_remotely(command, args, kwargs)
        except LabError as error:
            return False, error
        except Exception as error:
            _LOG.exception("a worker could not answer")
            return False, RuntimeError(repr(error))


class WorkerPlace:
    """What a client sees of a worker.

    Args:
        actor: its station.
        address: where it is.
    """

    def __init__(self, actor: Any, address: str) -> None:
        self._actor = actor
        self.address = address

    def call(self, command: str, /, *args: Any, **kwargs: Any) -> Any:
        """See `Place`."""
        try:
            future = self._actor.answer(command, args, kwargs)
            patience = THINKING if command in QUESTIONS else PATIENCE
            went_well, answer = future.result(timeout=patience)
        except Exception as error:  # whatever the wire says: the command's own errors are values
            raise PlaceLostError(f"{self.address}: {error!r}") from error
        if not went_well:
            raise answer
        return answer

    def holds(self, run_id: str) -> bool:
        """The worker would have to be asked: the client's keeper does, several times a second."""
        return True


class Cluster:
    """The workers of one Dask scheduler.

    Args:
        settings: `scheduler` to connect to one, or else `workers` to start them.

    Raises:
        OSError, TimeoutError: no scheduler at that address.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._own = None if settings.scheduler else _start(settings.workers)
        self._client = distributed.Client(
            settings.scheduler or self._own, timeout=CONNECT, direct_to_workers=True
        )
        self._known: set[str] = set()
        if self._own is not None:
            self._client.wait_for_workers(settings.workers, timeout=60)

    def new_places(self, lost: Sequence[WorkerPlace] = ()) -> list[WorkerPlace]:
        """A place for each worker that has come since the last look.

        Args:
            lost: those that did not answer any more: a worker that is still there gets a new one.
        """
        if not self.is_connected:
            return []
        there = set(self._client.scheduler_info(n_workers=-1)["workers"])
        self._known &= there - {place.address for place in lost}
        places = []
        for address in sorted(there - self._known):
            station = self._client.submit(
                Worker, self._settings, workers=[address], actor=True, pure=False
            )
            try:
                places.append(WorkerPlace(station.result(timeout=PATIENCE), address))
            except Exception as error:  # it may have died meanwhile; the next look tries again
                _LOG.warning("no station on %s: %r", address, error)
            else:
                self._known.add(address)
        return places

    @property
    def is_connected(self) -> bool:
        return bool(self._client.status == "running")

    def close(self) -> None:
        """Lets go of the workers; those that were started here end."""
        logging.getLogger("distributed").setLevel(logging.CRITICAL)  # of closed connections
        self._client.close(timeout=5)
        if self._own is not None:
            self._own.close(timeout=10)


class _LabWorker(SubprocessWorker):
    """A worker process that finds the lab's modules and ends with the server, however that ends."""

    async def _start(self) -> None:
        path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
        self.process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "distributed.cli.dask_spec",
            self.scheduler,
            "--spec",
            json.dumps({"cls": "distributed.Nanny", "opts": self.worker_kwargs}),
            env={**os.environ, "PYTHONPATH": path},
        )


def _start(n: int) -> SpecCluster:
    """A scheduler in this process, and worker processes, each with a nanny that replaces it."""
    options = {
        "host": "127.0.0.1",
        "nthreads": 1,
        "memory_limit": "auto",
        "death_timeout": 15,
        "silence_logs": logging.ERROR,
        "env": {"OMP_NUM_THREADS": "1"},
    }
    return SpecCluster(
        scheduler={
            "cls": distributed.Scheduler,
            "options": {
                "host": "127.0.0.1",
                "port": 0,
                "dashboard": False,
                "dashboard_address": None,
            },
        },
        workers={
            i: {"cls": _LabWorker, "options": {"worker_kwargs": dict(options)}} for i in range(n)
        },
        silence_logs=logging.ERROR,
        name="autoencoder-lab",
    )
