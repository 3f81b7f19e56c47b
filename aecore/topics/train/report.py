"""A run's samples and charts as one HTML page that needs neither the lab nor the internet."""

import base64
import html
import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from aecore.data import datasets
from aecore.errors import N_
from aecore.figures import live, samples
from aecore.figures.style import Figure, Translate
from aecore.parts.codes import CODES
from aecore.shapes import Kind
from aecore.spec import variants
from aecore.spec.experiment import SPECS
from aecore.spec.fields import Choice
from aecore.spec.view import RunView

_PAGE = """<!doctype html>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ font-family: sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }}
img {{ width: 100%; image-rendering: {rendering} }}
</style>
<h1>{title}</h1>
<p>{numbers}</p>
<p><small>{made_with}</small></p>
{pictures}
{curves}
{plane}
"""

_NUMBERS: dict[Kind, str] = {
    "picture": N_("Epoch {epoch}: validation MSE {error:.5f} per pixel"),
    "series": N_("Epoch {epoch}: validation MSE {error:.5f} per value"),
    "row": N_("Epoch {epoch}: validation MSE {error:.5f} per feature"),
}
_CAPTION = N_("Original, reconstruction, difference")
_CAPTION_CORRUPTED = N_("Original, corrupted, reconstruction, difference")


def to_html(view: RunView, _: Translate = str) -> str:
    """What the Train page shows of a run: numbers, samples, curves, map; with Plotly inside (5 MB).

    Args:
        view: a run that has been looked at.
        _: into the learner's language.
    """
    from plotly.offline import get_plotlyjs

    e = view.experiment
    title = f"Autoencoder Lab: {_(variants.get(e.variant).title)} {e.latent_dim}"
    numbers = _(_NUMBERS[e.kind]).format(
        epoch=view.epoch, error=view.val_mse if view.val_mse is not None else float("nan")
    )
    if view.test_mse is not None:
        numbers += " · " + _("test MSE {error:.5f}").format(error=view.test_mse)
    return _PAGE.format(
        title=html.escape(title),
        rendering="pixelated" if e.kind == "picture" else "auto",
        numbers=html.escape(numbers),
        made_with=html.escape(_made_with(view)),
        pictures=_grid(view, _),
        curves=f"<script>{get_plotlyjs()}</script>" + _chart(_curves(view, _)),
        plane=_chart(_plane(view, _)),
    )


def _made_with(view: RunView) -> str:
    return " · ".join(f"{name} {value[:16]}" for name, value in view.made_with.items())


def _curves(view: RunView, _: Translate) -> Figure:
    spec = SPECS["recon_loss"]
    assert isinstance(spec, Choice)
    return live.loss_curves(
        view.history,
        view.references,
        loss_name=_(spec.choices[view.experiment.recon_loss]),
        kind=view.experiment.kind,
        drawn=CODES[view.experiment.code].drawn,
        _=_,
    )


def _plane(view: RunView, _: Translate) -> Figure:
    return live.latent_map(
        view.moment.plane if view.moment else None,
        np.zeros(0, np.int64) if view.probe is None else view.probe.labels,
        class_names=[_(name) for name in datasets.DATASETS[view.experiment.dataset].classes],
        half_height=view.map_range or 1.0,
        _=_,
    )


def _chart(figure: Figure) -> str:
    import plotly.io

    return plotly.io.to_html(
        figure,
        full_html=False,
        include_plotlyjs=False,
        validate=False,
        default_height=420,
        config={"displaylogo": False},
    )


def _apart(tile: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A tile (height, width, 3) with white at its right and below it, so that none runs into the
    next."""
    gap = max(1, min(tile.shape[:2]) // 24)
    return np.pad(tile, ((0, gap), (0, gap), (0, 0)), constant_values=255)


def _grid(view: RunView, _: Translate) -> str:
    """The samples of the probe, rows below one another, as a picture inside the page."""
    if view.probe is None or view.moment is None:
        return ""
    shape = view.experiment.shape
    probe, x_hat = view.probe, view.moment.x_hat
    shown = [probe.originals, *([] if probe.corrupted is None else [probe.corrupted]), x_hat]
    pictures = [samples.in_colour(samples.drawn(values, shape)) for values in shown]
    pictures.append(samples.differences(probe.originals, x_hat, shape))
    rows = [np.concatenate([_apart(tile) for tile in row], axis=1) for row in pictures]
    file = io.BytesIO()
    Image.fromarray(np.concatenate(rows)).save(file, format="PNG")
    data = base64.b64encode(file.getvalue()).decode()
    clean = view.probe.corrupted is None
    caption = html.escape(_(_CAPTION if clean else _CAPTION_CORRUPTED))
    return f'<p>{caption}</p>\n<img alt="{caption}" src="data:image/png;base64,{data}">'
