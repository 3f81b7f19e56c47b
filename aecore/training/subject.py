"""Whom a question is put to."""

from dataclasses import dataclass

from aecore.data.datasets import Dataset
from aecore.model.autoencoder import Autoencoder


@dataclass(frozen=True, eq=False)
class Subject:
    """A model, and the dataset whose test pictures it is asked about."""

    model: Autoencoder
    dataset: Dataset
