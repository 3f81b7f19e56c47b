"""The network: encoder, code, decoder."""

import math
from collections.abc import Sequence

from aecore.parts.codes import CODES
from aecore.parts.penalties import PENALTIES
from aecore.spec.anatomy import Layer, anatomy
from aecore.spec.experiment import Experiment

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
    """The sample in its channels, and each number of the class as one more."""

    def forward(self, x):
        sample = x[:, :NUMBERS].unflatten(1, SHAPE)
        told = x[:, NUMBERS:].view(len(x), -1, *(1 for _ in SHAPE[1:]))
        return torch.cat([sample, told.expand(-1, -1, *SHAPE[1:])], dim=1)
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
    """Each row with its class behind it, a number for each: one 1, or none for -1."""
    return torch.cat([rows, F.one_hot(label + 1, {n} + 1)[:, 1:].float()], dim=1)
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
        """The sample of a code: (batch, {latent_dim}) -> (batch, {size})."""
        return {output}
'''

_FORWARD_LAYERS = '''
    def forward(self, x, depth=LAYERS):
        """Through the encoder up to a layer, and from there straight back."""
        h = self.encoder[: 2 * depth](x){last}
        logits = self.decoder[-(2 * depth - 1) :](h)
        return {output}
'''


def autoencoder(e: Experiment) -> str:
    """The class `Autoencoder` and its first weights."""
    conv = e.network == "conv"
    functions = [_PLANES] if conv and e.label_width else []
    if e.label_width:
        functions.append(_WITH_CLASS.format(n=e.label_width))
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
            size=e.shape.size,
        ),
        _DECODE.format(
            args="z" + also,
            output=activated(e.output, logits),
            latent_dim=e.latent_dim,
            size=e.shape.size,
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
    layers = anatomy(e)
    encoder, decoder = _encoder(e, layers.encoder), _decoder(e, layers.decoder)
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


def _encoder(e: Experiment, layers: Sequence[Layer]) -> list[str]:
    axes = layers[0].shape_in
    opening = "Planes()" if e.label_width else f"nn.Unflatten(1, {axes})"
    return [*([opening] if len(axes) > 1 else []), *_modules(layers)]


def _decoder(e: Experiment, layers: Sequence[Layer]) -> list[str]:
    if e.shares_weights:
        return _tied(layers)
    closing = ["nn.Flatten()"] if len(layers[-1].shape_out) > 1 else []
    return [*_modules(layers), *closing]


def _modules(layers: Sequence[Layer]) -> list[str]:
    """These layers, an activation after each but the last: see aecore.model.networks."""
    lines: list[str] = []
    for layer in layers:
        lines += [*_with_weights(layer), _MODULES[layer.activation]]
    return lines[:-1]


def _with_weights(layer: Layer) -> list[str]:
    """A layer, and what brings its numbers into the form that it takes and gives."""
    n_in, n_out, over = layer.shape_in[0] + layer.told, layer.shape_out[0], len(layer.shape_in) - 1
    if layer.kind == "conv":
        return [f"nn.Conv{over}d({n_in}, {n_out}, kernel_size=3, stride=2, padding=1)"]
    if layer.kind == "conv_transpose":
        extra = layer.output_padding
        said = extra[0] if len(set(extra)) == 1 else extra
        padding = f"1, output_padding={said}" if any(extra) else "1"
        return [f"nn.ConvTranspose{over}d({n_in}, {n_out}, 3, stride=2, padding={padding})"]
    dense = _linear(math.prod(layer.shape_in) + layer.told, math.prod(layer.shape_out))
    return [
        *(["nn.Flatten()"] if len(layer.shape_in) > 1 else []),
        dense,
        *([f"nn.Unflatten(1, {layer.shape_out})"] if len(layer.shape_out) > 1 else []),
    ]


def _tied_layer(e: Experiment) -> str:
    """The class `Tied`: what it is told of the class has weights of its own."""
    if not e.label_width:
        return _TIED.format(told="", own="", forward=_TIED_FORWARD)
    layer = _TIED.format(told=", told=0", own=_TIED_TOLD, forward=_TIED_FORWARD_TOLD)
    linear = "        a = F.linear(h[:, : self.n_in], weight.t(), self.bias)\n"
    return layer.replace("        return a if", f"{linear}        return a if")


def _tied(layers: Sequence[Layer]) -> list[str]:
    """The decoder's layers: the encoder's from its end, an activation after each but the last."""
    found = []
    for i, layer in enumerate(layers, start=1):
        (n_in,), (n_out,) = layer.shape_in, layer.shape_out
        also = f", {layer.told}" if layer.told else ""
        mirror = 2 * (len(layers) - i)  # activations count as well
        found += [
            f"Tied(self.encoder[{mirror}], {n_in}, {n_out}{also})",
            _MODULES[layer.activation],
        ]
    return found[:-1]


def _linear(fan_in: int, fan_out: int) -> str:
    return f"nn.Linear({fan_in}, {fan_out})"


def _initialise(e: Experiment) -> str:
    over = len(e.shape.axes) - 1
    conv = f"(nn.Linear, nn.Conv{over}d, nn.ConvTranspose{over}d)"
    source = _INITIALISE.strip().format(kinds=conv if e.network == "conv" else "nn.Linear")
    if e.shares_weights and e.label_width:  # what the decoder is told has no bias
        zeros = "            nn.init.zeros_(layer.bias)"
        own = "            if layer.bias is not None:\n    "
        source = source.replace(zeros, own + zeros)
    return source + CODES[e.code].program.initialise.rstrip()
