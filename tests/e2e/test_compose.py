"""A classroom with workers, as `docker compose up` and README.md start it, on free ports of this machine."""

import asyncio
import contextlib
import os
import shlex
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import cloudpickle
import distributed
import psutil
import yaml

from benchmarks.sessions import widgets
from benchmarks.sessions.log import Log
from benchmarks.sessions.tab import Tab
from tests import readme
from tests.e2e.driver import run_apart
from tests.readme import commands

ROOT = Path(__file__).parents[2]
PATIENCE = 120


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(true, what):
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.1)


@contextlib.contextmanager
def composed():
    """Every service of the file, as often as it says. Yields the address of app and scheduler."""
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    ports = {"8786": str(free_port()), "8501": str(free_port())}

    def here(text):
        text = text.replace("tcp://scheduler", "tcp://127.0.0.1").replace("0.0.0.0", "127.0.0.1")
        for inside, outside in ports.items():
            text = text.replace(inside, outside)
        return text

    running = []
    try:
        for service in services.values():
            settings = {name: here(value) for name, value in service.get("environment", {}).items()}
            command = [sys.executable, "-m", *shlex.split(here(service["command"]))]
            for _ in range(service.get("deploy", {}).get("replicas", 1)):
                running.append(
                    subprocess.Popen(
                        command,
                        cwd=ROOT,
                        env={**os.environ, "PYTHONPATH": str(ROOT), **settings},
                        stdout=subprocess.DEVNULL,
                        stderr=subprocess.DEVNULL,
                    )
                )
        yield f"http://127.0.0.1:{ports['8501']}", f"tcp://127.0.0.1:{ports['8786']}"
    finally:
        for process in reversed(running):
            process.terminate()
        for process in running:
            process.wait(timeout=60)


def is_up(url):
    try:
        with urllib.request.urlopen(f"{url}/_stcore/health", timeout=1):
            return True
    except OSError:
        return False


def batches(dask_worker):
    """What the station of a worker has trained."""
    stations = dask_worker.state.actors.values()
    return sum(run.step for station in stations for run in station.host.standings().values())


async def press_play(url):
    """Starts a training as a learner does. Returns the open tab."""
    tab = await Tab.open(url, "train", "lang=en&hidden=16&latent_dim=2&epochs=1000", Log())
    deadline = time.monotonic() + PATIENCE
    while tab.named("pause") is None and time.monotonic() < deadline:
        if (play := tab.named("play")) is not None:
            await tab.use(widgets.pressed(play), play.fragment_id)
        await asyncio.sleep(0.2)
    return tab


def trained_at(classroom, n_workers):
    """What each worker has trained soon after a learner pressed Play there."""
    cloudpickle.register_pickle_by_value(sys.modules[__name__])  # workers do not know this file
    with classroom as (url, scheduler):
        wait_for(lambda: is_up(url), "the app")
        with distributed.Client(scheduler, timeout=60, set_as_default=False) as client:
            client.wait_for_workers(n_workers, timeout=PATIENCE)

            async def lesson():
                tab = await press_play(url)
                trained = await asyncio.to_thread(lambda: grown(client))
                tab.abandon()
                return trained

            def grown(client):
                wait_for(lambda: sum(client.run(batches).values()) > 20, "batches on the workers")
                return client.run(batches)

            return run_apart(lesson())


def test_services_of_the_compose_file_train_on_their_workers():
    trained = trained_at(composed(), n_workers=2)
    assert len(trained) == 2
    assert sum(count > 0 for count in trained.values()) == 1  # one run, on one of them


@contextlib.contextmanager
def as_readme_says(tmp_path):
    """Its commands, the scheduler from a folder that has nothing of the lab. Yields as `composed`."""
    written = [str(command) for command in commands()]
    places = {
        "dask scheduler": tmp_path,
        "PYTHONPATH=. dask worker": ROOT,
        "AECORE_SCHEDULER=": ROOT,
    }
    port, page = str(free_port()), str(free_port())
    more = {
        "dask scheduler": ["--port", port, "--no-dashboard"],
        "PYTHONPATH=. dask worker": ["--no-dashboard"],
        "AECORE_SCHEDULER=": ["--server.headless=true", "--server.port", page],
    }
    bare = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    with contextlib.ExitStack() as running:
        for start, folder in places.items():
            (text,) = [text for text in written if text.startswith(start)]
            text = text.replace("SCHEDULER:8786", f"127.0.0.1:{port}").replace(
                "0.0.0.0", "127.0.0.1"
            )
            (command,) = readme.read([text])
            program = [sys.executable, "-m", *command.words, *more[start]]
            silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
            process = subprocess.Popen(program, cwd=folder, env=bare | command.environ, **silent)
            running.callback(process.wait, 60)
            running.callback(process.terminate)
        yield f"http://127.0.0.1:{page}", f"tcp://127.0.0.1:{port}"


def test_recipe_of_the_readme_trains_on_its_worker(tmp_path):
    trained = trained_at(as_readme_says(tmp_path), n_workers=1)
    assert [count > 0 for count in trained.values()] == [True]


def test_workers_of_the_server_itself_train(tmp_path):
    (command,) = [c for c in commands() if c.environ == {"AECORE_WORKERS": "2"}]
    port = str(free_port())
    program = [
        sys.executable,
        "-m",
        *command.words,
        "--server.headless=true",
        "--server.port",
        port,
    ]
    environ = {**os.environ, **command.environ}
    silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(program, cwd=ROOT, env=environ, **silent) as server:
        try:
            url = f"http://127.0.0.1:{port}"
            wait_for(lambda: is_up(url), "the app")

            async def lesson():
                tab = await press_play(url)
                n = await asyncio.to_thread(lambda: workers_below(server))
                tab.abandon()
                return n

            assert run_apart(lesson()) >= 2
        finally:
            server.terminate()


def workers_below(server):
    """Processes below a server's own, as soon as there are two."""
    below = psutil.Process(server.pid).children
    wait_for(lambda: len(below(recursive=True)) >= 2, "two workers")
    return len(below(recursive=True))
