"""The error of a model on pictures that it was not trained on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import repeat

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Generator, Tensor

from aecore.model import stacking
from aecore.model.autoencoder import Autoencoder, Output
from aecore.model.losses import sse

DRAWS = 0
"""Seed of the codes that are drawn while measuring."""

CHUNK = 1000
"""Pictures per forward pass: bounds the memory that a convolutional network needs."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Errors over a set of pictures.

    Attributes:
        terms: mean loss terms, in the experiment's own loss; of codes that are drawn where training
            draws them, one draw per picture, so that both can be compared: for a VAE their total is
            an estimate of the negative ELBO, as its training loss is.
        mse: mean squared error, of the code's mean.
        sse: squared error summed over a sample's numbers, mean over samples, likewise.
        sample: the forward pass of the first pictures, at most `CHUNK`: what a viewer is shown.
    """

    terms: Mapping[str, float]
    mse: float
    sse: float
    sample: Output


def in_chunks(function: Callable[..., Tensor], *rows: Tensor) -> Tensor:
    """What a function of each row makes of tensors (n, …), `CHUNK` rows at a time: (n, …)."""
    chunks = zip(*(each.split(CHUNK) for each in rows), strict=True)
    return torch.cat([function(*chunk) for chunk in chunks])


def finite(tensor: Tensor) -> NDArray[np.float32]:
    """A tensor as an array; a diverged model's numbers that are none become 0."""
    return tensor.detach().nan_to_num(0.0, 0.0, 0.0).float().cpu().numpy()


@torch.no_grad()
def look(model: Autoencoder, x_input: Tensor, labels: Tensor | None = None) -> Output:
    """The forward pass that viewers and tests see: as deep as the model has been built up."""
    if model.layers_in_use is not None:
        return stacking.forward(model, x_input, model.layers_in_use)
    return model(x_input, labels=labels)


def _is_drawn(model: Autoencoder) -> bool:
    return model.code.kind.drawn and model.layers_in_use is None


def _both(
    model: Autoencoder, x_input: Tensor, labels: Tensor | None, draws: Generator | None
) -> tuple[Output, Output]:
    """A forward pass from the code's mean, and one from the code as training would have it."""
    if draws is None:
        output = look(model, x_input, labels)
        return output, output
    drawn: Output = model(x_input, draws, labels)
    mean = drawn.code.mean
    logits = model.logits(mean, labels)
    code = replace(drawn.code, z=mean)
    return replace(drawn, logits=logits, x_hat=model.output(logits), code=code), drawn


@torch.no_grad()
def evaluate(
    model: Autoencoder, x_input: Tensor, x: Tensor, labels: Tensor | None = None
) -> Evaluation:
    """Reconstructs every picture and compares it with the clean one: see `Evaluation`.

    The draws are the same every time, so that a curve moves only where the model does.

    Args:
        model: the autoencoder.
        x_input: (n, numbers), what the encoder gets.
        x: (n, numbers), what should come out.
        labels: (n,), the classes that a conditional model is told; None for none.
    """
    sums: dict[str, Tensor] = {}
    sample: Output | None = None
    draws = Generator(x.device).manual_seed(DRAWS) if _is_drawn(model) else None
    told = repeat(None) if labels is None else labels.split(CHUNK)
    for chunk_input, chunk, classes in zip(
        x_input.split(CHUNK), x.split(CHUNK), told, strict=False
    ):
        output, drawn = _both(model, chunk_input, classes, draws)
        sample = sample or output
        terms = model.losses(drawn, chunk)
        terms["sse"] = sse(output.x_hat, chunk).mean()
        for name, term in terms.items():
            sums[name] = sums.get(name, torch.zeros_like(term)) + term * len(chunk)
    means = dict(zip(sums, (torch.stack(list(sums.values())) / len(x)).tolist(), strict=True))
    picture_error = means.pop("sse")
    assert sample is not None
    return Evaluation(means, picture_error / x.shape[1], picture_error, sample)
