"""One execution of an experiment: what a host prepares, advances slice by slice, and shows.

`view` is replaced, never changed: reading it needs no lock, but replacing it does, so that a
command and a slice cannot undo each other's change. Nothing here imports torch before the run is
prepared, so that a page can be drawn meanwhile.
"""

import dataclasses
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from aecore.engine import run_id as run_ids
from aecore.errors import N_, RunError, Sentence
from aecore.spec.experiment import Experiment
from aecore.spec.view import RunView

if TYPE_CHECKING:
    from aecore.engine.checkpoint import Checkpoint
    from aecore.engine.work import Work
    from aecore.files.store import Saved

LONGEST_WAIT = 0.5
"""Seconds that Pause and Stop wait for the batch under way, so that what is shown is its result."""

LONGEST_NAME = 40
"""Characters of a run's name."""


class Run:
    """A run, from preparation to its end.

    Args:
        experiment: what to do.
        clock: seconds that only grow.
        run_id: its id, if it has one already; None for a new one.
        owner: who started it; runs of one owner share a turn.
    """

    def __init__(
        self,
        experiment: Experiment,
        clock: Callable[[], float],
        run_id: str | None = None,
        owner: str = "",
    ) -> None:
        run_id = run_id or run_ids.new()
        self.view = RunView(run_id=run_id, experiment=experiment, state="preparing")
        self.owner = owner or run_id
        self.busy = threading.RLock()  # held while the training or the history is touched
        self.prepared = threading.Event()  # set once it can be asked, or never will be
        self.play_when_ready = False
        self.steps_when_ready: int | None = None
        self.until_step: int | None = None
        self.turns = 0  # slices that it has had
        self.pace: float | None = None  # batches per second; None for as fast as it goes
        self.last_seen = clock()
        self.saved: Saved | None = None  # the file that it comes from
        self.checkpoint: Checkpoint | None = None  # where it goes on, if it trained elsewhere
        self.work: Work | None = None  # once it is prepared
        self.now = clock
        self._showing = threading.Lock()
        self._asked = 0  # who waits for the end of a batch, or has something to do then
        self._paced_from = (self.last_seen, 0)

    @contextmanager
    def between_batches(self) -> Iterator[None]:
        """Within it, nothing of the training moves: the batch under way is the last one before.

        A lock alone would not do: whoever trains takes it again at once after each slice, and a
        question might wait for a long time.
        """
        with self._showing:
            self._asked += 1
        try:
            with self.busy:
                yield
        finally:
            with self._showing:
                self._asked -= 1

    def wait_for_batch(self) -> None:
        """Until the batch under way has shown its result, if that does not take long."""
        if self.busy.acquire(timeout=LONGEST_WAIT):
            self.busy.release()

    # ---- what it shows

    def show(self, **changes: Any) -> None:
        with self._showing:
            self.view = dataclasses.replace(self.view, **changes)

    def show_nothing(self) -> None:
        """The run as it was created; one that comes from elsewhere keeps what is known of it."""
        known: dict[str, Any] = {}
        if (then := self.checkpoint) is not None:
            known = {"history": then.history, "epoch": then.epoch, "step": then.step}
        with self._showing:
            self.view = RunView(
                run_id=self.view.run_id,
                experiment=self.view.experiment,
                state="preparing",
                name=self.view.name,
                kept=self.view.kept,
                **known,
            )

    def view_at(self, epoch: int | None) -> RunView:
        """One look: the newest, or the stored one that is nearest to an epoch."""
        view, work = self.view, self.work
        if epoch is None or work is None or not work.moments:
            return view
        stored = work.moments
        nearest = min(stored, key=lambda e: abs(e - epoch))
        return dataclasses.replace(view, moment=stored[nearest])

    # ---- commands

    def go_on(self, steps: int | None) -> None:
        """Trains further, for a number of batches or until a stop rule."""
        self.last_seen = self.now()
        self._paced_from = (self.now(), self.view.step)
        if self.view.state == "preparing":
            self.steps_when_ready = steps
            self.play_when_ready = True
        # Looked at again: it may have become ready before it could see the wish.
        if self.view.state in ("ready", "paused") or self.view.can_go_on:
            self.until_step = None if steps is None else self.view.step + steps
            self.show(state="running", ended=None, unwatched=False, test_mse=None)

    def adjust(self, **changes: Any) -> None:
        """Changes live fields: learning rate and stop rules. Raises ExperimentError."""
        experiment = self.view.experiment.adjusted(**changes)
        if experiment == self.view.experiment:
            return
        old_rate = self.view.experiment.learning_rate
        self.show(experiment=experiment)
        with self.between_batches():
            if self.work is not None:
                self.work.adjust(changes)
            if experiment.learning_rate != old_rate and self.view.step:
                history = self.view.history
                rates = {**history.learning_rates, self.view.epoch: experiment.learning_rate}
                self.show(history=dataclasses.replace(history, learning_rates=rates))

    def set_pace(self, batches_per_second: float | None) -> None:
        """Slows it down to watch it; None for as fast as it goes."""
        if self.pace != batches_per_second:
            self.pace = batches_per_second
            self._paced_from = (self.now(), self.view.step)

    def rename(self, name: object) -> None:
        """Cut at `LONGEST_NAME` characters; an empty name takes it away."""
        self.show(name=" ".join(str(name).split())[:LONGEST_NAME])

    # ---- preparation

    def prepare(self, device_name: str | None) -> None:
        """Loads the data, builds the model, and looks at it. Takes a while.

        Raises:
            LabError: the data cannot be had, or what the run comes from does not fit.
        """
        from aecore.engine.work import Work

        self.work = work = Work(self, device_name)
        if self.checkpoint is not None:
            work.go_on_from(self.checkpoint)
        elif self.saved is not None:
            work.take_over(self.saved)
        else:
            work.begin()
        work.compare()

    def measure(self) -> None:
        """The test error of a run that has come to rest, which nothing is chosen by."""
        with self.between_batches():
            if self.work is not None:
                self.work.measure()

    def capture(self) -> "Checkpoint | None":
        """Everything that it takes to go on elsewhere; None before its first batch."""
        if not self.view.step:  # without waiting for its preparation, nor importing torch
            return None
        with self.between_batches():
            return None if self.work is None else self.work.capture()

    # ---- training

    def slice(self, seconds: float) -> None:
        """Trains for some seconds; a batch or an evaluation under way is finished first."""
        if self.work is not None:
            self.work.slice(seconds)

    def come_to_rest(self, rest: Mapping[str, Any]) -> None:
        """Pauses or ends, unless a command has said something else meanwhile.

        Args:
            rest: what to show of it; empty for a run that goes on.
        """
        with self._showing:
            if rest and self.view.state == "running":
                self.view = dataclasses.replace(self.view, **rest)

    @property
    def is_due(self) -> bool:
        """Whether its next batch may be trained now: not while somebody asks about the model, nor
        before its time if it has been slowed down."""
        if self._asked:
            return False
        if self.pace is None or self.until_step is not None or self.work is None:
            return True
        since, step = self._paced_from
        return self.work.training.step < step + self.pace * (self.now() - since)

    def fail(self, error: Exception) -> None:
        """Says that it broke off, and why."""
        template = N_(
            "The run was interrupted: {reason}. Press Reset to start again; smaller "
            "layers or batches help if memory ran out."
        )
        reason = Sentence("{e}", e=str(error)[:200])
        self.show(state="failed", error=RunError(template, reason=reason))
