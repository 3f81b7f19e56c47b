"""One row of the table: what was published, what is due here, and what was measured, seed by seed."""

import json
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Self

import torch

from aecore.data import datasets
from aecore.data.datasets import Dataset
from benchmarks import results_file

RESULTS = Path(__file__).parents[1] / "results"

QUICK_TRAIN, QUICK_VAL, QUICK_TEST = 500, 100, 200
"""Pictures of a quick run, which only shows that a protocol runs."""


@dataclass(frozen=True)
class Setup:
    """What a protocol runs on.

    Attributes:
        dataset: full MNIST, or a few of the bundled digits for a quick run. Settings are chosen on
            its validation part.
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

    @property
    def everything(self) -> Dataset:
        """The dataset with all pictures that are published to learn from, as the last number needs:
        training and validation part together, and none to choose by."""
        d = self.dataset
        return replace(
            d,
            x_train=torch.cat([d.x_train, d.x_val]),
            y_train=torch.cat([d.y_train, d.y_val]),
            x_val=d.x_val[:0],
            y_val=d.y_val[:0],
        )


@dataclass(frozen=True)
class Outcome:
    """What a protocol measured with one seed.

    Attributes:
        value: the row's number.
        settings: how, in words that are the same for all seeds: outcomes with other settings do not
            belong into the same row.
        found: what this seed found besides.
        spread: what the value must be larger than, where that is measured too.
        beside: a number that is not the row's, but stands beside it: its name and its value.
        details: further numbers, by name.
    """

    value: float
    settings: str
    found: str = ""
    spread: float | None = None
    beside: tuple[str, float] | None = None
    details: Mapping[str, float | list[float]] = field(default_factory=dict)

    @classmethod
    def of(cls, values: dict[str, Any]) -> Self:
        beside = values.get("beside")
        return cls(**{**values, "beside": None if beside is None else tuple(beside)})


@dataclass(frozen=True)
class Result:
    """An outcome, with what it takes to get it again."""

    outcome: Outcome
    seed: int
    seconds: float
    device: str
    date: str
    versions: str = ""


@dataclass(frozen=True)
class Row:
    """The outcomes of all seeds.

    Attributes:
        name: of the protocol.
        results: one for each seed, in ascending order.
        quick: whether they say nothing.
    """

    name: str
    results: tuple[Result, ...]
    quick: bool = False

    @property
    def values(self) -> tuple[float, ...]:
        return tuple(result.outcome.value for result in self.results)

    @property
    def value(self) -> float:
        """The mean over the seeds."""
        return statistics.fmean(self.values)

    @property
    def deviation(self) -> float | None:
        """The standard deviation over the seeds; None for a single one."""
        return statistics.stdev(self.values) if len(self.values) > 1 else None

    @property
    def spread(self) -> float | None:
        """What the value must be larger than, where that was measured: the largest of all seeds."""
        found = [r.outcome.spread for r in self.results if r.outcome.spread is not None]
        return max(found, default=None)

    def with_result(self, result: Result) -> Self:
        """The row with one seed more, or with one measured again. Other settings start it anew."""
        kept = {
            r.seed: r for r in self.results if r.outcome.settings == result.outcome.settings
        } | {result.seed: result}
        return replace(self, results=tuple(kept[seed] for seed in sorted(kept)))

    def write(self, folder: Path) -> Path:
        """Keeps the row in `folder`."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{self.name}.json"
        values = {"name": self.name, "seeds": [asdict(result) for result in self.results]}
        path.write_text(json.dumps(values, indent=2) + "\n", encoding="utf-8")
        return path

    @classmethod
    def of(cls, values: dict[str, Any]) -> Self:
        results = [Result(**{**r, "outcome": Outcome.of(r["outcome"])}) for r in values["seeds"]]
        return cls(values["name"], tuple(results))


@dataclass(frozen=True)
class Protocol:
    """A published measurement.

    Attributes:
        name: on the command line and of the result's file.
        what: what is measured.
        published: the published number and its source.
        as_published: whether a row is as good as that; None where there is no single figure.
        due: what our number should be, in words.
        holds: whether a row is what is due.
        show: a number as text, with the digits of the published one.
        unit: what follows it.
        run: measures it with one seed.
        seeds: whether the seed changes anything.
    """

    name: str
    what: str
    published: str
    as_published: Callable[[Row], bool] | None
    due: str
    holds: Callable[[Row], bool]
    show: Callable[[float], str]
    run: Callable[[Setup], Outcome]
    unit: str = ""
    seeds: bool = True


def read_all(folder: Path) -> dict[str, Row]:
    """Name -> kept row; other benchmarks keep something else in the same folder."""
    files = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]
    rows = [Row.of(values) for values in files if "seeds" in values]
    return {row.name: row for row in rows}


def as_published(protocol: Protocol, row: Row | None) -> str:
    """Whether our number is as good as the published one, in a word."""
    if protocol.as_published is None:
        return "–"
    return _word(row, protocol.as_published, "as good", "**not as good**")


def as_due(protocol: Protocol, row: Row | None) -> str:
    """Whether our number is what is due here, in a word."""
    return _word(row, protocol.holds, "holds", "**MISSED**")


def _word(row: Row | None, holds: Callable[[Row], bool], good: str, bad: str) -> str:
    if row is None or not row.results:
        return "not measured"
    if row.quick:
        return "QUICK: says nothing"
    return good if holds(row) else bad


HEAD = (
    "| what | ours: mean ± standard deviation over seeds | published | as published | due here "
    "| as due here |"
)


def table(protocols: Sequence[Protocol], rows: Mapping[str, Row]) -> str:
    """The results side by side as Markdown, and below how each was measured."""
    lines, notes = [HEAD, "|---|---|---|---|---|---|"], []
    for protocol in protocols:
        row = rows.get(protocol.name)
        cells = (
            protocol.what,
            "" if row is None else ours(protocol, row),
            protocol.published,
            as_published(protocol, row),
            protocol.due,
            as_due(protocol, row),
        )
        lines.append("| " + " | ".join(cells) + " |")
        if row is not None:
            notes.append(_note(protocol, row))
    return "\n".join([*lines, "", *notes])


def ours(protocol: Protocol, row: Row) -> str:
    """The row's number with its spread and number of seeds, and what stands beside it."""
    text = _with_deviation(protocol, row.values) + protocol.unit
    if row.spread is not None:
        text += f", spread {protocol.show(row.spread)}"
    if protocol.seeds:
        n = len(row.results)
        text += f" ({n} seeds)" if n > 1 else " (one seed)"
    besides = [r.outcome.beside for r in row.results if r.outcome.beside is not None]
    if besides:
        values = [value for _, value in besides]
        text += f"; beside it {besides[0][0]}: {_with_deviation(protocol, values)}"
    return text


def _with_deviation(protocol: Protocol, values: Sequence[float]) -> str:
    text = protocol.show(statistics.fmean(values))
    return f"{text} ± {protocol.show(statistics.stdev(values))}" if len(values) > 1 else text


def _note(protocol: Protocol, row: Row) -> str:
    first = row.results[0]
    lines = [
        f"- **{protocol.what}**: `python -m benchmarks.published --only {protocol.name}`. "
        f"{first.outcome.settings}"
    ]
    for r in row.results:
        seed = f"seed {r.seed}: " if protocol.seeds else ""
        found = f" {r.outcome.found}" if r.outcome.found else ""
        versions = f", {r.versions}" if r.versions else ""
        lines.append(
            f"  - {seed}{protocol.show(r.outcome.value)}{protocol.unit}; {r.seconds:,.0f} s, "
            f"{r.device}{versions}, {r.date}.{found}"
        )
    return "\n".join(lines)


def few(dataset: Dataset, quick: bool) -> Dataset:
    """The first pictures alone, for a quick run."""
    if not quick:
        return dataset
    return replace(
        dataset,
        x_train=dataset.x_train[:QUICK_TRAIN],
        y_train=dataset.y_train[:QUICK_TRAIN],
        x_val=dataset.x_val[:QUICK_VAL],
        y_val=dataset.y_val[:QUICK_VAL],
        x_test=dataset.x_test[:QUICK_TEST],
        y_test=dataset.y_test[:QUICK_TEST],
    )


def device_words(device: torch.device) -> str:
    """The device, for a reader elsewhere."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return f"{results_file.machine()}, {torch.get_num_threads()} thread(s)"
