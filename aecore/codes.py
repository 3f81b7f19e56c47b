"""What happens at the bottleneck, between encoder and decoder.

A code is a module that takes the encoder's last layer `h` (batch, width) and returns a `Code`.
"""

from dataclasses import dataclass

import torch
from torch import Generator, Tensor, nn

from aecore.experiment import PIXELS, Experiment
from aecore.losses import kl_to_unit_gaussian
from aecore.networks import ACTIVATIONS


@dataclass(frozen=True)
class Code:
    """The code of a batch.

    Attributes:
        z: (batch, latent_dim), what the decoder gets.
        mean: (batch, latent_dim), the code without any sampling: what maps and tests use.
        kl: (batch, latent_dim), KL divergence from the prior in nats; None for a code without one.
    """

    z: Tensor
    mean: Tensor
    kl: Tensor | None = None


class Deterministic(nn.Module):
    """z is the encoder's output, through an activation."""

    def __init__(self, experiment: Experiment) -> None:
        super().__init__()
        self.width = experiment.latent_dim
        self.activation = ACTIVATIONS[experiment.code_activation]()

    def forward(self, h: Tensor, generator: Generator | None) -> Code:
        z = self.activation(h)
        return Code(z, z)

    def penalty(self, code: Code) -> Tensor | None:
        return None


class TopK(Deterministic):
    """Only the k largest units of each code survive (Makhzani & Frey 2013)."""

    def __init__(self, experiment: Experiment) -> None:
        super().__init__(experiment)
        self.k = experiment.k

    def forward(self, h: Tensor, generator: Generator | None) -> Code:
        a = self.activation(h)
        largest = a.topk(self.k, dim=1)
        z = torch.zeros_like(a).scatter(1, largest.indices, largest.values)
        return Code(z, z)


class Gaussian(nn.Module):
    """z is drawn from N(mu, sigma^2) while training, and is mu when `generator` is None.

    Source: Kingma & Welling 2014; beta from Higgins et al. 2017.
    """

    def __init__(self, experiment: Experiment) -> None:
        super().__init__()
        self.width = 2 * experiment.latent_dim
        self.beta = experiment.beta

    def forward(self, h: Tensor, generator: Generator | None) -> Code:
        mu, log_var = h.chunk(2, dim=1)  # each (batch, latent_dim)
        # A wild first step must not overflow exp(); real codes stay far inside.
        log_var = log_var.clamp(-20, 20)
        kl = kl_to_unit_gaussian(mu, log_var)
        if generator is None:
            return Code(mu, mu, kl)
        eps = torch.randn(mu.shape, generator=generator, device=mu.device, dtype=mu.dtype)
        # z = mu + sigma * eps, so that the gradient reaches mu and sigma
        return Code(mu + (0.5 * log_var).exp() * eps, mu, kl)

    def penalty(self, code: Code) -> Tensor | None:
        """beta * KL of the whole code, per pixel: beta = 1 with BCE is the negative ELBO / 784."""
        assert code.kl is not None
        return self.beta * code.kl.sum(dim=1).mean() / PIXELS


CODES: dict[str, type[Deterministic] | type[Gaussian]] = {
    "deterministic": Deterministic,
    "top_k": TopK,
    "gaussian": Gaussian,
}
