"""What `benchmarks.peers` measured, as a table with its verdicts, and where it is kept."""

import json
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.contestants import FLOOR, OURS, PEERS, TUTORIAL
from benchmarks.pace import Reached
from benchmarks.rounds import ratio, verdict

KEPT = Path(__file__).parent / "results" / "peers.json"
DUE_TUTORIAL = 6.0
"""Times the tutorial loop's images per second, for the dense model."""


@dataclass(frozen=True)
class Row:
    """One contestant.

    Attributes:
        name: of its entry.
        way: the settings with which it was fastest.
        rates: images/s, one per round.
        races: how it came to the test error, one per round; empty for one that cannot.
    """

    name: str
    way: str
    rates: list[float]
    races: list[Reached]

    @property
    def seconds(self) -> list[float]:
        """To the test error in each round; infinite where it was not reached."""
        return [float("inf") if one.seconds is None else one.seconds for one in self.races]


@dataclass(frozen=True)
class Measured:
    """One model's rows, and what it takes to get them again.

    Attributes:
        target: the test error of the races.
        missing: entries whose package is not installed.
        failures: entry and way -> why it could not compete.
        quick: whether it was a quick run, which has no verdict to give.
    """

    model: str
    layers: str
    about: str
    command: str
    date: str
    target: float
    rows: list[Row]
    missing: list[str]
    failures: dict[str, str]
    quick: bool = False

    def row(self, name: str) -> Row | None:
        return next((row for row in self.rows if row.name == name), None)


def faster(ours: Row, other: Row) -> float:
    """How many times its images per second ours are."""
    return ratio(ours.rates, other.rates)


def sooner(ours: Row, other: Row) -> float | None:
    """How many times as long as ours it takes to the test error; None without races."""
    if not other.races:
        return None
    return ratio(other.seconds, ours.seconds)


def section(measured: Measured) -> str:
    """A model's table, with a line above and its verdicts below, in Markdown."""
    ours = measured.row(OURS.name)
    assert ours is not None, "nothing to compare with"
    lines = [
        f"**{measured.model}**: {measured.layers}. Test error to reach: {measured.target:.5f}.",
        "",
        "| contestant | with | images/s | ours is | seconds to the error | ours is | updates |",
        "|---|---|---|---|---|---|---|",
        *(_line(ours, row) for row in measured.rows),
        "",
        *(f"- {line}" for line in verdicts(measured)),
        *(f"- not installed: {name}" for name in measured.missing),
        *(f"- could not compete: {name}: {why}" for name, why in measured.failures.items()),
        "",
        f"`{measured.command}`, {measured.about}, {measured.date}.",
    ]
    return "\n".join(lines)


def report(everything: Sequence[Measured]) -> str:
    """All models' sections under one heading."""
    head = (
        "## Next to peers\n\nMade by `python -m benchmarks.peers` (see [README](README.md#peers))."
    )
    return "\n\n".join([head, *(section(measured) for measured in everything)])


def verdicts(measured: Measured) -> list[str]:
    """One line per thing that is due."""
    if measured.quick:
        return ["QUICK run: no verdict"]
    ours, tutorial = measured.row(OURS.name), measured.row(TUTORIAL.name)
    assert ours is not None
    peers = [row for peer in PEERS if (row := measured.row(peer.name)) is not None]
    absent = "" if len(peers) == len(PEERS) else f" ({len(PEERS) - len(peers)} not measured)"
    lines = [
        _ahead("images/s", {row.name: faster(ours, row) for row in peers}, absent),
        _ahead(
            "time to the test error",
            {row.name: each for row in peers if (each := sooner(ours, row)) is not None},
            absent,
        ),
    ]
    if measured.model == "dense" and tutorial is not None:
        times = faster(ours, tutorial)
        text = f"{times:.1f} x the {TUTORIAL.name} ({tutorial.way}), due {DUE_TUTORIAL:g}"
        lines.append(verdict(times >= DUE_TUTORIAL, text))
    return lines


def _ahead(of_what: str, times: dict[str, float], absent: str) -> str:
    """Whether ours is ahead of every peer: ratios above 1."""
    if not times:
        return f"not measured: {of_what}"
    closest = min(times, key=lambda name: times[name])
    behind = [f"{name} ({each:.2f} x)" for name, each in times.items() if each <= 1]
    if behind:
        return verdict(False, f"{of_what}: not ahead of {', '.join(behind)}")
    text = (
        f"{of_what}: ahead of every peer{absent}, by {times[closest]:.2f} x of {closest} at least"
    )
    return verdict(True, text)


def _line(ours: Row, row: Row) -> str:
    cells = [row.name, row.way, _spread(row.rates, ",.0f"), _times(faster(ours, row))]
    if row.name == FLOOR.name:
        cells[3] += f", {1 / ratio(row.rates, ours.rates):.0%} of it"
    reached = [one for one in row.races if one.seconds is not None]
    if len(reached) < len(row.races):
        cells += [f"not reached in {len(row.races) - len(reached)} of {len(row.races)}", "", ""]
    elif reached:
        cells += [
            _spread(row.seconds, ".2f"),
            _times(sooner(ours, row)),
            f"{statistics.median(one.updates for one in reached):.0f}",
        ]
    else:
        cells += ["", "", ""]
    return f"| {' | '.join(cells)} |"


def _spread(values: Sequence[float], digits: str) -> str:
    """Median (smallest-largest)."""
    low, high = min(values), max(values)
    return f"{statistics.median(values):{digits}} ({low:{digits}}-{high:{digits}})"


def _times(factor: float | None) -> str:
    return "" if factor is None else f"{factor:.2f} x"


def write(everything: dict[str, Measured], path: Path = KEPT) -> None:
    """Keeps all models' numbers."""
    models = {name: asdict(measured) for name, measured in everything.items()}
    text = json.dumps({"models": models}, indent=2)
    path.write_text(text + "\n", encoding="utf-8")


def read(path: Path = KEPT) -> dict[str, Measured]:
    """Model -> what was kept of it; nothing where there is no such file."""
    if not path.exists():
        return {}
    models = json.loads(path.read_text(encoding="utf-8"))["models"]
    return {name: _measured(values) for name, values in models.items()}


def _measured(values: dict[str, Any]) -> Measured:
    rows = [
        Row(**{**row, "races": [Reached(**race) for race in row["races"]]})
        for row in values["rows"]
    ]
    return Measured(**{**values, "rows": rows})
