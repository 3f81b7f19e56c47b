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
"""Letters of a name; more are cut off."""

ROOM = 0.085
"""Share of the chart's height that a name needs."""

GAP = 8
"""CSS pixels before a name, and after it."""


def width(names: Sequence[str]) -> int:
    """CSS pixels right of the curves that these names need: no more, as a phone has few."""
    return round(max((_pixels(_cut(name)) for name in names), default=0)) + 2 * GAP


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
            "text": escape(_cut(name), quote=False),
            "font": {"color": colour, "size": SIZE},
            "showarrow": False,
        }
        for place, name, colour in zip(places, names, colours, strict=True)
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


def _cut(name: str) -> str:
    return name if len(name) <= LONGEST else name[: LONGEST - 1] + "…"


def _pixels(name: str) -> float:
    """About as wide as the letters are: Korean ones are as wide as they are high, Latin ones half."""
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in name)
    return SIZE * (wide * 0.95 + (len(name) - wide) * 0.56)
