"""Vanishing gradients in a deep stack, with and without training layer by layer first."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from aecore.engine.job import Job, counted
from aecore.engine.jobs import Name
from aecore.files import pretrained
from aecore.parts.datasets import BUNDLED, DATASETS
from aecore.topics.pretraining import figures as figures
from aecore.topics.pretraining.measure import shipped
from ui.kit import background, charts, layout, models, predict_first, state
from ui.kit.frame import is_dark
from ui.kit.language import _
from ui.pretraining import words

if TYPE_CHECKING:
    from aecore.topics.pretraining.gradients import Point

DEEPEST = 5

EPOCHS = 60
LAYER_EPOCHS = 5

MEAN_PICTURE = 0.0672
"""MSE per pixel of the mean picture on the bundled test digits."""

ACTIVATIONS = {"sigmoid": "sigmoid", "relu": "ReLU"}

END_TO_END, LAYER_BY_LAYER = "end_to_end", "layer_by_layer"


@dataclass(frozen=True)
class Measured:
    """What is known of a stack: gradients and validation errors by schedule, as far as it is trained."""

    gradients: dict[str, list[float]]
    errors: dict[str, list[float]]


def panel() -> None:
    """Heading, controls, and two charts in a fragment that ticks while stacks train."""
    st.subheader(_("Vanishing gradients"), help=_(words.STACKS_HELP))
    settings, results = layout.beside("stacks")
    with settings:
        depth, activation = _controls()
    with results:
        background.watching(_results, *_names())(depth, activation)


def _name(depth: int, activation: str) -> Name:
    """The job that trains a stack."""
    return "pretraining", "stacks", depth, activation


def _names() -> list[Name]:
    """All that have been started."""
    return background.names("pretraining", "stacks")


def _controls() -> tuple[int, str]:
    running = background.is_working(*_names())
    depth = st.slider(
        _("Hidden layers"),
        1,
        DEEPEST,
        DEEPEST,
        key="_pretraining_depth",
        help=_(words.DEPTH_HELP),
        disabled=running,
    )
    activation = (
        st.segmented_control(
            _("Activation"),
            list(ACTIVATIONS),
            default="sigmoid",
            required=True,
            format_func=lambda a: _(ACTIVATIONS[a]),
            key="_pretraining_activation",
            help=_(words.ACTIVATION_HELP),
            disabled=running,
            wrap=True,
        )
        or "sigmoid"
    )
    background.button(
        "pretraining_stacks",
        _("Train both"),
        _start,
        depth,
        activation,
        names=_names(),
        primary=False,
        about=_(words.LAYERWISE_HELP),
    )
    return depth, activation


def _start(depth: int, activation: str) -> None:
    from aecore.topics.pretraining import ask  # imports torch: not before it is needed

    job = Job(lambda: counted(ask.stacks(depth, activation), 2 * (EPOCHS + 1)), owner=state.owner())
    background.start(_name(depth, activation), job)


def _measured(depth: int, activation: str) -> Measured:
    """What was trained here, else what comes with the lab."""
    job: Job[Point] | None = background.job(_name(depth, activation))
    if job is None:
        for result in shipped("gradients"):
            if (result["depth"], result["activation"]) == (depth, activation):
                both = (END_TO_END, LAYER_BY_LAYER)
                return Measured(
                    {name: result[f"{name}_gradients"] for name in both},
                    {name: result[f"{name}_val_mse"] for name in both},
                )
        return Measured({}, {})
    found = Measured({}, {})
    for point in job.found:
        found.errors.setdefault(point.schedule, []).append(point.val_mse)
        if point.gradients:
            found.gradients[point.schedule] = list(point.gradients)
    return found


def _results(depth: int, activation: str) -> None:
    """How far the training is, both charts and what they show."""
    from aecore.topics.pretraining import ask as pretraining

    with st.spinner(_("Measuring gradients …")):
        random = models.ask(
            pretrained.available()[0], pretraining.first_gradients, depth, tuple(ACTIVATIONS)
        )
    measured = _measured(depth, activation)
    job = background.job(_name(depth, activation))
    background.progress(job, _status(job, measured))
    left, right = st.columns(2, gap="medium")
    with left:
        _gradients(depth, activation, random, measured)
    with right:
        _errors(depth, measured)
    st.caption(
        _(
            "Gradients are measured on {n} pictures, all layers together: at random "
            "initial weights, and after each layer has been trained alone. Network: {pixels} "
            "pixels of a bundled digit, hidden layers of 256, 128, 64, 32 and 16 units as far as there are, "
            "a code of 8, and the same in reverse. Initial weights are drawn as Glorot "
            "and Bengio proposed, which keeps ReLU networks healthy, but does not save a "
            "sigmoid stack."
        ).format(n=500, pixels=DATASETS[BUNDLED].shape.size)
    )


def _status(job: "Job[Point] | None", measured: Measured) -> str:
    if job is None:
        if measured.errors:
            return _(
                "Shown: a result that comes with the lab. ‘Train both’ repeats the training live."
            )
        return _("Press ‘Train both’ to train this network in both ways, in about a minute.")
    errors = measured.errors.get(LAYER_BY_LAYER) or measured.errors.get(END_TO_END) or [0.0]
    which = _("layer by layer") if LAYER_BY_LAYER in measured.errors else _("from random weights")
    if not job.over:
        return _("Training {which}: epoch {epoch} of {epochs}").format(
            which=which, epoch=len(errors) - 1, epochs=EPOCHS
        )
    complete = len(measured.errors.get(LAYER_BY_LAYER, ())) > EPOCHS
    return _("Done.") if complete else _("Cancelled.")


def _gradients(depth: int, activation: str, random: Any, measured: Measured) -> None:
    norms = random[activation]
    title = _("**The last layer's gradient is {times} times the first layer's.**").format(
        times=_times(norms)
    )
    lines = [(_("random weights"), "random", norms)]
    if LAYER_BY_LAYER in measured.gradients:
        after = measured.gradients[LAYER_BY_LAYER]
        title += " " + _("After training layer by layer: {times} times.").format(
            times=_times(after)
        )
        lines.append((_("after training layer by layer"), "pretrained", after))
    other = next(a for a in ACTIVATIONS if a != activation)
    if predict_first.is_shown(f"pretraining-{other}"):
        lines.append(
            (
                _("random weights, {activation}").format(activation=_(ACTIVATIONS[other])),
                "other",
                random[other],
            )
        )
    if not predict_first.headline(f"pretraining-{activation}", title):
        return
    charts.show(
        charts.drawn(figures.gradients_by_layer, lines, depth, dark=is_dark(), _=_),
        key="pretraining_gradients",
        alt=title,
        height=330,
    )


def _times(norms: "list[float] | tuple[float, ...]") -> str:
    """How many times larger the last one is than the first."""
    if not norms[0] > 0:
        return "∞"
    ratio = norms[-1] / norms[0]
    if ratio < 10:
        return f"{ratio:.1f}"
    digits = 10 ** max(math.floor(math.log10(ratio)) - 1, 0)  # two that count
    return f"{round(ratio / digits) * digits:,}"


def _errors(depth: int, measured: Measured) -> None:
    random = measured.errors.get(END_TO_END, [])
    layerwise = measured.errors.get(LAYER_BY_LAYER, [])
    title = _("**Validation error over the same {n} epochs.**").format(n=EPOCHS)
    if len(random) > EPOCHS and len(layerwise) > EPOCHS:
        title += " " + _(
            "At the end {random:.4f} from random weights, {layers:.4f} layer by layer."
        ).format(random=random[-1], layers=layerwise[-1])
    st.markdown(title, help=_(words.LAYERWISE_HELP))
    curves = [
        (_("from random weights"), "random", random),
        (_("layer by layer first"), "pretrained", layerwise),
    ]
    charts.show(
        charts.drawn(
            figures.errors_over_epochs,
            curves,
            MEAN_PICTURE,
            (depth + 1) * LAYER_EPOCHS,
            EPOCHS,
            dark=is_dark(),
            _=_,
        ),
        key="pretraining_errors",
        alt=title,
        height=330,
    )
