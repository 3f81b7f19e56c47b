"""The curves of several runs in one chart."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
from numpy.typing import NDArray

from aecore.analysis.intervals import Interval
from aecore.figures import end_labels
from aecore.figures.style import Figure, Translate, error_bars, layout, palette

DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
"""So that no two curves differ by colour alone."""

TICKS = [float(f"{m}e{p}") for p in range(-5, 1) for m in (1, 2, 5)]


@dataclass(frozen=True)
class Curve:
    """The validation error of one model.

    Attributes:
        name: what it is called, at the end of its curve.
        epochs: when it was measured; the last alone for a model whose history is not known.
        errors: (len(epochs),), mean squared errors.
    """

    name: str
    epochs: Sequence[int]
    errors: Sequence[float]


def error_curves(
    curves: Sequence[Curve],
    mean_error: float | None,
    *,
    mean_name: str,
    axis: str,
    revision: str = "",
    dark: bool = False,
    _: Translate = str,
) -> Figure:
    """Validation errors over epochs, each curve with its name at its end.

    Args:
        curves: at most as many as there are `DASHES`.
        mean_error: that of the mean of the samples, as a line; None where each curve has another.
        mean_name: what to call it.
        axis: what the vertical axis measures.
        revision: the learner's zoom stays while this stays.
    """
    colours = palette(dark)
    last = max([epoch for curve in curves for epoch in curve.epochs], default=1) or 1
    traces: list[Figure] = []
    ends: list[float] = []
    names: list[str] = []
    tints: list[str] = []
    if mean_error is not None:
        ends, names, tints = [mean_error], [mean_name], [colours.mean]
    for number, curve in enumerate(curves):
        finite = np.isfinite(curve.errors)
        x = np.array(curve.epochs, np.int32)[finite]
        y = np.array(curve.errors, np.float64)[finite]
        if not len(x):
            continue
        colour, dash = colours.classes[number], DASHES[number % len(DASHES)]
        traces += _curve(curve.name, x, y, last, colour, dash)
        ends.append(float(y[-1]))
        names.append(curve.name)
        tints.append(colour)
    if mean_error is not None:
        mean = {"color": colours.mean, "width": 1, "dash": "dot"}
        traces.append(_line(mean_name, [0, last], [mean_error] * 2, mean))
    low, high = _range([*ends, *(e for trace in traces for e in trace["y"])])
    heights = (np.log10(np.maximum(ends, 1e-5)) - low) / (high - low)
    style = layout(colours, revision) | {
        "showlegend": False,
        "hovermode": "closest",
        "margin": {"l": 58, "r": end_labels.width(names), "t": 8, "b": 40},
        "annotations": end_labels.annotations(names, tints, heights),
    }
    style["xaxis"] |= {"title": {"text": _("epoch")}, "range": [0, last * 1.01]}
    style["yaxis"] |= {
        "type": "log",
        "title": {"text": axis},
        "tickvals": TICKS,
        "ticktext": [f"{tick:g}" for tick in TICKS],
        "range": [low, high],
    }
    return {"data": traces, "layout": style}


def _curve(
    name: str, x: NDArray[np.int32], y: NDArray[np.float64], last: int, colour: str, dash: str
) -> list[Figure]:
    """A curve, or the one point that is known, and a thin line on to the name at the right."""
    solid = {"color": colour, "width": 2.5, "dash": dash}
    curve = _line(name, x, y, solid) | {"mode": "lines" if len(x) > 2 else "lines+markers"}
    curve["cliponaxis"] = False  # a lone point at the right end stays whole
    curve["marker"] = {"color": colour, "size": 9, "symbol": "diamond"}
    thin = {"color": colour, "width": 1, "dash": "dot"}
    onward = _line(name, [int(x[-1]), last], [float(y[-1])] * 2, thin) | {"hoverinfo": "skip"}
    return [curve, onward]


def _line(name: str, x: object, y: object, line: dict[str, object]) -> Figure:
    shape = {"type": "scatter", "mode": "lines", "x": x, "y": y, "line": line}
    plain = escape(name, quote=False)  # Plotly reads some HTML, and names are the learner's own
    return shape | {"name": plain, "hovertemplate": "%{y:.4f}<extra>%{fullData.name}</extra>"}


def _range(errors: Sequence[float]) -> tuple[float, float]:
    """The ends of the logarithmic axis, as powers of ten."""
    if not errors:
        return -2.0, 0.0
    logs = np.log10(np.maximum(errors, 1e-5))
    return float(logs.min()) - 0.08, min(float(logs.max()) + 0.08, 0.0)


def over_seeds(
    names: Sequence[str],
    values: Sequence[Sequence[float]],
    means: Sequence[Interval],
    *,
    axis: str,
    dark: bool = False,
    _: Translate = str,
) -> Figure:
    """The errors of each model with several seeds: every training a dot, the mean with its interval.

    Args:
        names: (models,).
        values: (models,), the error of each seed.
        means: (models,), over the seeds.
        axis: what the errors are.
    """
    colours = palette(dark)
    dots = {
        "type": "scatter",
        "mode": "markers",
        "x": [value for group in values for value in group],
        "y": [place for place, group in enumerate(values) for _value in group],
        "marker": {"color": colours.mean, "size": 8, "opacity": 0.6},
        "hovertemplate": "%{x:.4f}<extra></extra>",
    }
    middle = {
        "type": "scatter",
        "mode": "markers",
        "x": [mean.value for mean in means],
        "y": list(range(len(means))),
        "error_x": error_bars(means) | {"color": colours.code, "thickness": 3, "width": 8},
        "marker": {"color": colours.code, "size": 12, "symbol": "diamond"},
        "hovertemplate": "%{x:.4f}<extra></extra>",
    }
    style = layout(colours) | {
        "showlegend": False,
        "margin": {"l": min(220, 20 + 7 * max(map(len, names))), "r": 12, "t": 8, "b": 44},
    }
    ticks = {"tickvals": list(range(len(names))), "ticktext": [escape(name) for name in names]}
    style["yaxis"] |= ticks | {"range": [len(names) - 0.5, -0.5], "showgrid": False}
    style["xaxis"] |= {"title": {"text": axis}}
    return {"data": [dots, middle], "layout": style}
