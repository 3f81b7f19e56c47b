"""How well noise is taken out: over the noise level, and for each kind of noise. Plain data."""

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from aecore.analysis.intervals import Interval
from aecore.figures.style import (
    LEGEND,
    OUTSIDE_BARS,
    Figure,
    Palette,
    Translate,
    error_bars,
    layout,
    palette,
)

GAIN_SHOWN = 12.0
"""Decibels up and down that the axis of the gains covers."""


def method_colours(colours: Palette) -> dict[str, str]:
    return {
        "noisy": colours.mean,
        "model": colours.decoder,
        "plain": colours.test,
        "filter": colours.pca,
    }


def error_by_level(
    levels: Sequence[float],
    errors: Mapping[str, Sequence[float]],
    *,
    names: Mapping[str, str],
    best: Sequence[str],
    mse: str,
    level: float,
    revision: str = "",
    dark: bool = False,
    _: Translate = str,
) -> Figure:
    """Error of each method over the noise level, with the current level marked.

    Args:
        levels: (n,), ascending.
        errors: "noisy", "model", "plain" or "filter" -> (n,), mean squared errors.
        names: what these are called.
        best: (n,), the name of the filter that "filter" is at each level.
        mse: what the error is called.
        level: the current one.
        revision: the learner's zoom stays while this stays.
        dark: the theme.
        _: translates.
    """
    colours = palette(dark)
    traces = [_line(levels, errors[key], names[key], key, best, colours) for key in errors]
    style = layout(colours, revision) | {
        "hovermode": "x unified",
        "legend": LEGEND,
        "margin": {"l": 58, "r": 12, "t": 8, "b": 44},
        "shapes": [_mark(level, colours)],
    }
    style["xaxis"] |= {"title": {"text": _("noise level")}, "range": [-0.02, 1.02]}
    style["yaxis"] |= {"title": {"text": mse}, "rangemode": "tozero"}
    return {"data": traces, "layout": style}


def _line(
    levels: Sequence[float],
    errors: Sequence[float],
    name: str,
    key: str,
    best: Sequence[str],
    colours: Palette,
) -> dict[str, Any]:
    dash = "dash" if key == "noisy" else "solid"
    width = 3 if key == "model" else 2
    return {
        "type": "scatter",
        "mode": "lines",
        "x": np.array(levels, np.float32),
        "y": np.array(errors, np.float32),
        "name": name,
        "line": {"color": method_colours(colours)[key], "width": width, "dash": dash},
        "customdata": list(best) if key == "filter" else [name] * len(levels),
        "hovertemplate": "%{customdata}: %{y:.4f}<extra></extra>",
    }


def _mark(level: float, colours: Palette) -> dict[str, Any]:
    line = {"color": colours.code, "width": 2, "dash": "dot"}
    where = {"x0": level, "x1": level, "y0": 0, "y1": 1}
    return {"type": "line", "xref": "x", "yref": "paper", **where, "line": line}


def gain_by_kind(
    gains: Mapping[str, Sequence[Interval]],
    kinds: Sequence[str],
    *,
    names: Mapping[str, str],
    trained: int | None,
    dark: bool = False,
    _: Translate = str,
) -> Figure:
    """Decibels that a method gains on the noisy samples, for each kind of noise.

    Args:
        gains: "model" or "plain" -> (n,), above 0 where it got better; NaN for none.
            Their intervals are drawn as thin lines.
        kinds: (n,), what the kinds of noise are called.
        names: what the methods are called.
        trained: which of the kinds the model was trained with, if any.
        dark: the theme.
        _: translates.
    """
    colours = palette(dark)
    traces = []
    for key, values in gains.items():
        numbers = np.array([gain.value for gain in values], np.float32)
        shown = np.clip(numbers, -GAIN_SHOWN, GAIN_SHOWN)
        traces.append(
            {
                "type": "bar",
                "x": list(range(len(kinds))),
                "y": shown,
                "name": names[key],
                "marker": {"color": method_colours(colours)[key]},
                "error_y": error_bars(values) | {"color": colours.text, "thickness": 1.2},
                "text": [f"{g:+.1f}" if np.isfinite(g) else "" for g in numbers],
                **OUTSIDE_BARS,
                "hovertemplate": "%{text} dB<extra>" + names[key] + "</extra>",
            }
        )
    style = layout(colours) | {
        "bargap": 0.3,
        "legend": LEGEND,
        "margin": {"l": 58, "r": 8, "t": 8, "b": 62},
    }
    ticks = [_wrapped(kind) for kind in kinds]
    if trained is not None:
        ticks[trained] = f"<b>{ticks[trained]}<br>" + _("(trained)") + "</b>"
    style["xaxis"] |= {"tickvals": list(range(len(kinds))), "ticktext": ticks, "tickangle": 0}
    style["yaxis"] |= {
        "title": {"text": _("gain, dB")},
        "range": [-1.2 * GAIN_SHOWN, 1.2 * GAIN_SHOWN],
        "zeroline": True,
        "zerolinecolor": colours.text,
    }
    return {"data": traces, "layout": style}


def _wrapped(name: str) -> str:
    return "<br>".join(textwrap.wrap(name, 9, break_long_words=False))
