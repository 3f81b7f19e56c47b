"""Kernels that PyTorch calls itself and promises nobody: each as it is, or None.

None where this version has it no more, or where it does something else with the same call, which a
small example with known numbers tells at the first use. Whoever asks has the public way ready:
slower, and the same numbers but for rounding.
"""

import logging
from collections.abc import Callable
from functools import cache, partial
from typing import Any

import torch

Kernel = Callable[..., Any]

_LOG = logging.getLogger(__name__)

# Whatever the caller's defaults are.
_numbers = partial(torch.tensor, dtype=torch.float32, device="cpu")


@cache
def fused_adam(*, decoupled: bool) -> Kernel | None:
    """A step of Adam, or of AdamW (decoupled) on all parameters at once; else `optimizer.step`."""
    name = "_fused_adamw_" if decoupled else "_fused_adam_"
    return _if_right(name, lambda: getattr(torch, name), partial(_is_adam, decoupled=decoupled))


@cache
def sigmoid_backward() -> Kernel | None:
    """g * (1 - h) * h into `grad_input`; else written with the operations of tensors."""
    return _if_right(
        "aten.sigmoid_backward",
        lambda: torch.ops.aten.sigmoid_backward.grad_input,
        lambda kernel: _in_place(kernel, 3.0, 0.25) == 0.5625,
    )


@cache
def tanh_backward() -> Kernel | None:
    """g * (1 - h^2) into `grad_input`; else written with the operations of tensors."""
    return _if_right(
        "aten.tanh_backward",
        lambda: torch.ops.aten.tanh_backward.grad_input,
        lambda kernel: _in_place(kernel, 3.0, 0.25) == 2.8125,
    )


@cache
def convolution_backward() -> Kernel | None:
    """The gradients of a convolution's input, weights and bias; else the layer's own backward."""
    return _if_right(
        "aten.convolution_backward", lambda: torch.ops.aten.convolution_backward, _is_of_convolution
    )


def _if_right(
    name: str, find: Callable[[], Kernel], is_right: Callable[[Kernel], bool]
) -> Kernel | None:
    try:
        with torch.no_grad():
            kernel = find()
            if is_right(kernel):
                return kernel
        trouble: object = "other numbers"
    except Exception as error:  # whatever another version says to a call that it does not know
        trouble = repr(error)
    _LOG.warning("PyTorch %s: without its %s, more slowly: %s", torch.__version__, name, trouble)
    return None


def _is_adam(step: Kernel, *, decoupled: bool) -> bool:
    """The first step is lr wide whatever g = 2 is; the decay w of 0.5 adds to g, or shrinks W = 1."""
    weight, gradient, m, v = (_numbers([x]) for x in (1.0, 2.0, 0.0, 0.0))
    settings = {"lr": 0.1, "beta1": 0.9, "beta2": 0.99, "weight_decay": 0.5, "eps": 0.0}
    flags = {"amsgrad": False, "maximize": False}
    step([weight], [gradient], [m], [v], [], [_numbers(1.0)], **settings, **flags)
    g, shrunk = (2.0, 0.95) if decoupled else (2.5, 1.0)
    expected = _numbers([shrunk - 0.1, 0.1 * g, 0.01 * g * g])
    return torch.allclose(torch.cat([weight, m, v]), expected)


def _in_place(kernel: Kernel, g: float, h: float) -> float:
    gradient = _numbers([g])
    kernel(gradient, _numbers([h]), grad_input=gradient)
    return gradient.item()


def _is_of_convolution(backward: Kernel) -> bool:
    """Of one number x = 3 painted with a kernel of ones, and the gradient 2 at all four pixels."""
    gradient = torch.full_like(_numbers([[[[0.0] * 2] * 2]]), 2.0)
    x, weight = _numbers([[[[3.0]]]]), torch.ones_like(_numbers([[[[0.0] * 3] * 3]]))
    pair = [2, 2], [1, 1], [1, 1], True, [1, 1], 1, [True] * 3
    of_x, of_weight, of_bias = backward(gradient, x, weight, [1], *pair)
    seen = _numbers([0.0, 1.0, 1.0])  # of the kernel's rows, and columns: the first falls outside
    return (
        of_x.item() == 8.0
        and of_bias.item() == 8.0
        and torch.equal(of_weight[0, 0], 6.0 * torch.outer(seen, seen))
    )
