"""Accuracy over labels for each start, and what reaches the layers of a deep stack."""

import math
from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from aecore.figures import end_labels
from aecore.figures.style import LEGEND, Translate, layout, palette
from aecore.topics.pretraining.measure import FINE_TUNED, FROZEN, RANDOM, Summary

SHIFT = {RANDOM: 0.94, FROZEN: 1.0, FINE_TUNED: 1.06}
"""By which the points of a start are moved along the axis, so that they do not hide others."""

TICKS = (10, 20, 30, 40, 50, 60, 70, 80, 85, 90, 92, 94, 95, 96, 97, 98, 99, 99.5, 99.9)
"""Accuracies on the axis, in per cent."""

MOST_TICKS = 5
"""Numbers of labels on the axis, so that they fit on a phone; of more, the powers of ten."""


def accuracy_against_labels(
    summaries: Sequence[Summary],
    *,
    names: Mapping[str, str],
    dark: bool = False,
    _: Translate = str,
) -> go.Figure:
    """Test accuracy over the number of labels: a line through the means, a point for each seed.

    Drawn is the share of errors, on a logarithmic axis upside down, so that a step from 90 to 95%
    is as high as one from 80 to 90%; its ticks say the accuracy.

    Args:
        summaries: by number of labels, ascending.
        names: start -> what it is called, beside its line.
    """
    colours = palette(dark)
    figure = go.Figure()
    counts = sorted({s.n_labels for s in summaries})
    tints = {RANDOM: colours.mean, FROZEN: colours.code, FINE_TUNED: colours.encoder}
    starts = [start for start in SHIFT if summaries and start in summaries[0].starts]
    for start in starts:
        colour = tints[start]
        points = [(s.n_labels, _wrong(v)) for s in summaries for v in s.starts[start].values]
        right = "%{customdata[0]:,}: %{customdata[1]:.1f}%<extra>" + names[start] + "</extra>"
        figure.add_scatter(
            x=[n * SHIFT[start] for n, _value in points],
            y=[value for _n, value in points],
            customdata=[(n, 100 - value) for n, value in points],
            mode="markers",
            marker={"color": colour, "size": 6, "opacity": 0.45},
            hovertemplate=right,
        )
        figure.add_scatter(
            x=[s.n_labels * SHIFT[start] for s in summaries],
            y=[_wrong(s.starts[start].mean) for s in summaries],
            customdata=[(s.n_labels, 100 * s.starts[start].mean) for s in summaries],
            mode="lines+markers",
            line={"color": colour, "width": 2.5},
            marker={"size": 8},
            error_y={
                "array": [100 * (s.starts[start].spread or 0.0) for s in summaries],
                "color": colour,
                "thickness": 1.5,
                "width": 4,
            },
            hovertemplate=right,
        )
    values = [_wrong(v) for s in summaries for a in s.starts.values() for v in a.values]
    worst, best = max(values, default=90.0) * 1.12, min(values, default=5.0) / 1.12
    range_ = [math.log10(min(worst, 100.0)), math.log10(best)]
    ends = [math.log10(_wrong(summaries[-1].starts[start].mean)) for start in starts]
    heights = [(range_[0] - end) / (range_[0] - range_[1]) for end in ends]
    labels = [names[start] for start in starts]
    figure.update_layout(
        layout(colours),
        showlegend=False,
        margin={"l": 58, "r": end_labels.width(labels), "t": 8, "b": 44},
        annotations=end_labels.annotations(labels, [tints[start] for start in starts], heights),
        meta={"table": False},  # what is drawn is the share that is wrong, upside down
    )
    figure.update_xaxes(
        title_text=_("labelled training pictures"), type="log", tickmode="array", tickvals=counts,
        ticktext=_told(counts), tickangle=0,
    )  # fmt: skip
    if counts:
        figure.update_xaxes(range=[math.log10(counts[0] * 0.85), math.log10(counts[-1] * 1.15)])
    figure.update_yaxes(
        title_text=_("test pictures classified right, %"), type="log", range=range_,
        tickmode="array", tickvals=[100 - t for t in TICKS], ticktext=[f"{t:g}" for t in TICKS],
    )  # fmt: skip
    return figure


def _wrong(accuracy: float) -> float:
    """The share of errors in per cent; never quite 0, which has no place on a logarithmic axis."""
    return max(100 * (1 - accuracy), 0.05)


def _told(counts: Sequence[int]) -> list[str]:
    """What stands below each number of labels."""
    all_fit = len(counts) <= MOST_TICKS
    return [f"{n:,}" if all_fit or math.log10(n).is_integer() else "" for n in counts]


def gradients_by_layer(
    lines: Sequence[tuple[str, str, Sequence[float]]],
    hidden: int,
    *,
    dark: bool = False,
    _: Translate = str,
) -> go.Figure:
    """The gradient's norm in each layer, on a logarithmic axis.

    Args:
        lines: (what it is called, its look: random, pretrained or other, norms from the first
            layer on).
        hidden: hidden layers of the encoder; the code comes after one layer more.
    """
    colours = palette(dark)
    looks = {
        "random": {"color": colours.mean, "width": 2.5},
        "pretrained": {"color": colours.encoder, "width": 2.5},
        "other": {"color": colours.mean, "width": 1.5, "dash": "dot"},
    }
    figure = go.Figure()
    for name, look, norms in lines:
        figure.add_scatter(
            x=list(range(1, len(norms) + 1)),
            y=[norm if norm > 0 else None for norm in norms],
            name=name,
            mode="lines+markers",
            line=looks[look],
            hovertemplate="%{x}: %{y:.1e}<extra>" + name + "</extra>",
        )
    figure.add_vline(x=hidden + 1.5, line={"color": colours.code, "width": 1.5, "dash": "dash"})
    figure.add_annotation(
        x=hidden + 1.5, y=0.02, yref="paper", yanchor="bottom", text=_("code"), showarrow=False,
        xanchor="left", xshift=4, font={"color": colours.code},
    )  # fmt: skip
    figure.update_layout(layout(colours), legend=LEGEND, margin={"l": 64, "r": 12, "t": 8, "b": 44})
    figure.update_xaxes(title_text=_("layer, from picture to reconstruction"), dtick=1)
    figure.update_yaxes(
        title_text=_("gradient (L2 norm)"), type="log", exponentformat="power", dtick=1
    )
    return figure


def errors_over_epochs(
    curves: Sequence[tuple[str, str, Sequence[float]]],
    mean_error: float,
    together_from: int,
    last_epoch: int,
    *,
    dark: bool = False,
    _: Translate = str,
) -> go.Figure:
    """Validation error of stacks over the same number of epochs.

    Args:
        curves: (what it is called, its look: random or pretrained, MSE per pixel from epoch 0).
        mean_error: that of the mean picture.
        together_from: the epoch at which the pretrained stack begins to train all layers.
        last_epoch: where the axis ends.
    """
    colours = palette(dark)
    tints = {"random": colours.mean, "pretrained": colours.encoder}
    figure = go.Figure()
    for name, look, values in curves:
        figure.add_scatter(
            x=list(range(len(values))),
            y=list(values),
            name=name,
            mode="lines",
            line={"color": tints[look], "width": 2.5},
            hovertemplate="%{x}: %{y:.4f}<extra>" + name + "</extra>",
        )
    figure.add_hline(y=mean_error, line={"color": colours.pca, "width": 1.5, "dash": "dash"})
    figure.add_annotation(
        x=1, xref="paper", xanchor="right", y=mean_error, yanchor="bottom", showarrow=False,
        text=_("mean picture"), font={"color": colours.pca},
    )  # fmt: skip
    figure.add_vline(x=together_from, line={"color": colours.grid, "width": 1.5, "dash": "dot"})
    figure.add_annotation(
        x=together_from, y=1, yref="paper", yanchor="top", xanchor="left", xshift=4,
        text=_("all layers from here"), showarrow=False, font={"color": colours.encoder},
    )  # fmt: skip
    figure.update_layout(layout(colours), legend=LEGEND, margin={"l": 58, "r": 12, "t": 8, "b": 44})
    figure.update_xaxes(title_text=_("epoch"), range=[0, last_epoch])
    figure.update_yaxes(title_text=_("validation MSE per pixel"), range=[0, 0.11])
    return figure
