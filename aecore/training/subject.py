"""Whom a question is put to."""

from dataclasses import dataclass

from torch import Tensor

from aecore.data.datasets import Dataset
from aecore.model.autoencoder import Autoencoder
from aecore.shapes import Shape
from aecore.spec.view import Viewed
from aecore.training.monitor import seen


@dataclass(frozen=True, eq=False)
class Subject:
    """A model, and the dataset whose test samples it is asked about."""

    model: Autoencoder
    dataset: Dataset

    @property
    def shape(self) -> Shape:
        """Of a sample."""
        return self.dataset.shape

    def seen(self, x: Tensor) -> Viewed:
        """Samples (n, numbers) in [0, 1] as viewers get them: (n, *shape.seen) in 256 steps."""
        return seen(x, self.shape)
