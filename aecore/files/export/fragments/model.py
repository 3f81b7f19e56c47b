"""The network: encoder, code, decoder."""

import math
from itertools import pairwise

from aecore.parts.codes import CODES
from aecore.parts.penalties import PENALTIES
from aecore.spec.experiment import PIXELS, SIDE, Experiment

_MODULES = {
    "identity": "",
    "relu": "nn.ReLU()",
    "leaky_relu": "nn.LeakyReLU()",
    "elu": "nn.ELU()",
    "gelu": "nn.GELU()",
    "tanh": "nn.Tanh()",
    "sigmoid": "nn.Sigmoid()",
}

_PLANES = '''
class Planes(nn.Module):
    """The picture as one plane, and each number of the class as a plane full of it."""

    def forward(self, x):
        picture = x[:, :784].unflatten(1, (1, 28, 28))
        told = x[:, 784:, None, None].expand(-1, -1, 28, 28)
        return torch.cat([picture, told], dim=1)
'''

_TIED = '''
class Tied(nn.Module):
    """Its mirror in the encoder, transposed, with biases of its own."""

    def __init__(self, mirror, n_in, n_out{told}):
        super().__init__()
        self.mirror = [mirror]  # in a list, so that its weights are not counted twice
        self.n_in, self.n_out = n_in, n_out
        self.bias = nn.Parameter(torch.zeros(n_out)){own}

    def forward(self, h):
        weight = self.mirror[0].weight[: self.n_in, : self.n_out]
        return {forward}
'''

_TIED_TOLD = """
        self.told = nn.Linear(told, n_out, bias=False) if told else None"""

_TIED_FORWARD = "F.linear(h, weight.t(), self.bias)"

_TIED_FORWARD_TOLD = """a if self.told is None else a + self.told(h[:, self.n_in :])"""

_WITH_CLASS = '''
def with_class(rows, label):
    """Each row with its class as ten numbers behind it: one 1, or none for -1."""
    return torch.cat([rows, F.one_hot(label + 1, 11)[:, 1:].float()], dim=1)
'''

_INITIALISE = '''
def initialise(model):
    """Draws the first weights as Glorot & Bengio (2010) do; biases start at 0."""
    random = torch.Generator().manual_seed(SEED)
    for layer in model.modules():
        if isinstance(layer, {kinds}):
            nn.init.xavier_uniform_(layer.weight, generator=random)
            nn.init.zeros_(layer.bias)
'''

_DECODE = '''
    def decode(self, {args}):
        """The picture of a code: (batch, {latent_dim}) -> (batch, 784)."""
        return {output}
'''

_FORWARD_LAYERS = '''
    def forward(self, x, depth=LAYERS):
        """Through the encoder up to a layer, and from there straight back to pixels."""
        h = self.encoder[: 2 * depth](x){last}
        logits = self.decoder[-(2 * depth - 1) :](h)
        return {output}
'''


def autoencoder(e: Experiment) -> str:
    """The class `Autoencoder` and its first weights."""
    conv = e.network == "conv"
    functions = [_PLANES] if conv and e.label_width else []
    if e.label_width:
        functions.append(_WITH_CLASS)
    if e.shares_weights:
        functions.append(_tied_layer(e))
    functions += [_class(e), _initialise(e)]
    source = "\n\n\n".join(function.strip() for function in functions)
    return source + "\n\n\nmodel = Autoencoder()\ninitialise(model)\nmodel.to(DEVICE)"


def activated(name: str, value: str) -> str:
    """A value behind an activation that the code or the output may have."""
    return value if name == "identity" else f"torch.{name}({value})"


def told(e: Experiment) -> str:
    """The argument that only a model that is told the class has."""
    return ", label" if e.label_width else ""


def _class(e: Experiment) -> str:
    also = told(e)
    h = "self.encoder(with_class(x, label))" if also else "self.encoder(x)"
    logits = "self.decoder(with_class(z, label))" if also else "self.decoder(z)"
    program = CODES[e.code].program
    forward = _FORWARD_LAYERS if e.schedule == "layer_by_layer" else program.forward
    last = "\n        if depth == LAYERS:\n            h = " + activated(e.code_activation, "h")
    methods = (
        program.encode.format(
            args="x" + also,
            h=h,
            activated=activated(e.code_activation, h),
            latent_dim=e.latent_dim,
        ),
        _DECODE.format(
            args="z" + also, output=activated(e.output, logits), latent_dim=e.latent_dim
        ),
        forward.format(
            args="x" + also,
            also=also,
            last="" if e.code_activation == "identity" else last,
            output=activated(e.output, "logits"),
        ),
    )
    return "\n\n".join((_layers(e), *(method.strip("\n") for method in methods)))


def _layers(e: Experiment) -> str:
    build = _conv if e.network == "conv" else _dense
    encoder, decoder = build(e)
    # The code's own modules come first: so their weights are drawn first.
    modules = [CODES[e.code].program.modules]
    if e.penalty in PENALTIES:
        modules.append(PENALTIES[e.penalty].modules.format(latent_dim=e.latent_dim))
    own = "".join(text.strip("\n") + "\n" for text in modules if text)
    return (
        "class Autoencoder(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        + own
        + _sequential("encoder", encoder)
        + "\n"
        + _sequential("decoder", decoder)
    )


def _sequential(name: str, layers: list[str]) -> str:
    inside = "".join(f"            {layer},\n" for layer in layers if layer)
    return f"        self.{name} = nn.Sequential(\n{inside}        )"


def _dense(e: Experiment) -> tuple[list[str], list[str]]:
    hidden = () if e.network == "linear" else e.hidden
    into, out = (PIXELS + e.label_width, *hidden), (*hidden[::-1], PIXELS)
    widths = (*into, _code_width(e)), (e.latent_dim + e.label_width, *out)
    encoder, decoder = (
        [layer for pair in pairwise(chain) for layer in (_linear(*pair), _MODULES[e.activation])]
        for chain in widths
    )
    if e.shares_weights:
        decoder = _tied(e, (e.latent_dim, *out))
    return encoder[:-1], decoder[:-1]  # no activation behind the last layer


def _tied_layer(e: Experiment) -> str:
    """The class `Tied`: what it is told of the class has weights of its own."""
    if not e.label_width:
        return _TIED.format(told="", own="", forward=_TIED_FORWARD)
    layer = _TIED.format(told=", told=0", own=_TIED_TOLD, forward=_TIED_FORWARD_TOLD)
    linear = "        a = F.linear(h[:, : self.n_in], weight.t(), self.bias)\n"
    return layer.replace("        return a if", f"{linear}        return a if")


def _tied(e: Experiment, widths: tuple[int, ...]) -> list[str]:
    """The decoder's layers: the encoder's from its end, each with an activation behind it."""
    found = []
    for i, (n_in, n_out) in enumerate(pairwise(widths), start=1):
        also = f", {e.label_width}" if i == 1 and e.label_width else ""
        mirror = 2 * (len(widths) - 1 - i)  # activations count as well
        found += [f"Tied(self.encoder[{mirror}], {n_in}, {n_out}{also})", _MODULES[e.activation]]
    return found


def _conv(e: Experiment) -> tuple[list[str], list[str]]:
    """Strided convolutions, each halving the side, and their mirror: see aecore.model.networks."""
    sides = [SIDE]
    for _ in e.hidden:
        sides.append(math.ceil(sides[-1] / 2))
    last, flat = e.hidden[-1], e.hidden[-1] * sides[-1] ** 2
    encoder = ["Planes()" if e.label_width else "nn.Unflatten(1, (1, 28, 28))"]
    for c_in, c_out in pairwise((1 + e.label_width, *e.hidden)):
        encoder.append(f"nn.Conv2d({c_in}, {c_out}, kernel_size=3, stride=2, padding=1)")
        encoder.append(_MODULES[e.activation])
    encoder += ["nn.Flatten()", _linear(flat, _code_width(e))]
    decoder = [_linear(e.latent_dim + e.label_width, flat)]
    decoder += [f"nn.Unflatten(1, ({last}, {sides[-1]}, {sides[-1]}))", _MODULES[e.activation]]
    for (c_in, c_out), (small, large) in zip(
        pairwise((*e.hidden[::-1], 1)), pairwise(sides[::-1]), strict=True
    ):
        extra = large - 2 * small + 1
        padding = f"1, output_padding={extra}" if extra else "1"
        decoder.append(f"nn.ConvTranspose2d({c_in}, {c_out}, 3, stride=2, padding={padding})")
        decoder.append(_MODULES[e.activation])
    return encoder, [*decoder[:-1], "nn.Flatten()"]


def _linear(fan_in: int, fan_out: int) -> str:
    return f"nn.Linear({fan_in}, {fan_out})"


def _code_width(e: Experiment) -> int:
    """What the encoder ends in: a Gaussian code needs a mean and a variance for each number."""
    return e.latent_dim * CODES[e.code].widths


def _initialise(e: Experiment) -> str:
    conv = "(nn.Linear, nn.Conv2d, nn.ConvTranspose2d)"
    source = _INITIALISE.strip().format(kinds=conv if e.network == "conv" else "nn.Linear")
    if e.shares_weights and e.label_width:  # what the decoder is told has no bias
        zeros = "            nn.init.zeros_(layer.bias)"
        own = "            if layer.bias is not None:\n    "
        source = source.replace(zeros, own + zeros)
    return source + CODES[e.code].program.initialise.rstrip()
