"""Size against error of every way of compressing. Plain data, for a chart that follows a slider."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np

from aecore.figures.style import LEGEND, Figure, Palette, Translate, layout, palette

FLOOR = 1e-6
"""Where the chart shows files without any error, which a logarithmic axis has no place for."""

HIGHEST = 0.2


class FormatPoint(Protocol):
    """A file format at one quality."""

    @property
    def quality(self) -> int | None: ...
    @property
    def bytes(self) -> float: ...
    @property
    def mse(self) -> float: ...


def size_against_error(
    sizes: Sequence[float],
    errors: Sequence[float],
    pca_sizes: Sequence[float],
    pca_errors: Sequence[float],
    *,
    names: Sequence[str],
    pca_names: Sequence[str],
    alone: Mapping[str, Sequence[FormatPoint]],
    together: Mapping[str, Sequence[FormatPoint]],
    chosen: int,
    error: str,
    size: str,
    revision: str = "",
    dark: bool = False,
    _: Translate = str,
) -> Figure:
    """Error over bytes per sample on logarithmic axes.

    Args:
        sizes, errors: (settings,), of the model: bytes per sample and MSE per number.
        pca_sizes, pca_errors: likewise, of PCA.
        names, pca_names: (settings,), what these points are called.
        alone, together: format -> points of files with one picture, and with 100; empty where
            the samples are no pictures.
        chosen: which of the settings is marked.
        error, size: what the axes are called.
        revision: the learner's zoom stays while this stays.
        dark: the theme.
        _: translates.
    """
    colours = palette(dark)
    traces = [
        _curve(sizes, errors, names, _("autoencoder"), colours.decoder, width=3),
        _curve(pca_sizes, pca_errors, pca_names, "PCA", colours.pca, width=2),
    ]
    for files, kept in ((together, _("100 to a file")), (alone, _("one to a file"))):
        for kind, points in files.items():
            traces.append(_file(kind, points, kept, files is together, colours, _))
    traces.append(_mark(sizes[chosen], errors[chosen], _("chosen"), names[chosen], colours))
    style = layout(colours, revision) | {
        "legend": LEGEND | {"font": {"size": 11}},
        "margin": {"l": 66, "r": 12, "t": 8, "b": 44},
        "hovermode": "closest",
    }
    # Wide enough for every setting, so that no axis moves with the slider.
    least = np.nanmin(np.array([HIGHEST, *errors, *pca_errors]))  # a diverged model has none
    lowest = FLOOR / 1.6 if alone else max(FLOOR, float(least) / 2)
    ends = [*sizes, *pca_sizes, *(point.bytes for points in alone.values() for point in points)]
    style["xaxis"] |= {
        "type": "log",
        "title": {"text": size},
        "range": [np.log10(min(ends) / 1.4), np.log10(max(ends) * 1.4)],
        "dtick": 1,
    }
    style["yaxis"] |= {
        "type": "log",
        "title": {"text": error},
        "range": [np.log10(lowest), np.log10(HIGHEST)],
        "tickvals": [FLOOR, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1],
        "ticktext": [_("none"), "0.00001", "0.0001", "0.001", "0.01", "0.1"],
    }
    return {"data": traces, "layout": style}


def _curve(
    sizes: Sequence[float],
    errors: Sequence[float],
    names: Sequence[str],
    name: str,
    colour: str,
    *,
    width: int,
) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": np.array(sizes, np.float32),
        "y": np.array(errors, np.float32),
        "name": name,
        "customdata": list(names),
        "line": {"color": colour, "width": width},
        "marker": {"size": 6},
        "hovertemplate": "%{customdata}: %{x:.1f} B, MSE %{y:.4f}<extra>" + name + "</extra>",
    }


def _file(
    kind: str,
    points: Sequence[FormatPoint],
    kept: str,
    together: bool,
    colours: Palette,
    _: Translate,
) -> dict[str, Any]:
    """A format; where it loses nothing, its point stands at the floor."""
    tint = {"jpeg": colours.test, "webp": colours.encoder, "png": colours.mean}[kind]
    title = {"jpeg": "JPEG", "webp": "WebP", "png": "PNG"}[kind]
    name = f"{title}, {kept}"
    lossy = points[0].quality is not None
    said = _("quality {quality}")
    return {
        "type": "scatter",
        "mode": "lines+markers" if lossy else "markers+text",
        "x": np.array([point.bytes for point in points], np.float32),
        "y": np.array([max(point.mse, FLOOR) for point in points]),
        "name": name,
        "text": [title if together else ""] * len(points),
        "textposition": "top center",
        "customdata": [
            [said.format(quality=point.quality) if lossy else _("lossless"), f"{point.mse:.6f}"]
            for point in points
        ],
        "line": {"color": tint, "width": 2, "dash": "solid" if together else "dot"},
        "marker": {
            "color": tint,
            "size": 5 if lossy else 10,
            "symbol": "circle" if together else "circle-open",
        },
        "hovertemplate": "%{customdata[0]}: %{x:.0f} B, MSE %{customdata[1]}<extra>"
        + name
        + "</extra>",
    }


def _mark(size: float, error: float, name: str, label: str, colours: Palette) -> dict[str, Any]:
    """The setting of the slider: a ring around its point, with its name."""
    return {
        "type": "scatter",
        "mode": "markers+text",
        "x": np.array([size], np.float32),
        "y": np.array([error], np.float32),
        "name": name,
        "text": [label],
        "textposition": "bottom left",
        "textfont": {"size": 13, "color": colours.text},
        "marker": {
            "symbol": "circle-open",
            "size": 16,
            "color": colours.code,
            "line": {"width": 3},
        },
        "showlegend": False,
        "hoverinfo": "skip",
    }
