"""A host owns runs and advances their trainings in turn, one slice each.

Commands and views may come from any thread; `advance` is called by one thread only. Nothing
here imports torch before the first run is prepared, so that a page can be drawn meanwhile.
"""

import dataclasses
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

from aecore.analysis.latent import held_range
from aecore.errors import N_, LabError, RunError, Sentence, unknown_run
from aecore.experiment import Experiment
from aecore.view import Moment, RunView

if TYPE_CHECKING:
    from aecore.datasets import Dataset
    from aecore.monitor import Monitor
    from aecore.store import Saved
    from aecore.training import Snapshot, Training

T = TypeVar("T")

SLICE = 0.2
"""Seconds that a run may train before the next one's turn."""

LOOK_EVERY = 0.4
"""Seconds between looks at a model within an epoch, while somebody watches."""

LONGEST_NAME = 40
"""Characters of a run's name."""

KEPT_FACTOR = 24
"""How many times longer than others a kept run waits for a viewer before it is forgotten."""

MOST_MOMENTS = 300
"""Stored moments per run; past that, every second one of the older half is dropped."""


class Run:
    """One execution of an experiment. `view` is replaced, never changed: reading it needs no lock,
    but replacing it does, so that a command and a slice cannot undo each other's change."""

    def __init__(self, experiment: Experiment, now: float) -> None:
        self.view = RunView(run_id=secrets.token_hex(12), experiment=experiment, state="preparing")
        self.busy = threading.RLock()  # held while the training or the history is touched
        self._showing = threading.Lock()
        self.play_when_ready = False
        self.steps_when_ready: int | None = None
        self.until_step: int | None = None
        self.pace: float | None = None  # batches per second; None for as fast as it goes
        self.last_seen = now
        self.last_look = now
        self.last_diagnosis = float("-inf")
        self.paced_from = (now, 0)
        self.moments: dict[int, Moment] = {}
        self.training: Training | None = None
        self.dataset: Dataset | None = None
        self.monitor: Monitor | None = None
        self.snapshots: Iterator[Snapshot] | None = None
        self.saved: Saved | None = None  # where it comes from, if it has not trained here

    def show(self, **changes: Any) -> None:
        with self._showing:
            self.view = dataclasses.replace(self.view, **changes)

    def show_nothing(self) -> None:
        """The run as it was created."""
        with self._showing:
            self.view = RunView(
                run_id=self.view.run_id,
                experiment=self.view.experiment,
                state="preparing",
                name=self.view.name,
                kept=self.view.kept,
            )


class Host:
    """Owns runs.

    Args:
        device: where to train; None for the best device here.
        pause_after: seconds without a viewer after which a run pauses.
        expire_after: seconds without a viewer after which a run is forgotten.
        clock: seconds that only grow.
    """

    def __init__(
        self,
        device: str | None = None,
        *,
        pause_after: float = 120.0,
        expire_after: float = 3600.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._device = device
        self._pause_after = pause_after
        self._expire_after = expire_after
        self._clock = clock
        self._runs: dict[str, Run] = {}
        self.work = threading.Event()  # set when there may be something to advance

    # ---- commands: any thread

    def create(self, experiment: Experiment) -> str:
        """A new run, to be prepared. Returns its id."""
        run = Run(experiment, self._clock())
        self._runs[run.view.run_id] = run
        return run.view.run_id

    def adopt(self, saved: "Saved") -> str:
        """A run that has trained elsewhere, to be prepared. Returns its id."""
        run = Run(saved.experiment, self._clock())
        run.saved = saved
        run.show(name=_name(saved.result.get("name", "")))
        self._runs[run.view.run_id] = run
        return run.view.run_id

    def __contains__(self, run_id: str) -> bool:
        return run_id in self._runs

    @property
    def n_running(self) -> int:
        return sum(run.view.state == "running" for run in list(self._runs.values()))

    @property
    def is_waiting(self) -> bool:
        """Whether every running run has been slowed down and its next batch is not due yet."""
        running = [run for run in list(self._runs.values()) if run.view.state == "running"]
        return bool(running) and not any(self._is_due(run) for run in running)

    def play(self, run_id: str, *, steps: int | None = None) -> None:
        """Goes on training, for a number of batches or until a stop rule."""
        run = self._run(run_id)
        run.last_seen = self._clock()
        run.paced_from = (self._clock(), run.view.step)
        if run.view.state == "preparing":
            run.steps_when_ready = steps
            run.play_when_ready = True
        # Looked at again: it may have become ready before it could see the wish.
        if run.view.state in ("ready", "paused") or run.view.can_go_on:
            run.until_step = None if steps is None else run.view.step + steps
            run.show(state="running", ended=None, unwatched=False)
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

    def stop(self, run_id: str) -> None:
        """Ends the run; what it has shown stays."""
        run = self._run(run_id)
        run.play_when_ready = False
        if run.view.state in ("running", "paused"):
            run.show(state="ended", ended="stopped")

    def reset(self, run_id: str) -> None:
        """Back to the same first weights; the caller prepares the run again."""
        run = self._run(run_id)
        run.play_when_ready = False
        run.saved = None
        run.show_nothing()

    def adjust(self, run_id: str, **changes: Any) -> None:
        """Changes live fields: learning rate and stop rules. Raises ExperimentError."""
        run = self._run(run_id)
        experiment = run.view.experiment.adjusted(**changes)
        if experiment == run.view.experiment:
            return
        old_rate = run.view.experiment.learning_rate
        run.show(experiment=experiment)
        with run.busy:
            if run.training is not None:
                run.training.adjust(**changes)
            if experiment.learning_rate != old_rate and run.view.step:
                history = run.view.history
                rates = {**history.learning_rates, run.view.epoch: experiment.learning_rate}
                run.show(history=dataclasses.replace(history, learning_rates=rates))

    def set_pace(self, run_id: str, batches_per_second: float | None) -> None:
        """Slows a run down to watch it; None for as fast as it goes."""
        run = self._run(run_id)
        if run.pace != batches_per_second:
            run.pace = batches_per_second
            run.paced_from = (self._clock(), run.view.step)

    def rename(self, run_id: str, name: str) -> None:
        """Gives a run a name, cut at `LONGEST_NAME` characters; an empty one takes it away."""
        self._run(run_id).show(name=_name(name))

    def keep(self, run_id: str, kept: bool) -> None:
        """A kept run outlives the others: it expires `KEPT_FACTOR` times as late."""
        self._run(run_id).show(kept=kept)

    def delete(self, run_id: str) -> None:
        """Forgets a run and frees its memory."""
        run = self._runs.pop(run_id, None)
        if run is not None:
            run.show(state="ended", ended="stopped")

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
        stored = run.moments
        view = run.view
        if epoch is not None and stored:
            nearest = min(list(stored), key=lambda e: abs(e - epoch))
            view = dataclasses.replace(view, moment=stored[nearest])
        return view

    def ask(self, run_id: str, question: Callable[..., T], *args: Any) -> T:
        """What `question` answers about the run's model, as it is after its current batch.

        Raises:
            RunError: no such run here, or its model is not built yet.
        """
        from aecore.questions.subject import Subject

        run = self._run(run_id)
        run.last_seen = self._clock()
        with run.busy:
            if run.training is None or run.dataset is None:
                raise RunError(N_("This run has no model yet: wait until it is ready."))
            return question(Subject(run.training.model, run.dataset), *args)

    # ---- work: the host's own thread, or the one that prepares

    def prepare(self, run_id: str) -> None:
        """Loads the data, builds the model and looks at it untrained. Takes a while."""
        run = self._runs.get(run_id)
        if run is None:
            return
        with run.busy:
            # Prepared twice, as after a reset while preparing: a Play in between still counts.
            run.play_when_ready |= run.view.state == "running"
            # A batch that was under way at a reset has shown itself since.
            run.show_nothing()
            try:
                self._prepare(run)
            except LabError as error:
                run.show(state="failed", error=error)
            except Exception as error:
                self._fail(run, error)
                raise
            else:
                if run.saved is not None:
                    run.show(state="ended", ended="loaded", fetched=None)
                    return
                run.show(state="ready", fetched=None)
                if run.play_when_ready and run_id in self:
                    self.play(run_id, steps=run.steps_when_ready)

    def _prepare(self, run: Run) -> None:
        from aecore import datasets, devices
        from aecore.monitor import Monitor
        from aecore.references import references
        from aecore.training import Training

        experiment = run.view.experiment
        device = devices.choose(self._device)
        dataset = datasets.load(
            experiment.dataset, device, progress=lambda done, total: run.show(fetched=(done, total))
        )
        run.dataset = dataset
        run.training = Training(experiment, dataset)
        run.monitor = Monitor(experiment, dataset)
        run.snapshots = iter(run.training)
        run.moments = {}
        run.show(
            device=devices.describe(device),
            n_parameters=run.training.model.n_parameters,
            steps_per_epoch=run.training.steps_per_epoch,
            n_train=len(run.training.x_train),
            n_test=len(run.training.x_test),
            probe=run.monitor.probe,
        )
        if run.saved is None:
            self._digest(run, next(run.snapshots))
        else:
            self._take_over(run, run.saved)
        found = references(experiment, dataset)
        run.show(references=found.loss, references_mse=found.mse)

    def _take_over(self, run: Run, saved: "Saved") -> None:
        """Puts the weights and the curves of a saved run in place of untrained ones."""
        from aecore import schedule
        from aecore.training import Snapshot

        training, monitor = run.training, run.monitor
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
        training.model.layers_in_use = schedule.stage_at(run.view.experiment, last).layer
        test = training.evaluate()
        history = saved.history.extended(0, None, test.terms, test.mse)
        run.show(history=saved.history if epochs else history)
        moment = monitor.look(test.sample, training.epoch, training.step, None)
        run.moments = {training.epoch: moment}
        self._show_progress(run)
        self._show_moment(run, moment)
        self._diagnose(run, Snapshot(training.epoch, training.step, {}))

    def advance(self) -> bool:
        """Gives every running run one slice. Returns whether any run wants more."""
        self._tidy()
        for run in list(self._runs.values()):
            if run.view.state == "running":
                with run.busy:
                    try:
                        self._slice(run)
                    except Exception as error:
                        self._fail(run, error)
                        raise
        return self.n_running > 0

    def _slice(self, run: Run) -> None:
        end = self._clock() + SLICE
        snapshot: Snapshot | None = None
        while run.view.state == "running" and self._clock() < end and self._is_due(run):
            assert run.training is not None
            assert run.snapshots is not None
            snapshot = next(run.snapshots, None)
            if snapshot is None:  # it had ended, and its stop rules were moved since
                run.snapshots = iter(run.training)
                continue
            if snapshot.test is not None:
                self._digest(run, snapshot)
            if snapshot.ended:
                run.show(state="ended", ended=snapshot.ended)
            elif run.until_step is not None and snapshot.step >= run.until_step:
                run.until_step = None
                run.show(state="paused")
        if snapshot is not None:
            self._show_progress(run)
            if snapshot.test is None and self._should_look(run):
                self._look_within_epoch(run, snapshot)
            self._diagnose(run, snapshot)

    def _is_due(self, run: Run) -> bool:
        if run.pace is None or run.until_step is not None or run.training is None:
            return True
        since, step = run.paced_from
        return run.training.step < step + run.pace * (self._clock() - since)

    def _show_progress(self, run: Run) -> None:
        training = run.training
        assert training is not None
        run.show(
            epoch=training.epoch,
            step=training.step,
            seconds=training.seconds,
            images_per_second=training.images / training.seconds if training.images else 0.0,
        )

    def _digest(self, run: Run, snapshot: "Snapshot") -> None:
        """Takes the end of an epoch into the curves and the stored moments."""
        assert snapshot.test is not None
        assert run.monitor is not None
        self._show_progress(run)
        test = snapshot.test
        history = run.view.history.extended(snapshot.epoch, snapshot.train, test.terms, test.mse)
        run.show(history=history)
        moment = run.monitor.look(test.sample, snapshot.epoch, snapshot.step, run.view.moment)
        run.moments = _thinned({**run.moments, snapshot.epoch: moment})
        self._show_moment(run, moment)

    def _should_look(self, run: Run) -> bool:
        """Within an epoch: where the run came to rest, and now and then while it is watched."""
        if run.view.state != "running":
            return True
        now = self._clock()
        return now - run.last_look >= LOOK_EVERY and now - run.last_seen <= 2.0

    def _look_within_epoch(self, run: Run, snapshot: "Snapshot") -> None:
        from aecore.evaluation import look

        assert run.monitor is not None
        assert run.training is not None
        output = look(run.training.model, run.monitor.x_input, run.monitor.y)
        self._show_moment(
            run, run.monitor.look(output, snapshot.epoch, snapshot.step, run.view.moment)
        )

    def _show_moment(self, run: Run, moment: Moment) -> None:
        run.last_look = self._clock()
        run.show(
            moment=moment,
            epochs_stored=tuple(run.moments),
            map_range=held_range(moment.plane.points, run.view.map_range),
        )

    def _diagnose(self, run: Run, snapshot: "Snapshot") -> None:
        """Names what goes wrong; once a second is enough, and always at the end."""
        from aecore import diagnosis

        now = self._clock()
        if run.view.state == "running" and now - run.last_diagnosis < 1.0:
            return
        run.last_diagnosis = now
        assert run.training is not None
        assert run.monitor is not None
        if run.view.ended == "diverged":
            rate = run.view.experiment.learning_rate
            run.show(findings=(diagnosis.diverged(rate).finding,))
            return
        found, _ = diagnosis.diagnose(run.training.model, run.monitor.x_input, run.monitor.y)
        history, mean = run.view.history, run.view.references.get("mean")
        if snapshot.epoch >= 3 and mean is not None:
            last = history.test["recon_loss"][-1]
            rate = run.view.experiment.learning_rate
            worse = diagnosis.no_better_than_mean(last, mean, rate)
            found += [worse] if worse else []
        run.show(findings=tuple(diagnosis.finding for diagnosis in found))

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

    @staticmethod
    def _fail(run: Run, error: Exception) -> None:
        template = N_(
            "The run broke off: {reason}. Press Reset to start again; smaller layers or batches "
            "help if memory ran out."
        )
        run.show(
            state="failed", error=RunError(template, reason=Sentence("{e}", e=str(error)[:200]))
        )


def _name(text: object) -> str:
    return " ".join(str(text).split())[:LONGEST_NAME]


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
