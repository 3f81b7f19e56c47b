"""The last layer of a convolutional decoder, sooner: the same numbers as `nn.ConvTranspose2d`.

A transposed convolution with stride 2 paints: each number x[i, j] of a plane adds the kernel, times
that number, to 3 x 3 pixels of a picture twice as large. With padding 1, kernel row k meets picture
row 2i - 1 + k, and columns likewise:

    y[2i - 1 + k, 2j - 1 + l] += x[i, j] w[k, l]        k, l = 0, 1, 2

All products at once are one product of matrices; what then remains is to add nine planes up, each
shifted by a pixel. PyTorch's own layer is made for many planes, whose products outweigh the
additions: for a single one it takes more than twice as long on a CPU, and with it a whole step of
the convolutional variant an eighth longer.
"""

from typing import Any, TypeGuard

import torch
from torch import Tensor, nn

from aecore.model import private_torch

STRIDE, PADDING, OUTPUT_PADDING = (2, 2), (1, 1), (1, 1)


class OnePlane(nn.ConvTranspose2d):
    """A transposed convolution with 3 x 3 kernels to one plane, twice as large.

    (batch, channels, height, width) -> (batch, 1, 2 height, 2 width).

    Args:
        like: a layer to which this `applies`; its weights become this one's.
    """

    def __init__(self, like: nn.ConvTranspose2d) -> None:
        # On the device "meta" it has no weights of its own.
        super().__init__(like.in_channels, 1, 3, STRIDE, PADDING, OUTPUT_PADDING, device="meta")
        self.weight, self.bias = like.weight, like.bias

    def forward(self, input: Tensor, output_size: list[int] | None = None) -> Tensor:
        elsewhere = input.device.type != "cpu" or torch.is_autocast_enabled("cpu")
        # Who writes a model down knows PyTorch's layer.
        if elsewhere or torch.onnx.is_in_onnx_export():
            return super().forward(input, output_size)
        return _Paint.apply(input, self.weight, self.bias)


def applies(layer: nn.Module) -> TypeGuard[nn.ConvTranspose2d]:
    """Whether a layer paints one plane, twice as large, with 3 x 3 kernels."""
    return (
        isinstance(layer, nn.ConvTranspose2d)
        and layer.out_channels == 1
        and layer.kernel_size == (3, 3)
        and layer.stride == STRIDE
        and layer.padding == PADDING
        and layer.output_padding == OUTPUT_PADDING
    )


def substitute(network: nn.Sequential) -> nn.Sequential:
    """The network, with a `OnePlane` in place of each layer to which it applies.

    As it is where PyTorch's kernel for the way back cannot be had.
    """
    if private_torch.convolution_backward() is None:
        return network
    for i, layer in enumerate(network):
        if applies(layer):
            network[i] = OnePlane(layer)
    return network


class _Paint(torch.autograd.Function):
    """The painting forward; backward PyTorch's own, which is quick."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        ctx.save_for_backward(x, weight)
        batch, _, height, width = x.shape
        products = weight.flatten(1).t() @ x.flatten(2)  # (batch, 9, height * width)
        kernel = products.view(batch, 3, 3, height, width)
        rows = x.new_empty(batch, 3, 2 * height, width)  # for each column of the kernel
        rows[:, :, 0::2] = kernel[:, 1]
        rows[:, :, 1::2] = kernel[:, 2]
        rows[:, :, 1:-1:2] += kernel[:, 0, :, 1:]
        picture = x.new_empty(batch, 1, 2 * height, 2 * width)
        picture[:, 0, :, 0::2] = rows[:, 1]
        picture[:, 0, :, 1::2] = rows[:, 2]
        picture[:, 0, :, 1:-1:2] += rows[:, 0, :, 1:]
        return picture.add_(bias)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, ...]:
        x, weight = ctx.saved_tensors
        kernel = private_torch.convolution_backward()
        assert kernel is not None  # or `substitute` had left the layer alone
        return kernel(
            gradient,
            x,
            weight,
            [1],
            STRIDE,
            PADDING,
            [1, 1],
            True,
            OUTPUT_PADDING,
            1,
            ctx.needs_input_grad,
        )
