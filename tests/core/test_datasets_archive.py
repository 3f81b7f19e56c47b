"""Datasets that are one file with everything in it: small ones of the same form, fetched and checked."""

import dataclasses
import hashlib
import io
import logging
import pickle
import re
import tarfile
import types
import zipfile

import numpy as np
import pytest
import torch

from aecore.data import datasets
from aecore.errors import DataError
from aecore.parts.datasets import DATASETS, Archive, cifar_10
from tests.core.served import Server, flipped, is_one_sentence, names, nobody, put

KEYS = [key for key, spec in DATASETS.items() if isinstance(spec.source, Archive)]
BATCH = 20
"""Pictures in each file of a small CIFAR-10."""

COUNTS = {"train": 40, "val": 10, "test": 20}
"""Of a small MedMNIST."""


def pixels(n, *axes, seed=0):
    return np.random.RandomState(seed).randint(0, 256, (n, *axes)).astype(np.uint8)


def packed(**arrays):
    """The bytes of an .npz file."""
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()


def tar(members):
    """The bytes of a .tar.gz file with files of these names."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return file.getvalue()


def small_medmnist(shape, n_classes):
    axes = shape.seen
    arrays = {}
    for seed, (part, n) in enumerate(COUNTS.items()):
        arrays[f"{part}_images"] = pixels(n, *axes, seed=seed)
        arrays[f"{part}_labels"] = (np.arange(n, dtype=np.uint8) % n_classes)[:, None]
    body = packed(**arrays)
    x = [torch.tensor(arrays[f"{part}_images"]) for part in COUNTS]
    y = [torch.tensor(arrays[f"{part}_labels"]).flatten().long() for part in COUNTS]
    return body, COUNTS, x, y


def small_cifar(shape):
    """Its samples in the order of the files, each tenth of a class held out."""
    batches = [pixels(BATCH, *shape.seen, seed=seed) for seed in range(6)]
    labels = [(np.arange(BATCH) * 7 + seed).astype(np.uint8) % 10 for seed in range(6)]
    files = [f"data_batch_{i}.bin" for i in range(1, 6)] + ["test_batch.bin"]
    members = {}
    for file, x, y in zip(files, batches, labels, strict=True):
        rows = [
            bytes([label]) + p.transpose(2, 0, 1).tobytes() for p, label in zip(x, y, strict=True)
        ]
        members[f"cifar-10-batches-bin/{file}"] = b"".join(rows)
    given, y = np.concatenate(batches[:-1]), np.concatenate(labels[:-1]).astype(int)
    val = np.sort(np.argsort(y, kind="stable")[9::10])
    train = np.setdiff1d(np.arange(len(y)), val)
    x = [torch.tensor(own) for own in (given[train], given[val], batches[-1])]
    own = [torch.tensor(own.astype(int)) for own in (y[train], y[val], labels[-1])]
    return tar(members), {"train": len(train), "val": len(val), "test": BATCH}, x, own


@dataclasses.dataclass
class Small:
    """A small dataset of the same form as a large one, and the server that has it.

    `x` and `y` are what it holds, pictures as they are seen.
    """

    key: str
    server: Server
    body: bytes
    counts: dict
    x: list
    y: list
    monkeypatch: pytest.MonkeyPatch

    @property
    def spec(self):
        return DATASETS[self.key]

    @property
    def name(self):
        return self.spec.source.name

    def published(self, body, **changes):
        """The server has these bytes, and the record knows their sum."""
        self.server.content[self.name] = body
        self.source(size=len(body), md5=hashlib.md5(body).hexdigest(), **changes)

    def source(self, **changes):
        source = dataclasses.replace(self.spec.source, **changes)
        self.monkeypatch.setitem(DATASETS, self.key, dataclasses.replace(self.spec, source=source))


@pytest.fixture(params=KEYS)
def small(request, monkeypatch, tmp_path):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setenv("AECORE_DATA", str(tmp_path))
    monkeypatch.setattr(datasets, "_LOADED", {})
    monkeypatch.setattr(cifar_10, "BATCH", BATCH)
    spec = DATASETS[request.param]
    make = small_cifar if request.param == "cifar-10" else small_medmnist
    more = () if request.param == "cifar-10" else (len(spec.classes),)
    body, counts, x, y = make(spec.shape, *more)
    numbers = {f"n_{part}": n for part, n in counts.items()}
    monkeypatch.setitem(DATASETS, spec.key, dataclasses.replace(spec, **numbers))
    server = Server()
    found = Small(spec.key, server, body, counts, x, y, monkeypatch)
    found.published(body, mirrors=(server.url,))
    yield found
    server.close()


@pytest.fixture
def folder(small, tmp_path):
    return tmp_path / small.spec.source.folder


def seen(x, shape):
    """Samples (n, numbers) as bytes (n, *shape.seen)."""
    x = (x * 255).round().byte().view(-1, *shape.axes)
    return x.movedim(1, 3) if shape.channels == 3 else x[:, 0]


def assert_whole(data, small):
    parts = [(data.x_train, data.y_train), (data.x_val, data.y_val), (data.x_test, data.y_test)]
    for (x, y), x_own, y_own in zip(parts, small.x, small.y, strict=True):
        assert torch.equal(seen(x, small.spec.shape), x_own)
        assert torch.equal(y, y_own)


def test_fetched_once_and_read_from_disk_after(small, folder, monkeypatch):
    assert not datasets.is_on_disk(small.key)
    assert_whole(datasets.load(small.key), small)
    assert small.server.asked == [small.name]
    assert (folder / small.name).read_bytes() == small.body
    assert names(folder) == [small.name]
    assert datasets.is_on_disk(small.key)
    monkeypatch.setattr(datasets, "_LOADED", {})
    assert_whole(datasets.load(small.key), small)
    assert small.server.asked == [small.name]


def test_file_that_was_put_there_is_read_without_the_network(small, folder):
    put(folder, {small.name: small.body})
    with nobody() as url:
        small.source(mirrors=(url,))
        assert_whole(datasets.load(small.key), small)


def test_progress_rises_to_the_total(small):
    calls = []
    datasets.load(small.key, progress=lambda *call: calls.append(call))
    assert calls[-1] == (small.spec.download_bytes,) * 2
    assert [done for done, _ in calls] == sorted({done for done, _ in calls})


@pytest.mark.parametrize("damage", [lambda body: flipped(body), lambda body: body[:1000]])
def test_damaged_file_is_named_and_fetched_again_once(small, folder, caplog, damage):
    put(folder, {small.name: damage(small.body)})
    with caplog.at_level(logging.WARNING):
        assert_whole(datasets.load(small.key), small)
    assert re.search(rf"{re.escape(small.name)}: its MD5 checksum", caplog.text)
    assert small.server.asked == [small.name]
    assert (folder / small.name).read_bytes() == small.body


def test_damaged_download_is_tried_twice_and_leaves_nothing(small, folder):
    small.server.content[small.name] = flipped(small.body)
    with pytest.raises(DataError, match="MD5 checksum") as caught:
        datasets.load(small.key)
    assert small.server.asked == [small.name] * 2
    assert names(folder) == []
    message = str(caught.value)
    assert is_one_sentence(message)
    assert all(part in message for part in (small.name, str(folder), "try again", "bundled"))


def test_damaged_mirror_is_passed_over(small):
    small.server.content[f"bad/{small.name}"] = flipped(small.body)
    small.source(mirrors=(small.server.url + "bad/", small.server.url))
    assert_whole(datasets.load(small.key), small)
    assert small.server.asked == [f"bad/{small.name}", small.name]


def test_truncated_download_says_so(small, folder):
    small.server.announce[small.name] = whole = len(small.body)
    small.server.content[small.name] = small.body[:1000]
    with pytest.raises(DataError, match=f"broke off before all {whole:,} bytes"):
        datasets.load(small.key)
    assert names(folder) == []


def test_missing_file_says_what_the_server_answers(small, folder):
    small.server.content.clear()
    with pytest.raises(DataError, match="answers “404 Not Found”; try again later") as caught:
        datasets.load(small.key)
    assert is_one_sentence(str(caught.value))
    assert names(folder) == []


def test_no_network_names_the_folder_and_the_way_out(small, folder):
    with nobody() as url:
        small.source(mirrors=(url,))
        with pytest.raises(DataError, match="no server could be reached") as caught:
            datasets.load(small.key)
    message = str(caught.value)
    assert is_one_sentence(message)
    assert all(part in message for part in (small.name, str(folder), "connect", "bundled"))
    assert names(folder) == []


def test_no_network_keeps_a_damaged_file_and_says_both(small, folder):
    put(folder, {small.name: small.body[:1000]})
    with nobody() as url:
        small.source(mirrors=(url,))
        with pytest.raises(DataError, match=r"MD5 checksum.*no server could be reached") as caught:
            datasets.load(small.key)
    assert is_one_sentence(str(caught.value))
    assert names(folder) == [small.name]


def test_folder_that_cannot_be_made_is_reported(small, folder):
    folder.write_text("a file where the folder should be")
    with pytest.raises(DataError, match=re.escape(str(folder))) as caught:
        datasets.load(small.key)
    assert is_one_sentence(str(caught.value))


class Trap:
    """Leaves a file where it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (open, (str(self.path), "w"))


def trapped(path):
    arrays = {
        f"{part}_{what}": pixels(4, 28, 28) for part in COUNTS for what in ("images", "labels")
    }
    arrays["val_images"] = np.array([Trap(path)], dtype=object)
    return packed(**arrays)


FOREIGN = {
    "nothing": lambda path: b"",
    "text": lambda path: b"<html>not what you asked for</html>",
    "a pickle": lambda path: pickle.dumps(Trap(path)),
    "a table of objects": trapped,
    "an empty zip": lambda path: b"PK\x05\x06" + bytes(18),
    "a broken zip": lambda path: packed(train_images=pixels(4, 28, 28))[:-30],
    "other arrays": lambda path: packed(x=pixels(4, 28, 28)),
    "other numbers": lambda path: packed(
        **{f"{p}_{w}": np.zeros((4, 28, 28)) for p in COUNTS for w in ("images", "labels")}
    ),
    "an archive without the files": lambda path: tar({"readme": b"hello"}),
    "an archive with short files": lambda path: tar(
        {f"cifar-10-batches-bin/data_batch_{i}.bin": b"short" for i in range(1, 6)}
    ),
    "an archive that ends": lambda path: tar({"readme": pixels(9000).tobytes()})[:3000],
}


@pytest.mark.parametrize("foreign", FOREIGN)
def test_right_sum_of_a_file_that_cannot_be_read_is_one_sentence(small, folder, tmp_path, foreign):
    """Whoever publishes it may have changed its form; nothing in it is ever run."""
    path = tmp_path / "sprung"
    small.published(FOREIGN[foreign](path))
    with pytest.raises(DataError, match=f"{re.escape(small.name)} cannot be used: it cannot") as e:
        datasets.load(small.key)
    assert is_one_sentence(str(e.value))
    assert not path.exists()
    assert names(folder) == []


def test_trap_springs_where_it_is_unpickled(tmp_path):
    with zipfile.ZipFile(io.BytesIO(trapped(tmp_path / "sprung"))) as file:
        data = file.read("val_images.npy")
    np.load(io.BytesIO(data), allow_pickle=True)
    assert (tmp_path / "sprung").exists()


def test_program_has_the_same_samples_in_the_same_parts(small, folder):
    put(folder, {small.name: small.body})
    official = DATASETS[small.key].program
    here = types.ModuleType("program").__dict__ | {"DEVICE": "cpu", "DATA": str(folder.parent)}
    exec("\n".join(["import numpy as np", "import torch", *official.imports]), here)
    md5 = re.search(r"md5:([0-9a-f]{32})", official.code)[1]
    code = official.code.replace(md5, small.spec.source.md5).replace("10000", str(BATCH))
    exec(code, here)
    data = datasets.load(small.key)
    for part in COUNTS:
        assert torch.equal(here[f"x_{part}"], getattr(data, f"x_{part}"))
        assert torch.equal(here[f"y_{part}"], getattr(data, f"y_{part}"))
    assert small.server.asked == []


@pytest.mark.parametrize("key", KEYS)
def test_program_fetches_the_same_file(key):
    source, code = DATASETS[key].source, DATASETS[key].program.code
    assert f'"{source.mirrors[0]}{source.name}"' in code
    assert f'"md5:{source.md5}"' in code
    assert f"{{DATA}}/{source.folder}" in code
