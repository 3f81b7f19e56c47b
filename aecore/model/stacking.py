"""A deep autoencoder built up layer by layer, each layer a small autoencoder of the one below.

B is the batch size, D the numbers of a sample. Encoder and decoder are sequences Linear, activation, Linear, …, Linear;
layer d of the encoder (from 1) maps h_(d-1) to h_d, with h_0 = x, and its mirror in the decoder
maps back.

Source: Bengio et al. 2007, "Greedy layer-wise training of deep networks".
"""

import torch.nn.functional as F
from torch import Tensor, nn

from aecore.model.autoencoder import Autoencoder, Output
from aecore.parts.codes import Code
from aecore.parts.losses import LOSSES


def forward(model: Autoencoder, x: Tensor, layer: int) -> Output:
    """Through the encoder up to a layer, and from there straight back to a sample.

    Args:
        model: dense, with a deterministic code.
        x: (B, D).
        layer: from 1 to the number of layers; with the last it is the whole model.

    Returns:
        The code is the activation of that layer, (B, units).
    """
    below, up = _split(model, layer)
    code = model.code(up(below(x)), None) if _is_last(model, layer) else _hidden(up(below(x)))
    logits = model.decoder[-(2 * layer - 1) :](code.z)
    return Output(logits, model.output(logits), code, x)


def layer_losses(model: Autoencoder, x_input: Tensor, x: Tensor, layer: int) -> dict[str, Tensor]:
    """How well one layer and its mirror reproduce what comes from below, as scalars.

    Args:
        model: the layers below the trained one stay as they are.
        x_input: (B, D), what the first layer gets; deeper ones are trained on clean samples.
        x: (B, D), the clean samples.
        layer: from 1.

    Returns:
        recon_loss and total_loss, the same: of samples in the experiment's loss for the first
        layer, the mean squared error of hidden units for the others.
    """
    below, up = _split(model, layer)
    h_below = below(x if layer > 1 else x_input).detach()  # (B, units below)
    h = up(h_below)
    z = model.code(h, None).z if _is_last(model, layer) else h
    first = len(model.decoder) - (2 * layer - 1)
    back = model.decoder[first : first + 2](z)  # its mirror, and the activation behind it
    if layer == 1:
        e = model.experiment
        loss = LOSSES[e.recon_loss].function(back, model.output(back), x, e.shape)
    else:
        loss = F.mse_loss(back, h_below)
    return {"recon_loss": loss, "total_loss": loss}


def _split(model: Autoencoder, layer: int) -> tuple[nn.Sequential, nn.Sequential]:
    """The encoder below a layer, and the layer with its activation."""
    return model.encoder[: 2 * (layer - 1)], model.encoder[2 * (layer - 1) : 2 * layer]


def _is_last(model: Autoencoder, layer: int) -> bool:
    return 2 * layer > len(model.encoder)


def _hidden(h: Tensor) -> Code:
    return Code(h, h)
