"""Models next to each other as a table: what they cost and give, and where their settings differ."""

import csv
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass

from aecore.spec.experiment import SPECS, Experiment
from aecore.spec.links import VARIANT

RESULTS = (
    "epochs_done",
    "train_seconds",
    "parameters",
    "val_mse",
    "test_mse",
    "mean_mse",
    "pca_mse",
)


@dataclass(frozen=True)
class Model:
    """A trained model, or one that is training.

    Attributes:
        name: what the learner calls it.
        experiment: its settings.
        epochs_done: completed epochs.
        train_seconds: of training.
        parameters: weights and biases.
        val_mse: mean squared error over validation samples, by which one may choose.
        test_mse: mean squared error over test samples; NaN for a diverged one, and while it trains.
        mean_mse, pca_mse: those of the baselines on the test samples.
    """

    name: str
    experiment: Experiment
    epochs_done: int
    train_seconds: float
    parameters: int
    val_mse: float
    test_mse: float
    mean_mse: float
    pca_mse: float


@dataclass(frozen=True)
class Setting:
    """One setting of several models.

    Attributes:
        name: the field's, or `variant`.
        texts: one for each model, as links write it; None where it has no effect.
        differs: whether they are not all the same.
    """

    name: str
    texts: tuple[str | None, ...]
    differs: bool


def settings(experiments: Sequence[Experiment]) -> tuple[Setting, ...]:
    """The settings that have an effect in at least one experiment; those that differ come first."""
    found = [Setting(VARIANT, *_compared([e.variant for e in experiments]))]
    for name in SPECS:
        texts = [_text(e, name) for e in experiments]
        if any(text is not None for text in texts):
            found.append(Setting(name, *_compared(texts)))
    return tuple(sorted(found, key=lambda setting: not setting.differs))


def _compared(texts: Sequence[str | None]) -> tuple[tuple[str | None, ...], bool]:
    return tuple(texts), len(set(texts)) > 1


def _text(experiment: Experiment, name: str) -> str | None:
    if not experiment.matters(name):
        return None
    return SPECS[name].format(getattr(experiment, name))


def to_csv(models: Sequence[Model]) -> str:
    """One line per model: its name, results, and every setting; empty where there is none.

    A name that a spreadsheet would take for a formula begins with an apostrophe.
    """
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(["name", *RESULTS, VARIANT, *SPECS])
    for model in models:
        results = [getattr(model, name) for name in RESULTS]
        table.writerow(
            [
                f"'{model.name}" if model.name.startswith(("=", "+", "-", "@")) else model.name,
                *(value if math.isfinite(value) else "" for value in results),
                model.experiment.variant,
                *(_text(model.experiment, name) or "" for name in SPECS),
            ]
        )
    return text.getvalue()
