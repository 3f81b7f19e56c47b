"""How near each way of enlarging comes to the originals. Plain data."""

from collections.abc import Sequence
from typing import Any

from aecore.figures.style import Figure, Palette, Translate, layout, palette

DECIBELS_SHOWN = 40.0
"""The axis of PSNR covers these, whatever the model and the side."""


def scores_by_method(
    psnr: Sequence[tuple[float, float]],
    ssim: Sequence[tuple[float, float]],
    names: Sequence[str],
    *,
    dark: bool = False,
    _: Translate = str,
) -> Figure:
    """PSNR and SSIM of each method, side by side, with how much they vary between pictures.

    Args:
        psnr: (methods,) of mean and standard deviation in decibels, the model last.
        ssim: likewise, from -1 to 1.
        names: (methods,).
        dark: the theme.
        _: translates.
    """
    colours = palette(dark)
    style = layout(colours) | {
        "bargap": 0.35,
        "showlegend": False,
        "margin": {"l": 92, "r": 12, "t": 8, "b": 44},
    }
    style["xaxis2"] = dict(style["xaxis"])
    style["xaxis"]["tickvals"], style["xaxis2"]["tickvals"] = [0, 10, 20, 30], [0, 0.5, 1]
    for axis, domain, title, high in (
        ("xaxis", [0, 0.48], _("PSNR, dB"), DECIBELS_SHOWN),
        ("xaxis2", [0.52, 1], _("SSIM"), 1.35),
    ):
        style[axis] |= {"domain": domain, "title": {"text": title}, "range": [0, high]}
    ticks = {"tickvals": list(range(len(names))), "ticktext": list(names)}
    style["yaxis"] |= ticks | {"autorange": "reversed", "showgrid": False}
    traces = [
        part(values, written, axis, colours)
        for values, written, axis in ((psnr, "{:.1f}", "x"), (ssim, "{:.2f}", "x2"))
        for part in (_bars, _numbers)
    ]
    return {"data": traces, "layout": style}


def _bars(
    values: Sequence[tuple[float, float]], written: str, axis: str, colours: Palette
) -> dict[str, Any]:
    means, stds = zip(*values, strict=True)
    return {
        "type": "bar",
        "orientation": "h",
        "x": list(means),
        "y": list(range(len(values))),
        "xaxis": axis,
        "error_x": {
            "type": "data",
            "array": list(stds),
            "color": colours.text,
            "thickness": 1.2,
            "width": 4,
        },
        "marker": {"color": [*[colours.mean] * (len(values) - 1), colours.decoder]},
        "customdata": [f"{written.format(mean)} ± {written.format(std)}" for mean, std in values],
        "hovertemplate": "%{customdata}<extra></extra>",
    }


def _numbers(
    values: Sequence[tuple[float, float]], written: str, axis: str, colours: Palette
) -> dict[str, Any]:
    """The mean, right of its bar and of the line that says how it varies."""
    return {
        "type": "scatter",
        "mode": "text",
        "x": [max(mean, 0) + std for mean, std in values],
        "y": list(range(len(values))),
        "xaxis": axis,
        "text": [f" {written.format(mean)}" for mean, _std in values],
        "textposition": "middle right",
        "textfont": {"size": 12, "color": colours.text},
        "hoverinfo": "skip",
    }
