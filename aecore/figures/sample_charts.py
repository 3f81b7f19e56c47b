"""One sample and its reconstruction, large, with names, units and an axis: as plain data."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aecore.errors import N_
from aecore.figures.pictures import RGB, diverging
from aecore.figures.style import LEGEND, Figure, Translate, layout, palette
from aecore.shapes import Row, Series
from aecore.spec.view import Viewed

ToUnits = Callable[[NDArray[np.floating]], NDArray[np.floating]]
"""Makes measurements of samples (n, *shape.axes) from 0 to 1: `Scale.to_units`."""

SHADE = 0.5
"""How opaque the area between two curves is."""

ROOM = 0.04
"""Above and below a curve, as a share of the range."""

BETWEEN = 0.08
"""From one channel's panel to the next, as a share of the height."""

PER_FEATURE, PER_CHANNEL, AROUND = 20, 190, 90
"""Heights in CSS pixels: of a feature's two bars, of a channel's panel, of axis and legend."""

WRONG = {"above": N_("too much"), "below": N_("missing")}


def row_height(shape: Row) -> int:
    """How high the chart of a row needs to be for its names to be read, in CSS pixels."""
    return AROUND + PER_FEATURE * shape.size


def series_height(shape: Series) -> int:
    """How high the chart of a series needs to be, in CSS pixels."""
    return AROUND + PER_CHANNEL * shape.channels


def row_chart(
    original: Viewed,
    x_hat: Viewed,
    shape: Row,
    to_units: ToUnits | None = None,
    *,
    dark: bool = False,
    _: Translate = str,
) -> Figure:
    """Two bars for each feature, with its name: the original's and the reconstruction's.

    Bars go from the lowest value (0) to the highest (1) of what was learned from; what stands for
    that in the measurement's own unit is said on hovering.

    Args:
        original: (features,), 0 to 255.
        x_hat: likewise.
        shape: names and units.
        to_units: to measurements; None where the numbers have no other unit.
        dark: the theme.
        _: translates.
    """
    colours = palette(dark)
    names = [_(feature.name) for feature in shape.features]
    traces = [
        {
            "type": "bar",
            "orientation": "h",
            "name": name,
            "y": names,
            "x": (values / 255).round(4),
            "customdata": _measured(values, shape, to_units, _),
            "marker": {"color": colour},
            "hovertemplate": "%{y}: %{customdata}<extra>" + name + "</extra>",
        }
        for values, name, colour in (
            (original, _("original"), colours.mean),
            (x_hat, _("reconstruction"), colours.decoder),
        )
    ]
    style = layout(colours) | {
        "barmode": "group",
        "bargap": 0.3,
        "bargroupgap": 0.05,
        "legend": LEGEND,
        "margin": {"l": 12, "r": 12, "t": 8, "b": 44},
    }
    style["xaxis"] |= {
        "range": [0, 1],
        "title": {"text": _("from the lowest value to the highest")},
    }
    style["yaxis"] |= {"autorange": "reversed", "automargin": True, "fixedrange": True}
    return {"data": traces, "layout": style}


def _measured(values: Viewed, shape: Row, to_units: ToUnits | None, _: Translate) -> list[str]:
    """Each number as a text, in its own unit."""
    shares = values / 255
    if to_units is None:
        return [f"{share:.2f}" for share in shares]
    measured = to_units(shares[np.newaxis])[0]
    return [
        f"{_number(value)} {_(feature.unit) if feature.unit else ''}".strip()
        for value, feature in zip(measured.tolist(), shape.features, strict=True)
    ]


def _number(value: float) -> str:
    """Three digits that count, and never a power of ten for large numbers."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def series_chart(
    original: Viewed,
    x_hat: Viewed,
    shape: Series,
    to_units: ToUnits | None = None,
    *,
    dark: bool = False,
    _: Translate = str,
) -> Figure:
    """Original and reconstruction over time, a panel for each channel; what lies between them is
    red where the reconstruction is above the original, and blue where it is below.

    Args:
        original: (channels, length), 0 to 255.
        x_hat: likewise.
        shape: names, unit and time step.
        to_units: to measurements; None where the numbers have no other unit.
        dark: the theme.
        _: translates.
    """
    both = np.stack([original, x_hat]).astype(np.float32) / np.float32(255)
    limits = np.zeros((2, shape.channels, 1), np.float32)
    limits[1] = 1
    values = both if to_units is None else to_units(both)
    ends = (limits if to_units is None else to_units(limits))[:, :, 0]
    style = layout(palette(dark)) | {
        "hovermode": "x unified",
        "legend": LEGEND,
        "margin": {"l": 64, "r": 8, "t": 8, "b": 44},
    }
    axis = style.pop("yaxis")
    style["xaxis"] |= {"title": {"text": _(shape.step)}, "range": [0, shape.length - 1]}
    style["xaxis"] |= {"anchor": _axis(shape.channels - 1)}
    traces: list[dict[str, Any]] = []
    for channel, name in enumerate(shape.names):
        low, high = (float(end) for end in ends[:, channel])
        room = ROOM * (high - low)
        title = f"{_(name)} ({_(shape.unit)})" if shape.unit else _(name)
        style[_axis(channel).replace("y", "yaxis")] = axis | {
            "title": {"text": title},
            "range": [low - room, high + room],
            "domain": _domain(channel, shape.channels),
        }
        traces += _between(values[0, channel], values[1, channel], channel, dark, _)
    return {"data": traces, "layout": style}


def _axis(channel: int) -> str:
    """Plotly's name of a channel's vertical axis."""
    return f"y{channel + 1}" if channel else "y"


def _domain(channel: int, channels: int) -> list[float]:
    """Where its panel lies: the first one on top."""
    height = (1 + BETWEEN) / channels
    top = 1 - channel * height
    return [max(top - height + BETWEEN, 0), top]


def _between(
    first: NDArray[np.floating],
    second: NDArray[np.floating],
    channel: int,
    dark: bool,
    _: Translate,
) -> list[dict[str, Any]]:
    """The lines of one channel, and the areas between them."""
    colours, signs = palette(dark), diverging(dark)
    x, one, other = _with_crossings(first, second)
    shared = {"type": "scatter", "mode": "lines", "yaxis": _axis(channel)}
    named = {"showlegend": channel == 0}
    hidden = {"line": {"width": 0}, "hoverinfo": "skip"}
    traces = []
    for part, edge, colour in (
        ("above", np.maximum(one, other), signs.above),
        ("below", np.minimum(one, other), signs.below),
    ):
        name = _(WRONG[part])
        area = {"fill": "tonexty", "fillcolor": _rgba(colour), "name": name, "legendgroup": name}
        traces.append(shared | hidden | {"x": x, "y": one, "showlegend": False})
        traces.append(shared | hidden | named | area | {"x": x, "y": edge})
    steps = np.arange(len(first), dtype=np.int32)
    for values, name, line in (
        (first, _("original"), {"color": colours.mean, "width": 1.5}),
        (second, _("reconstruction"), {"color": colours.decoder, "width": 2}),
    ):
        shown = {"x": steps, "y": values, "name": name, "legendgroup": name, "line": line}
        traces.append(shared | named | shown | {"hovertemplate": "%{y:.3g}"})
    return traces


def _with_crossings(
    first: NDArray[np.floating], second: NDArray[np.floating]
) -> Sequence[NDArray[np.float64]]:
    """Steps and both curves, with the points where they cross: areas end exactly there."""
    delta = np.asarray(second - first, np.float64)
    before = np.flatnonzero(delta[:-1] * delta[1:] < 0)
    part = delta[before] / (delta[before] - delta[before + 1])
    steps = np.arange(len(first), dtype=np.float64)
    x = np.sort(np.concatenate([steps, before + part]))
    return x, np.interp(x, steps, first), np.interp(x, steps, second)


def _rgba(colour: RGB) -> str:
    return f"rgba({colour[0]},{colour[1]},{colour[2]},{SHADE})"
