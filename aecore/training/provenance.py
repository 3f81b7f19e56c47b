"""What a run was made with: versions, device, threads and data. Enough to say why numbers differ."""

import hashlib
import platform

import numpy as np
import torch
from torch import Tensor

from aecore.data import devices
from aecore.data.cache import DatasetCache
from aecore.data.datasets import Dataset
from aecore.version import __version__

NAMES = ("aecore", "python", "torch", "numpy", "device", "threads", "data_sha256")

_hashes: DatasetCache[str, str] = DatasetCache(maxsize=1)


def made_with(dataset: Dataset) -> dict[str, str]:
    """The `NAMES` and their values, for a run on this dataset's device in this process."""
    return {
        "aecore": __version__,
        "python": platform.python_version(),
        "torch": torch.__version__,
        "numpy": np.__version__,
        "device": devices.describe(dataset.device),
        "threads": str(torch.get_num_threads()),
        "data_sha256": _hashes.get(dataset, "", lambda: data_hash(dataset)),
    }


def data_hash(dataset: Dataset) -> str:
    """SHA-256 of all samples and labels, in the order of their parts: 64 hexadecimal digits.

    Of measurements, whose numbers are not those of bytes, to a 255th of their range.
    """
    digest = hashlib.sha256()
    for x, y in (
        (dataset.x_train, dataset.y_train),
        (dataset.x_val, dataset.y_val),
        (dataset.x_test, dataset.y_test),
    ):
        digest.update(_bytes(x * 255))
        digest.update(_bytes(y))
    return digest.hexdigest()


def _bytes(values: Tensor) -> bytes:
    return values.round().to(torch.uint8).cpu().numpy().tobytes()
