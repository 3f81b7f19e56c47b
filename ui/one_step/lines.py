"""The formula and the code of a model's step, line by line; lines of one part belong together."""

from dataclasses import dataclass

from aecore.experiment import Experiment

FUNCTIONS = {
    "relu": ("ReLU", "F.relu"),
    "leaky_relu": ("LeakyReLU", "F.leaky_relu"),
    "elu": ("ELU", "F.elu"),
    "gelu": ("GELU", "F.gelu"),
    "tanh": ("tanh", "torch.tanh"),
    "sigmoid": ("σ", "torch.sigmoid"),
}
"""Activation -> its name in a formula, and in PyTorch."""

LOSSES = {
    "mse": ("MSE", "F.mse_loss(x_hat, x)"),
    "bce": ("BCE", "F.binary_cross_entropy(x_hat, x)"),
    "l1": ("L1", "F.l1_loss(x_hat, x)"),
    "ssim": ("1 − SSIM", "1 - ssim(x_hat, x).mean()"),
}
PENALTIES = {
    "l1": ("λ mean|z|", "penalty_weight * z.abs().mean()"),
    "kl_sparsity": ("λ Σ KL(ρ‖ρ̂)", "penalty_weight * kl_sparsity(z, rho)"),
    "contractive": ("λ ‖∂z/∂x‖²", "penalty_weight * jacobian(encode, x).square().sum()"),
}

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
        *_layers(e, "e", "encoder", n_encoder),
        _code(e, n_encoder),
        *_layers(e, "d", "decoder", n_decoder),
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
    picture = Line(
        "x", "text", FORWARD, f"{_v('x')} ∈ [0, 1]<sup>784</sup>", "x = picture.flatten()"
    )
    if e.corruption == "none":
        return (picture,)
    noisy = f"{_v('x̃')} = noise({_v('x')})"
    return picture, Line(
        "input", "text", FORWARD, noisy, f"x_tilde = {e.corruption}(x, {e.noise_level:g})"
    )


def _layers(e: Experiment, letter: str, kind: str, n: int) -> tuple[Line, ...]:
    """W h + b and an activation, layer after layer."""
    is_encoder = kind == "encoder"
    name = "h" if is_encoder else "g"
    first = ("x" if e.corruption == "none" else "x̃") if is_encoder else "z"
    first_code = {"x": "x", "x̃": "x_tilde", "z": "z"}[first]
    found = []
    for i in range(1, n + 1):
        last = i == n
        source = _v(first) if i == 1 else _v(name, str(i - 1))
        source_code = first_code if i == 1 else f"{name}{i - 1}"
        if i == 1 and e.label_width:
            source, source_code = f"[{source}, {_v('y')}]", f"torch.cat([{source_code}, y], dim=1)"
        linear = f"{_v('W', f'{letter}{i}')} {source} + {_v('b', f'{letter}{i}')}"
        code = f"{kind}{i}({source_code})"
        activation = (e.output if not is_encoder else "identity") if last else e.activation
        if activation in FUNCTIONS:
            shown, called = FUNCTIONS[activation]
            linear, code = f"{shown}({linear})", f"{called}({code})"
        target = _v("x̂") if last and not is_encoder else _v(name, str(i))
        target_code = "x_hat" if last and not is_encoder else f"{name}{i}"
        found.append(
            Line(f"{letter}{i}", kind, FORWARD, f"{target} = {linear}", f"{target_code} = {code}")
        )
    return tuple(found)


def _code(e: Experiment, n_encoder: int) -> Line:
    h, h_code = _v("h", str(n_encoder)), f"h{n_encoder}"
    if e.code == "gaussian":
        return Line(
            "z",
            "code",
            FORWARD,
            f"({_v('μ')}, log {_v('σ')}²) = {h}, {_v('ε')} ~ N(0, 1)<br>"
            f"{_v('z')} = {_v('μ')} + {_v('σ')} {_v('ε')}",
            f"mu, log_var = {h_code}.chunk(2)\neps = torch.randn_like(mu)\nz = mu + (0.5 * log_var).exp() * eps",
        )
    shown, called = FUNCTIONS.get(e.code_activation, ("", ""))
    inner, inner_code = (f"{shown}({h})", f"{called}({h_code})") if shown else (h, h_code)
    if e.code == "top_k":
        return Line(
            "z",
            "code",
            FORWARD,
            f"{_v('z')} = top-{e.k}({inner})",
            f"z = top_k({inner_code}, {e.k})",
        )
    if e.code == "vq":
        nearest = f"{_v('z')} = nearest entry of the codebook to {inner}"
        return Line("z", "code", FORWARD, nearest, f"z = nearest({inner_code}, codebook)")
    return Line("z", "code", FORWARD, f"{_v('z')} = {inner}", f"z = {inner_code}")


def _loss(e: Experiment) -> Line:
    shown, called = LOSSES[e.recon_loss]
    terms, codes = [f"{shown}({_v('x̂')}, {_v('x')})"], [called]
    if e.code == "gaussian":
        terms.append("β KL / 784")
        codes.append("beta * kl / 784")
    if e.code == "vq":
        terms.append("distance to the codebook")
        codes.append("commitment")
    if e.penalty != "none":
        terms.append(PENALTIES[e.penalty][0])
        codes.append(PENALTIES[e.penalty][1])
    return Line(
        "loss",
        "text",
        LOSS,
        f"{_v('L')} = {' + '.join(terms)}",
        "loss = " + "\n     + ".join(codes),
    )
