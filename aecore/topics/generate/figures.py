"""What each number of a code carries, and where codes lie with their widths."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from aecore.figures.style import Translate, layout, palette
from aecore.topics.generate.measure import ellipses

MOST_BARS = 64
"""More would be too thin to tell apart; what is left out are the smallest."""

_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")

Numbers = NDArray[np.floating[Any]]


def name(dim: int) -> str:
    """What a number of the code is called: z₁ for the first."""
    return f"z{str(dim + 1).translate(_SUBSCRIPTS)}"


def per_dimension(
    values: Numbers,
    order: NDArray[np.int64],
    collapsed: NDArray[np.bool_],
    *,
    unit: str,
    dark: bool = False,
    _: Translate = str,
) -> go.Figure:
    """One bar for each number of the code, largest first; collapsed ones in another colour.

    Args:
        values: (latent_dim,), what is shown.
        order: (latent_dim,), the dimensions in the order of the bars.
        collapsed: (latent_dim,), which carry nothing.
        unit: what the values are.
    """
    colours = palette(dark)
    shown = order[:MOST_BARS]
    figure = go.Figure(
        go.Bar(
            x=[name(int(dim)) for dim in shown],
            y=values[shown],
            marker_color=[colours.pca if collapsed[dim] else colours.code for dim in shown],
            hovertemplate="%{x}: %{y:.3g}<extra></extra>",
        )
    )
    for dim in shown[collapsed[shown]][:8]:
        figure.add_annotation(
            x=name(int(dim)),
            y=0,
            yshift=14 + 34,
            text=_("collapsed"),
            textangle=-90,
            showarrow=False,
            font={"color": colours.pca, "size": 12},
        )
    figure.update_layout(layout(colours), bargap=0.25, margin={"l": 52, "r": 8, "t": 8, "b": 58})
    figure.update_xaxes(
        type="category",
        tickfont_size=15,
        title={"text": _("number of the code"), "standoff": 6},  # upright names push it down
    )
    figure.update_yaxes(title_text=unit, rangemode="tozero")
    return figure


def posterior_map(
    points: Numbers,
    sigma: Numbers | None,
    labels: NDArray[np.int64],
    picked: NDArray[np.int64],
    *,
    axes: tuple[str, str],
    class_names: Sequence[str],
    times: float = 1.0,
    dark: bool = False,
) -> go.Figure:
    """Codes as points in the colours of their classes, some of them as ellipses.

    Args:
        points: (n, 2), the codes or their means.
        sigma: (n, 2), their standard deviations; None for codes that are points.
        labels: (n,), the classes.
        picked: which of them get an ellipse or, where codes are points, their digit.
        axes: what the two numbers are called.
        class_names: one for each class; () where nobody has labelled anything.
        times: half the axes of the ellipses, in sigmas.
    """
    colours = palette(dark)
    figure = go.Figure()
    for c in np.unique(labels).tolist():
        here = labels == c
        figure.add_scattergl(
            x=points[here, 0],
            y=points[here, 1],
            mode="markers",
            marker={"color": colours.classes[c % len(colours.classes)], "size": 4, "opacity": 0.35},
            hoverinfo="skip",
        )
    for c in np.unique(labels[picked]).tolist():
        mine = picked[labels[picked] == c]
        colour = colours.classes[c % len(colours.classes)]
        name = class_names[c] if class_names else ""
        if sigma is not None:
            figure.add_scatter(**_curves(points[mine], times * sigma[mine], colour))
        figure.add_scatter(
            x=points[mine, 0],
            y=points[mine, 1],
            mode="text" if sigma is None else "markers",
            text=str(c) if class_names else "•",
            textfont={"color": colours.text, "size": 13},
            marker={"color": colour, "size": 3},
            customdata=[f"#{i}{_widths(sigma, i)}" for i in mine],
            hovertemplate=f"{name} %{{customdata}}<extra></extra>",
        )
    figure.update_layout(
        layout(colours),
        showlegend=False,
        hovermode="closest",
        margin={"l": 44, "r": 8, "t": 8, "b": 40},
    )
    figure.update_xaxes(title_text=axes[0])
    figure.update_yaxes(title_text=axes[1], scaleanchor="x")
    return figure


def _curves(centres: Numbers, radii: Numbers, colour: str) -> dict[str, Any]:
    """All ellipses of one class as one trace, with gaps in between."""
    curves = ellipses(centres, radii)
    gap = np.full((len(curves), 1, 2), np.nan, np.float32)
    x, y = np.concatenate([curves, gap], axis=1).reshape(-1, 2).T
    return {
        "x": x,
        "y": y,
        "mode": "lines",
        "line": {"color": colour, "width": 2},
        "fill": "toself",
        "hoverinfo": "skip",
    }


def _widths(sigma: Numbers | None, index: int) -> str:
    if sigma is None:
        return ""
    return f": σ = {sigma[index, 0]:.2f}, {sigma[index, 1]:.2f}"
