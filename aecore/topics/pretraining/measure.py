"""Accuracies of classifiers over seeds: means, spreads, gains; and which labels are a choice."""

import json
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aecore import assets
from aecore.analysis import intervals
from aecore.analysis.intervals import Interval
from aecore.errors import N_, ExperimentError

RANDOM, FROZEN, FINE_TUNED = STARTS = ("random", "frozen", "fine_tuned")
"""First weights as drawn; the pretrained encoder held fast; everything goes on from pretrained."""

MOST_SEEDS = 100

FOLDER = assets.folder("pretraining")
"""Results that come with the lab, one line for each call of a command with --json:
`python -m aecore pretrain-classifier MODEL --dataset mnist --labels N --seeds S --json` in
MODEL.jsonl, and `python -m aecore gradients --activation NAME --json` in gradients.jsonl."""


@dataclass(frozen=True)
class Outcome:
    """What became of one classifier: the share of test pictures that it classifies right."""

    n_labels: int
    seed: int
    start: str
    accuracy: float


@dataclass(frozen=True)
class Accuracies:
    """One start with one number of labels; one accuracy for each seed, from 0 to 1."""

    values: tuple[float, ...]

    @property
    def mean(self) -> float:
        return statistics.fmean(self.values)

    @property
    def spread(self) -> float | None:
        """Standard deviation over the seeds, estimated from them (n - 1); None for one seed."""
        return statistics.stdev(self.values) if len(self.values) > 1 else None


@dataclass(frozen=True)
class Summary:
    """All starts with one number of labels.

    Attributes:
        n_labels: pictures that were shown with their class.
        seeds: that all starts have been trained with.
        starts: start -> its accuracies, in the order of `seeds`.
    """

    n_labels: int
    seeds: tuple[int, ...]
    starts: Mapping[str, Accuracies]

    def gain(self, start: str) -> Accuracies:
        """What a start gains on random weights, seed by seed: both had the same labels."""
        pairs = zip(self.starts[start].values, self.starts[RANDOM].values, strict=True)
        return Accuracies(tuple(value - base for value, base in pairs))

    def gain_interval(self, start: str) -> Interval:
        """The mean gain with its t interval over the seeds, in pairs."""
        return intervals.of_seeds(self.gain(start).values)


def summarise(outcomes: Iterable[Outcome]) -> tuple[Summary, ...]:
    """The outcomes by number of labels, ascending; of those seeds that every start has."""
    found = {(o.n_labels, o.start, o.seed): o.accuracy for o in outcomes}
    starts = [start for start in STARTS if any(key[1] == start for key in found)]
    summaries = []
    for n in sorted({key[0] for key in found}):
        of_each = [{s for m, other, s in found if (m, other) == (n, start)} for start in starts]
        seeds = tuple(sorted(set.intersection(*of_each)))
        if seeds:
            accuracies = {
                start: Accuracies(tuple(found[n, start, seed] for seed in seeds))
                for start in starts
            }
            summaries.append(Summary(n, seeds, accuracies))
    return tuple(summaries)


def shipped(name: str, folder: Path = FOLDER) -> tuple[dict[str, Any], ...]:
    """The results of a command that come with the lab; none if there are none of this name."""
    path = folder / f"{name}.jsonl"
    if not path.exists():
        return ()
    return tuple(json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())


def outcomes_of(results: Iterable[Mapping[str, Any]]) -> tuple[Outcome, ...]:
    """What `pretrain-classifier` printed, as outcomes."""
    return tuple(
        Outcome(result["labels"], seed, start, accuracy)
        for result in results
        for start in STARTS
        for seed, accuracy in enumerate(result[f"{start}_accuracies"])
    )


def check_labels(n: int, available: int) -> None:
    """Whether a classifier can learn from so many labels of so many pictures.

    Raises:
        ExperimentError: it cannot, and why.
    """
    if n < 2:
        raise ExperimentError(
            N_(
                "labels must be at least 2, but was {received}: with a single label there is only "
                "one class to learn, and nothing to tell apart."
            ),
            received=n,
        )
    if n > available:
        raise ExperimentError(
            N_(
                "labels must be at most {available}, as there are no more training pictures, but "
                "was {received}: ask for fewer, or take a larger dataset."
            ),
            available=f"{available:,}",
            received=f"{n:,}",
        )


def check_classes(classes: Sequence[int]) -> None:
    """Whether there is anything to tell apart; `classes` are those of the labelled pictures.

    Raises:
        ExperimentError: there is not.
    """
    if len(set(classes)) < 2:
        raise ExperimentError(
            N_(
                "The labels hold only one class: a classifier would assign everything to "
                "it. Give it at least two classes."
            )
        )


def check_seeds(n: int) -> None:
    """Raises ExperimentError unless n seeds make a spread, in reasonable time."""
    if not 2 <= n <= MOST_SEEDS:
        raise ExperimentError(
            N_(
                "seeds must be from 2 to {most}, but was {received}: a spread needs more than one "
                "training."
            ),
            most=MOST_SEEDS,
            received=n,
        )
