"""What an experiment's model is made of, and what its loss adds up, as plain data.

No torch is imported here, so that a page can draw a model before there is one.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from aecore.parts.codes import CODES
from aecore.parts.losses import LOSSES
from aecore.parts.penalties import PENALTIES
from aecore.parts.term import Term
from aecore.spec.experiment import Experiment

Axes = tuple[int, ...]
"""(numbers,), (channels, height, width) or (channels, length), of one sample on its way."""

KERNEL = 3


@dataclass(frozen=True)
class Layer:
    """A layer with weights, or what happens at the code.

    Attributes:
        part: "encoder", "code" or "decoder".
        kind: "dense", "conv" or "conv_transpose"; at the code the experiment's kind of code.
        shape_in, shape_out: of one sample on its way.
        parameters: its weights and biases.
        activation: what follows it.
        stage: in a training layer by layer, when it trains, from 1; else None.
        tied: whether its weights are those of its mirror in the encoder; `parameters` counts what
            is its own.
        told: numbers that say the class, which it gets besides `shape_in` (planes, for a
            convolution); 0 for none.
    """

    part: str
    kind: str
    shape_in: Axes
    shape_out: Axes
    parameters: int
    activation: str = "identity"
    stage: int | None = None
    told: int = 0
    tied: bool = False

    @property
    def output_padding(self) -> Axes:
        """What a transposed convolution adds to each side so that it mirrors its convolution.

        With stride 2 and padding 1 it makes 2 n - 1 of a length n, where the mirror came from 2 n
        or from 2 n - 1.
        """
        sides = zip(self.shape_in[1:], self.shape_out[1:], strict=True)
        return tuple(large - 2 * small + 1 for small, large in sides)


@dataclass(frozen=True)
class Anatomy:
    """A model from its input to its output.

    Attributes:
        encoder, decoder: their layers, in the order that a sample passes.
        code: what happens between the two.
    """

    encoder: tuple[Layer, ...]
    code: Layer
    decoder: tuple[Layer, ...]

    @property
    def layers(self) -> tuple[Layer, ...]:
        return (*self.encoder, self.code, *self.decoder)

    @property
    def parameters(self) -> int:
        """All weights and biases."""
        return sum(layer.parameters for layer in self.layers)


def anatomy(experiment: Experiment) -> Anatomy:
    """The model that an experiment trains."""
    e = experiment
    kind = CODES[e.code]
    width = kind.widths * e.latent_dim
    learned = kind.n_parameters(e)
    if e.penalty in PENALTIES:
        learned += PENALTIES[e.penalty].n_parameters(e)
    build = _conv if e.network == "conv" else _dense
    return Anatomy(
        encoder=build(e, "encoder", width),
        code=Layer("code", e.code, (width,), (e.latent_dim,), learned),
        decoder=build(e, "decoder", e.latent_dim),
    )


def _dense(e: Experiment, part: str, width: int) -> tuple[Layer, ...]:
    hidden = () if e.network == "linear" else e.hidden
    shapes = [(size,) for size in (e.shape.size, *hidden, width)]
    return _chain(e, part, ["dense"] * (len(shapes) - 1), shapes)


def _conv(e: Experiment, part: str, width: int) -> tuple[Layer, ...]:
    """Each convolution halves rows and columns, or the length, rounded up."""
    shapes: list[Axes] = [e.shape.axes]
    for channels in e.hidden:
        shapes.append((channels, *(math.ceil(length / 2) for length in shapes[-1][1:])))
    conv = "conv" if part == "encoder" else "conv_transpose"
    return _chain(e, part, [conv] * len(e.hidden) + ["dense"], [*shapes, (width,)])


def _chain(
    e: Experiment, part: str, kinds: Sequence[str], shapes: Sequence[Axes]
) -> tuple[Layer, ...]:
    """Layers through these shapes, from the sample to the code; turned round for a decoder."""
    last = e.code_activation
    if part == "decoder":
        kinds, shapes, last = kinds[::-1], shapes[::-1], e.output
    n = len(kinds)
    tied = part == "decoder" and e.shares_weights
    turns = range(1, n + 1) if part == "encoder" else range(n, 0, -1)
    return tuple(
        Layer(
            part=part,
            kind=kind,
            shape_in=shape_in,
            shape_out=shape_out,
            parameters=_parameters(kind, (0,) if tied else shape_in, shape_out, told),
            activation=last if i == n - 1 else e.activation,
            stage=turn if e.schedule == "layer_by_layer" else None,
            told=told,
            tied=tied,
        )
        for i, (kind, (shape_in, shape_out), turn, told) in enumerate(
            zip(kinds, pairwise(shapes), turns, [e.label_width] + [0] * (n - 1), strict=True)
        )
    )


def _parameters(kind: str, shape_in: Axes, shape_out: Axes, told: int) -> int:
    """Weights and biases: a convolution has them per channel, a dense layer per number."""
    if kind == "dense":
        return (math.prod(shape_in) + told + 1) * math.prod(shape_out)
    return (KERNEL ** (len(shape_in) - 1) * (shape_in[0] + told) + 1) * shape_out[0]


def loss_terms(experiment: Experiment) -> tuple[Term, ...]:
    """What the loss of an experiment adds up, the reconstruction loss first."""
    of_penalty = PENALTIES[experiment.penalty].term if experiment.penalty in PENALTIES else None
    terms = (CODES[experiment.code].term, of_penalty)
    return (LOSSES[experiment.recon_loss].term, *(term for term in terms if term))
