"""A host owns runs and advances their trainings in turn, one slice each.

Commands and views may come from any thread; `advance` is called by one thread only. A command is a
method of `Host`: whoever calls it from elsewhere names that method (see `Place.call`), so that each
is declared once, with its types.
"""

import dataclasses
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from aecore.engine.asking import ask_pretrained
from aecore.engine.run import Run
from aecore.engine.standing import Captured, Standing
from aecore.engine.turns import SLICE, Turns
from aecore.errors import N_, LabError, RunError, unknown_run
from aecore.spec.experiment import Experiment
from aecore.spec.view import RunView

if TYPE_CHECKING:
    from aecore.engine.checkpoint import Checkpoint
    from aecore.files.store import Saved

T = TypeVar("T")

KEPT_FACTOR = 24
"""How many times longer than others a kept run waits for a viewer before it is forgotten."""

LONGEST_PREPARATION = 30.0
"""Seconds that a question waits for a run that comes from elsewhere to be ready."""


class Host:
    """Owns runs.

    Args:
        device: where to train; None for the best device here.
        pause_after: seconds without a viewer after which a run pauses.
        expire_after: seconds without a viewer after which a run is forgotten.
        clock: seconds that only grow.

    Attributes:
        on_unprepared: called with the id of a run that is to be prepared, by whoever has the time.
        work: set when there may be something to advance.
        has_forgotten: a run, whose memory may be given back.
    """

    def __init__(
        self,
        device: str | None = None,
        *,
        pause_after: float = 120.0,
        expire_after: float = 3600.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.on_unprepared: Callable[[str], object] = lambda run_id: None
        self._device = device
        self._pause_after = pause_after
        self._expire_after = expire_after
        self._clock = clock
        self._runs: dict[str, Run] = {}
        self._turns = Turns()
        self.work = threading.Event()
        self.has_forgotten = False

    # ---- commands: any thread

    def create(self, experiment: Experiment, owner: str = "", run_id: str | None = None) -> str:
        """A new run, to be prepared. Returns its id."""
        return self._add(Run(experiment, self._clock, run_id, owner))

    def adopt(self, saved: "Saved", owner: str = "") -> str:
        """A run that a learner has saved, to be prepared. Returns its new id."""
        run = Run(saved.experiment, self._clock, owner=owner)
        run.saved = saved
        run.rename(saved.result.get("name", ""))
        return self._add(run)

    def restore(self, data: bytes, owner: str = "") -> str:
        """A run that trained elsewhere and shall go on here, to be prepared. Returns its id.

        Raises:
            StoreError: the bytes are no checkpoint.
        """
        from aecore.engine import checkpoint

        found = checkpoint.from_bytes(data)
        run = Run(found.experiment, self._clock, found.run_id, owner)
        run.checkpoint = None if found.training is None else found
        run.rename(found.name)
        run.show(kept=found.kept)
        run.show_nothing()
        run.play_when_ready = found.state == "running"
        return self._add(run)

    def _add(self, run: Run) -> str:
        run_id = run.view.run_id
        self._runs[run_id] = run
        self.on_unprepared(run_id)
        return run_id

    def __contains__(self, run_id: str) -> bool:
        return run_id in self._runs

    @property
    def n_running(self) -> int:
        return sum(run.view.state == "running" for run in list(self._runs.values()))

    @property
    def is_waiting(self) -> bool:
        """Whether no running run may train now: slowed down, or somebody asks about its model."""
        running = [run for run in list(self._runs.values()) if run.view.state == "running"]
        return bool(running) and not any(run.is_due for run in running)

    def standings(self) -> dict[str, Standing]:
        """How each run stands, by its id."""
        found = {}
        for run_id, run in list(self._runs.items()):
            view = run.view
            waits = view.state == "preparing" and run.play_when_ready
            found[run_id] = Standing(view.state == "running" or waits, view.step)
        return found

    def play(self, run_id: str, steps: int | None = None) -> None:
        """Goes on training, for a number of batches or until a stop rule."""
        self._run(run_id).go_on(steps)
        self.work.set()

    def step_epoch(self, run_id: str) -> None:
        """Trains to the end of the current epoch."""
        view = self._run(run_id).view
        if view.steps_per_epoch:
            self.play(run_id, steps=view.steps_per_epoch - view.step % view.steps_per_epoch)

    def pause(self, run_id: str) -> None:
        run = self._run(run_id)
        run.play_when_ready = False
        if run.view.state == "running":
            run.show(state="paused")
            run.wait_for_batch()
            self.work.set()  # to measure it

    def stop(self, run_id: str) -> None:
        """Ends the run; what it has shown stays."""
        run = self._run(run_id)
        run.play_when_ready = False
        if run.view.state in ("running", "paused"):
            run.show(state="ended", ended="stopped")
            run.wait_for_batch()
            self.work.set()  # to measure it

    def reset(self, run_id: str) -> None:
        """Back to the same first weights, to be prepared again."""
        run = self._run(run_id)
        run.play_when_ready = False
        run.saved = run.checkpoint = None
        run.show_nothing()
        self.on_unprepared(run_id)

    def adjust(self, run_id: str, /, **changes: Any) -> None:
        """Changes live fields: learning rate and stop rules. Raises ExperimentError."""
        self._run(run_id).adjust(**changes)

    def set_pace(self, run_id: str, batches_per_second: float | None) -> None:
        """Slows a run down to watch it; None for as fast as it goes."""
        self._run(run_id).set_pace(batches_per_second)

    def rename(self, run_id: str, name: str) -> None:
        """Gives a run a name; an empty one takes it away."""
        self._run(run_id).rename(name)

    def keep(self, run_id: str, kept: bool) -> None:
        """A kept run outlives the others: it expires `KEPT_FACTOR` times as late."""
        self._run(run_id).show(kept=kept)

    def delete(self, run_id: str) -> None:
        """Forgets a run and frees its memory."""
        run = self._runs.pop(run_id, None)
        if run is None:
            return
        run.show(state="ended", ended="stopped")
        run.prepared.set()
        del run  # the host's thread gives its memory back at once: nobody may hold it then
        self.has_forgotten = True
        self.work.set()

    def view(self, run_id: str, epoch: int | None = None) -> RunView:
        """One look at a run.

        Args:
            run_id: the run.
            epoch: the moment to show; None for the newest. The nearest stored one is shown.

        Raises:
            RunError: no such run here.
        """
        run = self._run(run_id)
        run.last_seen = self._clock()
        return run.view_at(epoch)

    def capture(self, run_id: str) -> "Checkpoint | None":
        """What it takes to go on with a run elsewhere; None before its first batch.

        Raises:
            RunError: no such run here.
        """
        return self._run(run_id).capture()

    def checkpoint(self, run_id: str, wants: bool) -> Captured:
        """A run as bytes.

        Args:
            run_id: the run.
            wants: whether it wants to train, also if it rests here because it finds no room.

        Raises:
            RunError: no such run here.
        """
        started = time.thread_time()
        found = self.capture(run_id)
        if found is None:
            return Captured(None, 0, 0.0)
        from aecore.engine import checkpoint

        if found.state == "paused" and wants:
            found = dataclasses.replace(found, state="running")
        return Captured(checkpoint.to_bytes(found), found.step, time.thread_time() - started)

    def ask(self, run_id: str, question: Callable[..., T], *args: Any) -> T:
        """What `question` answers about the run's model, as it is after its current batch.

        Raises:
            RunError: no such run here, or its model is not built yet.
        """
        from aecore.training.subject import Subject

        run = self._run(run_id)
        run.last_seen = self._clock()
        if run.view.step:  # it has trained, so what is missing is on its way here
            run.prepared.wait(LONGEST_PREPARATION)
        with run.between_batches():
            if run.work is None:
                raise RunError(N_("This run has no model yet: wait until it is ready."))
            return question(Subject(run.work.training.model, run.work.dataset), *args)

    def ask_pretrained(self, key: str, question: Callable[..., T], *args: Any) -> T:
        """See `ask_pretrained`: it needs nothing of a host but its process."""
        return ask_pretrained(key, question, *args)

    # ---- work: the host's own thread, or the one that prepares

    def prepare(self, run_id: str) -> None:
        """Loads the data, builds the model and looks at it. Takes a while."""
        run = self._runs.get(run_id)
        if run is None:
            return
        with run.busy:
            # Prepared twice, as after a reset while preparing: a Play in between still counts.
            run.play_when_ready |= run.view.state == "running"
            # A batch that was under way at a reset has shown itself since.
            run.show_nothing()
            try:
                run.prepare(self._device)
            except LabError as error:
                run.show(state="failed", error=error)
            except Exception as error:
                run.fail(error)
                raise
            else:
                self._is_ready(run)
            finally:
                run.prepared.set()

    def _is_ready(self, run: Run) -> None:
        if run.saved is not None:
            run.show(state="ended", ended="loaded", fetched=None)
            return
        then, run.checkpoint = run.checkpoint, None
        if then is not None and then.state == "ended":
            run.show(state="ended", ended=then.ended, fetched=None)
        else:
            run.show(state="ready" if then is None else "paused", fetched=None)
        if run.play_when_ready and run.view.run_id in self:
            self.play(run.view.run_id, steps=run.steps_when_ready)

    def advance(self) -> bool:
        """Gives the learners who train one slice each. Returns whether any run wants more."""
        self._tidy()
        for run in self._turns.next(list(self._runs.values())):
            if not run.is_due or not run.busy.acquire(blocking=False):
                continue  # a question may take seconds: the others do not wait for it
            started = self._clock()
            try:
                run.slice(SLICE)
            except Exception as error:
                run.fail(error)
                raise
            finally:
                run.busy.release()
            self._turns.took(run, self._clock() - started)
        for run in list(self._runs.values()):
            if run.view.is_measuring:
                run.measure()
        return self.n_running > 0

    def _tidy(self) -> None:
        """Pauses runs that nobody watches, and later forgets them."""
        now = self._clock()
        for run_id, run in list(self._runs.items()):
            unseen = now - run.last_seen
            if run.view.state == "running" and unseen > self._pause_after:
                run.show(state="paused", unwatched=True)
            if unseen > self._expire_after * (KEPT_FACTOR if run.view.kept else 1):
                self.delete(run_id)

    def _run(self, run_id: str) -> Run:
        run = self._runs.get(run_id)
        if run is None:
            raise unknown_run(run_id)
        return run
