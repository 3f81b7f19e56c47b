"""What all tests share: the bundled digits, a handful of them, and who is skipped why."""

import pytest
import torch

from aecore import datasets
from aecore.datasets import Dataset

torch.set_num_threads(1)


def pytest_runtest_setup(item):
    if item.get_closest_marker("full_mnist") and not datasets.is_on_disk("mnist"):
        pytest.skip(f"the full MNIST is not in {datasets.data_dir()} (AECORE_DATA)")


@pytest.fixture(scope="session")
def digits():
    """The bundled digits: 4,000 to train on, 1,000 to test with."""
    return datasets.load("mnist-5k", "cpu")


@pytest.fixture(scope="session")
def tiny(digits):
    """60 and 30 of the bundled digits, all ten classes in both: enough for logic."""
    return Dataset(
        "mnist-5k",
        digits.x_train[:60].clone(),
        digits.y_train[:60].clone(),
        digits.x_test[:30].clone(),
        digits.y_test[:30].clone(),
    )
