"""Plotly figures and coloured pictures, from arrays and never from models.

Every function takes `_`, which translates, and `dark`, which picks the colours.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from aecore.analysis.latent import Plane
from aecore.view import History, Pictures

Translate = Callable[[str], str]

FONT = '"Source Sans", "Source Sans Pro", sans-serif'

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
) -> go.Figure:
    """Training and test loss over epochs, split into its terms, with the baselines as lines.

    Where the learner changed the learning rate η, a dotted line says so.

    Args:
        history: the curves.
        references: baseline ("pca", "mean") -> its test error in the same loss.
        loss_name: what the vertical axis measures.
        marked_epoch: the epoch whose pictures are shown, marked by a vertical line.
        revision: the learner's zoom stays while this stays.
    """
    colours = palette(dark)
    terms = ["recon_loss", "penalty"] if "penalty" in history.test else ["recon_loss"]
    figure = make_subplots(
        rows=len(terms),
        shared_xaxes=True,
        vertical_spacing=0.06,
        row_heights=[0.66, 0.34] if len(terms) == 2 else None,
    )
    for row, term in enumerate(terms, start=1):
        for values, name, colour, width in (
            (history.test, _("test"), colours.test, 2.5),
            (history.train, _("training"), colours.train, 1.5),
        ):
            figure.add_scatter(
                row=row,
                col=1,
                x=history.epochs,
                y=np.array(values.get(term, ()), dtype=np.float32),
                name=name,
                legendgroup=name,
                showlegend=row == 1,
                mode="lines" if len(history.epochs) > 2 else "lines+markers",
                line={"color": colour, "width": width},
                hovertemplate="%{y:.4f}",
            )
    last = max(history.epochs[-1] if history.epochs else 1, 1)
    for key, name, colour in (
        ("mean", _("mean picture"), colours.mean),
        ("pca", _("PCA"), colours.pca),
    ):
        if key in references:
            figure.add_scatter(
                row=1,
                col=1,
                x=[0, last],
                y=[references[key]] * 2,
                name=name,
                mode="lines",
                line={"color": colour, "width": 1.5, "dash": "dash"},
                hovertemplate="%{y:.4f}",
            )
    for epoch, rate in history.learning_rates.items():
        figure.add_vline(
            x=epoch,
            line={"color": colours.mean, "width": 1, "dash": "dot"},
            annotation={"text": f"η {rate:g}", "font_size": 11, "yanchor": "top"},
        )
    if marked_epoch is not None:
        figure.add_vline(x=marked_epoch, line={"color": colours.code, "width": 1.5})
    _finish(figure, colours, revision)
    figure.update_layout(
        hovermode="x unified",
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "font_size": 12},
        margin={"l": 58, "r": 8, "t": 8, "b": 40},
    )
    figure.update_xaxes(title_text=_("epoch"), rangemode="tozero", row=len(terms))
    figure.update_yaxes(type="log", title_text=loss_name, tickvals=TICKS, ticktext=TICK_TEXTS)
    if len(terms) == 2:  # a low panel has room for powers of ten
        figure.update_yaxes(title_text=_("penalty"), tickvals=TICKS[::3], row=2)
        figure.update_yaxes(ticktext=TICK_TEXTS[::3], row=2)
    if not history.epochs:
        figure.update_xaxes(range=[0, 1])
        figure.update_yaxes(range=[-2, 0])
    return figure


def latent_map(
    plane: Plane | None,
    labels: NDArray[np.int64],
    *,
    class_names: Sequence[str],
    half_width: float,
    revision: str = "",
    dark: bool = False,
    _: Translate = str,
) -> go.Figure:
    """Codes on a plane: every picture is its own digit, in its class's colour.

    Args:
        plane: where the codes lie; None for an empty map of the same size.
        labels: (n,), the class of each.
        class_names: what to call each class on hovering.
        half_width: the axes go from -half_width to +half_width.
        revision: the learner's zoom stays while this stays.
    """
    colours = palette(dark)
    figure = go.Figure()
    if plane is not None:
        for c in np.unique(labels):
            points = plane.points[labels == c]
            figure.add_scattergl(
                x=points[:, 0],
                y=points[:, 1],
                mode="text",
                text=[str(c)] * len(points),
                textfont={"color": colours.classes[c], "size": 11},
                name=class_names[c],
                hovertemplate=class_names[c] + "<extra></extra>",
                showlegend=False,
            )
    _finish(figure, colours, revision)
    figure.update_layout(margin={"l": 44, "r": 8, "t": 8, "b": 40})
    axis = {"range": [-half_width, half_width], "zeroline": True, "zerolinecolor": colours.grid}
    titles = {
        "codes": ("z₁", "z₂"),
        "strip": ("z₁", _("class")),
        "pca": (_("1st principal component"), _("2nd principal component")),
    }
    x_title, y_title = titles[plane.kind if plane else "codes"]
    figure.update_xaxes(title_text=x_title, **axis)
    if plane is not None and plane.kind == "strip":
        figure.update_yaxes(title_text=y_title, range=[-0.7, 9.7], dtick=1)
    else:
        figure.update_yaxes(title_text=y_title, scaleanchor="x", **axis)
    return figure


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
    _finish(figure, colours, "")
    figure.update_layout(margin={"l": 58, "r": 8, "t": 24, "b": 40})
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
    _finish(figure, colours, "")
    figure.update_layout(
        bargap=0.05,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "font_size": 12},
        margin={"l": 58, "r": 8, "t": 8, "b": 40},
    )
    figure.update_xaxes(title_text=_("MSE per pixel"))
    figure.update_yaxes(title_text=_("number of pictures"))
    return figure


def _finish(figure: go.Figure, colours: Palette, revision: str) -> None:
    """What all charts share."""
    axis = {
        "gridcolor": colours.grid,
        "linecolor": colours.grid,
        "tickfont": {"size": 12},
        "title_standoff": 6,
    }
    figure.update_layout(
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"color": colours.text, "size": 13, "family": FONT},
        uirevision=revision,
        dragmode="zoom",
    )
    figure.update_xaxes(axis)
    figure.update_yaxes(axis)


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
