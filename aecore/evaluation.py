"""The error of a model on pictures that it was not trained on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import repeat

import torch
from torch import Tensor

from aecore import stacking
from aecore.losses import sse
from aecore.model import Autoencoder, Output

CHUNK = 1000
"""Pictures per forward pass: bounds the memory that a convolutional network needs."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Errors over a set of pictures.

    Attributes:
        terms: mean loss terms, in the experiment's own loss.
        mse: mean squared error per pixel.
        sse: squared error summed over a picture's 784 pixels, mean over pictures.
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


@torch.no_grad()
def look(model: Autoencoder, x_input: Tensor, labels: Tensor | None = None) -> Output:
    """The forward pass that viewers and tests see: as deep as the model has been built up."""
    if model.layers_in_use is not None:
        return stacking.forward(model, x_input, model.layers_in_use)
    output: Output = model(x_input, labels=labels)
    return output


@torch.no_grad()
def evaluate(
    model: Autoencoder, x_input: Tensor, x: Tensor, labels: Tensor | None = None
) -> Evaluation:
    """Reconstructs every picture from its code's mean and compares it with the clean one.

    Args:
        model: the autoencoder.
        x_input: (n, 784), what the encoder gets.
        x: (n, 784), what should come out.
        labels: (n,), the classes that a conditional model is told; None for none.
    """
    sums: dict[str, Tensor] = {}
    sample: Output | None = None
    told = repeat(None) if labels is None else labels.split(CHUNK)
    for chunk_input, chunk, classes in zip(
        x_input.split(CHUNK), x.split(CHUNK), told, strict=False
    ):
        output = look(model, chunk_input, classes)
        sample = sample or output
        terms = model.losses(output, chunk)
        terms["sse"] = sse(output.x_hat, chunk).mean()
        for name, term in terms.items():
            sums[name] = sums.get(name, torch.zeros_like(term)) + term * len(chunk)
    means = dict(zip(sums, (torch.stack(list(sums.values())) / len(x)).tolist(), strict=True))
    picture_error = means.pop("sse")
    assert sample is not None
    return Evaluation(means, picture_error / x.shape[1], picture_error, sample)
