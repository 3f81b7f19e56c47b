"""How active code units are."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from aecore.figures.style import LEGEND, OUTSIDE_BARS, Translate, layout, palette

MARGIN = {"l": 58, "r": 8, "t": 26, "b": 42}


def activation_histogram(
    z: NDArray[np.floating], threshold: float, *, dark: bool = False, _: Translate = str
) -> go.Figure:
    """How often each activation occurs, over all units and samples; counts on a log axis.

    Args:
        z: (n, units), activations.
        threshold: where a unit starts to count as active.
    """
    colours = palette(dark)
    counts, edges = np.histogram(z, bins=60)
    figure = go.Figure(
        go.Bar(
            x=(edges[:-1] + edges[1:]) / 2,
            y=np.where(counts > 0, counts, np.nan),
            width=np.diff(edges),
            marker_color=colours.code,
            name=_("activations"),
            hovertemplate="%{x:.2f}: %{y:,}<extra></extra>",
        )
    )
    for limit in (threshold, -threshold) if z.min(initial=0.0) < -threshold else (threshold,):
        figure.add_vline(x=limit, line={"color": colours.text, "width": 1.5, "dash": "dot"})
    figure.update_layout(layout(colours), bargap=0, margin=MARGIN, showlegend=False)
    figure.update_xaxes(title_text=_("activation z"))
    figure.update_yaxes(
        title_text=_("how often (log scale)"), type="log", dtick=1, rangemode="normal"
    )
    return figure


def units_by_rank(
    values: NDArray[np.floating],
    dead: NDArray[np.bool_],
    *,
    title: str,
    percent: bool,
    dark: bool = False,
    _: Translate = str,
) -> go.Figure:
    """One number for each unit, the largest first; dead units in another colour.

    Args:
        values: (units,).
        dead: (units,), whether each unit is dead.
        title: what the number is.
        percent: whether it is a share, from 0 to 1.
    """
    colours = palette(dark)
    order = np.argsort(-values, kind="stable")
    ranks = np.arange(1, len(order) + 1)
    figure = go.Figure()
    for name, colour, wanted in (
        (_("living units"), colours.code, ~dead[order]),
        (_("dead units"), colours.pca, dead[order]),
    ):
        figure.add_bar(
            x=ranks[wanted],
            y=values[order][wanted],
            customdata=order[wanted],
            marker_color=colour,
            marker_line_width=0,
            name=f"{name}: {int(wanted.sum())}",
            hovertemplate="#%{customdata}: %{y:.3g}<extra></extra>",
        )
    figure.update_layout(
        layout(colours), bargap=0, barmode="overlay", margin=MARGIN, legend=LEGEND, showlegend=True
    )
    figure.update_xaxes(title_text=_("units, the most active first"))
    figure.update_yaxes(title_text=title, rangemode="tozero", tickformat=".0%" if percent else None)
    return figure


def by_class(
    values: NDArray[np.floating],
    *,
    class_names: Sequence[str],
    title: str,
    percent: bool,
    dark: bool = False,
    _: Translate = str,
) -> go.Figure:
    """One number for each class, as bars in the classes' colours.

    Args:
        values: (classes,).
        class_names: one for each.
        title: what the number is.
        percent: whether it is a share, from 0 to 1.
    """
    colours = palette(dark)
    figure = go.Figure(
        go.Bar(
            x=list(class_names),
            y=values,
            marker_color=[colours.classes[c % len(colours.classes)] for c in range(len(values))],
            text=[f"{100 * value:.0f}" if percent else f"{value:.2g}" for value in values],
            textangle=0,
            cliponaxis=False,
            hovertemplate="%{x}: %{y:" + (".0%" if percent else ".2g") + "}<extra></extra>",
            **OUTSIDE_BARS,
        )
    )
    figure.update_layout(layout(colours), margin=MARGIN)
    figure.update_xaxes(title_text=_("class"), type="category")
    figure.update_yaxes(title_text=title, rangemode="tozero", tickformat=".0%" if percent else None)
    return figure
