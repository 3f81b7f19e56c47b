"""Where samples come from: one small file for each dataset. No torch.

A file defines `DATASET`. Adding one more is adding one file.
"""

from aecore.parts._records import found_in
from aecore.parts.datasets._dataset import (
    Archive,
    DataProgram,
    DatasetSpec,
    IdxFiles,
    Packaged,
    Raw,
)
from aecore.parts.datasets._mnist_format import DIGIT

DATASETS: dict[str, DatasetSpec] = found_in(__name__, __path__, "DATASET")
"""By the name that an experiment's field `dataset` gives them."""

BUNDLED = "mnist-5k"
"""The digits that need no download: what the lab begins with."""

__all__ = [
    "BUNDLED",
    "DATASETS",
    "DIGIT",
    "Archive",
    "DataProgram",
    "DatasetSpec",
    "IdxFiles",
    "Packaged",
    "Raw",
]
