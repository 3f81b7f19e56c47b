"""The map of all test samples' codes, as plain data."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.colors
from numpy.typing import NDArray

from aecore.figures.style import Figure, Palette, Translate, layout, palette

DOT = "●"
"""The mark of samples that nobody has labelled."""

MANY = 2000
"""From this number of points on they are drawn smaller."""

# The part of Plasma that stands out from the page; it is monotone in lightness, so it can be read
# without seeing its colours.
LIGHT_SCALE = plotly.colors.sample_colorscale("Plasma", np.linspace(0, 0.72, 9).tolist())
DARK_SCALE = plotly.colors.sample_colorscale("Plasma", np.linspace(0.42, 1, 9).tolist())

AXES = {"codes": "z{subscript}", "pca": "PC{subscript}", "tsne": "t-SNE {number}"}
SUBSCRIPTS = "₁₂₃"


@dataclass(frozen=True, eq=False)
class Dots:
    """What is on the map.

    Attributes:
        points: (m, 2) or (m, 3).
        labels: (m,), the class of each: its mark.
        indices: (m,), what a click on each of them tells.
        values: (m,), what colours them; None to colour by class.
        unit: of the values, with their name: the title of the colour bar.
        picked: the point that is marked by a ring; None for none.
        near: points that are marked by smaller rings.
    """

    points: NDArray[np.float32]
    labels: NDArray[np.int64]
    indices: NDArray[np.int64]
    values: NDArray[np.floating[Any]] | None = None
    unit: str = ""
    picked: int | None = None
    near: tuple[int, ...] = ()


def code_map(
    dots: Dots,
    way: str,
    *,
    class_names: Sequence[str],
    revision: str = "",
    dark: bool = False,
    _: Translate = str,
) -> Figure:
    """Codes in two or three dimensions: every sample is the number of its class, or else a dot.

    Args:
        dots: the points.
        way: how they were laid out: "strip", "codes", "pca" or "tsne".
        class_names: what to call each class on hovering; () for samples without labels.
        revision: the learner's zoom stays while this stays.
        dark: the theme.
        _: translates.
    """
    colours = palette(dark)
    deep = dots.points.shape[1] == 3
    scale = DARK_SCALE if dark else LIGHT_SCALE
    limits = _limits(dots.values)
    traces = []
    for c in np.unique(dots.labels).tolist():
        here = dots.labels == c
        tint: Any = colours.classes[c % len(colours.classes)] if class_names else colours.code
        if dots.values is not None:
            share = np.clip((dots.values[here] - limits[0]) / (limits[1] - limits[0]), 0, 1)
            tint = plotly.colors.sample_colorscale(scale, share.tolist())
        name = class_names[c] if class_names else ""
        trace = _marks(dots, here, tint, deep) | {"text": str(c) if class_names else DOT}
        traces.append(trace | _hover(dots, here, name))
    traces += _rings(dots, colours, deep)
    style = layout(colours, revision) | {"showlegend": False, "hovermode": "closest"}
    style["margin"] = {"l": 44, "r": 8, "t": 8, "b": 40}
    if dots.values is not None:
        traces.append(_colour_bar(limits, scale, dots.unit, deep))
    style |= _room(style, colours) if deep else _flat(style, way, class_names, _)
    return {"data": traces, "layout": style}


def _limits(values: NDArray[np.floating[Any]] | None) -> tuple[float, float]:
    """The ends of the colour scale: extreme samples do not stretch it."""
    if values is None:
        return 0.0, 1.0
    low, high = np.quantile(values, [0.01, 0.99])
    return float(low), float(high) if high > low else float(low) + 1.0


def _marks(dots: Dots, here: NDArray[np.bool_], tint: Any, deep: bool) -> dict[str, Any]:
    """The samples of one class; the markers, unseen, are what a pointer meets."""
    many = len(dots.points) > MANY
    return {
        "type": "scatter3d" if deep else "scattergl",
        **dict(zip("xyz", dots.points[here].T, strict=False)),
        "mode": "markers+text",
        "textposition": "middle center",
        "textfont": {"color": tint, "size": 8 if many else 11},
        "marker": {"color": tint, "size": 2 if deep else 10, "opacity": 0.4 if deep else 0},
        "customdata": dots.indices[here].tolist(),
    }


def _hover(dots: Dots, here: NDArray[np.bool_], name: str) -> dict[str, Any]:
    title = f"{name} · #%{{customdata}}".removeprefix(" · ")
    if dots.values is None:
        return {"hovertemplate": f"{title}<extra></extra>"}
    texts = [f"{value:.3g}" for value in dots.values[here]]
    return {
        "hovertext": texts,
        "hovertemplate": f"{title}<br>%{{hovertext}}<extra></extra>",
    }


def _rings(dots: Dots, colours: Palette, deep: bool) -> list[dict[str, Any]]:
    """The picked sample and its neighbours; samples that are not on the map get no ring."""
    rings = []
    for chosen, size, width, colour in (
        (dots.near, 17, 1.5, colours.code),
        (() if dots.picked is None else (dots.picked,), 24, 3, colours.text),
    ):
        at = dots.points[np.isin(dots.indices, chosen)]
        marker = {"symbol": "circle-open", "size": size / 2 if deep else size, "color": colour}
        ring = {
            "type": "scatter3d" if deep else "scatter",
            **dict(zip("xyz", at.T, strict=False)),
            "mode": "markers",
            "marker": marker | {"line": {"width": width, "color": colour}},
            "hoverinfo": "skip",
        }
        rings.append(ring)
    return rings


def _colour_bar(
    limits: tuple[float, float], scale: Sequence[str], unit: str, deep: bool
) -> dict[str, Any]:
    """A trace of no points that brings the bar: unseen markers would make an unseen bar."""
    nowhere: list[float | None] = [None, None]
    bar = {"title": {"text": unit, "side": "top"}, "thickness": 10, "outlinewidth": 0}
    bar |= {"orientation": "h", "y": 1.02, "yanchor": "bottom", "len": 0.9}
    steps = np.linspace(0, 1, len(scale)).tolist()
    return {
        "type": "scatter3d" if deep else "scatter",
        **dict.fromkeys("xyz" if deep else "xy", nowhere),
        "mode": "markers",
        "hoverinfo": "skip",
        "marker": {
            "color": list(limits),
            "cmin": limits[0],
            "cmax": limits[1],
            "colorscale": [[a, b] for a, b in zip(steps, scale, strict=True)],
            "showscale": True,
            "colorbar": bar,
        },
    }


def _flat(
    style: Figure, way: str, class_names: Sequence[str], _: Translate
) -> dict[str, dict[str, Any]]:
    """The two axes: equal in scale, except on a strip, whose height only parts the classes."""
    x_axis, y_axis = style["xaxis"], style["yaxis"]
    if way == "strip":
        names = {"tickvals": list(range(len(class_names))), "ticktext": list(class_names)}
        x_axis |= {"title": {"text": "z₁"}}
        lanes = max(len(class_names), 1)
        title = _("class") if class_names else ""
        y_axis |= names | {"title": {"text": title}, "range": [-0.7, lanes - 0.3]}
        return {"xaxis": x_axis, "yaxis": y_axis | {"automargin": True}}
    for number, axis in enumerate((x_axis, y_axis)):
        title = AXES[way].format(subscript=SUBSCRIPTS[number], number=number + 1)
        axis |= {"title": {"text": title}, "showticklabels": way != "tsne"}
    return {"xaxis": x_axis, "yaxis": y_axis | {"scaleanchor": "x"}}


def _room(style: Figure, colours: Palette) -> dict[str, Any]:
    """The three axes of a code of three numbers, equal in scale."""

    def axis(number: int) -> dict[str, Any]:
        grid = {"gridcolor": colours.grid, "zerolinecolor": colours.grid}
        return grid | {"title": {"text": f"z{SUBSCRIPTS[number]}"}, "showbackground": False}

    axes = {f"{name}axis": axis(number) for number, name in enumerate("xyz")}
    revision = style["uirevision"]
    scene = axes | {"aspectmode": "data", "dragmode": "orbit", "uirevision": revision}
    return {"scene": scene, "margin": style["margin"] | {"l": 0, "b": 0}}
