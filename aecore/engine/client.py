"""What pages talk to: runs by their id, wherever they train.

It knows where each run lives, shares out turns between learners, moves runs that a worker would
take with it, and brings back those that are on disk alone. Torch is imported in the
background, and a run made meanwhile is prepared as soon as that is done.
"""

import atexit
import dataclasses
import gc
import logging
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from aecore.engine import settings as engine_settings
from aecore.engine import shelf
from aecore.engine.entry import Entry
from aecore.engine.fleet import Fleet
from aecore.engine.host import Host, ask_pretrained
from aecore.engine.place import QUESTIONS, Place, PlaceLostError
from aecore.engine.safekeeping import Safekeeping
from aecore.engine.settings import Settings
from aecore.engine.waiting_room import WaitingRoom
from aecore.errors import N_, LabError, RunError, Sentence
from aecore.spec.experiment import Experiment
from aecore.spec.view import RunView
from aecore.training.fast import heap

P = ParamSpec("P")
T = TypeVar("T")

TICK = 0.25
"""Seconds between looks at how all runs stand."""

COLLECT_EVERY = 60.0
"""Seconds between full collections of garbage, 0.1 to 0.3 s each. A closed session of Streamlit is a
cycle, and its uploads live as long as it does: by itself Python would wait until there are a quarter
more objects than the last time, which with torch loaded takes hundreds of sessions."""

MOST_LOSSES = 3
"""Processes that a command or a run may lose before it is given up: it may be what kills them."""

_MOVED = N_(
    "The process that trained this run has ended unexpectedly: the run continues in "
    "another one, from batch {step}."
)
_PAUSED = N_(
    "The process that trained this run has ended unexpectedly again and again: the run is paused "
    "at batch {step}. Smaller layers or batches help if memory ran out."
)
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
        heap.share_one_heap()
        self._settings = settings or engine_settings.from_environment()
        self._fleet = Fleet(self._settings, n_hosts, make_host)
        self._lock = threading.RLock()  # held while entries and who waits are changed
        self._bringing = threading.RLock()  # held while a run is brought back from disk
        self._entries: dict[str, Entry] = {}
        self._waiting = WaitingRoom(self._settings, self._entries, self._lock)
        self._has_forgotten = False  # a checkpoint, whose memory may be given back
        self._safe = Safekeeping(
            where or shelf.folder(),
            self._entries,
            self._waiting,
            lambda entry, wants: self._call(entry.run_id, Host.checkpoint, wants),
            self._fleet.can_be_lost,
        )
        self._closed = threading.Event()
        self._keeper = threading.Thread(target=self._watch_over, name="keeper", daemon=True)
        self._keeper.start()
        atexit.register(self.close)

    # ---- runs that come and go

    def create(self, experiment: Experiment, owner: str = "") -> str:
        """A new run where the fewest train. Returns its id at once."""
        return self._place_new(
            experiment, owner, lambda place: place.call(Host.create, experiment, owner)
        )

    def adopt(self, data: bytes, owner: str = "") -> str:
        """A run from the bytes of a file that the lab has saved. Returns its id at once.

        Raises:
            StoreError: too large, damaged, or no run of this lab.
        """
        from aecore.files import store

        saved = store.from_bytes(data)
        run_id = self._place_new(
            saved.experiment, owner, lambda place: place.call(Host.adopt, saved, owner)
        )
        self._entries[run_id].from_file = True
        return run_id

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
            entry = self._forget(run_id)
        if entry is not None:
            try:
                entry.place.call(Host.delete, run_id)
            except PlaceLostError:
                self._lose(entry.place)
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
            answer = self._insist(
                self._least_busy,
                lambda place: place.call(Host.ask_pretrained, run_id, question, *args),
                may_kill=True,
            )
        else:
            answer = ask_pretrained(run_id, question, *args)
        return answer

    def close(self) -> None:
        """Ends all threads; a training stops after its current batch."""
        atexit.unregister(self.close)
        self._closed.set()
        if self._keeper is not threading.current_thread():
            self._keeper.join(timeout=5)
        for place in self._fleet.all_places():
            if not self._fleet.can_be_lost(place):
                self._look_at(place)  # what has changed since the last look is saved as well
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
        with self._lock:
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

    def _place_new(self, experiment: Experiment, owner: str, put: Callable[[Place], str]) -> str:
        run_id, place = self._insist(self._least_busy, lambda place: (put(place), place))
        with self._lock:
            self._entries[run_id] = Entry(run_id, experiment, owner, place)
        return run_id

    def _least_busy(self) -> Place:
        places = self._fleet.places()
        with self._lock:
            load = {
                id(place): [
                    sum(entry.active for entry in self._entries.values() if entry.place is place),
                    sum(entry.place is place for entry in self._entries.values()),
                ]
                for place in places
            }
        return min(places, key=lambda place: load[id(place)])

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
        return self._insist(
            lambda: self._entry(run_id).place,
            lambda place: place.call(command, run_id, *args, **kwargs),
            may_kill=command in QUESTIONS,
        )

    def _insist(
        self, where: Callable[[], Place], do: Callable[[Place], T], *, may_kill: bool = False
    ) -> T:
        """Something that a place does, or the next one if that is gone; but not again and again.

        Args:
            where: chooses the place.
            do: what it does.
            may_kill: whether it can cost a process its life. What has done so to a worker is never
                tried in this process.
        """
        for attempt in range(MOST_LOSSES):
            place = where()
            if attempt and may_kill and not self._fleet.can_be_lost(place):
                break
            try:
                return do(place)
            except PlaceLostError as error:
                _LOG.warning("%s", error)
                self._lose(place)
        raise RunError(
            N_(
                "All processes that could compute this have ended unexpectedly: choose "
                "something smaller, or tell the administrator of this server."
            )
        )

    def _bring_back(self, run_id: str) -> None:
        """Puts a run from disk where it can go on, which it does once somebody looks at it.

        Raises:
            StoreError: it cannot be read.
        """
        from aecore.engine import checkpoint

        data, was_training = self._safe.read(run_id)
        found = checkpoint.from_bytes(data)
        entry = Entry(run_id, found.experiment, "", self._least_busy())
        entry.place.call(Host.restore, data)
        entry.kept, entry.step, entry.checkpoint_step = found.kept, found.step, found.step
        entry.resumes = was_training
        if found.step and self._fleet.can_be_lost(entry.place):
            entry.checkpoint, entry.checkpoint_at = data, found.step
        if found.state != "ended":
            entry.tell(Sentence(_BACK_AND_ON if was_training else _BACK, step=found.step))
        with self._lock:
            self._entries[run_id] = entry

    def _lose(self, place: Place) -> None:
        """Moves all runs of a worker that is gone to where they can go on."""
        with self._lock:
            self._fleet.lose(place)
            for entry in [e for e in self._entries.values() if e.place is place]:
                self._move(entry)

    def _move(self, entry: Entry) -> None:
        lost = entry.place
        entry.losses += 1
        while entry.place is lost:
            place = self._least_busy()
            try:
                if entry.checkpoint is not None:
                    place.call(Host.restore, entry.checkpoint, entry.owner)
                else:
                    place.call(Host.create, entry.experiment, entry.owner, entry.run_id)
                entry.active = entry.active and entry.losses < MOST_LOSSES
                place.call(Host.set_pace, entry.run_id, entry.pace)
                if entry.active:
                    place.call(Host.play, entry.run_id)
                else:
                    place.call(Host.pause, entry.run_id)
            except PlaceLostError:
                self._fleet.lose(place)
                continue
            entry.place, entry.touched = place, time.monotonic()
        entry.incidents = ()
        entry.tell(
            Sentence(
                _MOVED if entry.losses < MOST_LOSSES else _PAUSED,
                step=entry.checkpoint_at if entry.checkpoint is not None else 0,
            )
        )

    def _incidents(self, entry: Entry) -> tuple[Sentence, ...]:
        of_all = (*self._settings.refused, self._fleet.trouble)
        return (*entry.incidents, *(sentence for sentence in of_all if sentence is not None))

    # ---- the keeper's thread

    def _watch_over(self) -> None:
        collected = time.monotonic()
        while not self._closed.wait(TICK):
            if time.monotonic() - collected > COLLECT_EVERY:
                gc.collect()
                collected = time.monotonic()
            if self._has_forgotten:
                self._has_forgotten = False
                heap.give_back()
            try:
                for place in self._fleet.all_places():
                    self._look_at(place)
                self._start_waiting()
            except Exception:
                _LOG.exception("the keeper of runs stumbled")

    def _look_at(self, place: Place) -> None:
        """Learns how the runs of a place stand; those that it has forgotten are forgotten here."""
        asked = time.monotonic()
        try:
            standings = place.call(Host.standings)
        except PlaceLostError as error:
            _LOG.warning("%s", error)
            self._lose(place)
            return
        with self._lock:
            for entry in [e for e in self._entries.values() if e.place is place]:
                standing = standings.get(entry.run_id)
                if standing is not None:
                    entry.step = standing.step
                if entry.touched > asked:
                    continue
                if standing is None:
                    self._forget(entry.run_id)
                elif entry.active != standing.active:
                    entry.active, entry.checkpoint_step = standing.active, -1

    def _forget(self, run_id: str) -> Entry | None:
        with self._lock:
            entry = self._entries.pop(run_id, None)
            self._waiting.leave(run_id)
            self._has_forgotten |= entry is not None and entry.checkpoint is not None
        return entry
