"""The page that goes through one training step: picture, formula and code of the same thing."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

from aecore.errors import N_
from aecore.figures.pictures import diverging
from aecore.figures.style import Palette, palette
from aecore.shapes import Kind, Picture, Shape
from aecore.spec.experiment import Experiment
from ui.kit import components, models
from ui.kit.frame import is_dark
from ui.kit.language import _
from ui.one_step import cells
from ui.one_step.lines import BACKWARD, FORWARD, LOSS, UPDATE, lines

if TYPE_CHECKING:
    from aecore.topics.one_step.ask import LayerStep, Step

ONE_STEP_SAMPLE = "one_step_sample"
"""Session key: which test sample goes through."""

STAGES = {
    FORWARD: N_("1 Forward"),
    LOSS: N_("2 Loss"),
    BACKWARD: N_("3 Backward"),
    UPDATE: N_("4 Update"),
}
STAGES_HELP = N_(
    "**Forward**: the sample goes through the layers. **Loss**: the reconstruction is compared with "
    "it. **Backward**: from the end to the beginning, each layer learns how much the loss would "
    "change with each of its numbers (the gradient). **Update**: every weight moves a little "
    "against its gradient."
)
STRIDE = 7
"""From one test sample to the next: neighbours are often of one class."""

RATES = (0.01, 0.1, 1.0, 10.0)
MOST_CELLS = 1024
DARK_GROUND, LIGHT_GROUND = "#171614", "#ffffff"


def panel(model_id: str) -> None:
    """One sample through the model and back."""
    parts, rates, others = st.columns([2.4, 2, 1], gap="medium", vertical_alignment="bottom")
    with parts:
        stage = st.segmented_control(
            _("Part of the step"),
            list(STAGES),
            default=FORWARD,
            required=True,
            format_func=lambda s: _(STAGES[s]),
            key="_one_step_stage",
            help=_(STAGES_HELP),
            wrap=True,
        )
    with rates:
        rate = st.select_slider(
            _("Learning rate η"),
            RATES,
            0.1,
            format_func=lambda r: f"{r:g}",
            key="_one_step_rate",
            help=_(
                "How far each weight moves against its gradient. Real training uses many samples for "
                "each step and Adam, which gives every weight a step size of its own."
            ),
        )
    with others:
        st.button(
            _("Another sample"), icon=":material/casino:", key="one_step_other", on_click=_other
        )
    with st.spinner(_("Running the model …")):
        _show(model_id, str(stage), float(rate))


def _other() -> None:
    st.session_state[ONE_STEP_SAMPLE] += 1


def _show(model_id: str, stage: str, rate: float) -> None:
    from aecore.topics.one_step import ask as one_step

    seed = st.session_state.setdefault(ONE_STEP_SAMPLE, 0)
    spec = models.dataset(model_id)
    step = models.ask(model_id, one_step.one_step, STRIDE * seed % spec.n_test, rate)
    st.markdown(_finding(step))
    data = _data(models.experiment(model_id), step, stage, palette(is_dark()))
    components.one_step(data, key="one_step")


def _finding(step: "Step") -> str:
    before, after = step.before["total_loss"], step.after["total_loss"]
    return _(
        "Loss on this sample **{before:.5f}**; after one step on it alone **{after:.5f}** "
        "({change:+.1f}%)."
    ).format(before=before, after=after, change=100 * (after / before - 1) if before else 0)


def _data(e: Experiment, step: "Step", stage: str, colours: Palette) -> dict[str, Any]:
    """What the browser draws."""
    tint = {
        "encoder": colours.encoder,
        "code": colours.code,
        "decoder": colours.decoder,
        "text": colours.text,
    }
    written = lines(e, len(step.encoder), len(step.decoder))
    about = [{"part": x.part, "stage": x.stage, "colour": tint[x.kind]} for x in written]
    return {
        "alt": _("One training step: the numbers, the formula and the program code, part by part."),
        "stage": stage,
        "background": DARK_GROUND if is_dark() else LIGHT_GROUND,
        "neutral": palette(is_dark()).mean,
        "diverging": asdict(diverging(is_dark())),
        "flow": flow(e, step, stage, tint),
        "formula": [a | {"html": x.html} for a, x in zip(about, written, strict=True)],
        "code": [a | {"text": x.code} for a, x in zip(about, written, strict=True)],
        "says": says(e, step),
        "words": {
            "pixel": _("pixel in row {row}, column {column}"),
            "unit": _("number {number}"),
        },
        "places": cells.places(e.shape),
    }


def flow(e: Experiment, step: "Step", stage: str, tint: dict[str, str]) -> list[dict[str, Any]]:
    """The rows of cells, from the sample to its reconstruction and the difference."""
    backward = stage in (BACKWARD, UPDATE)
    rows = [_sample("x", "x", _("original"), step.x, e.shape, tint["text"])]
    if e.corruption != "none":
        rows.append(_sample("input", "x̃", _("corrupted"), step.x_input, e.shape, tint["text"]))
    for i, layer in enumerate(step.encoder, start=1):
        rows.append(_units(f"e{i}", f"h<sub>{i}</sub>", layer, tint["encoder"], backward))
    rows.append(_code_row(step, tint["code"], backward))
    for i, layer in enumerate(step.decoder[:-1], start=1):
        rows.append(_units(f"d{i}", f"g<sub>{i}</sub>", layer, tint["decoder"], backward))
    shown = step.x_hat_after if stage == UPDATE else step.x_hat
    name = _("after the update") if stage == UPDATE else _("reconstruction")
    last = f"d{len(step.decoder)}"
    rows.append(_sample(last, "x̂", name, shown, e.shape, tint["decoder"]))
    rows.append(_difference(step, e.shape, stage, tint["text"]))
    return rows


def _row(
    part: str,
    html: str,
    name: str,
    colour: str,
    values: "np.typing.NDArray[np.float32]",
    **more: Any,
) -> dict[str, Any]:
    row: dict[str, Any] = {"part": part, "stage": "", "html": html, "name": name, "colour": colour}
    row |= {"draws": "cells", "columns": min(len(values), 32), "cell": 10, "sample": False}
    row |= {"picture": False, "signed": False}
    numbers = {key: _rounded(array) for key, array in more.pop("numbers").items()}
    return row | {"values": _rounded(values), "numbers": numbers} | more


def _sample(
    part: str,
    html: str,
    name: str,
    x: "np.typing.NDArray[np.float32]",
    shape: Shape,
    colour: str,
) -> dict[str, Any]:
    """A sample as what it is: a picture, bars or a curve."""
    numbers, said = {"v": x}, "{v}"
    if (painted := cells.colours(x, shape)) is not None:
        numbers = dict(zip("rgb", x.reshape(3, -1), strict=True))
        said = _("red {r}, green {g}, blue {b}")
    about = cells.layout_of(shape) | {"picture": shape.kind == "picture", "colours": painted}
    shown = cells.by_place(x, shape)
    return _row(part, html, name, colour, shown, numbers=numbers, cellSays=said, **about)


def _units(part: str, html: str, layer: "LayerStep", colour: str, backward: bool) -> dict[str, Any]:
    numbers = {"w": layer.weighted, "b": layer.bias, "out": layer.out, "g": layer.gradient}
    return _row(
        part,
        html,
        _("gradient") if backward else _("{n} numbers").format(n=len(layer.out)),
        colour,
        (layer.gradient if backward else layer.out)[:MOST_CELLS],
        signed=backward,
        numbers={key: array[:MOST_CELLS] for key, array in numbers.items()},
        cellSays=_("W h = {w}, b = {b}, after the activation {out}; ∂L/∂(W h + b) = {g}"),
    )


def _code_row(step: "Step", colour: str, backward: bool) -> dict[str, Any]:
    numbers = {"v": step.z, "g": step.z_gradient}
    says = "z = {v}; ∂L/∂z = {g}"
    if step.mu is not None and step.sigma is not None and step.eps is not None:
        numbers |= {"mu": step.mu, "sigma": step.sigma, "eps": step.eps}
        says = "z = μ + σ ε = {mu} + {sigma} · {eps} = {v}; ∂L/∂z = {g}"
    values = step.z_gradient if backward else step.z
    name = _("gradient") if backward else _("code of {n} numbers").format(n=len(step.z))
    return _row("z", "z", name, colour, values, signed=backward, numbers=numbers, cellSays=says)


def _difference(step: "Step", shape: Shape, stage: str, colour: str) -> dict[str, Any]:
    """What the loss sees, number by number; of colours, the mean of each pixel's."""
    x, gradient = cells.by_place(step.x, shape), cells.by_place(step.pixel_gradient, shape)
    x_hat = cells.by_place(step.x_hat_after if stage == UPDATE else step.x_hat, shape)
    backward = stage == BACKWARD
    return _row(
        "gradient" if backward else "loss",
        "∂L/∂x̂" if backward else "x̂ − x",
        _("gradient") if backward else _("difference"),
        colour,
        gradient if backward else x_hat - x,
        signed=True,
        numbers={"x": x, "h": x_hat, "d": x_hat - x, "g": gradient},
        cellSays="x̂ − x = {h} − {x} = {d}; ∂L/∂x̂ = {g}",
        **cells.layout_of(shape),
    )


def _rounded(values: "np.typing.NDArray[np.float32]") -> list[float]:
    """Four digits are more than the eye needs, and a third of the bytes."""
    return [float(f"{value:.4g}") for value in values.tolist()]


def says(e: Experiment, step: "Step") -> dict[str, str]:
    """Part -> what it is, in a line."""
    said = {
        "x": _x_says(e.shape),
        "input": _(
            "What the encoder gets: the sample with noise. The loss compares with the clean one."
        ),
        "z": _code_says(e, step),
        "loss": _loss_says(step, e.shape),
        "gradient": _(
            "From the loss back to the first layer: by how much the loss grows when a number grows. "
            "Red cells push it up, blue ones down."
        ),
        "update": _update_says(step),
    }
    for letter, layers in (("e", step.encoder), ("d", step.decoder)):
        for i, layer in enumerate(layers, start=1):
            said[f"{letter}{i}"] = _layer_says(letter == "e", i, layer)
    if e.shares_weights:
        for i in range(1, len(step.decoder) + 1):
            said[f"d{i}"] += " " + _tied_says(len(step.decoder) + 1 - i)
    return said


def _layer_says(is_encoder: bool, i: int, layer: "LayerStep") -> str:
    text = (
        _("Encoder, layer {i}: size of its weights |W| = {w:.3g}, of their gradient {g:.3g}.")
        if is_encoder
        else _("Decoder, layer {i}: size of its weights |W| = {w:.3g}, of their gradient {g:.3g}.")
    )
    return text.format(i=i, w=layer.weight_norm, g=layer.gradient_norm)


def _tied_says(mirror: int) -> str:
    return _(
        "They are those of the encoder's layer {i}, transposed (tied weights): their gradient is the "
        "sum of what both uses give."
    ).format(i=mirror)


def _code_says(e: Experiment, step: "Step") -> str:
    if step.entries is not None:
        return _("The code: entries {entries} of the codebook.").format(
            entries=", ".join(map(str, step.entries.tolist()))
        )
    if step.mu is not None:
        return _(
            "The code: the encoder gives a mean μ and a standard deviation σ for each "
            "number, and ε is drawn at random. The gradient passes to μ and σ as if ε "
            "were a constant."
        )
    return _("The code: everything that the decoder knows about the sample.")


X_SAYS: dict[Kind, str] = {
    "picture": N_("The picture: {n:,} grey values between 0 (black) and 1 (white)."),
    "series": N_("The series: {n:,} values, from 0 (the lowest) to 1 (the highest)."),
    "row": N_("The row: {n:,} features, each from 0 (its lowest value) to 1 (its highest)."),
}
COLOURS_SAY = N_("The picture: {n:,} numbers between 0 and 1, red, green and blue of each pixel.")
MEAN_OVER: dict[Kind, str] = {
    "picture": N_(", the mean over {n:,} pixels."),
    "series": N_(", the mean over {n:,} values."),
    "row": N_(", the mean over {n:,} features."),
}


def _x_says(shape: Shape) -> str:
    is_coloured = isinstance(shape, Picture) and shape.channels > 1
    return _(COLOURS_SAY if is_coloured else X_SAYS[shape.kind]).format(n=shape.size)


def _loss_says(step: "Step", shape: Shape) -> str:
    text = _("The loss: {total:.5f}").format(total=step.before["total_loss"])
    if "penalty" in step.before:
        text += _(" = reconstruction {recon:.5f} + penalty {penalty:.5f}").format(
            recon=step.before["recon_loss"], penalty=step.before["penalty"]
        )
    return text + _(MEAN_OVER[shape.kind]).format(n=shape.size)


def _update_says(step: "Step") -> str:
    return _(
        "Every weight moves by −η times its gradient: the loss goes from {before:.5f} to {after:.5f}."
    ).format(before=step.before["total_loss"], after=step.after["total_loss"])
