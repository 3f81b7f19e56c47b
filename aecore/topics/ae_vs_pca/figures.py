"""An autoencoder next to PCA: errors over code sizes, angles over epochs, accuracies."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from aecore.analysis.intervals import Interval
from aecore.analysis.latent import Plane
from aecore.figures.live import latent_map
from aecore.figures.style import LEGEND, Figure, Translate, error_bars, layout, palette

SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross", "star", "hexagon", "x", "bowtie")

ERROR_TICKS = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1]

SIZE_TICKS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024]


@dataclass(frozen=True)
class Points:
    """Errors of some models.

    Attributes:
        name: what they are called in the legend.
        sizes: their code sizes.
        errors: their mean squared errors per pixel.
        texts: what each is called on hovering.
        joined: whether a line runs through them.
        look: the number of its colour and of its symbol.
        intervals: of the errors, drawn as thin lines; none if they are not known.
    """

    name: str
    sizes: Sequence[int]
    errors: Sequence[float]
    texts: Sequence[str]
    joined: bool = False
    look: int = 0
    intervals: Sequence[Interval] = ()


def map_of_codes(
    plane: Plane,
    labels: NDArray[np.int64],
    *,
    class_names: Sequence[str],
    revision: str = "",
    dark: bool = False,
    _: Translate = str,
) -> Figure:
    """The latent map of a model that stands still: nearly all points fill it, wherever they lie.

    Args:
        plane: where the codes lie.
        labels: (n,), the class of each.
        class_names: what to call each class on hovering; () for samples without labels.
        revision: the learner's zoom stays while this stays.
    """
    figure = latent_map(
        plane, labels, class_names=class_names, half_height=1.0, revision=revision, dark=dark, _=_
    )
    low, high = np.quantile(plane.points, (0.002, 0.998), axis=0)
    centre, half = (low + high) / 2, 0.54 * (high - low)
    if plane.kind != "strip":  # the scale is the same along both axes
        half = np.full(2, half.max())
        figure["layout"]["yaxis"]["range"] = _around(centre[1], half[1])
    figure["layout"]["xaxis"]["range"] = _around(centre[0], half[0])
    return figure


def _around(centre: float, half: float) -> list[float]:
    half = half or 1.0  # all codes are the same
    return [float(centre - half), float(centre + half)]


def error_against_size(
    pca_errors: NDArray[np.float64],
    mean_error: float,
    points: Sequence[Points],
    *,
    dark: bool = False,
    _: Translate = str,
) -> Figure:
    """Error over code size: PCA as a line, models as points.

    Args:
        pca_errors: (numbers,), PCA's mean squared errors with 1, 2, … components.
        mean_error: that of the mean picture.
        points: those of models.
    """
    colours = palette(dark)
    sizes = np.arange(1, len(pca_errors) + 1, dtype=np.int32)
    size = _("code size")
    hover = f"{size} %{{x}}: %{{y:.4f}}<extra>%{{fullData.name}}</extra>"
    pca = {"color": colours.pca, "width": 2.5}
    mean = {"color": colours.mean, "width": 1.5, "dash": "dash"}
    traces: list[dict[str, Any]] = [
        _trace(sizes, np.maximum(pca_errors, 1e-5), _("PCA"), "lines", hover, line=pca),
        _trace([1, 1024], [mean_error] * 2, _("mean picture"), "lines", hover, line=mean),
    ]
    for group in points:
        colour = colours.classes[group.look % len(colours.classes)]
        marker = {"color": colour, "size": 11, "symbol": SYMBOLS[group.look % len(SYMBOLS)]}
        traces.append(
            _trace(
                list(group.sizes),
                list(group.errors),
                group.name,
                "lines+markers" if group.joined else "markers",
                f"%{{text}}<br>{size} %{{x}}: %{{y:.4f}}<extra></extra>",
                marker=marker,
                line={"color": colour, "width": 1.5},
                text=list(group.texts),
                **({"error_y": error_bars(group.intervals)} if group.intervals else {}),
            )
        )
    style = layout(colours, "sizes") | {
        "legend": LEGEND,
        "margin": {"l": 58, "r": 8, "t": 8, "b": 44},
        "hovermode": "closest",
    }
    ticks = {"type": "log", "tickvals": SIZE_TICKS, "ticktext": [str(t) for t in SIZE_TICKS]}
    style["xaxis"] |= ticks | {"title": {"text": _("code size, in numbers")}}
    style["xaxis"]["range"] = [-0.05, 3.05]
    ticks = {"type": "log", "tickvals": ERROR_TICKS, "ticktext": [f"{t:g}" for t in ERROR_TICKS]}
    style["yaxis"] |= ticks | {"title": {"text": _("MSE per pixel")}}
    style["yaxis"]["range"] = [float(np.log10(0.002)), float(np.log10(0.12))]
    return {"data": traces, "layout": style}


def angles_over_epochs(
    epochs: Sequence[int],
    angles: Mapping[str, Sequence[float]],
    last_epoch: int,
    *,
    revision: str = "",
    dark: bool = False,
    _: Translate = str,
) -> Figure:
    """Principal angles between two subspaces while one of them is learned.

    Args:
        epochs: when they were measured.
        angles: name -> degrees, one for each of `epochs`; the first is drawn strongest.
        last_epoch: where the axis ends.
        revision: the learner's zoom stays while this stays.
    """
    colours = palette(dark)
    looks = ((colours.decoder, 2.5, "solid"), (colours.decoder, 2.0, "dot"))
    traces = [
        _trace(
            list(epochs),
            list(values),
            name,
            "lines+markers",
            "%{y:.1f}°",
            line={"color": colour, "width": width, "dash": dash},
        )
        for (name, values), (colour, width, dash) in zip(angles.items(), looks, strict=False)
    ]
    goal = {"color": colours.pca, "width": 1.5, "dash": "dash"}
    traces.append(
        _trace([0, last_epoch], [5, 5], _("5°: practically the same"), "lines", "%{y}°", line=goal)
    )
    style = layout(colours, revision) | {
        "legend": LEGEND,
        "margin": {"l": 58, "r": 8, "t": 8, "b": 44},
        "hovermode": "x unified",
    }
    style["xaxis"] |= {"title": {"text": _("epoch")}, "range": [0, last_epoch]}
    style["yaxis"] |= {"title": {"text": _("angle, degrees")}, "range": [0, 92], "dtick": 15}
    return {"data": traces, "layout": style}


def _trace(x: Any, y: Any, name: str, mode: str, hover: str, **look: Any) -> dict[str, Any]:
    shape = {"type": "scatter", "x": x, "y": y, "name": name, "mode": mode}
    return shape | {"hovertemplate": hover} | look


def accuracies(
    names: Sequence[str],
    shares: Mapping[str, Sequence[float]],
    *,
    many: str,
    dark: bool = False,
    _: Translate = str,
) -> go.Figure:
    """How often classifiers are right, as bars.

    Args:
        names: what the classifiers were given.
        shares: classifier -> the share of test samples that it gets right, from 0 to 1, one for
            each of `names`.
        many: what several samples are called.
    """
    colours = palette(dark)
    figure = go.Figure()
    for (classifier, values), colour in zip(
        shares.items(), (colours.test, colours.mean), strict=False
    ):
        percent = [100 * value for value in values]
        figure.add_bar(
            x=list(names),
            y=percent,
            name=classifier,
            marker_color=colour,
            text=[f"{p:.1f}%" for p in percent],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="%{x}: %{y:.1f}%<extra>%{fullData.name}</extra>",
        )
    figure.update_layout(
        layout(colours), legend=LEGEND, margin={"l": 58, "r": 8, "t": 24, "b": 40}, bargap=0.35
    )
    figure.update_xaxes(type="category", showgrid=False)
    figure.update_yaxes(
        title_text=_("test {many} classified right, %").format(many=many), range=[0, 105]
    )
    return figure
