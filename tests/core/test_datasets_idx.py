"""Datasets in MNIST's files: fetched, checked and mended."""

import dataclasses
import errno
import gzip
import hashlib
import logging
import pickle
import re
import threading
import tracemalloc
import zlib

import numpy as np
import pytest
import torch
import torchvision.datasets

from aecore.data import datasets, downloads, idx_files, mirrors, splits
from aecore.errors import DataError
from aecore.parts.datasets import IdxFiles
from tests.core.served import Server, answering, flipped, is_one_sentence, names, nobody, put

KEY = "fashion-mnist"
N_TRAIN, N_VAL, N_TEST = 32, 8, 20
FILES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)
IMAGES = FILES[0]


@pytest.fixture(autouse=True)
def nothing_loaded(monkeypatch):
    monkeypatch.setattr(datasets, "_LOADED", {})


@pytest.fixture
def folder(monkeypatch, tmp_path):
    monkeypatch.setenv("AECORE_DATA", str(tmp_path))
    return tmp_path / "FashionMNIST" / "raw"


@pytest.fixture
def raw():
    """A small dataset in place of Fashion-MNIST: the bytes of its four idx files."""
    random = np.random.RandomState(1)
    shapes = ((N_TRAIN + N_VAL, 28, 28), (N_TRAIN + N_VAL,), (N_TEST, 28, 28), (N_TEST,))
    return {
        name: bytes([0, 0, 8, len(shape)])
        + np.array(shape, ">u4").tobytes()
        + random.randint(0, 256 if len(shape) == 3 else 10, shape).astype(np.uint8).tobytes()
        for name, shape in zip(FILES, shapes, strict=True)
    }


@pytest.fixture
def server(monkeypatch, folder, raw):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    server = Server()
    server.content = {f"{name}.gz": gzip.compress(data) for name, data in raw.items()}
    small = dataclasses.replace(datasets.DATASETS[KEY], n_train=N_TRAIN, n_val=N_VAL, n_test=N_TEST)
    monkeypatch.setitem(datasets.DATASETS, KEY, small)
    with_source(
        monkeypatch,
        mirrors=(server.url,),
        archive_bytes=tuple(len(body) for body in server.content.values()),
        archive_md5=tuple(hashlib.md5(body).hexdigest() for body in server.content.values()),
    )
    yield server
    server.close()


def with_source(monkeypatch, **changes):
    """Changes what the small dataset says of its files."""
    spec = datasets.DATASETS[KEY]
    source = dataclasses.replace(spec.source, **changes)
    monkeypatch.setitem(datasets.DATASETS, KEY, dataclasses.replace(spec, source=source))


def ask(monkeypatch, *addresses):
    """Has the small dataset fetched from these addresses alone."""
    with_source(monkeypatch, mirrors=addresses)


@pytest.fixture
def offline(monkeypatch, server):
    """The small dataset, with nobody listening at its only mirror."""
    with nobody() as url:
        ask(monkeypatch, url)
        yield server


# Fetching


def test_load_fetches_and_torchvision_recognises_the_files(server, folder, raw, tmp_path):
    data = datasets.load(KEY)
    own = {part: torchvision.datasets.FashionMNIST(tmp_path, train=part) for part in (True, False)}
    train, val = splits.held_out(own[True].targets.numpy(), N_VAL)
    for x, y, theirs, rows in (
        (data.x_train, data.y_train, own[True], train),
        (data.x_val, data.y_val, own[True], val),
        (data.x_test, data.y_test, own[False], slice(None)),
    ):
        assert torch.equal((x * 255).round().byte().view(-1, 28, 28), theirs.data[rows])
        assert torch.equal(y, theirs.targets[rows])
    assert names(folder) == sorted([*raw, *server.content])


def test_load_reads_files_that_are_there_without_the_network(offline, folder, raw):
    put(folder, raw)
    assert len(datasets.load(KEY).x_train) == N_TRAIN
    assert offline.asked == []


def test_load_extracts_archives_that_are_there(offline, folder):
    put(folder, offline.content)
    assert len(datasets.load(KEY).x_train) == N_TRAIN


def test_progress_rises_to_the_total(monkeypatch, server):
    monkeypatch.setattr(mirrors, "CHUNK_BYTES", 1000)
    bad = {f"bad/{name}": flipped(body) for name, body in server.content.items()}
    server.content |= bad
    addresses = [server.url + "bad/", server.url]
    ask(monkeypatch, *addresses)
    calls = []
    datasets.load(KEY, progress=lambda done, total: calls.append((done, total)))
    total = datasets.DATASETS[KEY].download_bytes
    assert {call[1] for call in calls} == {total}
    done = [call[0] for call in calls]
    assert len(done) > 20
    assert done == sorted(set(done))
    assert done[-1] == total


def test_progress_reaches_the_total_when_the_last_file_was_there(server, folder, raw):
    put(folder, {FILES[3]: raw[FILES[3]]})
    calls = []
    datasets.load(KEY, progress=lambda done, total: calls.append((done, total)))
    assert calls[-1] == (datasets.DATASETS[KEY].download_bytes,) * 2


def test_progress_counts_the_files_that_were_there(server, folder, raw):
    put(folder, {IMAGES: raw[IMAGES]})
    calls = []
    datasets.load(KEY, progress=lambda *call: calls.append(call))
    assert calls[0][0] > datasets.DATASETS[KEY].source.archive_bytes[0]


def test_progress_is_silent_without_a_download(offline, folder, raw):
    put(folder, raw)
    calls = []
    datasets.load(KEY, progress=lambda *call: calls.append(call))
    assert calls == []


def test_progress_callback_that_raises_leaves_nothing_partial(server, folder):
    class StoppedError(BaseException):
        pass

    def stop(done, total):
        raise StoppedError

    with pytest.raises(StoppedError):
        datasets.load(KEY, progress=stop)
    assert names(folder) == []
    assert len(datasets.load(KEY).x_train) == N_TRAIN


def test_mirrors_are_tried_in_order(monkeypatch, server):
    addresses = [server.url + "missing/", server.url]
    ask(monkeypatch, *addresses)
    datasets.load(KEY)
    assert server.asked[:2] == [f"missing/{IMAGES}.gz", f"{IMAGES}.gz"]


def test_damaged_mirror_is_passed_over_at_the_second_attempt(monkeypatch, server):
    for name, body in list(server.content.items()):
        server.content[f"bad/{name}"] = flipped(body)
    addresses = [server.url + "bad/", server.url]
    ask(monkeypatch, *addresses)
    assert len(datasets.load(KEY).x_train) == N_TRAIN


# Damage


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda data: data[:1000], r"1,000 bytes instead of 31,376"),
        (lambda data: data + b"\0", r"31,377 bytes instead of 31,376"),
        (lambda data: flipped(data, at=3), r"first bytes"),
        (lambda data: flipped(data, at=7), r"first bytes"),
    ],
)
def test_damaged_raw_file_is_named_and_fetched_again_once(
    server, folder, raw, caplog, damage, said
):
    put(folder, raw | {IMAGES: damage(raw[IMAGES])})
    with caplog.at_level(logging.WARNING):
        data = datasets.load(KEY)
    assert re.search(f"{IMAGES}.*{said}", caplog.text)
    assert server.asked == [f"{IMAGES}.gz"]
    assert (folder / IMAGES).read_bytes() == raw[IMAGES]
    assert torch.equal(
        (torch.cat([data.x_train, data.x_val]) * 255).round().byte().sort(dim=0).values,
        torch.tensor(list(raw[IMAGES][16:]), dtype=torch.uint8).view(-1, 784).sort(dim=0).values,
    )


def test_wrong_bit_is_found_by_the_archive_beside_the_file(offline, folder, raw, caplog):
    put(folder, raw | offline.content | {IMAGES: flipped(raw[IMAGES])})
    datasets.load(KEY)
    assert re.search(rf"{IMAGES}: its CRC-32 checksum", caplog.text)
    assert (folder / IMAGES).read_bytes() == raw[IMAGES]


def test_wrong_bit_is_found_by_a_known_md5(monkeypatch, server, folder, raw, caplog):
    sums = tuple(hashlib.md5(data).hexdigest() for data in raw.values())
    with_source(monkeypatch, md5=sums)
    put(folder, raw | {IMAGES: flipped(raw[IMAGES])})
    datasets.load(KEY)
    assert re.search(rf"{IMAGES}: its MD5 checksum", caplog.text)
    assert server.asked == [f"{IMAGES}.gz"]


def test_damaged_archive_is_named_and_fetched_again_once(server, folder, caplog):
    archive = f"{IMAGES}.gz"
    put(folder, server.content | {archive: flipped(server.content[archive])})
    datasets.load(KEY)
    assert re.search(rf"{re.escape(archive)}: its MD5 checksum", caplog.text)
    assert server.asked == [archive]
    assert (folder / archive).read_bytes() == server.content[archive]


def test_damaged_download_fails_after_two_attempts(server, folder, caplog):
    archive = f"{IMAGES}.gz"
    server.content[archive] = flipped(server.content[archive])
    with pytest.raises(DataError, match="MD5 checksum") as caught:
        datasets.load(KEY)
    assert server.asked == [archive] * 2
    assert names(folder) == []
    message = str(caught.value)
    assert is_one_sentence(message)
    assert all(part in message for part in (archive, str(folder), "try again", "bundled"))
    assert caplog.text.count(archive) == 2


def test_damaged_file_is_fetched_only_once_when_the_download_is_damaged_too(server, folder, raw):
    put(folder, raw | {IMAGES: raw[IMAGES][:1000]})
    server.content[f"{IMAGES}.gz"] = flipped(server.content[f"{IMAGES}.gz"])
    with pytest.raises(DataError, match="MD5 checksum"):
        datasets.load(KEY)
    assert server.asked == [f"{IMAGES}.gz"]
    assert names(folder) == sorted(raw)


def test_truncated_download_says_so(server, folder):
    archive = f"{IMAGES}.gz"
    server.announce[archive] = whole = len(server.content[archive])
    server.content[archive] = server.content[archive][:1000]
    with pytest.raises(DataError, match=f"broke off before all {whole:,} bytes"):
        datasets.load(KEY)
    assert server.asked == [archive] * 2
    assert names(folder) == []


def test_stalled_download_is_given_up_as_truncated(monkeypatch, server, folder):
    monkeypatch.setattr(mirrors, "TIMEOUT_S", 0.5)
    archive = f"{IMAGES}.gz"
    server.announce[archive] = len(server.content[archive])
    server.content[archive] = server.content[archive][:1000]
    server.may_hang_up.clear()
    try:
        with pytest.raises(DataError, match=r"broke off before all"):
            datasets.load(KEY)
    finally:
        server.may_hang_up.set()
    assert server.asked == [archive] * 2
    assert names(folder) == []


def test_failed_load_is_not_remembered(server):
    archive = f"{IMAGES}.gz"
    good = server.content.pop(archive)
    with pytest.raises(DataError, match="answers “404 Not Found”"):
        datasets.load(KEY)
    server.content[archive] = good
    assert len(datasets.load(KEY).x_train) == N_TRAIN


def test_no_network_names_the_folder_and_the_way_out(offline, folder):
    with pytest.raises(DataError, match="no server could be reached") as caught:
        datasets.load(KEY)
    message = str(caught.value)
    assert is_one_sentence(message)
    assert all(part in message for part in (IMAGES, str(folder), "connect", "bundled"))
    assert names(folder) == []
    assert str(pickle.loads(pickle.dumps(caught.value))) == message  # noqa: S301 (our own bytes)


def test_no_network_with_a_damaged_file_says_both(offline, folder, raw):
    put(folder, raw | {IMAGES: raw[IMAGES][:1000]})
    with pytest.raises(DataError, match=r"1,000 bytes instead.*no server could be reached") as e:
        datasets.load(KEY)
    assert is_one_sentence(str(e.value))
    assert names(folder) == sorted(raw)


def test_full_disk_is_reported_and_leaves_nothing_partial(monkeypatch, server, folder):
    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(mirrors.os, "replace", full)
    with pytest.raises(DataError, match="no space is left") as caught:
        datasets.load(KEY)
    message = str(caught.value)
    assert is_one_sentence(message)
    assert str(folder) in message
    assert names(folder) == []


def test_folder_that_cannot_be_made_is_reported(server, folder):
    folder.parent.write_text("a file where the folder should be")
    with pytest.raises(DataError, match=re.escape(str(folder))) as caught:
        datasets.load(KEY)
    assert is_one_sentence(str(caught.value))


def test_two_loads_at_once_into_one_folder_both_succeed(server, folder, raw):
    """What two processes do: neither holds the other's lock."""
    results = []
    spec, cpu = datasets.DATASETS[KEY], torch.device("cpu")
    threads = [
        threading.Thread(target=lambda: results.append(datasets._read(spec, cpu, None)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 4
    assert names(folder) == sorted([*raw, *server.content])


# Content, not containers


def dotted(name):
    return name.replace("-idx", ".idx")


@pytest.fixture
def known(monkeypatch, server, raw):
    """The MD5 of each extracted file is known, as it is for MNIST."""
    sums = tuple(hashlib.md5(data).hexdigest() for data in raw.values())
    with_source(monkeypatch, md5=sums)


WRAPPINGS = {
    "names with dots": lambda name, data: (dotted(name), data),
    "names with dots, packed": lambda name, data: (dotted(name) + ".gz", gzip.compress(data)),
    "packed by another program": lambda name, data: (
        name + ".gz",
        gzip.compress(data, 1) + gzip.compress(b""),
    ),
    "unpacked by a browser that kept the name": lambda name, data: (name + ".gz", data),
    "packed without saying so": lambda name, data: (name, gzip.compress(data, 3)),
}


@pytest.mark.parametrize("wrapping", WRAPPINGS)
def test_right_content_is_taken_however_it_is_wrapped(wrapping, known, offline, folder, raw):
    put(folder, dict(WRAPPINGS[wrapping](name, data) for name, data in raw.items()))
    assert "another" in wrapping or datasets.is_on_disk(KEY)
    assert len(datasets.load(KEY).x_train) == N_TRAIN
    assert offline.asked == []
    assert (folder / IMAGES).read_bytes() == raw[IMAGES]


def test_archive_stays_packed_when_the_server_calls_that_its_way_of_sending(server, folder):
    server.headers = {"Content-Encoding": "gzip"}
    assert len(datasets.load(KEY).x_train) == N_TRAIN
    archive = f"{IMAGES}.gz"
    assert (folder / archive).read_bytes() == server.content[archive]


@pytest.mark.parametrize("wrapping", WRAPPINGS)
def test_wrong_content_is_refused_however_it_is_wrapped(wrapping, known, offline, folder, raw):
    wrong = raw | {IMAGES: flipped(raw[IMAGES])}
    put(folder, dict(WRAPPINGS[wrapping](name, data) for name, data in wrong.items()))
    with pytest.raises(DataError, match="MD5 checksum"):
        datasets.load(KEY)


def test_unknown_content_in_an_unknown_archive_is_not_trusted(offline, folder, raw):
    put(folder, {f"{name}.gz": gzip.compress(data, 1) for name, data in raw.items()})
    with pytest.raises(DataError, match="MD5 checksum"):
        datasets.load(KEY)


def test_server_may_have_packed_the_right_content_itself(known, server, folder, raw):
    server.content = {f"{name}.gz": gzip.compress(data, 1) for name, data in raw.items()}
    assert len(datasets.load(KEY).x_train) == N_TRAIN
    assert (folder / IMAGES).read_bytes() == raw[IMAGES]


def test_archive_that_would_fill_the_memory_is_refused_early(known, offline, folder, raw):
    packed = zlib.compressobj(1, wbits=31)
    bomb = b"".join(packed.compress(bytes(2**20)) for _ in range(60)) + packed.flush()
    put(folder, raw | {IMAGES: bomb})
    tracemalloc.start()
    with pytest.raises(DataError, match="31,377 bytes instead of 31,376"):
        datasets.load(KEY)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20e6


@pytest.mark.parametrize("broken", [b"\x1f\x8b", b"\x1f\x8b\x08" + bytes(30)])
def test_archive_that_cannot_be_unpacked_is_named(broken, known, offline, folder, raw):
    put(folder, raw | {IMAGES: broken})
    assert not datasets.is_on_disk(KEY)
    with pytest.raises(DataError, match=f"{IMAGES} cannot be used: it cannot be unpacked"):
        datasets.load(KEY)


def test_archives_in_a_folder_that_cannot_be_written_are_read(
    known, offline, folder, raw, monkeypatch
):
    put(folder, offline.content)

    def no_writing(*args):
        raise OSError(errno.EROFS, "read-only")

    monkeypatch.setattr(mirrors.os, "replace", no_writing)
    assert len(datasets.load(KEY).x_train) == N_TRAIN


def test_load_does_not_hold_up_another_dataset(monkeypatch, server):
    """A slow download of one dataset leaves the bundled digits free."""
    reached, go_on = threading.Event(), threading.Event()
    read = downloads.read

    def slow(*args):
        reached.set()
        assert go_on.wait(120)
        return read(*args)

    monkeypatch.setattr(downloads, "read", slow)
    thread = threading.Thread(target=datasets.load, args=(KEY,))
    thread.start()
    assert reached.wait(60)
    bundled = threading.Thread(target=datasets.load, args=("mnist-5k",))
    bundled.start()
    bundled.join(60)
    was_free = not bundled.is_alive()
    go_on.set()
    thread.join()
    bundled.join()
    assert was_free


# What servers answer


REPLIES = {
    b"HTTP/1.1 403 Forbidden\r\n\r\n": "127.0.0.1 answers “403 Forbidden”",
    b"HTTP/1.1 404 Nope\x1b[31m\r\n\r\n": "127.0.0.1 answers “404 Nope",
    b"HTTP/1.1 503 " + b"x" * 999 + b"\r\n\r\n": "127.0.0.1 answers “503 " + "x" * 60 + "”",
    b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:PORT/\r\n\r\n": "without end",
    b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:x/\r\n\r\n": "cannot be understood",
    b"HTTP/1.1 302 Found\r\nLocation: http://[::1/\r\n\r\n": "cannot be understood",
    b"SSH-2.0-OpenSSH_9.2\r\n": "cannot be understood",
    b"HTTP/1.1 abc\r\n\r\n": "cannot be understood",
    b"HTTP/1.1 200 OK\r\n" + b"X: " + b"y" * 70_000 + b"\r\n\r\n": "cannot be understood",
    b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 300 + b"\r\n": "cannot be understood",
    b"": "cannot be understood",
    b"HTTP/1.1 200 OK\r\nContent-Length: abc\r\n\r\nshort": "cannot be understood",
    b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nshort": "MD5 checksum",
    b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nshort": "broke off before all 99 bytes",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n": "MD5 checksum",
}


@pytest.mark.parametrize("reply", REPLIES, ids=range(len(REPLIES)))
def test_any_answer_of_a_server_is_one_sentence(reply, server, folder, monkeypatch, caplog):
    url, listener = answering(reply)
    ask(monkeypatch, url)
    with listener, pytest.raises(DataError, match=re.escape(REPLIES[reply])) as caught:
        datasets.load(KEY)
    message = str(caught.value)
    assert is_one_sentence(message)
    assert message.isprintable()
    assert "no server could be reached" not in message
    assert names(folder) == []


@pytest.mark.parametrize(
    "address", ["nonsense/", "http://[::1/", "http://", "http://x:y/", "gopher://127.0.0.1/"]
)
def test_address_that_is_none_is_one_sentence(address, server, folder, monkeypatch):
    ask(monkeypatch, address)
    with pytest.raises(DataError) as caught:
        datasets.load(KEY)
    assert is_one_sentence(str(caught.value))
    assert names(folder) == []


def test_each_server_is_named_with_its_cause_once(server, monkeypatch, caplog):
    address, listener = answering(b"HTTP/1.1 403 Forbidden\r\n\r\n")
    addresses = [address, server.url + "missing/", address]
    ask(monkeypatch, *addresses)
    with listener, pytest.raises(DataError) as caught:
        datasets.load(KEY)
    said = "127.0.0.1 answers “403 Forbidden”, 127.0.0.1 answers “404 Not Found”; try again later"
    assert said in str(caught.value)
    assert caplog.text.count("Forbidden") == 1


@pytest.mark.parametrize(
    "key", [k for k, spec in datasets.DATASETS.items() if isinstance(spec.source, IdxFiles)]
)
def test_specs_agree_with_torchvision(key):
    spec = datasets.DATASETS[key]
    known = getattr(torchvision.datasets, spec.source.folder)
    files = [(file.archive, file.archive_md5) for file in idx_files.of(spec)]
    assert files == known.resources
    assert spec.source.mirrors == tuple(known.mirrors)
    assert spec.download_bytes > 10e6


# What is on disk


def test_is_on_disk_wants_all_four_files_in_full(server, folder, raw):
    assert datasets.is_on_disk("mnist-5k")
    assert not datasets.is_on_disk(KEY)
    put(folder, raw)
    assert datasets.is_on_disk(KEY)
    put(folder, {IMAGES: raw[IMAGES][:-1]})
    assert not datasets.is_on_disk(KEY)
    put(folder, {f"{IMAGES}.gz": server.content[f"{IMAGES}.gz"]})
    assert datasets.is_on_disk(KEY)
    put(folder, {f"{IMAGES}.gz": server.content[f"{IMAGES}.gz"][:-100]})
    assert not datasets.is_on_disk(KEY)
    (folder / FILES[1]).unlink()
    put(folder, {IMAGES: raw[IMAGES]})
    assert not datasets.is_on_disk(KEY)


def test_is_on_disk_refuses_an_unknown_dataset():
    with pytest.raises(DataError, match="'mnits'"):
        datasets.is_on_disk("mnits")
