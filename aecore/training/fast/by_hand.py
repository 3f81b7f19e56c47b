"""Backpropagation written out by hand for dense networks: autograd's numbers, sooner.

With layers h_i = f(a_i), a_i = h_(i-1) W_i^T + b_i, and N pixels in a batch, it is four formulas:

    dL/da_n = dL/dx_hat * f'(a_n)          where it starts, at the pixels
    dL/dW_i = (dL/da_i)^T h_(i-1)          what each layer's weights get
    dL/db_i = sum of dL/da_i over the batch
    dL/da_(i-1) = (dL/da_i W_i) * f'(a_(i-1))    and what it hands down

Where a decoder's layer has the weights of its mirror in the encoder, W_i^T, they get the sum of
what both uses give: the decoder, which comes first on the way back, sets it, the encoder adds.

Autograd does the same for any function, and pays for it: it writes down every operation, and takes
fresh memory for each result. Here every batch uses the same memory again, which is still in the
processor's cache, and all that can be is done in place. The code in the middle, where the variants
differ, is small: it stays with autograd, and so does every network that is not dense.
"""

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Generator, Tensor, nn

from aecore.model import private_torch
from aecore.model.autoencoder import Autoencoder, total
from aecore.model.networks import Tied
from aecore.parts.losses.bce import bce
from aecore.parts.penalties import differentiates
from aecore.spec.experiment import Experiment

ACTIVATE: dict[str, Callable[[Tensor], Tensor]] = {
    "identity": lambda a: a,
    "relu": Tensor.relu_,
    "leaky_relu": F.leaky_relu_,
    "elu": F.elu_,
    "tanh": Tensor.tanh_,
    "sigmoid": Tensor.sigmoid_,
}
"""a -> h = f(a), in place."""


def _by_sigmoid(g: Tensor, h: Tensor) -> Tensor:
    kernel = private_torch.sigmoid_backward()  # as autograd calls it: one pass
    if kernel is None:
        return g.mul_(1 - h).mul_(h)
    kernel(g, h, grad_input=g)
    return g


def _by_tanh(g: Tensor, h: Tensor) -> Tensor:
    kernel = private_torch.tanh_backward()
    if kernel is None:
        return g.mul_(1 - h * h)
    kernel(g, h, grad_input=g)
    return g


TIMES_SLOPE: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "identity": lambda g, h: g,
    "relu": lambda g, h: g.mul_(h.sign_()),  # 1 where h > 0, else 0
    "leaky_relu": lambda g, h: g.mul_(h.sign_().clamp_(min=0.01)),
    "elu": lambda g, h: g.mul_(h.clamp_(max=0).add_(1)),  # e^a = h + 1 where a < 0
    "tanh": _by_tanh,  # 1 - h^2
    "sigmoid": _by_sigmoid,  # (1 - h) h
}
"""g = dL/dh -> dL/da = g * f'(a), in place; nobody needs h afterwards.

For these f the slope can be told from what came out; for GELU it cannot.
"""


def applies(experiment: Experiment, device: torch.device) -> bool:
    """Whether the gradients of an experiment are written out here: on a CPU, where it was measured."""
    return (
        device.type == "cpu"
        and experiment.network in ("linear", "dense")
        and experiment.activation in TIMES_SLOPE
        and experiment.recon_loss in ("mse", "bce")
        and not differentiates(experiment.penalty)
        and experiment.schedule == "end_to_end"
        and not (experiment.shares_weights and experiment.label_width)
    )


class ByHand:
    """The gradients of a batch, into `.grad` of every parameter.

    Args:
        model: of an experiment to which this `applies`; its weights are read anew in each batch.
    """

    def __init__(self, model: Autoencoder) -> None:
        e = model.experiment
        self._model = model
        self._encoder = _Stack(model.encoder, e.activation, adds=e.shares_weights)
        self._decoder = _Stack(model.decoder, e.activation)
        self._code_parameters = tuple(model.code.parameters())

    @torch.no_grad()
    def learn_from(
        self,
        x_input: Tensor,
        x: Tensor,
        generator: Generator | None = None,
        labels: Tensor | None = None,
    ) -> dict[str, Tensor]:
        """Forward, loss, backward.

        Args:
            x_input: (batch, numbers), what the encoder gets.
            x: (batch, numbers), what should come out.
            generator: draws a stochastic code; None for its mean.
            labels: (batch,), the classes that a conditional model is told; None for none.

        Returns:
            The terms of `Autoencoder.losses`, detached.
        """
        model = self._model
        h = self._encoder.forward(model.with_labels(x_input, labels)).requires_grad_()
        with torch.enable_grad():
            code = model.code(h, generator)
            penalty = model.penalty(code, x_input, labels, generator)
            z = model.with_labels(code.z, labels)
        logits = self._decoder.forward(z.detach())
        recon_loss, gradient = self._compare(logits, x)
        z_gradient = self._decoder.backward(gradient)
        self._encoder.backward(self._through_code(h, z, z_gradient, penalty), to_input=False)
        return total(recon_loss, None if penalty is None else penalty.detach())

    def _compare(self, logits: Tensor, x: Tensor) -> tuple[Tensor, Tensor]:
        """The reconstruction loss over N pixels, and dL/da at the decoder's end."""
        e, n = self._model.experiment, x.numel()
        gradient = self._decoder.gradients[-1]
        if e.recon_loss == "bce":
            x_hat = torch.sigmoid(logits, out=gradient)
            recon_loss = bce(logits, x_hat, x, e.shape)
            # dL/dx_hat times the slope of the sigmoid: (x_hat - x) / N
            return recon_loss, gradient.sub_(x).div_(n)
        x_hat = ACTIVATE[e.output](logits)
        difference = torch.sub(x_hat, x, out=gradient).view(-1)
        recon_loss = difference.dot(difference) / n  # 1/N sum (x_hat - x)^2
        gradient.mul_(2 / n)
        return recon_loss, TIMES_SLOPE[e.output](gradient, x_hat)

    def _through_code(
        self, h: Tensor, z: Tensor, z_gradient: Tensor, penalty: Tensor | None
    ) -> Tensor:
        """dL/dh from dL/dz and from the penalty."""
        if z is h and penalty is None:
            return z_gradient
        for parameter in self._code_parameters:
            parameter.grad = None
        if penalty is None:
            torch.autograd.backward(z, z_gradient)
        else:
            torch.autograd.backward((z, penalty), (z_gradient, torch.ones_like(penalty)))
        assert h.grad is not None
        return h.grad


class _Stack:
    """Linear layers with an activation between each two, and memory for batches of each size.

    Args:
        layers: linear ones, with their own weights or tied ones, and what stands between them.
        activation: what stands between them.
        adds: whether to add to the gradients of weights instead of setting them.

    Attributes:
        gradients: of the latest batch: dL/da_0, …, dL/da_n, each (batch, units). The last is for
            the caller to use.
    """

    def __init__(self, layers: nn.Sequential, activation: str, adds: bool = False) -> None:
        self._linear = [layer for layer in layers if isinstance(layer, (nn.Linear, Tied))]
        # (units above, units below)
        self._weights = [layer.weight.detach() for layer in self._linear]
        self._biases = [layer.bias.detach() for layer in self._linear]
        self._activation = activation
        self._adds = adds
        for parameter in layers.parameters():
            parameter.grad = torch.zeros_like(parameter)
        self._memory: dict[int, tuple[list[Tensor], list[Tensor]]] = {}
        self._h: list[Tensor] = []
        self.gradients: list[Tensor] = []

    def forward(self, x: Tensor) -> Tensor:
        """(batch, units of the first layer) -> (batch, units of the last), not activated."""
        if len(x) not in self._memory:
            self._memory[len(x)] = self._new_memory(x)
        outputs, self.gradients = self._memory[len(x)]
        self._h = [x, *outputs]
        activate = ACTIVATE[self._activation]
        for i, (weight, bias, h) in enumerate(
            zip(self._weights, self._biases, outputs, strict=True), start=1
        ):
            torch.addmm(bias, self._h[i - 1], weight.t(), out=h)
            if i < len(outputs):
                activate(h)
        return outputs[-1].detach()

    def backward(self, gradient: Tensor, to_input: bool = True) -> Tensor:
        """Sets `.grad` of every weight and bias.

        Args:
            gradient: dL/da_n, (batch, units of the last layer).
            to_input: whether to hand the gradient down to what came in.

        Returns:
            dL/dx where asked for, else dL/da_1.
        """
        for i in range(len(self._weights), 0, -1):
            layer, below = self._linear[i - 1], self._h[i - 1]
            if self._adds:
                _set(layer.weight.grad).addmm_(gradient.t(), below)
            else:
                torch.mm(gradient.t(), below, out=_gradient_of_weights(layer))
            torch.sum(gradient, 0, out=layer.bias.grad)
            if i > 1 or to_input:
                gradient = torch.mm(gradient, self._weights[i - 1], out=self.gradients[i - 1])
            if i > 1:
                TIMES_SLOPE[self._activation](gradient, below)
        return gradient

    def _new_memory(self, x: Tensor) -> tuple[list[Tensor], list[Tensor]]:
        outputs = [x.new_empty(len(x), len(bias)) for bias in self._biases]
        return outputs, [torch.empty_like(rows) for rows in (x, *outputs)]


def _gradient_of_weights(layer: nn.Linear | Tied) -> Tensor:
    """Where a layer's gradient goes, (units above, units below): to its mirror for a tied one."""
    if isinstance(layer, nn.Linear):
        return _set(layer.weight.grad)
    shared = _set(layer.mirror.weight.grad)
    part = layer.part_of(shared)
    if part.numel() < shared.numel():
        shared.zero_()  # the rest has this use alone, to which the encoder adds
    return part


def _set(gradient: Tensor | None) -> Tensor:
    assert gradient is not None
    return gradient
