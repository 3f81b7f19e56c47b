"""One sample through the model and back: every number of one training step."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Generator, Tensor, nn

from aecore.model.autoencoder import Autoencoder, Output
from aecore.model.networks import Tied
from aecore.training.evaluation import finite
from aecore.training.loop import corrupt_fixed
from aecore.training.subject import Subject

Numbers = NDArray[np.float32]

WithWeights = nn.Linear | Tied | nn.Conv1d | nn.Conv2d | nn.ConvTranspose1d | nn.ConvTranspose2d


@dataclass(frozen=True, eq=False)
class LayerStep:
    """A layer with weights, as one sample passes it. A convolution's numbers are channel means.

    Attributes:
        weighted: (units,), W h, without the bias.
        bias: (units,).
        out: (units,), behind the activation.
        gradient: (units,), of the loss by W h + b; summed over places for a convolution.
        weight_norm, gradient_norm: of the layer's weights W, and of the loss's gradient by them; a
            tied layer's are those of its mirror in the encoder.
    """

    weighted: Numbers
    bias: Numbers
    out: Numbers
    gradient: Numbers
    weight_norm: float
    gradient_norm: float


@dataclass(frozen=True, eq=False)
class Step:
    """One step of plain gradient descent on one sample.

    Attributes:
        x, x_input, x_hat: (numbers,), the sample, what the encoder gets, and the reconstruction.
        encoder, decoder: their layers, in the order that the sample passes.
        z: (latent_dim,), what the decoder gets.
        z_gradient: likewise, of the loss by z.
        mu, sigma, eps: (latent_dim,), z = mu + sigma * eps; None for a code that is not drawn.
        entries: (vectors,), which entries of the codebook z is made of; None without one.
        pixel_gradient: (numbers,), of the loss by x_hat.
        before, after: the loss and its terms, before and after the update.
        x_hat_after: (numbers,), the reconstruction after it.
    """

    x: Numbers
    x_input: Numbers
    x_hat: Numbers
    encoder: tuple[LayerStep, ...]
    decoder: tuple[LayerStep, ...]
    z: Numbers
    z_gradient: Numbers
    mu: Numbers | None
    sigma: Numbers | None
    eps: Numbers | None
    entries: NDArray[np.int64] | None
    pixel_gradient: Numbers
    before: Mapping[str, float]
    after: Mapping[str, float]
    x_hat_after: Numbers


def one_step(subject: Subject, index: int, learning_rate: float) -> Step:
    """Forward, loss, backward, update, on a copy of the model.

    Args:
        subject: whose model and test samples.
        index: the test sample that is learned from, alone.
        learning_rate: eta in W <- W - eta * gradient.
    """
    dataset, model = subject.dataset, copy.deepcopy(subject.model)
    # All of them, so that the noise is that of all other questions.
    x_input = corrupt_fixed(model.experiment, dataset.x_test)[index : index + 1]
    x, labels = dataset.x_test[index : index + 1], dataset.y_test[index : index + 1]
    with torch.enable_grad():
        seen = _forward(model, x_input, labels)
        terms = model.losses(seen.output, x)
        terms["total_loss"].backward()
    encoder, decoder = _described(seen.encoder), _described(seen.decoder)
    _descend(model, learning_rate)
    again = _forward(model, x_input, labels).output
    after = model.losses(again, x)
    code, output = seen.output.code, seen.output
    mu, sigma, eps = _draw(seen)
    return Step(
        x=_row(x),
        x_input=_row(x_input),
        x_hat=_row(output.x_hat),
        encoder=encoder,
        decoder=decoder,
        z=_row(code.z),
        z_gradient=_row(_gradient(code.z)),
        mu=mu,
        sigma=sigma,
        eps=eps,
        entries=None if code.indices is None else code.indices[0].cpu().numpy(),
        pixel_gradient=_row(_gradient(output.x_hat)),
        before={name: term.item() for name, term in terms.items()},
        after={name: term.item() for name, term in after.items()},
        x_hat_after=_row(again.x_hat),
    )


@dataclass
class _Pass:
    """A layer with weights, what comes out of it, and what its activation makes of that."""

    layer: WithWeights
    before: Tensor
    out: Tensor


@dataclass(frozen=True, eq=False)
class _Forward:
    h: Tensor
    encoder: list[_Pass]
    decoder: list[_Pass]
    output: Output


def _forward(model: Autoencoder, x_input: Tensor, labels: Tensor) -> _Forward:
    """The model's forward pass, with a look behind every layer."""
    noise = Generator(x_input.device).manual_seed(model.experiment.seed)  # the same every time
    encoder, h = _through(model.encoder, model.with_labels(x_input, labels))
    code = model.code(h, noise)
    decoder, logits = _through(model.decoder, model.with_labels(code.z, labels))
    x_hat = model.output(logits)
    decoder[-1].out = x_hat
    for tensor in (code.z, x_hat):
        if tensor.requires_grad:
            tensor.retain_grad()
    return _Forward(h, encoder, decoder, Output(logits, x_hat, code, x_input, labels))


def _through(part: nn.Sequential, h: Tensor) -> tuple[list[_Pass], Tensor]:
    passes: list[_Pass] = []
    for layer in part:
        h = layer(h)
        if isinstance(layer, WithWeights):
            if h.requires_grad:
                h.retain_grad()
            passes.append(_Pass(layer, h, h))
        elif passes:
            passes[-1].out = h
    return passes, h


def _described(passes: list[_Pass]) -> tuple[LayerStep, ...]:
    return tuple(_describe(one) for one in passes)


def _describe(one: _Pass) -> LayerStep:
    layer, bias = one.layer, one.layer.bias
    weight = layer.mirror.weight if isinstance(layer, Tied) else layer.weight
    assert bias is not None
    units = len(bias)
    # (1, units) or (1, units, …) -> (units, places)
    before, out = (t.detach().reshape(units, -1) for t in (one.before, one.out))
    gradient = _gradient(one.before).reshape(units, -1)
    return LayerStep(
        weighted=finite(before.mean(dim=1) - bias),
        bias=finite(bias),
        out=finite(out.mean(dim=1)),
        gradient=finite(gradient.sum(dim=1)),
        weight_norm=weight.norm().item(),
        gradient_norm=_gradient(weight).norm().item(),
    )


@torch.no_grad()
def _descend(model: Autoencoder, learning_rate: float) -> None:
    for parameter in model.parameters():
        parameter.sub_(learning_rate * _gradient(parameter))


def _draw(seen: _Forward) -> tuple[Numbers, Numbers, Numbers] | tuple[None, None, None]:
    """mu, sigma and eps of a code that is drawn."""
    code = seen.output.code
    if code.sigma is None:
        return None, None, None
    return _row(code.mean), _row(code.sigma), _row((code.z - code.mean) / code.sigma)


def _gradient(tensor: Tensor) -> Tensor:
    """Of the loss by this tensor; zeros where the loss does not depend on it."""
    return torch.zeros_like(tensor) if tensor.grad is None else tensor.grad


def _row(tensor: Tensor) -> Numbers:
    return finite(tensor[0])
