"""The figures of a run while it trains, as plain data."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aecore.analysis.latent import ASPECT, Plane, Points
from aecore.errors import N_
from aecore.figures.style import LEGEND, Figure, Palette, Translate, layout, palette
from aecore.shapes import Kind
from aecore.spec.view import History

TICKS = [float(f"{m}e{p}") for p in range(-6, 7) for m in (1, 2, 5)]
TICK_TEXTS = [f"{tick:g}" for tick in TICKS]

MEANS: dict[Kind, str] = {
    "picture": N_("mean picture"),
    "series": N_("mean series"),
    "row": N_("mean row"),
}
"""What the mean of the samples that are learned from is called."""


def loss_curves(
    history: History,
    references: Mapping[str, float],
    *,
    loss_name: str,
    kind: Kind = "picture",
    drawn: bool = False,
    marked_epoch: int | None = None,
    stages: Mapping[int, str] | None = None,
    revision: str = "",
    dark: bool = False,
    _: Translate = str,
) -> Figure:
    """Training and validation loss over epochs, split into its terms, with the baselines as lines.

    Where the learner changed the learning rate η, a dotted line says so.

    Args:
        history: the curves.
        references: baseline ("pca", "mean", "floor") -> its validation error in the same loss.
        loss_name: what the vertical axis measures.
        kind: of the samples, whose mean is one of the baselines.
        drawn: whether both curves are of codes that are drawn at random.
        marked_epoch: the epoch whose samples are shown, marked by a vertical line.
        stages: epoch -> what begins there, where a training has several parts.
        revision: the learner's zoom stays while this stays.
        dark: the theme.
        _: translates.
    """
    colours = palette(dark)
    split = "penalty" in history.val
    epochs = np.array(history.epochs, np.int32)
    traces = []
    for term, axis in (("recon_loss", "y"), ("penalty", "y2"))[: 1 + split]:
        for values, name, colour, width in (
            (
                history.val,
                _("validation, z drawn") if drawn else _("validation"),
                colours.test,
                2.5,
            ),
            (history.train, _("training, z drawn") if drawn else _("training"), colours.train, 1.5),
        ):
            mode = "lines" if len(epochs) > 2 else "lines+markers"
            y = np.array(values.get(term, ()), np.float32)
            line = {"color": colour, "width": width}
            traces.append(_line(epochs, y, name, line, mode, axis, showlegend=axis == "y"))
    last = max(history.epochs[-1] if history.epochs else 1, 1)
    for key, name, colour, dash in (
        ("mean", _(MEANS[kind]), colours.mean, "dash"),
        ("pca", _("PCA"), colours.pca, "dash"),
        ("floor", _("floor of BCE"), colours.mean, "dot"),
    ):
        if key in references:
            line = {"color": colour, "width": 1.5, "dash": dash}
            traces.append(_line([0, last], [references[key]] * 2, name, line, "lines", "y"))
    style = layout(colours, revision) | {
        "hovermode": "x unified",
        "legend": LEGEND,
        "margin": {"l": 58, "r": 8, "t": 8, "b": 40},
        **_marks(
            {e: f"η {rate:g}" for e, rate in history.learning_rates.items()} | dict(stages or {}),
            marked_epoch,
            colours,
        ),
    }
    style["xaxis"] |= {"title": {"text": _("epoch")}, "rangemode": "tozero"}
    log = style["yaxis"] | {"type": "log", "tickvals": TICKS, "ticktext": TICK_TEXTS}
    style["yaxis"] = log | {"title": {"text": loss_name}}
    if split:  # a panel of its own, low, with room for powers of ten
        style["yaxis"]["domain"] = [0.38, 1]
        style["yaxis2"] = log | {"title": {"text": _("penalty")}, "domain": [0, 0.31]}
        style["yaxis2"] |= {"tickvals": TICKS[::3], "ticktext": TICK_TEXTS[::3]}
        style["xaxis"]["anchor"] = "y2"
    if not history.epochs:
        style["xaxis"]["range"] = [0, 1]
        style["yaxis"]["range"] = [-2, 0]
    return {"data": traces, "layout": style}


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


def _marks(notes: Mapping[int, str], marked_epoch: int | None, colours: Palette) -> dict[str, Any]:
    """Vertical lines: where something changed, with a note, and the epoch on show."""

    def line(epoch: int, style: dict[str, Any]) -> dict[str, Any]:
        return {"type": "line", "x0": epoch, "x1": epoch, "yref": "paper", "y0": 0, "y1": 1} | {
            "line": style
        }

    dotted = {"color": colours.mean, "width": 1, "dash": "dot"}
    shapes = [line(epoch, dotted) for epoch in notes]
    if marked_epoch is not None:
        shapes.append(line(marked_epoch, {"color": colours.code, "width": 1.5}))
    texts = [
        {"x": epoch, "yref": "paper", "y": 1, "yanchor": "top", "xanchor": "left"}
        | {"text": note, "font": {"size": 11}, "showarrow": False}
        for epoch, note in notes.items()
    ]
    return {"shapes": shapes, "annotations": texts}


def latent_map(
    plane: Plane | None,
    labels: NDArray[np.int64],
    *,
    class_names: Sequence[str],
    half_height: float,
    revision: str = "",
    dark: bool = False,
    _: Translate = str,
) -> Figure:
    """Codes on a plane: every sample is the number of its class, in the class's colour.

    Where nobody has labelled anything, every sample is a dot, and all have one colour.

    Args:
        plane: where the codes lie; None for an empty map of the same size.
        labels: (n,), the class of each.
        class_names: what to call each class on hovering; () for samples without labels.
        half_height: the map goes from -half_height to +half_height, and `ASPECT` times as far to
            both sides.
        revision: the learner's zoom stays while this stays.
        dark: the theme.
        _: translates.
    """
    colours = palette(dark)
    style = layout(colours, revision) | {"margin": {"l": 44, "r": 8, "t": 8, "b": 40}}
    titles = {
        "codes": ("z₁", "z₂"),
        "strip": ("z₁", _("class") if class_names else ""),
        "pca": (_("component 1"), _("component 2")),
    }
    x_title, y_title = titles[plane.kind if plane else "codes"]
    half_width = ASPECT * half_height
    cross = {"zeroline": True, "zerolinecolor": colours.grid}
    style["xaxis"] |= cross | {"title": {"text": x_title}, "range": [-half_width, half_width]}
    style["yaxis"] |= {"title": {"text": y_title}}
    if plane is not None and plane.kind == "strip":
        lanes = max(len(class_names), 1)
        style["yaxis"] |= {"range": [-0.7, lanes - 0.3], "dtick": 1}
        style["yaxis"] |= {"showticklabels": bool(class_names)}
    else:
        style["yaxis"] |= cross | {"range": [-half_height, half_height], "scaleanchor": "x"}
    traces = []
    if plane is not None and not class_names:
        traces.append(_dots(plane.points, colours.code))
    elif plane is not None:
        for c in np.unique(labels).tolist():
            points, colour = plane.points[labels == c], colours.classes[c % len(colours.classes)]
            traces.append(_marks_of(points, str(c), class_names[c], colour))
    return {"data": traces, "layout": style}


def _dots(points: Points, colour: str) -> dict[str, Any]:
    """Samples of which nobody has said what they are."""
    return {
        "type": "scattergl",
        "x": points[:, 0],
        "y": points[:, 1],
        "mode": "markers",
        "marker": {"color": colour, "size": 5, "opacity": 0.7},
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _marks_of(points: Points, mark: str, name: str, colour: str) -> dict[str, Any]:
    """The samples of one class, each as the class's number."""
    return {
        "type": "scattergl",
        "x": points[:, 0],
        "y": points[:, 1],
        "mode": "text",
        "text": [mark] * len(points),
        "textfont": {"color": colour, "size": 11},
        "name": name,
        "hovertemplate": name + "<extra></extra>",
        "showlegend": False,
    }


def codebook_uses(uses: NDArray[np.int64], *, dark: bool = False, _: Translate = str) -> Figure:
    """How often each entry of a codebook is used, the most frequent first.

    Args:
        uses: (entries,), counts.
        dark: the theme.
        _: translates.
    """
    colours = palette(dark)
    share = 100 * np.sort(uses)[::-1] / max(int(uses.sum()), 1)
    bars = {
        "type": "bar",
        "x": np.arange(1, len(uses) + 1, dtype=np.int32),
        "y": share.astype(np.float32),
        "marker": {"color": colours.code},
        "hovertemplate": "%{y:.1f}%<extra></extra>",
    }
    style = layout(colours) | {"margin": {"l": 58, "r": 8, "t": 8, "b": 40}, "bargap": 0.15}
    style["xaxis"] |= {"title": {"text": _("entry, by frequency")}}
    style["yaxis"] |= {"title": {"text": _("share of vectors, %")}, "rangemode": "tozero"}
    return {"data": [bars], "layout": style}
