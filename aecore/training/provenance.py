"""What a run was made with: versions, device, threads and data. Enough to say why numbers differ."""

import hashlib
import platform
from importlib import metadata
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from aecore.data import devices
from aecore.data.datasets import Dataset
from aecore.data.remembered import Remembered

NAMES = ("aecore", "python", "torch", "numpy", "device", "threads", "data_sha256")

_DISTRIBUTION = "autoencoder-lab"

_hashes: Remembered[str, str] = Remembered(most=1)


def made_with(dataset: Dataset) -> dict[str, str]:
    """The `NAMES` and their values, for a run on this dataset's device in this process."""
    return {
        "aecore": version(),
        "python": platform.python_version(),
        "torch": torch.__version__,
        "numpy": np.__version__,
        "device": devices.describe(dataset.device),
        "threads": str(torch.get_num_threads()),
        "data_sha256": _hashes.get(dataset, "", lambda: data_hash(dataset)),
    }


def version() -> str:
    """Of this library: as it is installed, else as its project file says."""
    try:
        return metadata.version(_DISTRIBUTION)
    except metadata.PackageNotFoundError:  # run from its folder
        return _from_project_file(Path(__file__).parents[2] / "pyproject.toml")


def _from_project_file(path: Path) -> str:
    import tomllib

    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))["project"]["version"]
    except (OSError, KeyError, tomllib.TOMLDecodeError):
        return "unknown"
    return str(found)


def data_hash(dataset: Dataset) -> str:
    """SHA-256 of all pictures and labels, in the order of their parts: 64 hexadecimal digits."""
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
