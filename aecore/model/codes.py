"""What happens at the bottleneck, between encoder and decoder.

A code is a module that takes the encoder's last layer `h` (batch, width) and returns a `Code`.
"""

from dataclasses import dataclass

import torch
from torch import Generator, Tensor, nn

from aecore.model.losses import kl_to_unit_gaussian
from aecore.model.networks import ACTIVATIONS
from aecore.spec.experiment import PIXELS, Experiment


@dataclass(frozen=True)
class Code:
    """The code of a batch.

    Attributes:
        z: (batch, latent_dim), what the decoder gets.
        mean: (batch, latent_dim), the code without any sampling: what maps and tests use.
        kl: (batch, latent_dim), KL divergence from the prior in nats; None for a code without one.
        indices: (batch, vectors), which entries of the codebook z consists of; None without one.
        distance: (), how far the encoder's vectors and their entries lie apart, weighted as a
            loss; None without a codebook.
    """

    z: Tensor
    mean: Tensor
    kl: Tensor | None = None
    indices: Tensor | None = None
    distance: Tensor | None = None


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
        mu, log_var = self.parts(h)
        kl = kl_to_unit_gaussian(mu, log_var)
        if generator is None:
            return Code(mu, mu, kl)
        eps = torch.randn(mu.shape, generator=generator, device=mu.device, dtype=mu.dtype)
        # z = mu + sigma * eps, so that the gradient reaches mu and sigma
        return Code(mu + (0.5 * log_var).exp() * eps, mu, kl)

    @staticmethod
    def parts(h: Tensor) -> tuple[Tensor, Tensor]:
        """mu and log sigma^2, each (batch, latent_dim), as the encoder's last layer says them."""
        mu, log_var = h.chunk(2, dim=1)
        # A wild first step must not overflow exp(); real codes stay far inside.
        return mu, log_var.clamp(-20, 20)

    def penalty(self, code: Code) -> Tensor | None:
        """beta * KL of the whole code, per pixel: beta = 1 with BCE is the negative ELBO / 784."""
        assert code.kl is not None
        return self.beta * code.kl.sum(dim=1).mean() / PIXELS


class VectorQuantised(Deterministic):
    """Each vector of the encoder's output is replaced by the nearest entry of a codebook.

    Source: van den Oord et al. 2017, "Neural discrete representation learning"; entries that
    nothing has been nearest to for a while move to a vector of the current batch, as in Dhariwal
    et al. 2020, "Jukebox", appendix B.1.
    """

    COMMITMENT = 0.25
    REVIVE_AFTER = 20
    """Batches without use after which an entry moves."""

    def __init__(self, experiment: Experiment) -> None:
        super().__init__(experiment)
        self.codebook = nn.Embedding(experiment.codebook_size, experiment.vector_size)
        # All count as unused at first, so that the first batch spreads them over real vectors.
        idle = torch.full((experiment.codebook_size,), self.REVIVE_AFTER)
        self.register_buffer("_idle", idle, persistent=False)
        self._idle: Tensor

    def forward(self, h: Tensor, generator: Generator | None) -> Code:
        e = self.activation(h)
        vectors = e.reshape(-1, self.codebook.embedding_dim)  # (batch * vectors, vector_size)
        if generator is not None:
            self._revive(vectors.detach(), generator)
        nearest = torch.cdist(vectors.detach(), self.codebook.weight.detach()).argmin(dim=1)
        if generator is not None:
            self._idle += 1
            self._idle[nearest] = 0
        q = self.codebook(nearest).view_as(e)
        # sg[.] stops the gradient: |sg[e] - q|^2 moves the codebook, |e - sg[q]|^2 the encoder
        distance = (e.detach() - q).square() + self.COMMITMENT * (e - q.detach()).square()
        z = e + (q - e).detach()  # the value of q, with the gradient of e
        distance = distance.sum(dim=1).mean() / PIXELS
        return Code(z, q, indices=nearest.view(len(h), -1), distance=distance)

    def penalty(self, code: Code) -> Tensor | None:
        """Codebook and commitment loss, per pixel like the reconstruction loss."""
        return code.distance

    @torch.no_grad()
    def _revive(self, vectors: Tensor, generator: Generator) -> None:
        dead = (self._idle >= self.REVIVE_AFTER).nonzero().squeeze(1)
        if len(dead):
            drawn = torch.randint(
                len(vectors), (len(dead),), generator=generator, device=vectors.device
            )
            self.codebook.weight[dead] = vectors[drawn]
            self._idle[dead] = 0


CODES: dict[str, type[Deterministic] | type[Gaussian]] = {
    "deterministic": Deterministic,
    "top_k": TopK,
    "gaussian": Gaussian,
    "vq": VectorQuantised,
}
