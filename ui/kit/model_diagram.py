"""A drawing of an experiment's model, from top to bottom: made from the experiment itself."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape

from aecore.errors import N_
from aecore.figures.style import Palette, palette
from aecore.parts.codes import CODES
from aecore.parts.penalties import PENALTIES
from aecore.shapes import Kind
from aecore.spec.anatomy import Anatomy, Axes, Layer, anatomy, loss_terms
from aecore.spec.experiment import SPECS, Experiment
from aecore.spec.fields import Choice
from ui.kit.frame import is_dark
from ui.kit.language import _

WIDTH = 460
"""Of the drawing, in its own units: little more than a phone's, so that texts stay legible."""

CENTRE, WIDEST, NARROWEST = 154, 172, 46
BAR, GAP = 22, 34
LABEL_X = 250
PICTURE_RAIL, PENALTY_RAIL, RAILS_END = 12, 32, 50

KINDS = {
    "dense": N_("dense"),
    "conv": N_("conv 3×3"),
    "conv_transpose": N_("transposed conv 3×3"),
}
ALONG: dict[str, str] = {
    "conv": N_("conv 3"),
    "conv_transpose": N_("transposed conv 3"),
}
"""The same along a series."""

CLEAN: dict[Kind, str] = {
    "picture": N_("x: picture"),
    "series": N_("x: series"),
    "row": N_("x: row"),
}
NOISY: dict[Kind, str] = {
    "picture": N_("x̃: noisy picture"),
    "series": N_("x̃: noisy series"),
    "row": N_("x̃: noisy row"),
}

Point = tuple[float, float]


@dataclass(frozen=True)
class _Rail:
    """A line that leaves something at its left and goes down to the loss."""

    start: Point
    x: float
    colour: str
    dashed: bool


@dataclass
class _Sheet:
    """The drawing while it grows downwards.

    Attributes:
        colours: of the theme.
        most: the numbers of the widest shape.
        y: where the next thing goes.
        parts: what is drawn.
        rails: what is drawn as soon as it is known where the loss stands.
    """

    colours: Palette
    most: int
    y: float = 14
    parts: list[str] = field(default_factory=list)
    rails: list[_Rail] = field(default_factory=list)

    def colour(self, part: str) -> str:
        return {
            "encoder": self.colours.encoder,
            "code": self.colours.code,
            "decoder": self.colours.decoder,
        }.get(part, self.colours.text)

    def width(self, shape: Axes) -> float:
        """Bars are as wide as the square root of their numbers."""
        share = math.sqrt(math.prod(shape) / self.most)
        return NARROWEST + (WIDEST - NARROWEST) * share

    def text(
        self,
        x: float,
        y: float,
        words: str,
        colour: str,
        *,
        anchor: str = "start",
        size: int = 15,
        weight: int = 400,
    ) -> None:
        self.parts.append(
            f'<text x="{x}" y="{y + size * 0.35:.1f}" fill="{colour}" font-size="{size}" '
            f'font-weight="{weight}" text-anchor="{anchor}">{escape(words)}</text>'
        )

    def labels(self, y: float, words: list[str], colour: str) -> None:
        """Lines of text at the right of what is drawn at y."""
        first = y - 17 * (len(words) - 1) / 2
        for i, line in enumerate(words):
            self.text(LABEL_X, first + 17 * i, line, colour)

    def bar(self, shape: Axes, part: str, label: str = "", number: str = "") -> Point:
        """What flows here: a bar with its numbers. Returns the middle of its left edge."""
        colour, width, middle = self.colour(part), self.width(shape), self.y + BAR / 2
        self.parts.append(
            f'<rect x="{CENTRE - width / 2:.1f}" y="{self.y}" width="{width:.1f}" height="{BAR}" '
            f'rx="4" fill="{colour}" fill-opacity=".22" stroke="{colour}" stroke-width="2"/>'
        )
        said = number or "×".join(map(str, shape))
        self.text(CENTRE, middle, said, self.colours.text, anchor="middle", size=14)
        self.text(LABEL_X, middle, label, colour, weight=700)
        self.y += BAR
        return CENTRE - width / 2, middle

    def layer(self, layer: Layer) -> None:
        """A layer: a trapezoid from the bar above to the one below."""
        colour, top = self.colour(layer.part), self.y
        a, b = self.width(layer.shape_in) / 2, self.width(layer.shape_out) / 2
        middle = top + GAP / 2
        self.parts.append(
            f'<path d="M{CENTRE - a:.1f} {top}H{CENTRE + a:.1f}L{CENTRE + b:.1f} {top + GAP}'
            f'H{CENTRE - b:.1f}Z" fill="{colour}" fill-opacity=".13"/>'
        )
        if layer.stage is not None:
            self.parts.append(
                f'<circle cx="{CENTRE}" cy="{middle}" r="11" fill="none" stroke="{colour}" '
                'stroke-width="2"/>'
            )
            self.text(CENTRE, middle, str(layer.stage), colour, anchor="middle", size=14)
        words = [_kind(layer), _tied(layer) if layer.tied else _weights(layer.parameters)]
        if layer.told:
            words.insert(0, _("+ the class ({n} numbers)").format(n=layer.told))
        self.labels(middle, words, colour)
        self.y += GAP


def model_diagram(experiment: Experiment) -> str:
    """An SVG in the colours of the theme and the language of the learner."""
    drawn = anatomy(experiment)
    shapes = [shape for layer in drawn.layers for shape in (layer.shape_in, layer.shape_out)]
    sheet = _Sheet(palette(is_dark()), max(math.prod(shape) for shape in shapes))
    _input(sheet, experiment, drawn)
    first = drawn.encoder[0]
    slope = (sheet.width(first.shape_in) + sheet.width(first.shape_out)) / 4
    at_encoder = (CENTRE - slope, sheet.y + GAP / 2)
    for layer in drawn.encoder[:-1]:
        sheet.layer(layer)
        sheet.bar(layer.shape_out, "encoder")
    sheet.layer(drawn.encoder[-1])
    at_code = _code(sheet, experiment, drawn)
    _decoder(sheet, drawn)
    _loss(sheet, experiment, at_encoder=at_encoder, at_code=at_code)
    return (
        f'<svg viewBox="0 0 {WIDTH} {sheet.y:.0f}" width="{WIDTH}" height="{sheet.y:.0f}" '
        f'role="img" aria-label="{escape(in_words(experiment))}" '
        f'xmlns="http://www.w3.org/2000/svg" font-family="sans-serif">{"".join(sheet.parts)}</svg>'
    )


def _input(sheet: _Sheet, e: Experiment, drawn: Anatomy) -> None:
    """The picture, and the noise that it gets on its way to the encoder."""
    shape = drawn.encoder[0].shape_in
    size = str(e.shape.size)
    left = sheet.bar(shape, "picture", _(CLEAN[e.kind]), size)
    sheet.rails.append(_Rail(left, PICTURE_RAIL, sheet.colours.text, dashed=False))
    if e.corruption == "none":
        return
    red, middle = sheet.colours.pca, sheet.y + GAP / 2
    for i in range(24):  # specks, always the same ones
        x = CENTRE - 78 + (i * 61) % 157
        y = sheet.y + 4 + (i * 37) % (GAP - 8)
        sheet.parts.append(f'<rect x="{x}" y="{y}" width="4" height="4" fill="{red}"/>')
    level = SPECS["noise_level"].format(e.noise_level)
    sheet.labels(middle, [_("noise is added:"), f"{choice(e, 'corruption')}, {level}"], red)
    sheet.y += GAP
    sheet.bar(shape, "picture", _(NOISY[e.kind]), size)


def _code(sheet: _Sheet, e: Experiment, drawn: Anatomy) -> Point:
    """The code, and what happens before the decoder gets it. Returns where the penalty looks."""
    code, drawing = drawn.code, CODES[e.code].drawing
    if drawing is None:
        return sheet.bar(code.shape_out, "code", _("z: code"))
    numbers = {
        "d": e.latent_dim,
        "k": e.k,
        "n": e.codebook_size,
        "vectors": e.latent_dim // e.vector_size,
        "weights": _weights(CODES[e.code].n_parameters(e)),
    }
    label, size = (_filled(text, numbers) for text in (drawing.label, drawing.numbers))
    before = sheet.bar(code.shape_in, "code", label, size)
    if drawing.symbol == "dice":
        _dice(sheet)
    else:
        _cells(sheet, drawing.cells, max(1, round(drawing.filled(e))))
    says = [_filled(text, numbers) for text in drawing.says]
    sheet.labels(sheet.y + GAP / 2, says, sheet.colours.code)
    sheet.y += GAP
    after = sheet.bar(code.shape_out, "code", _("z: code"))
    on_code = e.penalty in PENALTIES and PENALTIES[e.penalty].term.part == "code"
    return after if on_code else before


def _filled(text: str, numbers: Mapping[str, object]) -> str:
    """A template of a record in the learner's language, with numbers in it; empty for none."""
    return _(text).format(**numbers) if text else ""


def _dice(sheet: _Sheet) -> None:
    amber, x, y = sheet.colours.code, CENTRE - 12, sheet.y + GAP / 2 - 12
    sheet.parts.append(
        f'<rect x="{x}" y="{y}" width="24" height="24" rx="5" fill="none" stroke="{amber}" '
        'stroke-width="2"/>'
    )
    for dx, dy in ((6, 6), (18, 6), (12, 12), (6, 18), (18, 18)):
        sheet.parts.append(f'<circle cx="{x + dx}" cy="{y + dy}" r="2.4" fill="{amber}"/>')


def _cells(sheet: _Sheet, n: int, filled: int) -> None:
    """A row of small cells, some of them filled: units that stay, or a codebook."""
    amber, y = sheet.colours.code, sheet.y + GAP / 2 - 7
    lit = {int((i + 0.5) * n / filled) for i in range(filled)}
    for i in range(n):
        fill = amber if i in lit else "none"
        sheet.parts.append(
            f'<rect x="{CENTRE - n * 5.5 + i * 11:.1f}" y="{y}" width="9" height="14" '
            f'fill="{fill}" stroke="{amber}" stroke-width="1.2"/>'
        )


def _decoder(sheet: _Sheet, drawn: Anatomy) -> None:
    for layer in drawn.decoder[:-1]:
        sheet.layer(layer)
        sheet.bar(layer.shape_out, "decoder")
    last = drawn.decoder[-1]
    sheet.layer(last)
    size = str(math.prod(last.shape_out))
    sheet.bar(last.shape_out, "decoder", _("x̂: reconstruction"), size)


def _loss(sheet: _Sheet, e: Experiment, *, at_encoder: Point, at_code: Point) -> None:
    """The loss, and lines to it from all that it looks at."""
    terms, text, loss = loss_terms(e), sheet.colours.text, _("loss")
    for term in terms[1:]:
        start = at_encoder if term.part == "encoder" else at_code
        sheet.rails.append(_Rail(start, PENALTY_RAIL, sheet.colour(term.part), dashed=True))
    top = sheet.y + 20
    sheet.parts.append(
        f'<path d="M{CENTRE} {sheet.y + 1}V{top}m-5-7l5 7l5-7" fill="none" '
        f'stroke="{sheet.colours.decoder}" stroke-width="1.8"/>'
        f'<rect x="52" y="{top}" width="{WIDTH - 60}" height="38" rx="6" fill="none" '
        f'stroke="{text}" stroke-width="1.4"/>'
    )
    spans = " + ".join(
        f'<tspan fill="{sheet.colour(term.part)}" font-weight="600">{escape(_(term.short))}</tspan>'
        for term in terms
    )
    sheet.parts.append(
        f'<text x="66" y="{top + 24}" font-size="16" fill="{text}">{escape(loss)} = {spans}</text>'
    )
    for rail in sheet.rails:
        (x, y), end = rail.start, top + (12 if rail.x == PICTURE_RAIL else 26)
        dash = ' stroke-dasharray="5 4"' if rail.dashed else ""
        sheet.parts.append(
            f'<path d="M{x:.1f} {y}H{rail.x}V{end}H{RAILS_END}" fill="none" '
            f'stroke="{rail.colour}" stroke-width="1.8"{dash}/>'
            f'<path d="M{RAILS_END - 7} {end - 5}l7 5l-7 5" fill="none" stroke="{rail.colour}" '
            'stroke-width="1.8"/>'
        )
    sheet.y = top + 44
    if e.penalty in PENALTIES and PENALTIES[e.penalty].learner:
        penalty = PENALTIES[e.penalty]
        learner = f"{_(penalty.learner)}, {_weights(penalty.n_parameters(e))}"
        sheet.text(66, sheet.y + 10, learner, sheet.colours.code)
        sheet.y += 24


def _kind(layer: Layer) -> str:
    is_along = len(layer.shape_in) == len(layer.shape_out) == 2
    kind = _((ALONG if is_along else KINDS).get(layer.kind, KINDS[layer.kind]))
    if layer.activation == "identity":
        return kind
    return f"{kind}, {_short('activation', layer.activation)}"


def _weights(n: int) -> str:
    return _("{n:,} weights").format(n=n)


def _tied(layer: Layer) -> str:
    return _("encoder's Wᵀ + {n:,} weights").format(n=layer.parameters)


def choice(experiment: Experiment, name: str) -> str:
    """What the choice of a field is called, without what stands in brackets behind it."""
    return _short(name, getattr(experiment, name))


def _short(name: str, chosen: str) -> str:
    spec = SPECS[name]
    assert isinstance(spec, Choice)
    return _(spec.choices[chosen]).split("(")[0].strip()


def in_words(experiment: Experiment) -> str:
    """The drawing for those who cannot see it."""
    drawn = anatomy(experiment)
    sizes = [math.prod(layer.shape_out) for layer in (*drawn.encoder[:-1], drawn.code)]
    sizes += [math.prod(layer.shape_out) for layer in drawn.decoder]
    return _("From top to bottom: {sizes} numbers; {n:,} weights in all, biases included.").format(
        sizes=" → ".join(map(str, [experiment.shape.size, *sizes])), n=drawn.parameters
    )
