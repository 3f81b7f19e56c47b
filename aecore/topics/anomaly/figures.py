"""Strange and normal pictures by their score, and what every threshold would do. Plain data."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aecore.analysis.intervals import Interval
from aecore.figures.style import LEGEND, Figure, Palette, Translate, error_bars, layout, palette

BINS = 40

DASHES = {"mse": "solid", "ssim": "dash", "latent": "dot"}


def colour_of_strange(colours: Palette) -> str:
    return colours.test


def colour_of_normal(colours: Palette) -> str:
    return colours.mean


def histogram(
    scores: NDArray[np.float32],
    strange: NDArray[np.bool_] | None,
    threshold: float,
    *,
    title: str,
    marks: Sequence[tuple[str, float]] = (),
    revision: str = "",
    dark: bool = False,
    _: Translate = str,
) -> Figure:
    """How the scores of normal and of strange samples spread, with the threshold between them.

    Args:
        scores: (n,), higher is stranger.
        strange: (n,); None where nobody knows.
        threshold: alarms lie right of it.
        title: of the score, with its unit.
        marks: (name, score) of single pictures, as triangles.
        revision: the learner's zoom stays while this stays.
        dark: the theme.
        _: translates.
    """
    colours = palette(dark)
    edges = np.linspace(float(scores.min()), float(scores.max()), BINS + 1)
    groups = _groups(scores, strange, colours, _)
    traces = [_bars(name, *group, edges) for name, group in groups.items()]
    if marks:
        traces.append(_triangles(marks, colours))
    style = layout(colours, revision) | {
        "barmode": "overlay",
        "bargap": 0.0,
        "legend": LEGEND,
        "margin": {"l": 58, "r": 12, "t": 8, "b": 44},
        "shapes": [_line(colours, "x", threshold)],
        "annotations": [_note(_("threshold"), threshold, colours)],
    }
    low, high = min([edges[0], *(x for _n, x in marks)]), max([edges[-1], *(x for _n, x in marks)])
    room = 0.02 * (high - low) or 1.0
    style["xaxis"] |= {"title": {"text": title}, "range": [low - room, high + room]}
    style["yaxis"] |= {
        "title": {
            "text": _("% of all") if strange is None else _("% of its group (normal or strange)")
        },
        "rangemode": "tozero",
    }
    return {"data": traces, "layout": style}


def _groups(
    scores: NDArray[np.float32],
    strange: NDArray[np.bool_] | None,
    colours: Palette,
    _: Translate,
) -> dict[str, tuple[NDArray[np.float32], str]]:
    """What each group is called -> its scores and its colour."""
    if strange is None:
        return {_("test part"): (scores, colour_of_normal(colours))}
    return {
        _("normal"): (scores[~strange], colour_of_normal(colours)),
        _("strange"): (scores[strange], colour_of_strange(colours)),
    }


def _bars(
    name: str, scores: NDArray[np.float32], colour: str, edges: NDArray[np.float64]
) -> dict[str, Any]:
    counts, _edges = np.histogram(scores, edges)
    return {
        "type": "bar",
        "x": ((edges[:-1] + edges[1:]) / 2).astype(np.float32),
        "y": (100 * counts / max(len(scores), 1)).astype(np.float32),
        "width": np.diff(edges).astype(np.float32),
        "name": f"{name} ({len(scores):,})",
        "marker": {"color": colour},
        "opacity": 0.65,
        "customdata": counts.astype(np.int32),  # Plotly reads no 64-bit integers
        "hovertemplate": "%{x:.4g}: %{customdata}<extra>" + name + "</extra>",
    }


def _triangles(marks: Sequence[tuple[str, float]], colours: Palette) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers+text",
        "x": [score for _name, score in marks],
        "y": [0.0] * len(marks),
        "text": [name for name, _score in marks],
        "textposition": "top center",
        "showlegend": False,
        "cliponaxis": False,
        "marker": {"symbol": "triangle-up", "size": 13, "color": colours.code},
        "hovertemplate": "%{text}: %{x:.4g}<extra></extra>",
    }


def _line(colours: Palette, axis: str, at: float) -> dict[str, Any]:
    line = {"color": colours.code, "width": 2, "dash": "dot"}
    return {
        "type": "line",
        "xref": axis,
        "yref": "paper",
        **{"x0": at, "x1": at, "y0": 0, "y1": 1, "line": line},
    }


def _note(text: str, at: float, colours: Palette) -> dict[str, Any]:
    return {
        "text": text,
        "x": at,
        "y": 1,
        "yref": "paper",
        "xanchor": "left",
        "yanchor": "top",
        "showarrow": False,
        "font": {"color": colours.code, "size": 12},
    }


def roc(
    curves: Mapping[str, tuple[NDArray[np.float64], NDArray[np.float64]]],
    chosen: str,
    now: tuple[Interval, Interval],
    *,
    names: Mapping[str, str],
    dark: bool = False,
    _: Translate = str,
) -> Figure:
    """Caught strange pictures over false alarms, for every threshold.

    Args:
        curves: score -> (false positive rates, true positive rates), each (k,), 0 to 1.
        chosen: the score that is on show.
        now: the rates at the current threshold, whose intervals are drawn as a cross.
        names: what the scores are called.
        dark: the theme.
        _: translates.
    """
    colours = palette(dark)
    guess = _guess([0, 1], [0, 1], colours, _("guessing"))
    return _rates(
        [*_lines(curves, chosen, names, colours), guess, _now(now, colours, _)],
        _("false alarms (share of normal)"),
        _("caught (share of strange)"),
        colours,
    )


def precision_recall(
    curves: Mapping[str, tuple[NDArray[np.float64], NDArray[np.float64]]],
    chosen: str,
    now: tuple[Interval, Interval] | None,
    base_rate: float,
    *,
    names: Mapping[str, str],
    dark: bool = False,
    _: Translate = str,
) -> Figure:
    """How many alarms are right over how many strange pictures are caught, for every threshold.

    Args:
        curves: score -> (recall, precision), each (k,), 0 to 1.
        chosen: the score that is on show.
        now: recall and precision at the current threshold, likewise; None where there is no alarm.
        base_rate: share of strange pictures: the precision of guessing.
        names: what the scores are called.
        dark: the theme.
        _: translates.
    """
    colours = palette(dark)
    guess = _guess([0, 1], [base_rate, base_rate], colours, _("guessing"))
    marker = [] if now is None else [_now(now, colours, _)]
    return _rates(
        [*_lines(curves, chosen, names, colours), guess, *marker],
        _("caught (share of strange)"),
        _("alarms that are right (share)"),
        colours,
    )


def _lines(
    curves: Mapping[str, tuple[NDArray[np.float64], NDArray[np.float64]]],
    chosen: str,
    names: Mapping[str, str],
    colours: Palette,
) -> list[dict[str, Any]]:
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "x": x.astype(np.float32),
            "y": y.astype(np.float32),
            "name": names[key],
            "line": {
                "color": colour_of_strange(colours) if key == chosen else colours.mean,
                "width": 3 if key == chosen else 1.5,
                "dash": DASHES[key],
            },
            "hovertemplate": "%{x:.3f}, %{y:.3f}<extra>" + names[key] + "</extra>",
        }
        for key, (x, y) in curves.items()
    ]


def _guess(x: list[float], y: list[float], colours: Palette, name: str) -> dict[str, Any]:
    line = {"color": colours.grid, "width": 2}
    trace = {"type": "scatter", "mode": "lines", "x": x, "y": y, "name": name, "line": line}
    return trace | {"hoverinfo": "skip"}


def _now(at: tuple[Interval, Interval], colours: Palette, _: Translate) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [at[0].value],
        "y": [at[1].value],
        "error_x": error_bars([at[0]]),
        "error_y": error_bars([at[1]]),
        "name": _("this threshold"),
        "cliponaxis": False,
        "marker": {"size": 12, "color": colours.code},
        "hovertemplate": "%{x:.3f}, %{y:.3f}<extra></extra>",
    }


def _rates(traces: list[dict[str, Any]], x: str, y: str, colours: Palette) -> Figure:
    style = layout(colours) | {
        "legend": LEGEND,
        "margin": {"l": 58, "r": 12, "t": 8, "b": 44},
    }
    style["xaxis"] |= {"title": {"text": x}, "range": [-0.02, 1.02]}
    style["yaxis"] |= {"title": {"text": y}, "range": [-0.02, 1.04]}
    return {"data": traces, "layout": style}
