"""The module between encoder and decoder: whichever kind of code the experiment names."""

from typing import TYPE_CHECKING

from torch import Generator, Tensor, nn

from aecore.model.networks import ACTIVATIONS
from aecore.parts.codes import CODES, Code
from aecore.parts.penalties import PENALTIES
from aecore.spec.experiment import Experiment


class Bottleneck(nn.Module):
    """Takes the encoder's last layer `h`, (batch, width), and returns a `Code`.

    What it does, and which parameters it has, says the record of its kind in `aecore.parts.codes`.
    It also holds what a penalty on the code learns.

    Args:
        experiment: names the kind.
    """

    if TYPE_CHECKING:
        codebook: nn.Embedding
        discriminator: nn.Module
        idle: Tensor

    def __init__(self, experiment: Experiment) -> None:
        super().__init__()
        self.kind = CODES[experiment.code]
        self.settings = experiment
        self.n_numbers = experiment.shape.size
        self.width = self.kind.widths * experiment.latent_dim
        self.activation = ACTIVATIONS[experiment.code_activation]()
        self.kind.prepare(self, experiment)
        if experiment.penalty in PENALTIES:
            PENALTIES[experiment.penalty].prepare(self, experiment)

    def forward(self, h: Tensor, generator: Generator | None) -> Code:
        return self.kind.function(self, h, generator)

    def penalty(self, code: Code) -> Tensor | None:
        """What this kind of code adds to the loss, (); None for nothing."""
        return None if self.kind.penalty is None else self.kind.penalty(self, code)
