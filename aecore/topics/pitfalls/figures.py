"""The mistake's curve next to the cure's."""

from collections.abc import Sequence

import numpy as np

from aecore.figures.live import TICK_TEXTS, TICKS
from aecore.figures.style import LEGEND, Figure, Translate, layout, palette


def curves(
    wrong: Sequence[float],
    cured: Sequence[float],
    mean: float | None,
    *,
    epochs: int,
    dark: bool = False,
    _: Translate = str,
) -> Figure:
    """Validation error over the epochs of both trainings.

    Args:
        wrong, cured: MSE per pixel, before training and after each epoch, as far as there are.
        mean: that of the mean picture, as a line; None while it is not known.
        epochs: where the axis ends.
        dark: the theme.
        _: translates.
    """
    colours = palette(dark)
    traces = [
        {
            "type": "scatter",
            "x": np.arange(len(values), dtype=np.int32),
            "y": np.array(values, np.float32),
            "name": name,
            "mode": "lines+markers",
            "marker": {"size": 5},
            "line": {"color": colour, "width": 2.5},
            "hovertemplate": "%{y:.4f}",
        }
        for values, name, colour in (
            (wrong, _("with the mistake"), colours.pca),
            (cured, _("cured"), colours.decoder),
        )
    ]
    if mean is not None:
        traces.append(
            {
                "type": "scatter",
                "x": [0, epochs],
                "y": [mean, mean],
                "name": _("mean picture"),
                "mode": "lines",
                "line": {"color": colours.mean, "width": 1.5, "dash": "dash"},
                "hovertemplate": "%{y:.4f}",
            }
        )
    style = layout(colours) | {
        "hovermode": "x unified",
        "legend": LEGEND,
        "showlegend": True,
        "margin": {"l": 62, "r": 8, "t": 8, "b": 40},
    }
    style["xaxis"] |= {"title": {"text": _("epoch")}, "range": [-0.02 * epochs, 1.02 * epochs]}
    style["yaxis"] |= {"type": "log", "tickvals": TICKS, "ticktext": TICK_TEXTS}
    style["yaxis"] |= {"title": {"text": _("validation MSE per pixel")}}
    if not wrong and not cured:
        style["yaxis"]["range"] = [-2.5, -0.4]
    return {"data": traces, "layout": style}
