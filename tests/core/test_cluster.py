"""Runs on Dask workers: a worker that is killed, a scheduler that goes away, and nothing left over."""

import contextlib
import importlib.metadata
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from aecore.engine.client import Client
from aecore.engine.host import Host
from aecore.engine.settings import Settings
from aecore.engine.station import Station
from aecore.errors import RunError
from aecore.files import store
from aecore.spec import variants
from aecore.topics.train.take_home import saved_run
from tests.core.worker_questions import deadly, loud, process_of

ROOT = Path(__file__).parents[2]
PATIENCE = 120

LONG = variants.build(
    "vanilla", dataset="mnist-5k", hidden=(32,), latent_dim=4, epochs=1000, batch_size=16
)
SHORT = LONG.replace(epochs=2)


def wait_for(true, what):
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(0.05)


def n_workers(client):
    return sum(not isinstance(place, Station) for place in client._fleet.places())


@pytest.fixture(scope="module", autouse=True)
def importable_questions():
    """Workers find the questions of these tests where this process does."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(ROOT))
        yield


@pytest.fixture(scope="module")
def workers(tmp_path_factory):
    """A client with two worker processes; tests may kill one, as a nanny brings another."""
    client = Client(Settings(workers=2), tmp_path_factory.mktemp("runs"))
    yield client
    client.close()


def running(client, experiment=LONG, owner=""):
    run_id = client.create(experiment, owner)
    client.play(run_id)
    wait_for(lambda: client.view(run_id).step > 5, "its first batches")
    return run_id


def test_workers_are_processes_that_share_the_runs(workers):
    runs = [running(workers) for _ in range(2)]
    processes = {workers.ask(run_id, process_of) for run_id in runs}
    assert len(processes) == 2
    assert os.getpid() not in processes
    for run_id in runs:
        workers.delete(run_id)


def test_run_on_a_worker_gives_the_numbers_of_one_here(workers, tmp_path):
    here = Client(Settings(), tmp_path, n_hosts=1)
    try:
        histories = []
        for client in (workers, here):
            run_id = client.create(SHORT)
            client.play(run_id)
            wait_for(lambda c=client, r=run_id: c.view(r).state == "ended", "the end")
            histories.append(client.view(run_id).history.val_mse)
        assert histories[0] == pytest.approx(histories[1], rel=1e-5)
    finally:
        here.close()


def test_pages_cannot_tell_where_a_run_lives(workers):
    run_id = workers.create(SHORT, "me")
    wait_for(lambda: workers.view(run_id).state == "ready", "the run")
    workers.step_batch(run_id)
    wait_for(lambda: workers.view(run_id).state == "paused", "one batch")
    assert workers.view(run_id).step == 1
    workers.adjust(run_id, learning_rate=0.01)
    workers.rename(run_id, "mine")
    workers.step_epoch(run_id)
    wait_for(lambda: workers.view(run_id).epoch == 1, "one epoch")
    view = workers.view(run_id, 0)
    assert (view.moment.epoch, view.name, view.experiment.learning_rate) == (0, "mine", 0.01)
    copy = workers.adopt(workers.ask(run_id, saved_run, view))
    wait_for(lambda: workers.view(copy).state == "ended", "the copy")
    with pytest.raises(RuntimeError, match="goes wrong"):
        workers.ask(run_id, loud)
    workers.delete(run_id)
    with pytest.raises(RunError):
        workers.view(run_id)


def test_pretrained_models_answer_on_workers_too(workers):
    assert workers.ask("vanilla-32", process_of) != os.getpid()
    with pytest.raises(RunError):
        workers.ask("no-such-model", process_of)


def test_killed_worker_loses_at_most_the_last_seconds(workers):
    run_id = running(workers)
    wait_for(lambda: workers._entries[run_id].checkpoint_step > 0, "a checkpoint")
    safe = workers._entries[run_id].checkpoint_step
    first = workers.ask(run_id, process_of)
    os.kill(first, signal.SIGKILL)
    wait_for(lambda: workers.view(run_id).incidents, "the news of it")
    assert "continues in another one" in str(workers.view(run_id).incidents[0])
    wait_for(lambda: workers.view(run_id).step > safe + 50, "more batches elsewhere")
    assert workers.ask(run_id, process_of) not in (first, os.getpid())
    history = workers.view(run_id).history
    assert history.epochs == tuple(range(len(history.epochs)))
    workers.delete(run_id)
    wait_for(lambda: n_workers(workers) == 2, "another worker in its place")


def test_paused_and_untrained_runs_survive_a_killed_worker_as_they_were(workers):
    paused = running(workers)
    workers.pause(paused)
    fresh = workers.create(LONG.replace(seed=5))
    entry, place = workers._entries[fresh], workers._entries[paused].place
    if entry.place is not place:  # made there first: a run that is nowhere is soon forgotten
        place.call(Host.create, LONG.replace(seed=5), "", fresh)
        before, entry.place = entry.place, place
        before.call(Host.delete, fresh)
    step = workers.view(paused).step
    wait_for(lambda: workers._entries[paused].checkpoint_step == step, "its checkpoint")
    os.kill(workers.ask(paused, process_of), signal.SIGKILL)
    wait_for(lambda: workers.view(paused).state == "paused", "the paused run")
    wait_for(lambda: workers.view(fresh).state == "ready", "the untrained run")
    assert workers.view(paused).step == step
    assert workers.view(fresh).experiment.seed == 5
    for run_id in (paused, fresh):
        workers.delete(run_id)


def test_question_that_kills_its_worker_is_given_up(workers):
    bystander = running(workers)
    with pytest.raises(RunError, match="ended unexpectedly"):
        workers.ask("vanilla-32", deadly)
    step = workers.view(bystander).step
    wait_for(lambda: workers.view(bystander).step > step + 20, "the other run")
    workers.delete(bystander)
    wait_for(lambda: n_workers(workers) == 2, "new workers")


def test_run_that_loses_one_process_after_the_other_is_paused(workers):
    run_id = running(workers)
    for _ in range(3):
        wait_for(lambda: n_workers(workers) == 2, "two workers")
        wait_for(lambda: workers._entries[run_id].checkpoint_step > 0, "a checkpoint")
        place = workers._entries[run_id].place
        os.kill(place.call(Host.ask_pretrained, "vanilla-2", process_of), signal.SIGKILL)
        wait_for(lambda p=place: workers._entries[run_id].place is not p, "another place")
    wait_for(lambda: workers.view(run_id).state == "paused", "its rest")
    (said,) = workers.view(run_id).incidents
    assert "again and again" in str(said)
    workers.delete(run_id)
    wait_for(lambda: n_workers(workers) == 2, "new workers")


def test_server_that_is_killed_leaves_no_worker_behind(tmp_path):
    program = (
        "import pathlib, sys, time\n"
        "from aecore.engine.client import Client\n"
        "from aecore.engine.settings import Settings\n"
        "if __name__ == '__main__':\n"
        "    client = Client(Settings(workers=1), pathlib.Path(sys.argv[1]))\n"
        "    client._fleet.places()\n"
        "    print('up', flush=True)\n"
        "    time.sleep(600)\n"
    )
    script = tmp_path / "server.py"
    script.write_text(program)
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, str(script), str(tmp_path)], env=environ, stdout=subprocess.PIPE
    ) as server:
        assert server.stdout is not None
        assert server.stdout.readline() == b"up\n"
        children = psutil.Process(server.pid).children(recursive=True)
        assert len(children) >= 2
        server.kill()
    wait_for(lambda: not any(child.is_running() for child in children), "the workers' end")


# ---- a scheduler of one's own


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def dask(*words, **options):
    """A program of Dask's while the block lasts; it ends with it."""
    silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen([sys.executable, "-m", "dask", *words], **silent, **options)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def bare(tmp_path, monkeypatch):
    """The address of a scheduler that knows nothing of the lab, as on a machine without this folder."""
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    address = f"tcp://127.0.0.1:{free_port()}"
    port = address.rpartition(":")[2]
    options = ("--host", "127.0.0.1", "--port", port, "--no-dashboard")
    with dask("scheduler", *options, cwd=tmp_path, env=environ) as process:
        wait_for(lambda: listening(address), "the scheduler")
        yield SimpleNamespace(address=address, process=process, environ=environ)


WORKER = ("--nthreads", "1", "--no-dashboard")


@pytest.fixture
def scheduler(bare):
    """A scheduler and a worker, started as README says; the address, and what ends both."""
    with dask("worker", bare.address, *WORKER, cwd=ROOT) as worker:

        def end():
            for process in (worker, bare.process):
                process.kill()
                process.wait()

        yield bare.address, end


@pytest.fixture
def looking(tmp_path, monkeypatch, caplog):
    """Makes a client that looks for workers often, and says what is wrong."""
    monkeypatch.setattr("aecore.engine.fleet.TRY_AGAIN_AFTER", 0.2)
    monkeypatch.setattr("aecore.engine.fleet.LOOK_EVERY", 0.2)
    clients = []

    def client(address, seconds=PATIENCE):
        """Seconds: how long it waits for an answer; short only where there is nobody to answer."""
        monkeypatch.setattr("aecore.engine.cluster.CONNECT", seconds)
        clients.append(Client(Settings(scheduler=address), tmp_path / "runs", n_hosts=1))
        wait_for(lambda: clients[-1]._fleet.is_settled, "the first look")
        return clients[-1]

    yield client
    for each in clients:
        each.close()


def told(client, caplog):
    """What a page says of the workers, after some more looks; it is in the log exactly once."""
    time.sleep(2)
    said = str(client._fleet.trouble)
    ours = [r for r in caplog.records if r.name.startswith(("aecore", "distributed"))]
    assert [r.getMessage() for r in ours if r.levelno >= logging.WARNING] == [said]
    return said


def test_missing_scheduler_is_said_once(looking, caplog):
    address = f"tcp://127.0.0.1:{free_port()}"
    client = looking(address, seconds=0.5)
    assert told(client, caplog).startswith(f"No scheduler answers at {address}: ")


@pytest.mark.parametrize("address", ["nonsense://x:1", "tcp://", "tcp://127.0.0.1:port", "lab"])
def test_address_that_is_none_is_said_once(address, looking, caplog):
    assert address in told(looking(address, seconds=0.5), caplog)


def test_scheduler_without_workers_is_said_once(bare, looking, caplog):
    said = told(looking(bare.address), caplog)
    assert said.startswith(f"The scheduler at {bare.address} has no workers: ")


def test_workers_without_the_lab_are_said_once(bare, looking, caplog, tmp_path):
    client = looking(bare.address)
    caplog.clear()
    with dask("worker", bare.address, *WORKER, cwd=tmp_path, env=bare.environ):
        wait_for(lambda: "cannot train" in str(client._fleet.trouble), "the look at the worker")
        assert "do not have the module aecore" in told(client, caplog)
        assert "PYTHONPATH=." in str(client._fleet.trouble)


def test_other_release_of_dask_is_named_with_both(bare, looking, caplog, monkeypatch):
    def misunderstood(*args, **kwargs):
        raise TypeError("Scheduler.identity() got an unexpected keyword argument")

    monkeypatch.setattr("distributed.Client", misunderstood)
    monkeypatch.setattr("aecore.engine.cluster.version", lambda name: "2019.3.1")
    said = told(looking(bare.address), caplog)
    ours = importlib.metadata.version("distributed")
    assert f"runs Dask {ours}, and this server 2019.3.1: install" in said


def test_scheduler_that_goes_away_is_named_and_training_goes_on_here(scheduler, tmp_path):
    address, end = scheduler
    client = Client(Settings(scheduler=address), tmp_path, n_hosts=1)
    try:
        wait_for(lambda: client._fleet.trouble is None and client._fleet.is_settled, "the worker")
        run_id = running(client)
        assert client.ask(run_id, process_of) != os.getpid()
        wait_for(lambda: client._entries[run_id].checkpoint_step > 0, "a checkpoint")
        safe = client._entries[run_id].checkpoint_step
        end()
        wait_for(lambda: client.view(run_id).step > safe + 50, "more batches here")
        assert client.ask(run_id, process_of) == os.getpid()
        wait_for(lambda: len(client.view(run_id).incidents) == 2, "the news of it")
        said = " ".join(map(str, client.view(run_id).incidents))
        assert "continues in another one" in said
        assert f"No scheduler answers at {address}" in said
    finally:
        client.close()


def listening(address):
    try:
        socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2])), 1).close()
    except OSError:
        return False
    return True


def test_scheduler_that_is_not_there_is_named_and_training_goes_on_here(tmp_path, monkeypatch):
    monkeypatch.setattr("aecore.engine.cluster.CONNECT", 0.5)
    address = f"tcp://127.0.0.1:{free_port()}"
    client = Client(Settings(scheduler=address), tmp_path, n_hosts=1)
    try:
        run_id = client.create(SHORT)
        client.play(run_id)
        wait_for(lambda: client.view(run_id).state == "ended", "the end of training")
        assert isinstance(client._entries[run_id].place, Station)
        assert f"No scheduler answers at {address}" in str(client.view(run_id).incidents[0])
    finally:
        client.close()


def test_saved_file_of_a_run_on_a_worker_can_be_read_here(workers):
    run_id = workers.create(SHORT)
    workers.play(run_id)
    wait_for(lambda: workers.view(run_id).state == "ended", "the end")
    saved = store.from_bytes(workers.ask(run_id, saved_run, workers.view(run_id)))
    assert saved.history.val_mse == workers.view(run_id).history.val_mse
    workers.delete(run_id)
