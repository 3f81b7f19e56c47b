"""Whom a question is put to."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from aecore.data.datasets import Dataset
from aecore.model.autoencoder import Autoencoder
from aecore.shapes import Shape
from aecore.spec.view import Viewed
from aecore.training.monitor import seen, shaped


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

    def shaped(self, values: NDArray[np.floating]) -> NDArray[np.float32]:
        """Numbers of any range (n, numbers), for viewers: (n, *shape.seen)."""
        return shaped(values.astype(np.float32), self.shape)
