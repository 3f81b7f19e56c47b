"""What all tests share: the bundled digits, a handful of them, and who is skipped why."""

import os
import shutil
import tempfile
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from aecore.data import datasets, splits
from aecore.data.datasets import Dataset


def pytest_configure(config):
    """Runs that tests keep are written to a folder of their own."""
    os.environ["AECORE_RUNS"] = config.kept_runs = tempfile.mkdtemp(prefix="aecore-runs-")


def pytest_unconfigure(config):
    shutil.rmtree(config.kept_runs, ignore_errors=True)


def pytest_runtest_setup(item):
    # Whatever a test before has set: where cores are few, a second thread that waits for the first
    # makes small models ten times as slow.
    torch.set_num_threads(1)
    if item.get_closest_marker("full_mnist") and not datasets.is_on_disk("mnist"):
        pytest.skip(f"the full MNIST is not in {datasets.data_dir()} (AECORE_DATA)")


@pytest.fixture(scope="session")
def digits():
    """The bundled digits: 3,500 to train on, 500 to choose by, 1,000 to test with."""
    return datasets.load("mnist-5k", "cpu")


@pytest.fixture(scope="session")
def tiny(digits):
    """60, 30 and 30 of the bundled digits, all ten classes in each part: enough for logic."""
    return Dataset(
        "mnist-5k",
        digits.x_train[:60].clone(),
        digits.y_train[:60].clone(),
        digits.x_val[:30].clone(),
        digits.y_val[:30].clone(),
        digits.x_test[:30].clone(),
        digits.y_test[:30].clone(),
    )


@pytest.fixture(scope="session")
def mnist_folder(tmp_path_factory, digits):
    """A data folder as torchvision fills it; of MNIST's training set, the 5,000 that are bundled.

    `root` is the folder; `rows` (5000, 28, 28) and `labels` (5000,) are what it holds to train on,
    and every 25th of them to test with.
    """
    labels = np.repeat(np.arange(10), 500)
    rows = np.zeros((5000, 28, 28), np.uint8)
    rest, test = splits.four_fifths(labels)
    train, val = (rest[part] for part in splits.held_out(labels[rest], len(digits.x_val)))
    found = ((train, digits.x_train), (val, digits.x_val), (test, digits.x_test))
    for part, x in found:
        rows[part] = (x * 255).round().byte().view(-1, 28, 28).numpy()
    root = tmp_path_factory.mktemp("data")
    for name in ("MNIST", "FashionMNIST", "KMNIST"):
        raw = root / name / "raw"
        raw.mkdir(parents=True)
        for start, step in (("train", 1), ("t10k", 25)):
            _write_idx(raw / f"{start}-images-idx3-ubyte", rows[::step])
            _write_idx(raw / f"{start}-labels-idx1-ubyte", labels[::step])
    return SimpleNamespace(root=root, rows=rows, labels=labels)


def _write_idx(path, array):
    head = np.array([2048 + array.ndim, *array.shape], ">i4").tobytes()
    path.write_bytes(head + array.astype(np.uint8).tobytes())
