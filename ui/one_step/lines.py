"""The formula and the code of a model's step, line by line; lines of one part belong together."""

from dataclasses import asdict, dataclass

from aecore.parts.codes import CODES
from aecore.shapes import Kind
from aecore.spec.anatomy import loss_terms
from aecore.spec.experiment import Experiment
from ui.kit.language import _

FUNCTIONS = {
    "relu": ("ReLU", "F.relu"),
    "leaky_relu": ("LeakyReLU", "F.leaky_relu"),
    "elu": ("ELU", "F.elu"),
    "gelu": ("GELU", "F.gelu"),
    "tanh": ("tanh", "torch.tanh"),
    "sigmoid": ("σ", "torch.sigmoid"),
}
"""Activation -> its name in a formula, and in PyTorch."""

SAMPLES: dict[Kind, str] = {
    "picture": "picture.flatten()",
    "series": "series.flatten()",
    "row": "row",
}
"""Kind of data -> the numbers of a sample, in PyTorch."""

FORWARD, LOSS, BACKWARD, UPDATE = "forward", "loss", "backward", "update"


@dataclass(frozen=True)
class Line:
    """One line of the formula and of the code.

    Attributes:
        part: what it belongs to: "x", "input", "e1", …, "z", "d1", …, "loss", "gradient", "update".
        kind: whose colour it has: "encoder", "code", "decoder" or "text".
        stage: when it is computed.
        html: the formula.
        code: the same in PyTorch.
    """

    part: str
    kind: str
    stage: str
    html: str
    code: str


def lines(e: Experiment, n_encoder: int, n_decoder: int) -> tuple[Line, ...]:
    """All lines of one step, in the order in which they are computed."""
    return (
        *_input(e),
        *_encoder(e, n_encoder),
        _code(e, n_encoder),
        *_decoder(e, n_decoder),
        _loss(e),
        Line(
            "gradient", "text", BACKWARD, f"{_v('g')} = ∂{_v('L')} / ∂{_v('W')}", "loss.backward()"
        ),
        Line(
            "update",
            "text",
            UPDATE,
            f"{_v('W')} ← {_v('W')} − {_v('η')} {_v('g')}",
            "W -= learning_rate * W.grad",
        ),
    )


def _v(name: str, index: str = "") -> str:
    return f"<i>{name}</i>" + (f"<sub>{index}</sub>" if index else "")


def _input(e: Experiment) -> tuple[Line, ...]:
    html = f"{_v('x')} ∈ [0, 1]<sup>{e.shape.size}</sup>"
    sample = Line("x", "text", FORWARD, html, f"x = {SAMPLES[e.kind]}")
    if e.corruption == "none":
        return (sample,)
    noisy = f"{_v('x̃')} = noise({_v('x')})"
    return sample, Line(
        "input", "text", FORWARD, noisy, f"x_tilde = {e.corruption}(x, {e.noise_level:g})"
    )


def _encoder(e: Experiment, n: int) -> tuple[Line, ...]:
    """W h + b and an activation, layer after layer."""
    first = ("x", "x") if e.corruption == "none" else ("x̃", "x_tilde")
    found = []
    for i in range(1, n + 1):
        source = (_v(first[0]), first[1]) if i == 1 else (_v("h", str(i - 1)), f"h{i - 1}")
        html, code = _weighted(e, source, "e", i)
        html, code = _activated("identity" if i == n else e.activation, html, code)
        found.append(
            Line(f"e{i}", "encoder", FORWARD, f"{_v('h', str(i))} = {html}", f"h{i} = {code}")
        )
    return tuple(found)


def _decoder(e: Experiment, n: int) -> tuple[Line, ...]:
    """The same back to the sample."""
    found = []
    for i in range(1, n + 1):
        source = (_v("z"), "z") if i == 1 else (_v("g", str(i - 1)), f"g{i - 1}")
        weighted = _tied(e, source, i, n) if e.shares_weights else _weighted(e, source, "d", i)
        html, code = _activated(e.output if i == n else e.activation, *weighted)
        target, name = (_v("x̂"), "x_hat") if i == n else (_v("g", str(i)), f"g{i}")
        found.append(Line(f"d{i}", "decoder", FORWARD, f"{target} = {html}", f"{name} = {code}"))
    return tuple(found)


def _weighted(e: Experiment, source: tuple[str, str], letter: str, i: int) -> tuple[str, str]:
    """W h + b of layer i, as formula and as code; the first is told the class as well."""
    (html, code), kind = source, "encoder" if letter == "e" else "decoder"
    if i == 1 and e.label_width:
        html, code = f"[{html}, {_v('y')}]", f"torch.cat([{code}, y], dim=1)"
    html = f"{_v('W', f'{letter}{i}')} {html} + {_v('b', f'{letter}{i}')}"
    return html, f"{kind}{i}({code})"


def _tied(e: Experiment, source: tuple[str, str], i: int, n: int) -> tuple[str, str]:
    """W^T h + b of the decoder's layer i of n, where W is its mirror's in the encoder."""
    (html, code), mirror = source, n + 1 - i
    weight = _v("W", f"e{mirror}")
    matrix = f"encoder{mirror}.weight"
    if i == 1 and CODES[e.code].widths > 1:  # the rows that make the mean
        weight, matrix = _v("W", f"e{mirror}, μ"), f"{matrix}[:{e.latent_dim}]"
    if mirror == 1 and e.label_width:  # without the columns of the class
        matrix += f"[:, :{e.shape.size}]"
    html, code = f"{weight}<sup>T</sup> {html}", f"{code} @ {matrix}"
    if i == 1 and e.label_width:
        html, code = f"{html} + {_v('V')} {_v('y')}", f"{code} + y @ V.T"
    return f"{html} + {_v('b', f'd{i}')}", f"{code} + b_d{i}"


def _activated(name: str, html: str, code: str) -> tuple[str, str]:
    if name not in FUNCTIONS:
        return html, code
    shown, called = FUNCTIONS[name]
    return f"{shown}({html})", f"{called}({code})"


def _code(e: Experiment, n_encoder: int) -> Line:
    """What the record of this kind of code says, with the experiment's numbers in it."""
    kind, fields = CODES[e.code], asdict(e)
    html, code = _activated(e.code_activation, _v("h", str(n_encoder)), f"h{n_encoder}")
    shown = _(kind.html).format(**fields | {"z": _v("z"), "h": html})
    return Line("z", "code", FORWARD, shown, kind.line.format(**fields | {"h": code}))


def _loss(e: Experiment) -> Line:
    terms = loss_terms(e)
    return Line(
        "loss",
        "text",
        LOSS,
        f"{_v('L')} = {' + '.join(_(term.html) for term in terms)}",
        "loss = " + "\n     + ".join(term.line for term in terms),
    )
