"""Names of curves at their right ends: nearer to what they name than any legend."""

import unicodedata
from collections.abc import Sequence
from html import escape
from typing import Any

import numpy as np
from numpy.typing import NDArray

SIZE = 12
"""Of the letters, in CSS pixels."""

LONGEST = 24
"""Letters of a name; of more, the middle is cut out."""

ROOM = 0.085
"""Share of the chart's height that a name needs."""

GAP = 8
"""CSS pixels before a name, and after it."""


def width(names: Sequence[str]) -> int:
    """CSS pixels right of the curves that these names need: no more, as a phone has few."""
    return round(max((_pixels(name) for name in short(names)), default=0)) + 2 * GAP


def annotations(
    names: Sequence[str], colours: Sequence[str], heights: Sequence[float] | NDArray[np.floating]
) -> list[dict[str, Any]]:
    """The names, moved apart where they would overlap.

    Args:
        names: one for each curve, in any letters: what Plotly would read as HTML is escaped.
        colours: those of the curves.
        heights: where the curves end, as shares of the chart's height from its foot.
    """
    places = spread(np.clip(heights, 0, 1), ROOM)
    return [
        {
            "xref": "paper",
            "yref": "paper",
            "x": 1,
            "y": float(place),
            "xanchor": "left",
            "yanchor": "middle",
            "xshift": GAP,
            "text": escape(name, quote=False),
            "font": {"color": colour, "size": SIZE},
            "showarrow": False,
        }
        for place, name, colour in zip(places, short(names), colours, strict=True)
    ]


def spread(places: NDArray[np.floating], room: float) -> NDArray[np.float64]:
    """Places from 0 to 1, moved apart to at least `room`, in the same order.

    There must be room for all of them.
    """
    order = np.argsort(places, kind="stable")
    moved = places[order].astype(np.float64)
    for i in range(1, len(moved)):
        moved[i] = max(moved[i], moved[i - 1] + room)
    if len(moved):
        moved[-1] = min(moved[-1], 1.0)
    for i in range(len(moved) - 2, -1, -1):
        moved[i] = min(moved[i], moved[i + 1] - room)
    result = np.empty_like(moved)
    result[order] = moved
    return result


def short(names: Sequence[str]) -> list[str]:
    """Names of at most `LONGEST` letters; those that were different are so still.

    What tells runs apart stands at the end of their names, or behind the first point in them.
    """
    for cut in (_with_end, _with_differences):
        cuts = [cut(name) for name in names]
        if len(set(cuts)) == len(set(names)):
            return cuts
    places = {name: number for number, name in enumerate(dict.fromkeys(names), start=1)}
    return [f"{name[: LONGEST - 5].rstrip()}… {places[name]}" for name in names]


def _with_end(name: str) -> str:
    """The beginning of a long name, and its last part, or its last letters."""
    if len(name) <= LONGEST:
        return name
    begin, _, last = name.rpartition(" · ")
    end = last[6 - LONGEST :] if begin else name[-LONGEST // 3 :]
    return f"{name[: LONGEST - 2 - len(end)]}… {end}"


def _with_differences(name: str) -> str:
    """The first letters of a long name, and the beginning of its differences from other runs."""
    if len(name) <= LONGEST:
        return name
    begin, _, differences = name.partition(" · ")
    return f"{begin[:4]}… {differences}"[: LONGEST - 1].rstrip() + "…"


def _pixels(name: str) -> float:
    """About as wide as the letters are: Korean ones are as wide as they are high, Latin ones half."""
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in name)
    return SIZE * (wide * 0.95 + (len(name) - wide) * 0.56)
