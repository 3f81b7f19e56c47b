"""Which classes are mistaken for which, and what labels are worth."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from aecore.analysis.intervals import Interval
from aecore.figures.style import LEGEND, Translate, error_bars, layout, palette


def confusion(
    counts: NDArray[np.int64],
    class_names: Sequence[str],
    *,
    dark: bool = False,
    _: Translate = str,
) -> go.Figure:
    """Test samples by class (row) and by the class that they were given (column).

    Args:
        counts: (classes, classes).
        class_names: (classes,).
    """
    colours = palette(dark)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    figure = go.Figure(
        go.Heatmap(
            z=shares,
            x=list(class_names),
            y=list(class_names),
            text=counts,
            texttemplate="%{text}",
            textfont={"size": 11, "color": colours.text},
            colorscale=[[0, _tint(colours.code, 0)], [1, _tint(colours.code, 0.5)]],
            zmin=0,
            zmax=1,
            showscale=False,
            xgap=1,
            ygap=1,
            hovertemplate="%{y} → %{x}: %{text}<extra></extra>",
        )
    )
    figure.update_layout(layout(colours), margin={"l": 58, "r": 8, "t": 8, "b": 44})
    figure.update_xaxes(title_text=_("classified as"), type="category", showgrid=False)
    figure.update_yaxes(title_text=_("is"), type="category", autorange="reversed", showgrid=False)
    return figure


def _tint(colour: str, opacity: float) -> str:
    """The colour #rrggbb, so faint that text can be read on it in both themes."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, {opacity})"


def accuracy_by_labels(
    n_labels: Sequence[int],
    accuracies: Mapping[str, Sequence[Interval]],
    *,
    names: Mapping[str, str],
    many: str,
    dark: bool = False,
    _: Translate = str,
) -> go.Figure:
    """Accuracy of the best classifier on each input over the number of labels.

    Args:
        n_labels: ascending.
        accuracies: "code", "pca" or "pixels" -> test accuracy at each, from 0 to 1; intervals are
            drawn as bars.
        names: what these are called.
        many: what several samples are called.
    """
    colours = palette(dark)
    tints = {"code": colours.code, "pca": colours.pca, "pixels": colours.mean}
    figure = go.Figure()
    for name, values in accuracies.items():
        figure.add_scatter(
            x=list(n_labels),
            y=[100 * found.value for found in values],
            error_y=error_bars([found.times(100) for found in values]),
            mode="lines+markers",
            name=names[name],
            line={"color": tints[name], "width": 3 if name == "code" else 2},
            hovertemplate="%{x}: %{y:.1f}%<extra>" + names[name] + "</extra>",
        )
    figure.update_layout(layout(colours), legend=LEGEND, margin={"l": 58, "r": 12, "t": 8, "b": 44})
    figure.update_xaxes(
        title_text=_("{many} with a label").format(many=many), type="log", tickvals=list(n_labels), tickmode="array",
        ticktext=[str(n) for n in n_labels],
    )  # fmt: skip
    figure.update_yaxes(title_text=_("classified right, %"))
    return figure
