"""The autoencoder: encoder, code, decoder; and its loss. Every variant is this one module."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Generator, Tensor, nn

from aecore.errors import N_, DataError, ShapeError
from aecore.model import one_plane
from aecore.model.codes import Bottleneck
from aecore.model.networks import ACTIVATIONS, build_decoder, build_encoder, initialise
from aecore.parts import penalties
from aecore.parts.codes import Code
from aecore.parts.losses import LOSSES
from aecore.parts.penalties import Penalised
from aecore.spec.experiment import Experiment

_ROUNDING = 1e-4
"""What a picture that was shrunk or mixed may lie outside the limits."""

UNTOLD = -1
"""The label of a picture whose class is not told."""


@dataclass(frozen=True)
class Output:
    """What a forward pass gives.

    Attributes:
        logits: (batch, numbers), the decoder's output before its activation.
        x_hat: (batch, numbers), the reconstruction.
        code: the codes of the batch.
        x_input: (batch, numbers), what the encoder got.
        labels: (batch,), the classes that it was told; None for none.
    """

    logits: Tensor
    x_hat: Tensor
    code: Code
    x_input: Tensor
    labels: Tensor | None = None


class Autoencoder(nn.Module):
    """x -> encoder -> code z -> decoder -> x_hat, as the experiment says.

    Wherever `labels` can be given, they are classes (batch,), with `UNTOLD` for a picture whose
    class is not told; None tells none. A model that is not conditional ignores them.

    Args:
        experiment: decides every layer; its seed decides the first weights.
    """

    def __init__(self, experiment: Experiment) -> None:
        super().__init__()
        self.experiment = experiment
        self.code = Bottleneck(experiment)
        self.encoder = build_encoder(experiment)
        self.decoder = one_plane.substitute(build_decoder(experiment, self.encoder))
        self.output = ACTIVATIONS[experiment.output]()
        self.layers_in_use: int | None = None
        """While a deep model is built up layer by layer: how many of the encoder's; None for all."""
        initialise(self, Generator().manual_seed(experiment.seed))

    def forward(
        self, x: Tensor, generator: Generator | None = None, labels: Tensor | None = None
    ) -> Output:
        """Encodes and decodes x (batch, numbers); `generator` draws a stochastic code, None its mean."""
        code = self.code(self.hidden(x, labels), generator)
        logits = self.logits(code.z, labels)
        return Output(logits, self.output(logits), code, x, labels)

    def hidden(self, x: Tensor, labels: Tensor | None = None) -> Tensor:
        """The encoder's last layer h, which the code is made of: (batch, width of the code)."""
        h: Tensor = self.encoder(self.with_labels(x, labels))
        return h

    def logits(self, z: Tensor, labels: Tensor | None = None) -> Tensor:
        """The decoder's output for codes z, before its activation: (batch, numbers)."""
        logits: Tensor = self.decoder(self.with_labels(z, labels))
        return logits

    def with_labels(self, rows: Tensor, labels: Tensor | None) -> Tensor:
        """Each row with its class as a one-hot vector behind it; all zeros for one not told."""
        width = self.experiment.label_width
        if not width:
            return rows
        if labels is None:
            return F.pad(rows, (0, width))
        told = F.one_hot(labels - UNTOLD, width + 1)[:, 1:]
        return torch.cat([rows, told.to(rows.dtype)], dim=1)

    def losses(
        self, output: Output, x: Tensor, generator: Generator | None = None
    ) -> dict[str, Tensor]:
        """The loss against the clean pictures x, in its terms: see `total`.

        `generator` draws what a penalty draws in each step of a training; None measures it, the
        same way every time.
        """
        compare = LOSSES[self.experiment.recon_loss].function
        recon_loss = compare(output.logits, output.x_hat, x, self.experiment.shape)
        penalty = self.penalty(output.code, output.x_input, output.labels, generator)
        return total(recon_loss, penalty)

    def penalty(
        self,
        code: Code,
        x_input: Tensor,
        labels: Tensor | None = None,
        generator: Generator | None = None,
    ) -> Tensor | None:
        """What is added to the reconstruction loss, (); None where the experiment adds nothing."""
        e = self.experiment
        summands = [self.code.penalty(code)]
        if e.penalty != "none":
            encode = lambda x: self.code(self.hidden(x, labels), None).mean  # noqa: E731
            seen = Penalised(e, code.z, x_input, encode, self.code, generator)
            summands.append(penalties.weighted(e.penalty, seen))
        terms = [term for term in summands if term is not None]
        return torch.stack(terms).sum() if len(terms) > 1 else terms[0] if terms else None

    @torch.no_grad()
    def encode(self, x: Tensor, labels: Tensor | None = None) -> Tensor:
        """The codes of x (batch, numbers), without sampling: (batch, latent_dim)."""
        mean: Tensor = self.code(self.hidden(x, labels), None).mean
        return mean

    @torch.no_grad()
    def decode(self, z: Tensor, labels: Tensor | None = None) -> Tensor:
        """The pictures of codes z (batch, latent_dim): (batch, numbers)."""
        x_hat: Tensor = self.output(self.logits(z, labels))
        return x_hat

    @torch.no_grad()
    def reconstruct(self, x: Tensor, labels: Tensor | None = None) -> Tensor:
        """decode(encode(x)): (batch, numbers).

        Raises:
            ShapeError: rows of another width.
            DataError: numbers outside [0, 1], such as bytes from 0 to 255.
        """
        check_numbers(x, self.experiment.shape.size)
        return self.decode(self.encode(x, labels), labels)

    @property
    def n_parameters(self) -> int:
        return sum(parameter.numel() for parameter in self.parameters())


def check_numbers(x: Tensor, size: int) -> None:
    """Raises ShapeError or DataError unless x is (batch, size) in floating point, all in [0, 1]."""
    if x.ndim != 2 or x.shape[1] != size:
        raise ShapeError(
            N_("Samples must be rows of {size} numbers, but the shape was {received}."),
            size=size,
            received=tuple(x.shape),
        )
    low, high = map(float, x.aminmax()) if len(x) else (0.0, 0.0)
    if not x.is_floating_point() or not (low >= -_ROUNDING and high <= 1 + _ROUNDING):
        raise DataError(
            N_(
                "A sample's numbers must be floating-point ones from 0 to 1, but were {received} from "
                "{low:g} to {high:g}: divide the pixels of a picture that go to 255 by 255."
            ),
            received=str(x.dtype).removeprefix("torch."),
            low=low,
            high=high,
        )


def total(recon_loss: Tensor, penalty: Tensor | None) -> dict[str, Tensor]:
    """The terms of a loss by name, as scalars.

    Returns:
        recon_loss, penalty (only where there is one) and total_loss, their sum.
    """
    if penalty is None:
        return {"recon_loss": recon_loss, "total_loss": recon_loss}
    return {"recon_loss": recon_loss, "penalty": penalty, "total_loss": recon_loss + penalty}
