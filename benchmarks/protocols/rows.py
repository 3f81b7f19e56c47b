"""One row of the table: what was published, what is due here, and what was measured."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Self

import torch

from aecore import datasets
from aecore.datasets import Dataset
from benchmarks import results_file

RESULTS = Path(__file__).parents[1] / "results"

QUICK_TRAIN, QUICK_TEST = 600, 200
"""Pictures of a quick run, which only shows that a protocol runs."""


@dataclass(frozen=True)
class Setup:
    """What a protocol runs on.

    Attributes:
        dataset: full MNIST, or a few of the bundled digits for a quick run.
        seed: of first weights, order and noise.
        quick: whether to take a few steps instead of a training.
        say: prints a line of progress.
    """

    dataset: Dataset
    seed: int = 0
    quick: bool = False
    say: Callable[[str], None] = print

    @classmethod
    def prepare(cls, seed: int, quick: bool, device: str, say: Callable[[str], None]) -> Self:
        dataset = few(datasets.load(datasets.BUNDLED if quick else "mnist", device), quick)
        return cls(dataset, seed, quick, say)


@dataclass(frozen=True)
class Outcome:
    """What a protocol measured.

    Attributes:
        value: the row's number.
        how: the settings, in words.
        spread: what the value must be larger than, where that is measured too.
        details: further numbers, by name.
    """

    value: float
    how: str
    spread: float | None = None
    details: dict[str, float | list[float]] = field(default_factory=dict)


@dataclass(frozen=True)
class Protocol:
    """A published measurement.

    Attributes:
        name: on the command line and of the result's file.
        what: what is measured.
        published: the published number and its source.
        due: what our number should be, in words.
        holds: whether an outcome is what is due.
        show: an outcome's number as text, with the digits and the unit of the published one.
        run: measures it.
    """

    name: str
    what: str
    published: str
    due: str
    holds: Callable[[Outcome], bool]
    show: Callable[[Outcome], str]
    run: Callable[[Setup], Outcome]


@dataclass(frozen=True)
class Result:
    """An outcome, with what it takes to get it again."""

    name: str
    outcome: Outcome
    command: str
    seed: int
    seconds: float
    device: str
    date: str
    quick: bool = False

    def write(self, folder: Path) -> Path:
        """Keeps the result in `folder`, instead of an earlier one of the same row."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{self.name}.json"
        path.write_text(json.dumps(asdict(self), indent=2) + "\n", encoding="utf-8")
        return path

    @classmethod
    def of(cls, values: dict[str, Any]) -> Self:
        return cls(**{**values, "outcome": Outcome(**values["outcome"])})


def read_all(folder: Path) -> dict[str, Result]:
    """Row -> its kept result; other benchmarks keep something else in the same folder."""
    files = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]
    results = [Result.of(values) for values in files if "outcome" in values]
    return {result.name: result for result in results}


def verdict(protocol: Protocol, result: Result | None) -> str:
    """One word on a result; a quick run has none to give."""
    if result is None:
        return "not measured"
    if result.quick:
        return "QUICK: says nothing"
    return "holds" if protocol.holds(result.outcome) else "**MISSED**"


def table(protocols: Sequence[Protocol], results: dict[str, Result]) -> str:
    """The results side by side as Markdown, and below how each was measured."""
    lines = ["| what | published | due here | ours | |", "|---|---|---|---|---|"]
    notes = []
    for protocol in protocols:
        result = results.get(protocol.name)
        ours = "" if result is None else protocol.show(result.outcome)
        cells = (protocol.what, protocol.published, protocol.due, ours, verdict(protocol, result))
        lines.append("| " + " | ".join(cells) + " |")
        if result is not None:
            notes.append(_note(protocol, result))
    return "\n".join([*lines, "", *notes])


def _note(protocol: Protocol, result: Result) -> str:
    return (
        f"- **{protocol.what}**: `{result.command}`, seed {result.seed}, "
        f"{result.seconds:,.0f} s, {result.device}, {result.date}. {result.outcome.how}"
    )


def few(dataset: Dataset, quick: bool) -> Dataset:
    """The first pictures alone, for a quick run."""
    if not quick:
        return dataset
    return replace(
        dataset,
        x_train=dataset.x_train[:QUICK_TRAIN],
        y_train=dataset.y_train[:QUICK_TRAIN],
        x_test=dataset.x_test[:QUICK_TEST],
        y_test=dataset.y_test[:QUICK_TEST],
    )


def device_words(device: torch.device) -> str:
    """The device, for a reader elsewhere."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return f"{results_file.machine()}, {torch.get_num_threads()} thread(s)"
