"""One execution of an experiment: what a host prepares, advances slice by slice, and shows.

`view` is replaced, never changed: reading it needs no lock, but replacing it does, so that a
command and a slice cannot undo each other's change. Nothing here imports torch before the run is
prepared, so that a page can be drawn meanwhile.
"""

import dataclasses
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from aecore.analysis.latent import held_range
from aecore.engine import run_id as run_ids
from aecore.errors import N_, RunError, Sentence
from aecore.spec.experiment import Experiment
from aecore.spec.view import History, Moment, RunView

if TYPE_CHECKING:
    from aecore.data.datasets import Dataset
    from aecore.engine.checkpoint import Checkpoint
    from aecore.files.store import Saved
    from aecore.training.loop import Snapshot, Training
    from aecore.training.monitor import Monitor

LOOK_EVERY = 0.4
"""Seconds between looks at a model within an epoch, while somebody watches."""

MOST_MOMENTS = 300
"""Stored moments per run; past that, every second one of the older half is dropped."""

LONGEST_WAIT = 0.5
"""Seconds that Pause and Stop wait for the batch under way, so that what is shown is its result."""

FROM_BEFORE = N_(
    "This run was saved before the lab kept validation pictures apart: its curves were measured on "
    "test pictures, and it may have learned from pictures that are used for validation today."
)

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
        self.moments: dict[int, Moment] = {}
        self.training: Training | None = None
        self.dataset: Dataset | None = None
        self._clock = clock
        self._showing = threading.Lock()
        self._asked = 0  # who waits for the end of a batch, or has something to do then
        self._paced_from = (self.last_seen, 0)
        self._last_look = self.last_seen
        self._last_diagnosis = float("-inf")
        self._monitor: Monitor | None = None
        self._snapshots: Iterator[Snapshot] | None = None

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
        stored, view = self.moments, self.view
        if epoch is not None and stored:
            nearest = min(list(stored), key=lambda e: abs(e - epoch))
            view = dataclasses.replace(view, moment=stored[nearest])
        return view

    # ---- commands

    def go_on(self, steps: int | None) -> None:
        """Trains further, for a number of batches or until a stop rule."""
        self.last_seen = self._clock()
        self._paced_from = (self._clock(), self.view.step)
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
            if self.training is not None:
                self.training.adjust(**changes)
            if experiment.learning_rate != old_rate and self.view.step:
                history = self.view.history
                rates = {**history.learning_rates, self.view.epoch: experiment.learning_rate}
                self.show(history=dataclasses.replace(history, learning_rates=rates))

    def set_pace(self, batches_per_second: float | None) -> None:
        """Slows it down to watch it; None for as fast as it goes."""
        if self.pace != batches_per_second:
            self.pace = batches_per_second
            self._paced_from = (self._clock(), self.view.step)

    def rename(self, name: object) -> None:
        """Cut at `LONGEST_NAME` characters; an empty name takes it away."""
        self.show(name=" ".join(str(name).split())[:LONGEST_NAME])

    # ---- preparation

    def prepare(self, device_name: str | None) -> None:
        """Loads the data, builds the model, and looks at it. Takes a while."""
        from aecore.data import datasets, devices
        from aecore.training import provenance
        from aecore.training.loop import Training
        from aecore.training.monitor import Monitor
        from aecore.training.references import references

        experiment = self.view.experiment
        device = devices.choose(device_name)
        dataset = datasets.load(
            experiment.dataset,
            device,
            progress=lambda done, total: self.show(fetched=(done, total)),
        )
        self.dataset = dataset
        self.training = Training(experiment, dataset)
        self._monitor = Monitor(experiment, dataset)
        self._snapshots = iter(self.training)
        self.moments = {}
        self.show(
            device=devices.describe(device),
            made_with=provenance.made_with(dataset),
            n_parameters=self.training.model.n_parameters,
            steps_per_epoch=self.training.steps_per_epoch,
            n_train=len(self.training.x_train),
            n_val=len(self.training.x_val),
            n_test=len(self.training.x_test),
            probe=self._monitor.probe,
        )
        if self.checkpoint is not None:
            self._resume(self.checkpoint)
        elif self.saved is not None:
            self._take_over(self.saved)
        else:
            self._digest(next(self._snapshots))
        found = references(experiment, dataset)
        self.show(references=found.loss, references_mse=found.mse)

    def _resume(self, checkpoint: "Checkpoint") -> None:
        """Goes on where a run stood that trained elsewhere."""
        from aecore.engine.checkpoint import check_fits
        from aecore.training import resume
        from aecore.training.evaluation import look
        from aecore.training.loop import Snapshot

        assert self.training is not None
        assert self._monitor is not None
        assert checkpoint.training is not None
        check_fits(checkpoint, self.training)
        resume.restore(self.training, checkpoint.training)
        # Those of an older lab show other pictures.
        n = len(self._monitor.probe.labels)
        self.moments = {e: m for e, m in checkpoint.moments.items() if len(m.plane.points) == n}
        newest = next(reversed(self.moments.values()), None)
        output = look(self.training.model, self._monitor.x_input, self._monitor.y)
        self.show(history=checkpoint.history)
        self._show_progress()
        epoch, step = self.training.epoch, self.training.step
        self._show_moment(self._monitor.look(output, epoch, step, newest))
        if checkpoint.state != "running":
            self.measure()
        self._diagnose(Snapshot(epoch, step, {}))

    def _take_over(self, saved: "Saved") -> None:
        """Puts the weights and the curves of a saved run in place of untrained ones."""
        from aecore.spec import schedule
        from aecore.training.loop import Snapshot

        training, monitor = self.training, self._monitor
        assert training is not None
        assert monitor is not None
        training.model.load_state_dict(saved.model.state_dict())
        epochs = saved.history.epochs
        training.epoch = epochs[-1] if epochs else 0
        counted = training.epoch * training.steps_per_epoch
        training.step = int(max(_number(saved.result.get("steps")), counted, 1))
        training.seconds = _number(saved.result.get("train_seconds"))
        training.images = training.epoch * len(training.x_train) if training.seconds else 0
        last = (training.step - 1) // training.steps_per_epoch  # the epoch of its last batch
        training.model.layers_in_use = schedule.stage_at(self.view.experiment, last).layer
        val = training.evaluate()
        history = saved.history.extended(0, None, val.terms, val.mse)
        self.show(history=saved.history if epochs else history)
        moment = monitor.look(val.sample, training.epoch, training.step, None)
        self.moments = {training.epoch: moment}
        self._show_progress()
        self._show_moment(moment)
        self.measure()
        self._diagnose(Snapshot(training.epoch, training.step, {}))
        if saved.is_old:
            self.show(incidents=(Sentence(FROM_BEFORE),))

    def measure(self) -> None:
        """The test error of a run that has come to rest, which nothing is chosen by."""
        with self.between_batches():
            if self.training is not None and self.view.step and self.view.test_mse is None:
                self.show(test_mse=self.training.test().mse)

    def capture(self) -> "Checkpoint | None":
        """Everything that it takes to go on elsewhere; None before its first batch."""
        if not self.view.step:  # without waiting for its preparation, nor importing torch
            return None
        from aecore.engine.checkpoint import STATES, Checkpoint
        from aecore.training import resume

        with self.between_batches():
            view = self.view
            if self.training is None or not view.step or view.state not in STATES:
                return None
            return Checkpoint(
                run_id=view.run_id,
                experiment=view.experiment,
                state=view.state,
                ended=view.ended,
                name=view.name,
                kept=view.kept,
                history=view.history,
                moments=self.moments,
                training=resume.capture(self.training),
            )

    # ---- training

    def slice(self, seconds: float) -> None:
        """Trains for some seconds; a batch or an evaluation under way is finished first."""
        end = self._clock() + seconds
        snapshot: Snapshot | None = None
        rest: dict[str, Any] = {}  # shown last: until then, viewers come back for more
        while not rest and self.view.state == "running" and self._clock() < end and self.is_due:
            assert self.training is not None
            assert self._snapshots is not None
            snapshot = next(self._snapshots, None)
            if snapshot is None:  # it had ended, and its stop rules were moved since
                self._snapshots = iter(self.training)
                continue
            if snapshot.val is not None:
                self._digest(snapshot)
            if snapshot.ended:
                rest = {"state": "ended", "ended": snapshot.ended}
            elif self.until_step is not None and snapshot.step >= self.until_step:
                self.until_step = None
                rest = {"state": "paused"}
        if snapshot is not None:
            self._show_progress()
            if snapshot.val is None and (rest or self._should_look()):
                self._look_within_epoch(snapshot)
            self._diagnose(snapshot, at_rest=bool(rest))
            if rest:
                self.measure()
            self._come_to_rest(rest)

    def _come_to_rest(self, rest: dict[str, Any]) -> None:
        """Pauses or ends, unless a command has said something else meanwhile."""
        with self._showing:
            if rest and self.view.state == "running":
                self.view = dataclasses.replace(self.view, **rest)

    @property
    def is_due(self) -> bool:
        """Whether its next batch may be trained now: not while somebody asks about the model, nor
        before its time if it has been slowed down."""
        if self._asked:
            return False
        if self.pace is None or self.until_step is not None or self.training is None:
            return True
        since, step = self._paced_from
        return self.training.step < step + self.pace * (self._clock() - since)

    def fail(self, error: Exception) -> None:
        """Says that it broke off, and why."""
        template = N_(
            "The run was interrupted: {reason}. Press Reset to start again; smaller "
            "layers or batches help if memory ran out."
        )
        reason = Sentence("{e}", e=str(error)[:200])
        self.show(state="failed", error=RunError(template, reason=reason))

    def _show_progress(self) -> None:
        training = self.training
        assert training is not None
        self.show(
            epoch=training.epoch,
            step=training.step,
            seconds=training.seconds,
            images_per_second=training.images / training.seconds if training.images else 0.0,
        )

    def _digest(self, snapshot: "Snapshot") -> None:
        """Takes the end of an epoch into the curves and the stored moments."""
        assert snapshot.val is not None
        assert self._monitor is not None
        self._show_progress()
        val = snapshot.val
        history: History = self.view.history.extended(
            snapshot.epoch, snapshot.train, val.terms, val.mse
        )
        self.show(history=history)
        moment = self._monitor.look(val.sample, snapshot.epoch, snapshot.step, self.view.moment)
        self.moments = _thinned({**self.moments, snapshot.epoch: moment})
        self._show_moment(moment)

    def _should_look(self) -> bool:
        """Within an epoch: where the run came to rest, and now and then while it is watched."""
        if self.view.state != "running":
            return True
        now = self._clock()
        return now - self._last_look >= LOOK_EVERY and now - self.last_seen <= 2.0

    def _look_within_epoch(self, snapshot: "Snapshot") -> None:
        from aecore.training.evaluation import look

        assert self._monitor is not None
        assert self.training is not None
        output = look(self.training.model, self._monitor.x_input, self._monitor.y)
        self._show_moment(
            self._monitor.look(output, snapshot.epoch, snapshot.step, self.view.moment)
        )

    def _show_moment(self, moment: Moment) -> None:
        self._last_look = self._clock()
        self.show(
            moment=moment,
            epochs_stored=tuple(self.moments),
            map_range=held_range(moment.plane, self.view.map_range),
        )

    def _diagnose(self, snapshot: "Snapshot", *, at_rest: bool = False) -> None:
        """Names what goes wrong; once a second is enough, and always at the end."""
        from aecore.training import diagnosis

        now = self._clock()
        running = self.view.state == "running" and not at_rest
        if running and now - self._last_diagnosis < 1.0:
            return
        self._last_diagnosis = now
        assert self.training is not None
        assert self._monitor is not None
        if snapshot.ended == "diverged":
            rate = self.view.experiment.learning_rate
            self.show(findings=(diagnosis.diverged(rate).finding,))
            return
        found, _ = diagnosis.diagnose(self.training.model, self._monitor.x_input, self._monitor.y)
        history, mean = self.view.history, self.view.references.get("mean")
        if snapshot.epoch >= 3 and mean is not None:
            last = history.val["recon_loss"][-1]
            rate = self.view.experiment.learning_rate
            worse = diagnosis.no_better_than_mean(last, mean, rate)
            found += [worse] if worse else []
        self.show(findings=tuple(diagnosis.finding for diagnosis in found))


def _number(value: object) -> float:
    """A count or a time of a saved run; 0 for anything that is none."""
    fits = isinstance(value, (int, float)) and 0 <= value < 1e12
    return float(value) if fits and isinstance(value, (int, float)) else 0.0


def _thinned(moments: dict[int, Moment]) -> dict[int, Moment]:
    if len(moments) <= MOST_MOMENTS:
        return moments
    epochs = list(moments)
    half = len(epochs) // 2
    kept = epochs[:half:2] + epochs[half:]
    return {epoch: moments[epoch] for epoch in kept}
