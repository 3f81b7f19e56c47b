"""Plotly figures and coloured pictures, from arrays and never from models.

Every function takes `_`, which translates, and `dark`, which picks the colours.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from aecore.analysis.latent import Plane, Points
from aecore.view import History, Pictures

Translate = Callable[[str], str]

FONT = '"Source Sans", "Source Sans Pro", sans-serif'

LEGEND = {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "font": {"size": 12}}

Figure = dict[str, Any]
"""A Plotly figure as plain data: the live ones are made several times a second, and building
`go.Figure` would take a hundred times as long, in which training waits for the interpreter."""

TICKS = [float(f"{m}e{p}") for p in range(-6, 7) for m in (1, 2, 5)]
TICK_TEXTS = [f"{tick:g}" for tick in TICKS]


@dataclass(frozen=True)
class Palette:
    """Colours of one theme; all but the grid contrast at least 3 to 1 with its background."""

    text: str
    grid: str
    encoder: str
    code: str
    decoder: str
    test: str
    train: str
    pca: str
    mean: str
    classes: tuple[str, ...]


LIGHT = Palette(
    text="#31333f",
    grid="#e3e5ea",
    encoder="#1565c0",
    code="#a15c00",
    decoder="#2e7d32",
    test="#6a1fb0",
    train="#8d7ba8",
    pca="#b3261e",
    mean="#6b7280",
    classes=(
        "#1f6fc4", "#b86e00", "#bd1f01", "#5f6f6d", "#832db6",
        "#8f5240", "#d65a00", "#7a7029", "#3b4252", "#127a7f",
    ),
)  # fmt: skip
DARK = Palette(
    text="#fafafa",
    grid="#33363f",
    encoder="#64b5f6",
    code="#ffb74d",
    decoder="#81c784",
    test="#d0a2ff",
    train="#9a8fb0",
    pca="#ff8a80",
    mean="#9ca3af",
    classes=(
        "#6db3f2", "#ffb938", "#ff6b57", "#b4c2c0", "#c58af0",
        "#d39a86", "#ff9447", "#d4c88f", "#8f96a8", "#9be4e7",
    ),
)  # fmt: skip


def palette(dark: bool) -> Palette:
    return DARK if dark else LIGHT


def loss_curves(
    history: History,
    references: Mapping[str, float],
    *,
    loss_name: str,
    marked_epoch: int | None = None,
    revision: str = "",
    dark: bool = False,
    _: Translate = str,
) -> Figure:
    """Training and test loss over epochs, split into its terms, with the baselines as lines.

    Where the learner changed the learning rate η, a dotted line says so.

    Args:
        history: the curves.
        references: baseline ("pca", "mean") -> its test error in the same loss.
        loss_name: what the vertical axis measures.
        marked_epoch: the epoch whose pictures are shown, marked by a vertical line.
        revision: the learner's zoom stays while this stays.
        dark: the theme.
        _: translates.
    """
    colours = palette(dark)
    split = "penalty" in history.test
    epochs = np.array(history.epochs, np.int32)
    traces = []
    for term, axis in (("recon_loss", "y"), ("penalty", "y2"))[: 1 + split]:
        for values, name, colour, width in (
            (history.test, _("test"), colours.test, 2.5),
            (history.train, _("training"), colours.train, 1.5),
        ):
            mode = "lines" if len(epochs) > 2 else "lines+markers"
            y = np.array(values.get(term, ()), np.float32)
            line = {"color": colour, "width": width}
            traces.append(_line(epochs, y, name, line, mode, axis, showlegend=axis == "y"))
    last = max(history.epochs[-1] if history.epochs else 1, 1)
    for key, name, colour in (
        ("mean", _("mean picture"), colours.mean),
        ("pca", _("PCA"), colours.pca),
    ):
        if key in references:
            line = {"color": colour, "width": 1.5, "dash": "dash"}
            traces.append(_line([0, last], [references[key]] * 2, name, line, "lines", "y"))
    layout = _layout(colours, revision) | {
        "hovermode": "x unified",
        "legend": LEGEND,
        "margin": {"l": 58, "r": 8, "t": 8, "b": 40},
        **_marks(history.learning_rates, marked_epoch, colours),
    }
    layout["xaxis"] |= {"title": {"text": _("epoch")}, "rangemode": "tozero"}
    log = layout["yaxis"] | {"type": "log", "tickvals": TICKS, "ticktext": TICK_TEXTS}
    layout["yaxis"] = log | {"title": {"text": loss_name}}
    if split:  # a panel of its own, low, with room for powers of ten
        layout["yaxis"]["domain"] = [0.38, 1]
        layout["yaxis2"] = log | {"title": {"text": _("penalty")}, "domain": [0, 0.31]}
        layout["yaxis2"] |= {"tickvals": TICKS[::3], "ticktext": TICK_TEXTS[::3]}
        layout["xaxis"]["anchor"] = "y2"
    if not history.epochs:
        layout["xaxis"]["range"] = [0, 1]
        layout["yaxis"]["range"] = [-2, 0]
    return {"data": traces, "layout": layout}


def _line(
    x: Any, y: Any, name: str, line: dict[str, Any], mode: str, axis: str, showlegend: bool = True
) -> dict[str, Any]:
    return {
        "type": "scatter",
        "x": x,
        "y": y,
        "name": name,
        "legendgroup": name,
        "showlegend": showlegend,
        "mode": mode,
        "line": line,
        "yaxis": axis,
        "hovertemplate": "%{y:.4f}",
    }


def _marks(
    learning_rates: Mapping[int, float], marked_epoch: int | None, colours: Palette
) -> dict[str, Any]:
    """Vertical lines: where the learning rate changed, and the epoch on show."""

    def line(epoch: int, style: dict[str, Any]) -> dict[str, Any]:
        return {"type": "line", "x0": epoch, "x1": epoch, "yref": "paper", "y0": 0, "y1": 1} | {
            "line": style
        }

    dotted = {"color": colours.mean, "width": 1, "dash": "dot"}
    shapes = [line(epoch, dotted) for epoch in learning_rates]
    if marked_epoch is not None:
        shapes.append(line(marked_epoch, {"color": colours.code, "width": 1.5}))
    notes = [
        {"x": epoch, "yref": "paper", "y": 1, "yanchor": "top", "xanchor": "left"}
        | {"text": f"η {rate:g}", "font": {"size": 11}, "showarrow": False}
        for epoch, rate in learning_rates.items()
    ]
    return {"shapes": shapes, "annotations": notes}


def latent_map(
    plane: Plane | None,
    labels: NDArray[np.int64],
    *,
    class_names: Sequence[str],
    half_width: float,
    revision: str = "",
    dark: bool = False,
    _: Translate = str,
) -> Figure:
    """Codes on a plane: every picture is its own digit, in its class's colour.

    Args:
        plane: where the codes lie; None for an empty map of the same size.
        labels: (n,), the class of each.
        class_names: what to call each class on hovering.
        half_width: the axes go from -half_width to +half_width.
        revision: the learner's zoom stays while this stays.
        dark: the theme.
        _: translates.
    """
    colours = palette(dark)
    layout = _layout(colours, revision) | {"margin": {"l": 44, "r": 8, "t": 8, "b": 40}}
    titles = {
        "codes": ("z₁", "z₂"),
        "strip": ("z₁", _("class")),
        "pca": (_("1st principal component"), _("2nd principal component")),
    }
    x_title, y_title = titles[plane.kind if plane else "codes"]
    square = {"range": [-half_width, half_width], "zeroline": True, "zerolinecolor": colours.grid}
    layout["xaxis"] |= square | {"title": {"text": x_title}}
    layout["yaxis"] |= {"title": {"text": y_title}}
    if plane is not None and plane.kind == "strip":
        layout["yaxis"] |= {"range": [-0.7, 9.7], "dtick": 1}
    else:
        layout["yaxis"] |= square | {"scaleanchor": "x"}
    traces = []
    if plane is not None:
        for c in np.unique(labels).tolist():
            points = plane.points[labels == c]
            traces.append(_digits(points, str(c), class_names[c], colours.classes[c]))
    return {"data": traces, "layout": layout}


def _digits(points: Points, digit: str, name: str, colour: str) -> dict[str, Any]:
    """The pictures of one class, each as its digit."""
    return {
        "type": "scattergl",
        "x": points[:, 0],
        "y": points[:, 1],
        "mode": "text",
        "text": [digit] * len(points),
        "textfont": {"color": colour, "size": 11},
        "name": name,
        "hovertemplate": name + "<extra></extra>",
        "showlegend": False,
    }


def error_by_class(
    errors: NDArray[np.float32],
    labels: NDArray[np.int64],
    *,
    class_names: Sequence[str],
    dark: bool = False,
    _: Translate = str,
) -> go.Figure:
    """Mean error of each class, as bars in the classes' colours.

    Args:
        errors: (n,), MSE per pixel of each picture.
        labels: (n,), the class of each.
        class_names: one for each class.
    """
    colours = palette(dark)
    classes = np.unique(labels)
    means = [float(errors[labels == c].mean()) for c in classes]
    figure = go.Figure(
        go.Bar(
            x=[class_names[c] for c in classes],
            y=means,
            marker_color=[colours.classes[c] for c in classes],
            text=[f"{mean:.4f}" for mean in means],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="%{x}: %{y:.4f}<extra></extra>",
        )
    )
    figure.update_layout(_layout(colours, ""), margin={"l": 58, "r": 8, "t": 24, "b": 40})
    figure.update_xaxes(title_text=_("class"), type="category")
    figure.update_yaxes(title_text=_("MSE per pixel"), rangemode="tozero")
    return figure


def error_histogram(
    errors: NDArray[np.float32],
    marked: Sequence[float],
    *,
    dark: bool = False,
    _: Translate = str,
) -> go.Figure:
    """How the errors of all test pictures spread, with some of them marked by ticks.

    Args:
        errors: (n,), MSE per pixel of each picture.
        marked: errors of the pictures that are on show.
    """
    colours = palette(dark)
    figure = go.Figure(
        go.Histogram(
            x=errors,
            nbinsx=50,
            marker_color=colours.test,
            name=_("all test pictures"),
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
        _layout(colours, ""),
        bargap=0.05,
        legend=LEGEND,
        margin={"l": 58, "r": 8, "t": 8, "b": 40},
    )
    figure.update_xaxes(title_text=_("MSE per pixel"))
    figure.update_yaxes(title_text=_("number of pictures"))
    return figure


def _layout(colours: Palette, revision: str) -> dict[str, Any]:
    """What all charts share."""

    def axis() -> dict[str, Any]:
        style = {"gridcolor": colours.grid, "linecolor": colours.grid, "zeroline": False}
        return style | {"tickfont": {"size": 12}, "automargin": False}

    return {
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"color": colours.text, "size": 13, "family": FONT},
        "uirevision": revision,
        "dragmode": "zoom",
        "xaxis": axis(),
        "yaxis": axis(),
    }


def differences(originals: Pictures, reconstructions: Pictures) -> NDArray[np.uint8]:
    """Reconstruction minus original, on one diverging scale centred at zero.

    Args:
        originals: (n, 28, 28), 0 to 255.
        reconstructions: likewise.

    Returns:
        (n, 28, 28, 3): near white where equal, blue where ink is missing, red where it is too much.
    """
    delta = (reconstructions.astype(np.float32) - originals.astype(np.float32)) / 255
    strength = np.abs(delta)[..., None]
    white = np.array([247.0, 247.0, 247.0])
    blue, red = np.array([5.0, 80.0, 170.0]), np.array([178.0, 24.0, 43.0])
    target = np.where(delta[..., None] < 0, blue, red)
    colour: NDArray[np.uint8] = (white + (target - white) * strength).round().astype(np.uint8)
    return colour
