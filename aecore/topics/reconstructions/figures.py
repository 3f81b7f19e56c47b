"""Where a model errs: by class, and over all test samples."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from aecore.figures.style import LEGEND, Translate, layout, palette


def error_by_class(
    errors: NDArray[np.float32],
    labels: NDArray[np.int64],
    *,
    class_names: Sequence[str],
    mse: str,
    dark: bool = False,
    _: Translate = str,
) -> go.Figure:
    """Mean error of each class, as bars in the classes' colours.

    Args:
        errors: (n,), mean squared error of each sample.
        labels: (n,), the class of each.
        class_names: one for each class.
        mse: what the error is called.
    """
    colours = palette(dark)
    classes = np.unique(labels)
    means = [float(errors[labels == c].mean()) for c in classes]
    figure = go.Figure(
        go.Bar(
            x=[class_names[c] for c in classes],
            y=means,
            marker_color=[colours.classes[c % len(colours.classes)] for c in classes],
            text=[f"{mean:.4f}" for mean in means],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="%{x}: %{y:.4f}<extra></extra>",
        )
    )
    figure.update_layout(layout(colours), margin={"l": 58, "r": 8, "t": 24, "b": 40})
    figure.update_xaxes(title_text=_("class"), type="category")
    figure.update_yaxes(title_text=mse, rangemode="tozero")
    return figure


def error_histogram(
    errors: NDArray[np.float32],
    marked: Sequence[float],
    *,
    mse: str,
    many: str,
    dark: bool = False,
    _: Translate = str,
) -> go.Figure:
    """How the errors of all test samples spread, with some of them marked by ticks.

    Args:
        errors: (n,), mean squared error of each sample.
        marked: errors of the samples that are on show.
        mse: what the error is called.
        many: what several samples are called.
    """
    colours = palette(dark)
    figure = go.Figure(
        go.Histogram(
            x=errors,
            nbinsx=50,
            marker_color=colours.test,
            name=_("all test {many}").format(many=many),
            hovertemplate="%{x}: %{y}<extra></extra>",
        )
    )
    figure.add_scatter(
        x=list(marked),
        y=[0.0] * len(marked),
        mode="markers",
        name=_("shown above"),
        marker={"symbol": "triangle-up", "size": 12, "color": colours.code},
        hovertemplate="%{x:.4f}<extra></extra>",
    )
    figure.update_layout(
        layout(colours),
        bargap=0.05,
        legend=LEGEND,
        margin={"l": 58, "r": 8, "t": 8, "b": 40},
    )
    figure.update_xaxes(title_text=mse)
    figure.update_yaxes(title_text=_("number of {many}").format(many=many))
    return figure
