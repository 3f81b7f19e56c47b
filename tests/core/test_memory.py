"""What runs leave behind when they are gone: nothing, in memory and on disk."""

import gc
import subprocess
import sys
import time
import weakref
from pathlib import Path

import numpy as np
import pytest
import torch

from aecore.engine import keeper, station
from aecore.engine.client import Client
from aecore.engine.host import Host
from aecore.engine.settings import Settings
from aecore.spec import variants
from aecore.spec.experiment import Experiment
from aecore.training.fast import malloc

ROOT = Path(__file__).parents[2]
SMALL = Experiment(hidden=(16,), latent_dim=4, epochs=1000)


@pytest.fixture
def client(tmp_path, monkeypatch):
    threads = torch.get_num_threads()
    monkeypatch.setattr(station, "cores", lambda: 1)
    client = Client(Settings(), tmp_path, n_hosts=1, make_host=lambda: Host("cpu"))
    yield client
    client.close()
    torch.set_num_threads(threads)


def wait_for(true, what):
    end = time.monotonic() + 120
    while not true():
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(0.005)


def a_trained_run(client, experiment=SMALL):
    run_id = client.create(experiment)
    client.play(run_id)
    wait_for(lambda: client.view(run_id).step > 3, "some batches")
    return run_id


def host_of(client):
    return client._fleet.places()[0].host


@pytest.mark.parametrize("variant", ["vanilla", "contractive", "vq"])
def test_forgotten_run_is_freed_without_the_garbage_collector(client, variant):
    run_id = a_trained_run(client, variants.build(variant, hidden=(16,), epochs=1000))
    run = host_of(client)._runs[run_id]
    left = [weakref.ref(o) for o in (run, run.work.training, run.work.training.model)]
    del run
    gc.disable()
    try:
        client.delete(run_id)
        wait_for(lambda: not any(one() for one in left), "the run to be freed")
    finally:
        gc.enable()


@pytest.mark.parametrize("how", ["deleted", "expired"])
def test_memory_is_given_back_once_a_run_is_forgotten(client, monkeypatch, how):
    given = []
    run_id = a_trained_run(client)
    run = weakref.ref(host_of(client)._runs[run_id])
    monkeypatch.setattr(malloc, "give_back", lambda: given.append(run()))
    time.sleep(0.1)
    assert not given
    if how == "deleted":
        client.delete(run_id)
    else:
        host_of(client)._expire_after = 0.0
    wait_for(lambda: given, "memory to be given back")
    time.sleep(0.1)
    assert given == [None]  # once, and after the run was gone


def test_what_sessions_leave_behind_is_collected(client, monkeypatch):
    class Session:
        pass

    session = Session()
    session.itself = session
    left = weakref.ref(session)
    gc.disable()
    try:
        del session
        assert left() is not None
        monkeypatch.setattr(keeper, "COLLECT_EVERY", 0.0)
        wait_for(lambda: left() is None, "a closed session to be collected")
    finally:
        gc.enable()


def resident():
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * 4096


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's malloc alone")
def test_freed_memory_between_what_is_in_use_is_given_back():
    malloc.keep_freed_memory()
    blocks = [np.ones(2**17) for _ in range(64)]  # 64 blocks of 1 MB
    ends = blocks[1::16]
    full = resident()
    del blocks
    assert resident() > full - 16 * 2**20  # kept for the next batch
    malloc.give_back()
    assert resident() < full - 48 * 2**20
    assert len(ends) == 4


@pytest.mark.parametrize("let_go", ["keep", "delete", "reset"])
def test_run_let_go_while_it_is_captured_does_not_come_back(client, tmp_path, let_go):
    run_id = a_trained_run(client)
    client.keep(run_id, True)
    entry = client._entries[run_id]
    path = tmp_path / f"{run_id}.safetensors"
    assert path.exists()
    beginnings = entry.beginnings
    getattr(client, let_go)(run_id, *([False] if let_go == "keep" else []))
    client._safe.take(entry, b"captured before", 30, beginnings)
    assert not path.exists()
    is_there = (tmp_path / "unkept" / path.name).exists()
    assert is_there == (let_go == "keep")  # not kept any more, it stays for a day
    assert entry.checkpoint is None


HEAPS = """
import ctypes, sys, tempfile, threading
from aecore.training.fast import malloc

if sys.argv[1] == "shared":
    assert malloc.share_one_heap()
begun = threading.Barrier(7)

def work():
    kept = [bytearray(1000) for _ in range(100)]
    begun.wait()

threads = [threading.Thread(target=work) for _ in range(6)]
[thread.start() for thread in threads]
begun.wait()
libc = ctypes.CDLL(None)
libc.fopen.restype = ctypes.c_void_p
with tempfile.NamedTemporaryFile() as report:
    file = ctypes.c_void_p(libc.fopen(report.name.encode(), b"w"))
    libc.malloc_info(0, file)
    libc.fclose(file)
    print(report.read().count(b"<heap nr="))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's malloc alone")
@pytest.mark.parametrize(("way", "heaps"), [("shared", 1), ("by default", 7)])
def test_threads_share_a_heap(way, heaps):
    command = [sys.executable, "-c", HEAPS, way]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert int(done.stdout) == heaps
