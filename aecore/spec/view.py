"""What a run shows to whoever watches it: frozen values of plain arrays. No torch here."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from aecore.analysis.latent import Plane
from aecore.analysis.scaling import Scale
from aecore.errors import LabError, Sentence
from aecore.spec.experiment import Experiment

Viewed = NDArray[np.uint8]
"""Samples in 256 steps, (n, *shape.seen): pictures (n, height, width), for colours with three
channels behind; series (n, channels, length); rows of a table (n, features)."""

State = Literal["preparing", "ready", "queued", "running", "paused", "ended", "failed"]

ENDINGS = ("epochs", "target", "seconds", "patience", "diverged", "stopped", "loaded")
"""Why a run may have ended; `loaded` is a saved run that was opened."""


@dataclass(frozen=True, eq=False)
class Probe:
    """The fixed validation samples of a run: nobody looks at the test set while it trains.

    Attributes:
        originals: (shown, …), as many of each class: the grid.
        corrupted: the same as the encoder gets them; None without corruption.
        grid_labels: (shown,), their classes.
        labels: (n,), the classes of the samples on the map.
        scale: what 0 and 1 stand for in measurements; None of pictures.
    """

    originals: Viewed
    corrupted: Viewed | None
    grid_labels: NDArray[np.int64]
    labels: NDArray[np.int64]
    scale: Scale | None = None


@dataclass(frozen=True, eq=False)
class Moment:
    """What the model made of the probe samples at one moment.

    Attributes:
        epoch, step: when; epochs completed, batches done.
        x_hat: (shown, …), the reconstructions of the grid.
        errors: (shown,), their mean squared errors.
        plane: where the codes of the map's samples lie.
        uses: (codebook_size,), how often each entry of the codebook stands in their codes; None
            for a code without a codebook.
    """

    epoch: int
    step: int
    x_hat: Viewed
    errors: NDArray[np.float32]
    plane: Plane
    uses: NDArray[np.int64] | None = None


@dataclass(frozen=True)
class History:
    """The curves: one entry per completed epoch, the first for the untrained model.

    Attributes:
        epochs: 0, 1, 2, …
        train: loss term -> mean over each epoch's batches; NaN for epoch 0.
        val: loss term -> over the whole validation set.
        val_mse: mean squared error over the whole validation set.
        learning_rates: epoch -> learning rate, where the learner changed it.
    """

    epochs: tuple[int, ...] = ()
    train: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    val: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    val_mse: tuple[float, ...] = ()
    learning_rates: Mapping[int, float] = field(default_factory=dict)

    def extended(
        self,
        epoch: int,
        train: Mapping[str, float] | None,
        val: Mapping[str, float],
        val_mse: float,
    ) -> "History":
        """These curves and one epoch more; `train` is None for the untrained model."""
        train = train or dict.fromkeys(val, float("nan"))
        return replace(
            self,
            epochs=(*self.epochs, epoch),
            train={name: (*self.train.get(name, ()), train[name]) for name in val},
            val={name: (*self.val.get(name, ()), val[name]) for name in val},
            val_mse=(*self.val_mse, val_mse),
        )


@dataclass(frozen=True, eq=False, kw_only=True)
class RunView:
    """One look at a run.

    Attributes:
        run_id: its unguessable name.
        experiment: as it is now; live fields may have changed since the start.
        state: preparing, ready, queued, running, paused, ended or failed.
        queue_place: how many runs start before it, and itself, if it is queued; else 0.
        ended: why it ended, one of `ENDINGS`.
        name: what the learner calls it; empty for no name.
        kept: whether the learner wants it to stay.
        unwatched: it was paused because nobody looked.
        error: what went wrong, if it failed.
        fetched: (done, total) bytes of a dataset that is being downloaded.
        epoch, step: epochs completed, batches done.
        steps_per_epoch: batches in an epoch.
        n_train, n_val, n_test: samples in use.
        seconds: spent training.
        images_per_second: over the whole run; 0 before the first batch.
        device: where it trains, for people.
        made_with: versions, device, threads and a hash of the data; see `aecore.training.provenance`.
        n_parameters: weights and biases of the model.
        probe: the fixed samples; None while preparing.
        moment: what the model makes of them, at the epoch asked for or now.
        epochs_stored: the epochs that can be asked for.
        map_range: half the height of the map; moves rarely.
        history: the curves.
        test_mse: mean squared error over the test set, measured where the run came to
            rest; None while it trains.
        references: baseline -> error on the validation set in the experiment's loss.
        references_mse: baseline -> mean squared error on the validation set.
        findings: what is wrong with the model, if anything.
        incidents: what happened to the run itself: a worker died, a disk is full.
    """

    run_id: str
    experiment: Experiment
    state: State
    queue_place: int = 0
    name: str = ""
    kept: bool = False
    ended: str | None = None
    unwatched: bool = False
    error: LabError | None = None
    fetched: tuple[int, int] | None = None
    epoch: int = 0
    step: int = 0
    steps_per_epoch: int = 0
    n_train: int = 0
    n_val: int = 0
    n_test: int = 0
    seconds: float = 0.0
    images_per_second: float = 0.0
    device: str = ""
    made_with: Mapping[str, str] = field(default_factory=dict)
    n_parameters: int = 0
    probe: Probe | None = None
    moment: Moment | None = None
    epochs_stored: tuple[int, ...] = ()
    map_range: float = 0.0
    history: History = field(default_factory=History)
    test_mse: float | None = None
    references: Mapping[str, float] = field(default_factory=dict)
    references_mse: Mapping[str, float] = field(default_factory=dict)
    findings: tuple[Sentence, ...] = ()
    incidents: tuple[Sentence, ...] = ()

    @property
    def val_mse(self) -> float | None:
        """The newest error on the validation set; None before the first look."""
        return self.history.val_mse[-1] if self.history.val_mse else None

    @property
    def is_training(self) -> bool:
        """Whether its weights are about to move."""
        return self.state in ("preparing", "queued", "running")

    @property
    def is_measuring(self) -> bool:
        """Whether the test error of a run at rest is still being measured."""
        at_rest = self.state in ("paused", "ended") and self.n_test > 0
        return at_rest and self.step > 0 and self.test_mse is None

    @property
    def under_way(self) -> tuple[int, int]:
        """The epoch to which the newest batch belongs, and the batch's number there, both from 1;
        (0, 0) before the first. Of a file, the last one in its curves."""
        if self.ended == "loaded":
            return self.epoch, self.steps_per_epoch
        if not self.steps_per_epoch or not self.step:
            return self.epoch, 0
        epoch, batch = divmod(self.step - 1, self.steps_per_epoch)
        return epoch + 1, batch + 1

    @property
    def can_go_on(self) -> bool:
        """Whether a run that has ended may train further, since its stop rules were moved."""
        over = self.ended in ("stopped", "diverged", "loaded")
        return self.state == "ended" and not over and self.epoch < self.experiment.epochs

    @property
    def seconds_left(self) -> float | None:
        """A guess from the pace so far; None where there is none."""
        if self.state != "running" or self.step == 0:
            return None
        steps_left = self.experiment.epochs * self.steps_per_epoch - self.step
        left = self.seconds / self.step * steps_left
        if self.experiment.max_seconds:
            left = min(left, self.experiment.max_seconds - self.seconds)
        return max(left, 0.0)

    @property
    def progress(self) -> float:
        """Share of the epochs that are done, from 0 to 1."""
        steps = self.experiment.epochs * self.steps_per_epoch
        return min(self.step / steps, 1.0) if steps else 0.0
