"""Datasets in memory: one copy of each per device, shared by everyone.

Every dataset has three fixed parts. The test part is its publisher's, or a fifth of each class. Of
what is left, every nth sample of each class is the validation part: a twelfth of the 60,000 of a
full set, an eighth of the bundled 4,000. The rest is learned from.

Importing this module is cheap: torch is imported where it is first needed.
Files lie where torchvision looks for them, so that both can use the same folder.
"""

from __future__ import annotations

import mmap
import os
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from aecore.analysis.scaling import Scale, fit_scale
from aecore.data import downloads, splits
from aecore.data.mirrors import Meter, Progress
from aecore.errors import N_, DataError
from aecore.parts.datasets import BUNDLED, DATASETS, DatasetSpec, Raw
from aecore.shapes import Shape

if TYPE_CHECKING:
    import torch
    from torch import Tensor

__all__ = [
    "BUNDLED",
    "DATASETS",
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

        scale: what 0 and 1 stand for in measurements; None of pictures, where they are black and
            white.

    Samples `x` are (n, numbers) float32 in [0, 1], laid out as `shape.axes`; labels `y` are (n,)
    int64 from 0 on, all 0 where nobody has labelled anything.
    """

    key: str
    x_train: Tensor
    y_train: Tensor
    x_val: Tensor
    y_val: Tensor
    x_test: Tensor
    y_test: Tensor
    scale: Scale | None = None

    @property
    def spec(self) -> DatasetSpec:
        """What is known of it without loading it."""
        return DATASETS[self.key]

    @property
    def shape(self) -> Shape:
        """Of a sample."""
        return self.spec.shape

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
    return downloads.is_complete(_spec(key), data_dir())


def load(key: str, device: str | torch.device = "cpu", progress: Progress | None = None) -> Dataset:
    """The dataset on a device: the same object for every caller in this process, from any thread.

    Args:
        key: one of `DATASETS`.
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
    if key not in DATASETS:
        raise DataError(
            N_("{parameter} must be one of {choices}, but was {received}."),
            parameter="dataset",
            choices=", ".join(DATASETS),
            received=repr(key),
        )
    return DATASETS[key]


def _device(device: str | torch.device) -> torch.device:
    import torch

    from aecore.data import devices

    # A tensor knows its device in full ("cuda" is "cuda:0"): one copy per device, not per name.
    return torch.empty(0, device=devices.choose(str(device))).device


def _read(spec: DatasetSpec, device: torch.device, progress: Progress | None) -> Dataset:
    import torch

    raw = downloads.read_samples(spec, data_dir(), Meter(progress, spec.download_bytes))
    train, val, test = _parts(raw, spec.n_val)
    scale = None if raw.x.dtype == np.uint8 else fit_scale(train[0], spec.shape)

    def samples(values: NDArray[np.generic]) -> Tensor:
        if scale is not None:
            return torch.tensor(scale.to_unit(values), device=device).flatten(1)
        # Sent as bytes, a quarter of the float's size.
        return to_unit(torch.tensor(values.reshape(len(values), -1), device=device))

    def labels(values: NDArray[np.uint8]) -> Tensor:
        return torch.tensor(values, device=device).long()

    return Dataset(
        spec.key,
        _in_large_pages(samples(train[0])),
        labels(train[1]),
        samples(val[0]),
        labels(val[1]),
        samples(test[0]),
        labels(test[1]),
        scale,
    )


Part = tuple[NDArray[np.generic], NDArray[np.uint8]]
"""Samples (n, …), and their labels (n,)."""


def _parts(raw: Raw, n_val: int) -> tuple[Part, Part, Part]:
    """What is learned from, what one chooses by, and what is tested with."""
    x, y = raw.x, _labels(raw.x, raw.y)
    if raw.x_test is None:
        rest, test = splits.four_fifths(y)
        (x, y), tested = (x[rest], y[rest]), (x[test], y[test])
    else:
        tested = raw.x_test, _labels(raw.x_test, raw.y_test)
    if raw.x_val is not None:
        return (x, y), (raw.x_val, _labels(raw.x_val, raw.y_val)), tested
    train, val = splits.held_out(y, n_val)
    return (x[train], y[train]), (x[val], y[val]), tested


def _labels(x: NDArray[np.generic], y: NDArray[np.uint8] | None) -> NDArray[np.uint8]:
    return np.zeros(len(x), np.uint8) if y is None else y


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
