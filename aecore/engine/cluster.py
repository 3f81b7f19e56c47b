"""Dask workers that train: processes started here, or those of a cluster that is there already.

Each worker holds one `Station` as an actor. Dask neither balances actors nor brings them back:
the client chooses where a run lives, and moves it when its worker dies.
"""

import asyncio
import logging
import operator
import os
import pkgutil
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import distributed
from distributed.deploy.spec import ProcessInterface

from aecore.engine.host import Host
from aecore.engine.place import QUESTIONS, PlaceLostError
from aecore.engine.settings import Settings
from aecore.engine.station import Station, host_for
from aecore.errors import N_, LabError, RunError, Sentence

PATIENCE = 30.0
"""Seconds after which a worker that does not answer counts as lost."""

THINKING = 300.0
"""The same for questions about models, some of which take their time."""

CONNECT = 10.0
"""Seconds to find a scheduler."""

GRACE = 5.0
"""Seconds that a worker has to end when it is told to."""

ROOT = Path(__file__).parents[2]

P = ParamSpec("P")
T = TypeVar("T")

_LOG = logging.getLogger(__name__)


class Worker(Station):
    """A station as an actor: it says what it answers, or what went wrong, as a value."""

    def __init__(self, settings: Settings) -> None:
        threads = distributed.get_worker().state.nthreads
        super().__init__(partial(host_for, settings), lambda: threads)

    async def answer(
        self, command: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
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

    def call(
        self, command: Callable[Concatenate[Host, P], T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """See `Place`."""
        try:
            future = self._actor.answer(command, args, kwargs)
            patience = THINKING if command in QUESTIONS else PATIENCE
            went_well, answered = future.result(timeout=patience)
        except Exception as error:  # whatever the wire says: the command's own errors are values
            raise PlaceLostError(f"{self.address}: {error!r}") from error
        if not went_well:
            raise answered
        return answered

    def holds(self, run_id: str) -> bool:
        """The worker would have to be asked: the client's keeper does, several times a second."""
        return True


class NoWorkersError(RunError):
    """Why nobody trains elsewhere, in words for whoever has set it up."""


def hired(settings: Mapping[str, Any]) -> Worker:
    """A station with the settings of these names, on the worker that calls this."""
    return Worker(Settings(**settings))


HIRED = f"{__name__}:{hired.__name__}"
"""How a worker is told of it: the scheduler, which passes on what is submitted, opens that as well,
and has nothing of the lab."""


class Cluster:
    """The workers of one Dask scheduler.

    Args:
        settings: `scheduler` to connect to one, or else `workers` to start them.

    Raises:
        NoWorkersError: no scheduler at that address, or one of another release of Dask.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._own = None if settings.scheduler else _start(settings.workers)
        self._client = self._connected() if settings.scheduler else self._client_of_own()
        self._known: set[str] = set()
        self.refusal: Sentence | None = None
        """Why a worker that was there at the last look cannot train."""

    def _client_of_own(self) -> distributed.Client:
        client = distributed.Client(self._own, timeout=CONNECT, direct_to_workers=True)
        client.wait_for_workers(self._settings.workers, timeout=60)
        return client

    def _connected(self) -> distributed.Client:
        address = self._settings.scheduler
        logging.getLogger("distributed").setLevel(logging.CRITICAL)  # the cause is said once, by us
        try:
            return distributed.Client(address, timeout=CONNECT, direct_to_workers=True)
        except OSError as error:
            raise NoWorkersError(_NO_SCHEDULER, address=address) from error
        except ValueError as error:
            raise NoWorkersError(_NO_ADDRESS, address=address) from error
        except (
            Exception
        ) as error:  # what another release makes of our questions, and we of its answers
            said = _other_release(address) or Sentence(_NO_SCHEDULER, address=address)
            raise NoWorkersError(said.template, **said.params) from error

    def new_places(self, lost: Sequence[WorkerPlace] = ()) -> list[WorkerPlace]:
        """A place for each worker that has come since the last look.

        Args:
            lost: those that did not answer any more: a worker that is still there gets a new one.
        """
        if not self.is_connected:
            self.refusal = self._silence()
            return []
        there = set(self._client.scheduler_info(n_workers=-1)["workers"])
        self._known &= there - {place.address for place in lost}
        self.refusal = None
        plain = {**vars(self._settings), "refused": ()}
        places = []
        for address in sorted(there - self._known):
            there_only = {"workers": [address], "pure": False}
            hire = self._client.submit(pkgutil.resolve_name, HIRED, **there_only)
            station = self._client.submit(operator.call, hire, plain, actor=True, **there_only)
            try:
                places.append(WorkerPlace(station.result(timeout=PATIENCE), address))
            except Exception as error:  # it may have died meanwhile; the next look tries again
                scheduler = self._settings.scheduler
                self.refusal = _other_release(scheduler) or _refusal(scheduler, error)
                _LOG.info("no station on %s: %r", address, error)
            else:
                self._known.add(address)
        return places

    @property
    def is_connected(self) -> bool:
        return bool(self._client.status == "running")

    def _silence(self) -> Sentence | None:
        """What to say when the connection has gone; None for workers of our own."""
        address = self._settings.scheduler
        return Sentence(_NO_SCHEDULER, address=address) if address else None

    def close(self) -> None:
        """Lets go of the workers; those that were started here end."""
        logging.getLogger("distributed").setLevel(logging.CRITICAL)  # of closed connections
        self._client.close(timeout=5)
        if self._own is not None:
            self._own.close(timeout=10)


_NO_SCHEDULER = N_(
    "No scheduler answers at {address}: the server trains in its own process, more slowly, until "
    "there is one."
)
_NO_ADDRESS = N_(
    "“{address}” is no address of a scheduler, which looks like tcp://HOST:8786: the server trains "
    "in its own process, more slowly."
)
_OTHER_RELEASE = N_(
    "The scheduler at {address} runs Dask {theirs}, and this server {ours}: install the same on both. "
    "Until then the server trains in its own process, more slowly."
)
_NO_WORKER = N_(
    "The scheduler at {address} has no workers: the server trains in its own process, more slowly, "
    "until there is one."
)
_UNFIT = N_(
    "The workers of the scheduler at {address} cannot train ({reason}): start each in the lab's folder "
    "with PYTHONPATH=. and with what requirements.txt names. Until then the server trains in its own "
    "process, more slowly."
)


def no_worker(address: str) -> Sentence:
    """What to say of a scheduler to which no worker has come."""
    return Sentence(_NO_WORKER, address=address)


def _refusal(address: str, error: Exception) -> Sentence:
    if isinstance(error, ModuleNotFoundError):
        reason = Sentence(N_("they do not have the module {name}"), name=error.name)
    elif isinstance(error, TimeoutError):
        reason = Sentence(N_("they do not answer"))
    else:
        reason = Sentence("{kind}", kind=type(error).__name__)
    return Sentence(_UNFIT, address=address, reason=reason)


def _other_release(address: str) -> Sentence | None:
    """What to say of a scheduler of another release than this one; None for the same, or none."""
    ours = version("distributed")
    try:
        theirs = asyncio.run(_release_of_scheduler(address))
    except (OSError, ValueError):
        return None
    if _month(theirs) == _month(ours):
        return None
    return Sentence(_OTHER_RELEASE, address=address, theirs=theirs, ours=ours)


async def _release_of_scheduler(address: str) -> str:
    """Asked only when something is wrong: it imports what it has, and stands still meanwhile."""
    connection = distributed.rpc(address, timeout=CONNECT)
    try:
        versions: Any = await asyncio.wait_for(connection.versions(), 2 * PATIENCE)
    finally:
        await connection.close_rpc()
    return str(versions["packages"]["distributed"])


def _month(release: str) -> list[str]:
    """Releases of one month work together: 2026.8.0 and 2026.8.1."""
    return release.split(".")[:2]


class _WorkerProcess(ProcessInterface):
    """A `dask worker` that finds the lab's modules and ends with the server, however that ends.

    With a nanny, which replaces the worker when it dies.

    Args:
        scheduler: its address.
        name: of the worker.
    """

    def __init__(self, scheduler: str, name: int) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._command = [
            *(sys.executable, "-m", "dask", "worker", scheduler, "--name", str(name)),
            *("--host", "127.0.0.1", "--nthreads", "1", "--memory-limit", "auto"),
            *("--death-timeout", "15", "--no-dashboard"),
        ]
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Starts it; it reports to the scheduler by itself."""
        path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
        quiet = {"DASK_LOGGING__DISTRIBUTED": "error", "OMP_NUM_THREADS": "1"}
        environ = {**os.environ, **quiet, "PYTHONPATH": path}
        self._process = await asyncio.create_subprocess_exec(*self._command, env=environ)
        await super().start()  # type: ignore[no-untyped-call]

    async def close(self) -> None:
        """Ends the nanny, and with it the worker: politely, then not."""
        if self._process is not None and self._process.returncode is None:
            self._process.terminate()
            try:
                await asyncio.wait_for(self._process.wait(), GRACE)
            except TimeoutError:
                self._process.kill()
                await self._process.wait()
        await super().close()  # type: ignore[no-untyped-call]


def _start(n: int) -> distributed.SpecCluster:
    """A scheduler in this process, and worker processes, each with a nanny that replaces it."""
    return distributed.SpecCluster(
        scheduler={
            "cls": distributed.Scheduler,
            "options": {
                "host": "127.0.0.1",
                "port": 0,
                "dashboard": False,
                "dashboard_address": None,
            },
        },
        workers={i: {"cls": _WorkerProcess, "options": {}} for i in range(n)},
        silence_logs=logging.ERROR,
        name="autoencoder-lab",
    )
