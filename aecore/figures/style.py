"""What all charts share: colours, fonts, axes."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from aecore.analysis.intervals import Interval

Translate = Callable[[str], str]

FONT = '"Source Sans", "Source Sans Pro", sans-serif'

LEGEND = {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "font": {"size": 12}}

OUTSIDE_BARS = {"textposition": "outside", "textfont": {"size": 12}, "constraintext": "none"}
"""For the numbers of narrow bars: else letters shrink with their bar's width, each by itself."""

Figure = dict[str, Any]
"""A Plotly figure as plain data: the live ones are made several times a second, and building
`go.Figure` would take a hundred times as long, in which training waits for the interpreter."""


@dataclass(frozen=True)
class Palette:
    """Colours of one theme; all but the grid contrast at least 3 to 1 with its background."""

    text: str
    grid: str
    encoder: str
    code: str
    decoder: str
    test: str
    train: str
    pca: str
    mean: str
    classes: tuple[str, ...]


LIGHT = Palette(
    text="#31333f",
    grid="#e3e5ea",
    encoder="#1565c0",
    code="#a15c00",
    decoder="#2e7d32",
    test="#6a1fb0",
    train="#8d7ba8",
    pca="#b3261e",
    mean="#6b7280",
    classes=(
        "#1f6fc4", "#b86e00", "#bd1f01", "#5f6f6d", "#832db6",
        "#8f5240", "#d65a00", "#7a7029", "#3b4252", "#127a7f",
    ),
)  # fmt: skip
DARK = Palette(
    text="#fafafa",
    grid="#33363f",
    encoder="#64b5f6",
    code="#ffb74d",
    decoder="#81c784",
    test="#d0a2ff",
    train="#9a8fb0",
    pca="#ff8a80",
    mean="#9ca3af",
    classes=(
        "#6db3f2", "#ffb938", "#ff6b57", "#b4c2c0", "#c58af0",
        "#d39a86", "#ff9447", "#d4c88f", "#8f96a8", "#9be4e7",
    ),
)  # fmt: skip


def palette(dark: bool) -> Palette:
    return DARK if dark else LIGHT


def enlarged(figure: Figure, factor: float) -> Figure:
    """The figure with its letters, and the margins that hold them, larger."""

    def letters(part: Any) -> Any:
        if isinstance(part, list):
            return [letters(item) for item in part]
        if not isinstance(part, dict):
            return part
        changed = {name: letters(value) for name, value in part.items()}
        for name in ("font", "tickfont", "textfont"):
            if "size" in changed.get(name, {}):
                changed[name]["size"] *= factor
        return changed

    larger = letters(figure["layout"])
    for side in larger.get("margin", {}).keys() & set("lrtb"):
        larger["margin"][side] *= factor
    traces = [
        trace | {"textfont": letters({"textfont": trace["textfont"]})["textfont"]}
        if "textfont" in trace
        else trace
        for trace in figure["data"]
    ]
    return {**figure, "data": traces, "layout": larger}


def error_bars(intervals: Sequence[Interval]) -> dict[str, Any]:
    """Plotly's error bars of some figures; none where an interval has no end."""
    up, down = (
        [round(length, 6) if math.isfinite(length) else 0.0 for length in lengths]
        for lengths in (
            [i.high - i.value for i in intervals],
            [i.value - i.low for i in intervals],
        )
    )
    return {"type": "data", "array": up, "arrayminus": down, "thickness": 1.5, "width": 4}


def layout(colours: Palette, revision: str = "") -> dict[str, Any]:
    """Background, font and axes of a chart; `revision`: the learner's zoom stays while this stays."""

    def axis() -> dict[str, Any]:
        style = {"gridcolor": colours.grid, "linecolor": colours.grid, "zeroline": False}
        return style | {"tickfont": {"size": 12}, "automargin": False}

    return {
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"color": colours.text, "size": 13, "family": FONT},
        "uirevision": revision,
        "dragmode": "zoom",
        "xaxis": axis(),
        "yaxis": axis(),
    }
