"""What pages talk to: runs by their id, wherever they train.

It knows where each run lives, shares out turns between learners, moves runs that a worker would
take with it, and brings back those that are on disk alone. Torch is imported in the
background, and a run made meanwhile is prepared as soon as that is done.
"""

import atexit
import dataclasses
import logging
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from aecore.engine import checkpoint_folder
from aecore.engine import settings as engine_settings
from aecore.engine.asking import ask_pretrained
from aecore.engine.entry import Entry
from aecore.engine.fleet import Fleet
from aecore.engine.host import Host
from aecore.engine.keeper import Keeper
from aecore.engine.place import QUESTIONS, PlaceLostError
from aecore.engine.placement import Placement
from aecore.engine.safekeeping import Safekeeping
from aecore.engine.settings import Settings
from aecore.errors import N_, LabError, RunError, Sentence
from aecore.spec.experiment import Experiment
from aecore.spec.view import RunView
from aecore.training.fast import malloc

P = ParamSpec("P")
T = TypeVar("T")

_BACK = N_("This run was brought back from disk as it was at batch {step}.")
_BACK_AND_ON = N_(
    "This run was brought back from disk as it was at batch {step}; its training "
    "continues from there."
)

_LOG = logging.getLogger(__name__)


class Client:
    """Every run of this server.

    Args:
        settings: who trains and how much; None for what the environment says.
        where: folder of runs on disk; None for what the environment says.
        n_hosts: stations in this process; None for one per core.
        make_host: their hosts; for tests with other clocks and limits.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        where: Path | None = None,
        *,
        n_hosts: int | None = None,
        make_host: Callable[[], Host] | None = None,
    ) -> None:
        # Threads of torch are for hosts alone, who ask for them: as soon as a process has more of
        # them than cores, OpenMP puts each to sleep between two products (half the speed).
        os.environ.setdefault("OMP_NUM_THREADS", "1")
        malloc.share_one_heap()
        self._settings = settings or engine_settings.from_environment()
        self._fleet = Fleet(self._settings, n_hosts, make_host)
        self._bringing = threading.RLock()  # held while a run is brought back from disk
        self._placement = Placement(self._fleet, self._settings)
        self._entries, self._waiting = self._placement.entries, self._placement.waiting
        self._safe = Safekeeping(
            where or checkpoint_folder.folder(),
            self._entries,
            self._waiting,
            lambda entry, wants: self._call(entry.run_id, Host.checkpoint, wants),
            self._fleet.can_be_lost,
        )
        self._keeper = Keeper(self._fleet, self._placement, self._start_waiting)
        atexit.register(self.close)

    # ---- runs that come and go

    def create(self, experiment: Experiment, owner: str = "") -> str:
        """A new run where the fewest train. Returns its id at once."""
        return self._placement.put(
            experiment, owner, lambda place: place.call(Host.create, experiment, owner)
        ).run_id

    def adopt(self, data: bytes, owner: str = "") -> str:
        """A run from the bytes of a file that the lab has saved. Returns its id at once.

        Raises:
            StoreError: too large, damaged, or no run of this lab.
        """
        from aecore.files import store

        saved = store.from_bytes(data)
        entry = self._placement.put(
            saved.experiment, owner, lambda place: place.call(Host.adopt, saved, owner)
        )
        entry.from_file = True
        return entry.run_id

    def knows(self, run_id: str) -> bool:
        """Whether there is such a run; one that is on disk alone is brought back."""
        entry = self._entries.get(run_id)
        if entry is not None:
            return entry.place.holds(run_id)
        if run_id not in self._safe:
            return False
        with self._bringing:
            if run_id in self._entries or run_id not in self._safe:
                return run_id in self._entries
            try:
                self._bring_back(run_id)
            except LabError as error:
                self._safe.leave_out(run_id, error)
                return False
        return True

    def mark(self, run_id: str) -> tuple[bool, int, Experiment] | None:
        """Whether a run trains, its batches, and its settings, as last heard; None if it is gone.

        Unlike a look it asks no other process, and does not keep the run from expiring.
        """
        entry = self._entries.get(run_id)
        if entry is None or not entry.place.holds(run_id):
            return None
        return entry.active, entry.step, entry.experiment

    def pace(self, run_id: str) -> float | None:
        """Batches per second that a run has been slowed down to; None for as fast as it goes."""
        return self._entry(run_id).pace

    def missing(self, run_id: str) -> RunError:
        """What to say of a run that is not known: one that is damaged, or that never was."""
        return self._safe.missing(run_id)

    def delete(self, run_id: str) -> None:
        """Forgets a run, on disk too; an unknown one does no harm."""
        with self._bringing:
            if (entry := self._entries.get(run_id)) is not None:
                entry.deleted = True  # nobody writes it again
            self._safe.remove(run_id)  # while it is known, nobody brings it back from there
            entry = self._placement.forget(run_id)
        if entry is not None:
            try:
                entry.place.call(Host.delete, run_id)
            except PlaceLostError:
                self._placement.lose(entry.place)
            self._start_waiting()

    # ---- commands

    def play(self, run_id: str) -> None:
        """Goes on training; a run that finds no room waits in the queue."""
        self._train(run_id, lambda: self._call(run_id, Host.play))

    def step_batch(self, run_id: str) -> None:
        self._train(run_id, lambda: self._call(run_id, Host.play, 1))

    def step_epoch(self, run_id: str) -> None:
        self._train(run_id, lambda: self._call(run_id, Host.step_epoch))

    def pause(self, run_id: str) -> None:
        self._rest(run_id, Host.pause)

    def stop(self, run_id: str) -> None:
        self._rest(run_id, Host.stop)

    def reset(self, run_id: str) -> None:
        "Back to the same initial weights."
        entry = self._entry(run_id)
        self._rest(run_id, Host.reset)
        self._safe.begin_again(entry)
        entry.incidents, entry.from_file, entry.resumes = (), False, False

    def adjust(self, run_id: str, **changes: Any) -> None:
        """Changes live fields. Raises ExperimentError."""
        entry = self._entry(run_id)
        adjusted = entry.experiment.adjusted(**changes)
        if adjusted != entry.experiment:
            self._call(run_id, Host.adjust, **changes)
            entry.experiment = adjusted
            entry.checkpoint_step = -1  # to be written again

    def set_pace(self, run_id: str, batches_per_second: float | None) -> None:
        """Slows a run down to watch it; None for as fast as it goes."""
        entry = self._entry(run_id)
        if entry.pace != batches_per_second:
            self._call(run_id, Host.set_pace, batches_per_second)
            entry.pace = batches_per_second

    def rename(self, run_id: str, name: str) -> None:
        self._call(run_id, Host.rename, name)
        self._entry(run_id).checkpoint_step = -1

    def keep(self, run_id: str, kept: bool) -> None:
        """Keeps a run, or lets it go: on disk it stays for a month, and otherwise for a day.

        Where it cannot be written to disk, it is kept in memory, and its view says so.
        """
        entry = self._entry(run_id)
        self._call(run_id, Host.keep, kept)
        entry.kept = kept
        if entry.from_file and not kept:
            self._safe.remove(run_id)
        else:
            self._safe.save(entry)

    # ---- looks and questions

    def view(self, run_id: str, epoch: int | None = None) -> RunView:
        """One look at a run. Raises RunError for an unknown one."""
        view = self._call(run_id, Host.view, epoch)
        entry = self._entries.get(run_id)
        if entry is None:
            return view
        entry.seen = time.monotonic()
        if entry.resumes:
            self.play(run_id)
        incidents = self._incidents(entry)
        if run_id in self._waiting and view.state not in ("running", "failed"):
            place = self._waiting.place_of(run_id)
            view = dataclasses.replace(view, state="queued", queue_place=place, ended=None)
        said = (*view.incidents, *incidents)
        return dataclasses.replace(view, incidents=said) if incidents else view

    def ask(self, run_id: str, question: Callable[..., T], *args: Any) -> T:
        """What a question of `aecore.topics.<page>.ask` answers about a run's model, or a pretrained one's.

        Raises:
            RunError: no such run or model.
        """
        answer: T
        if self.knows(run_id):
            answer = self._call(run_id, Host.ask, question, *args)
        elif self._fleet.is_settled:
            answer = self._placement.insist(
                self._placement.least_busy,
                lambda place: place.call(Host.ask_pretrained, run_id, question, *args),
                may_kill=True,
            )
        else:
            answer = ask_pretrained(run_id, question, *args)
        return answer

    def close(self) -> None:
        """Ends all threads; a training stops after its current batch."""
        atexit.unregister(self.close)
        self._keeper.close()
        for place in self._fleet.all_places():
            if not self._fleet.can_be_lost(place):
                self._keeper.look_at(place)  # what has changed since the last look is saved as well
        self._safe.close()
        self._fleet.close()

    # ---- who trains

    def _train(self, run_id: str, begin: Callable[[], None]) -> None:
        entry = self._entry(run_id)
        entry.from_file = entry.resumes = False
        entry.checkpoint_step = -1
        if self._waiting.admit(entry, begin):
            begin()

    def _rest(self, run_id: str, command: Callable[[Host, str], None]) -> None:
        entry = self._entry(run_id)
        with self._placement.lock:
            entry.resumes = False
            entry.touched = time.monotonic()
            entry.active = False
            self._waiting.leave(run_id)
        self._call(run_id, command)
        entry.checkpoint_step = -1
        self._start_waiting()

    def _start_waiting(self) -> None:
        """Lets those train that wait and find room now, first come, first served."""
        while (begin := self._waiting.next()) is not None:
            try:
                begin()
            except RunError as error:  # deleted, or expired, at this moment
                _LOG.info("a waiting run is gone: %s", error)

    # ---- where runs live

    def _entry(self, run_id: str) -> Entry:
        entry = self._entries.get(run_id) if self.knows(run_id) else None
        if entry is None:
            raise self.missing(run_id)
        return entry

    def _call(
        self,
        run_id: str,
        command: Callable[Concatenate[Host, str, P], T],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """A command about a run, of the host where it lives; if that is gone, where it goes on."""
        return self._placement.insist(
            lambda: self._entry(run_id).place,
            lambda place: place.call(command, run_id, *args, **kwargs),
            may_kill=command in QUESTIONS,
        )

    def _bring_back(self, run_id: str) -> None:
        """Puts a run from disk where it can go on, which it does once somebody looks at it.

        Raises:
            StoreError: it cannot be read.
        """
        from aecore.engine import checkpoint

        data, was_training = self._safe.read(run_id)
        found = checkpoint.from_bytes(data)
        entry = Entry(run_id, found.experiment, "", self._placement.least_busy())
        entry.place.call(Host.restore, data)
        entry.kept, entry.step, entry.checkpoint_step = found.kept, found.step, found.step
        entry.resumes = was_training
        if found.step and self._fleet.can_be_lost(entry.place):
            entry.checkpoint, entry.checkpoint_at = data, found.step
        if found.state != "ended":
            entry.tell(Sentence(_BACK_AND_ON if was_training else _BACK, step=found.step))
        with self._placement.lock:
            self._entries[run_id] = entry

    def _incidents(self, entry: Entry) -> tuple[Sentence, ...]:
        of_all = (*self._settings.refused, self._fleet.trouble)
        return (*entry.incidents, *(sentence for sentence in of_all if sentence is not None))
