"""A run at work: what it trains with once it is prepared, and what it shows of that.

Everything here waits for torch: a run has its work from its preparation on, and another one after a
reset. Whoever calls a method holds the run's `busy`.
"""

import weakref
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

from aecore.analysis.latent import held_range
from aecore.data import datasets, devices
from aecore.engine.checkpoint import STATES, Checkpoint, check_fits
from aecore.errors import N_, Sentence
from aecore.files.store import Saved
from aecore.spec import schedule
from aecore.spec.view import Moment, RunView
from aecore.training import diagnosis, provenance, resume
from aecore.training.evaluation import look
from aecore.training.loop import Snapshot, Training
from aecore.training.monitor import Monitor
from aecore.training.references import references

LOOK_EVERY = 0.4
"""Seconds between looks at a model within an epoch, while somebody watches."""

DIAGNOSE_EVERY = 1.0
"""Seconds between diagnoses of a run that trains."""

WATCHED_WITHIN = 2.0
"""Seconds since the last look at a run, within which it counts as watched."""

MOST_MOMENTS = 300
"""Stored moments per run; past that, every second one of the older half is dropped."""

FROM_BEFORE = N_(
    "This run was saved before the lab kept validation pictures apart: its curves were measured on "
    "test pictures, and it may have learned from pictures that are used for validation today."
)


class Shown(Protocol):
    """A run, as its work sees it: `aecore.engine.run.Run` has the words."""

    view: RunView
    until_step: int | None
    last_seen: float
    now: Callable[[], float]

    @property
    def is_due(self) -> bool: ...

    def show(self, **changes: Any) -> None: ...

    def come_to_rest(self, rest: Mapping[str, Any]) -> None: ...


class Work:
    """The data, the model and the training of a run. Takes a while to make.

    Args:
        run: whose; it shows what is found here.
        device_name: where to train; None for the best device here.

    Raises:
        LabError: the data cannot be had.
    """

    def __init__(self, run: Shown, device_name: str | None) -> None:
        experiment = run.view.experiment
        device = devices.choose(device_name)
        # Not owned: a run that is deleted gives its memory back at once, without a collection.
        self._run: Shown = weakref.proxy(run)
        self.dataset = datasets.load(
            experiment.dataset,
            device,
            progress=lambda done, total: run.show(fetched=(done, total)),
        )
        self.training = Training(experiment, self.dataset)
        self.moments: dict[int, Moment] = {}
        self._monitor = Monitor(experiment, self.dataset)
        self._snapshots: Iterator[Snapshot] = iter(self.training)
        self._last_look = self._last_diagnosis = float("-inf")
        run.show(
            device=devices.describe(device),
            made_with=provenance.made_with(self.dataset),
            n_parameters=self.training.model.n_parameters,
            steps_per_epoch=self.training.steps_per_epoch,
            n_train=len(self.training.x_train),
            n_val=len(self.training.x_val),
            n_test=len(self.training.x_test),
            probe=self._monitor.probe,
        )

    # ---- how it begins

    def begin(self) -> None:
        """Looks at the untrained model."""
        self._digest(next(self._snapshots))

    def go_on_from(self, checkpoint: Checkpoint) -> None:
        """Goes on where a run stood that trained elsewhere.

        Raises:
            StoreError: the checkpoint is of another model.
        """
        training = self.training
        assert checkpoint.training is not None  # else it is of a run that has not begun
        check_fits(checkpoint, training)
        resume.restore(training, checkpoint.training)
        # Those of an older lab show other pictures.
        n = len(self._monitor.probe.labels)
        self.moments = {e: m for e, m in checkpoint.moments.items() if len(m.plane.points) == n}
        newest = next(reversed(self.moments.values()), None)
        self._run.show(history=checkpoint.history)
        self._show_progress()
        self._look(training.epoch, training.step, newest)
        if checkpoint.state != "running":
            self.measure()
        self._diagnose(Snapshot(training.epoch, training.step, {}))

    def take_over(self, saved: Saved) -> None:
        """Puts the weights and the curves of a saved run in place of untrained ones."""
        training = self.training
        training.model.load_state_dict(saved.model.state_dict())
        epochs = saved.history.epochs
        training.epoch = epochs[-1] if epochs else 0
        counted = training.epoch * training.steps_per_epoch
        training.step = int(max(_number(saved.result.get("steps")), counted, 1))
        training.seconds = _number(saved.result.get("train_seconds"))
        training.images = training.epoch * len(training.x_train) if training.seconds else 0
        last = (training.step - 1) // training.steps_per_epoch  # the epoch of its last batch
        training.model.layers_in_use = schedule.stage_at(training.experiment, last).layer
        val = training.evaluate()
        history = saved.history.extended(0, None, val.terms, val.mse)
        self._run.show(history=saved.history if epochs else history)
        moment = self._monitor.look(val.sample, training.epoch, training.step, None)
        self.moments = {training.epoch: moment}
        self._show_progress()
        self._show_moment(moment)
        self.measure()
        self._diagnose(Snapshot(training.epoch, training.step, {}))
        if saved.is_old:
            self._run.show(incidents=(Sentence(FROM_BEFORE),))

    def compare(self) -> None:
        """Measures the baselines that the run's error stands next to."""
        found = references(self.training.experiment, self.dataset)
        self._run.show(references=found.loss, references_mse=found.mse)

    # ---- training

    def slice(self, seconds: float) -> None:
        """Trains for some seconds; a batch or an evaluation under way is finished first."""
        run = self._run
        end = run.now() + seconds
        snapshot: Snapshot | None = None
        rest: dict[str, Any] = {}  # shown last: until then, viewers come back for more
        while not rest and run.view.state == "running" and run.now() < end and run.is_due:
            snapshot = next(self._snapshots, None)
            if snapshot is None:  # it had ended, and its stop rules were moved since
                self._snapshots = iter(self.training)
                continue
            if snapshot.val is not None:
                self._digest(snapshot)
            if snapshot.ended:
                rest = {"state": "ended", "ended": snapshot.ended}
            elif run.until_step is not None and snapshot.step >= run.until_step:
                run.until_step = None
                rest = {"state": "paused"}
        if snapshot is not None:
            self._show_progress()
            if snapshot.val is None and (rest or self._should_look()):
                self._look(snapshot.epoch, snapshot.step, run.view.moment)
            self._diagnose(snapshot, at_rest=bool(rest))
            if rest:
                self.measure()
            run.come_to_rest(rest)

    def adjust(self, changes: dict[str, Any]) -> None:
        """Changes live fields of the experiment."""
        self.training.adjust(**changes)

    def measure(self) -> None:
        """The test error of a run that has come to rest, which nothing is chosen by.

        A run that was paused between two slices has not been looked at after its last batch.
        """
        view = self._run.view
        if view.step and view.test_mse is None:
            if view.moment is not None and view.moment.step != view.step:
                self._look(view.epoch, view.step, view.moment)
            self._run.show(test_mse=self.training.test().mse)

    def capture(self) -> Checkpoint | None:
        """Everything that it takes to go on elsewhere; None before its first batch."""
        view = self._run.view
        if not view.step or view.state not in STATES:
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

    # ---- what it shows

    def _show_progress(self) -> None:
        training = self.training
        self._run.show(
            epoch=training.epoch,
            step=training.step,
            seconds=training.seconds,
            images_per_second=training.images / training.seconds if training.images else 0.0,
            test_mse=None,  # of other weights, if Play was pressed while it was being measured
        )

    def _digest(self, snapshot: Snapshot) -> None:
        """Takes the end of an epoch into the curves and the stored moments."""
        val = snapshot.val
        assert val is not None
        self._show_progress()
        view = self._run.view
        history = view.history.extended(snapshot.epoch, snapshot.train, val.terms, val.mse)
        self._run.show(history=history)
        moment = self._monitor.look(val.sample, snapshot.epoch, snapshot.step, view.moment)
        self.moments = _thinned({**self.moments, snapshot.epoch: moment})
        self._show_moment(moment)

    def _should_look(self) -> bool:
        """Within an epoch: where the run came to rest, and now and then while it is watched."""
        run = self._run
        if run.view.state != "running":
            return True
        now = run.now()
        return now - self._last_look >= LOOK_EVERY and now - run.last_seen <= WATCHED_WITHIN

    def _look(self, epoch: int, step: int, before: Moment | None) -> None:
        """At the model as it is now; its map keeps the axes of the look before."""
        output = look(self.training.model, self._monitor.x_input, self._monitor.y)
        self._show_moment(self._monitor.look(output, epoch, step, before))

    def _show_moment(self, moment: Moment) -> None:
        self._last_look = self._run.now()
        self._run.show(
            moment=moment,
            epochs_stored=tuple(self.moments),
            map_range=held_range(moment.plane, self._run.view.map_range),
        )

    def _diagnose(self, snapshot: Snapshot, *, at_rest: bool = False) -> None:
        """Names what goes wrong; once a second is enough, and always at the end."""
        run = self._run
        running = run.view.state == "running" and not at_rest
        if running and run.now() - self._last_diagnosis < DIAGNOSE_EVERY:
            return
        self._last_diagnosis = run.now()
        rate = run.view.experiment.learning_rate
        if snapshot.ended == "diverged":
            run.show(findings=(diagnosis.diverged(rate).finding,))
            return
        found, _ = diagnosis.diagnose(self.training.model, self._monitor.x_input, self._monitor.y)
        history, mean = run.view.history, run.view.references.get("mean")
        if snapshot.epoch >= 3 and mean is not None:
            last = history.val["recon_loss"][-1]
            worse = diagnosis.no_better_than_mean(last, mean, rate)
            found += [worse] if worse else []
        run.show(findings=tuple(one.finding for one in found))


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
