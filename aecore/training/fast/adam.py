"""Adam's step without what `torch.optim` does around it: the same numbers, sooner."""

from collections.abc import Callable

import torch
from torch import Tensor

from aecore.model import private_torch
from aecore.spec.experiment import Experiment


def stepper(experiment: Experiment, optimizer: torch.optim.Optimizer) -> Callable[[], object]:
    """What makes one step of an optimiser, for a training loop that only ever wants that.

    Layers that train one after the other have each their own count of steps: they keep to
    PyTorch's way, and so does a GPU, where the count is a number of its own.
    """
    on_cpu = all(p.device.type == "cpu" for p in optimizer.param_groups[0]["params"])
    if on_cpu and isinstance(optimizer, torch.optim.Adam) and experiment.schedule == "end_to_end":
        kernel = private_torch.fused_adam(decoupled=isinstance(optimizer, torch.optim.AdamW))
        return optimizer.step if kernel is None else AdamStep(optimizer, kernel)
    return optimizer.step


class AdamStep:
    """One step of Adam or AdamW for parameters that all get a gradient every time.

        m <- beta1 m + (1 - beta1) g          v <- beta2 v + (1 - beta2) g^2
        W <- W - lr * m_hat / (sqrt(v_hat) + eps)      m_hat = m / (1 - beta1^t), v_hat likewise

    The kernel is PyTorch's own, and so are all numbers: settings and state stay in `optimizer`,
    which can be adjusted, saved and loaded as ever. What is left out is what `optimizer.step` does
    around it (a count t for each parameter, grouping by device and type, hooks): for a small model
    that takes longer than the update.

    Args:
        optimizer: made with fused=True, with one group of parameters.
        kernel: PyTorch's, of the same kind as the optimiser.

    Source: Kingma & Ba 2015; Loshchilov & Hutter 2019 for AdamW.
    """

    def __init__(self, optimizer: torch.optim.Adam, kernel: private_torch.Kernel) -> None:
        self._optimizer = optimizer
        self._kernel = kernel
        self._parameters: list[Tensor] = optimizer.param_groups[0]["params"]
        self._t = torch.tensor(-1.0)
        self._m: list[Tensor] = []
        self._v: list[Tensor] = []

    @torch.no_grad()
    def __call__(self) -> None:
        if self._optimizer.state[self._parameters[0]].get("step") is not self._t:
            self._take_state()
        group = self._optimizer.param_groups[0]
        beta1, beta2 = group["betas"]
        self._t += 1
        self._kernel(
            self._parameters,
            [g for parameter in self._parameters if (g := parameter.grad) is not None],
            self._m,
            self._v,
            [],
            [self._t] * len(self._parameters),
            lr=group["lr"],
            beta1=beta1,
            beta2=beta2,
            weight_decay=group["weight_decay"],
            eps=group["eps"],
            amsgrad=False,
            maximize=False,
        )

    def _take_state(self) -> None:
        """Begins, or goes on from what the optimiser has loaded; all parameters share one t."""
        first, state = self._parameters[0], self._optimizer.state
        self._t = state[first].get("step", torch.zeros((), device=first.device))
        for parameter in self._parameters:
            kept = state[parameter]
            kept["step"] = self._t
            kept.setdefault("exp_avg", torch.zeros_like(parameter))
            kept.setdefault("exp_avg_sq", torch.zeros_like(parameter))
        self._m = [state[parameter]["exp_avg"] for parameter in self._parameters]
        self._v = [state[parameter]["exp_avg_sq"] for parameter in self._parameters]
