"""The server that the sessions visit: started, watched from outside, and stopped.

What it uses is read from Linux' `/proc`: of the server's process and all those that it started.
"""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

ROOT = Path(__file__).parents[2]
PROC = Path("/proc")
STOP_WITHIN = 20.0
"""Seconds that the server has to end by itself."""


class Server:
    """A running server.

    Attributes:
        url: where it listens; always on this machine alone.
        started: seconds from the launch to the first answer.
        shelf: folder of the runs that its learners keep.
    """

    def __init__(
        self, url: str, process: subprocess.Popen[bytes], output: IO[bytes], shelf: Path
    ) -> None:
        self.url, self.started, self.shelf = url, 0.0, shelf
        self._process, self._output = process, output
        self._known = {process.pid}

    def processes(self) -> list[int]:
        """Its process and all those that it started, as far as they run."""
        children: dict[int, list[int]] = {}
        for pid, parent in _parents():
            children.setdefault(parent, []).append(pid)
        found, look = [], [self._process.pid]
        while look:
            pid = look.pop()
            found.append(pid)
            look += children.get(pid, [])
        self._known.update(found)
        return [pid for pid in found if _is_running(pid)]

    def megabytes(self) -> float:
        """Memory in use (resident), with that of the processes that it started."""
        return sum(_status(pid, "VmRSS") for pid in self.processes()) / 1024

    def n_threads(self) -> int:
        """Threads of its own process."""
        return int(_status(self._process.pid, "Threads"))

    def n_kept(self) -> int:
        """Runs that it keeps on disk."""
        return len(list(self.shelf.glob("*.safetensors")))

    def tracebacks(self) -> list[str]:
        """What each traceback in its log ends with: the place in the app's code, and the error."""
        lines = self.log().splitlines()
        starts = [i for i, line in enumerate(lines) if "Traceback (most recent call last)" in line]
        return [_summary(lines[start + 1 :]) for start in starts]

    def log(self) -> str:
        """What it has printed so far."""
        self._output.flush()
        return Path(self._output.name).read_text(encoding="utf-8", errors="replace")

    def stop(self) -> list[int]:
        """Ends it. Returns the processes that are left over, which are then killed."""
        self.processes()
        self._process.terminate()
        deadline = time.monotonic() + STOP_WITHIN
        while time.monotonic() < deadline and any(map(_is_running, self._known)):
            self._process.poll()  # takes note of its end, or it would stay as a zombie
            time.sleep(0.05)
        left = [pid for pid in self._known if _is_running(pid)]
        for pid in left:
            os.kill(pid, 9)
        self._process.wait()
        return left


@contextmanager
def running(settings: Mapping[str, str]) -> Iterator[Server]:
    """The app as the README starts it, on a free port of this machine; it ends with the block, and
    with it what its learners have kept.

    Args:
        settings: environment variables on top of this process's own.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless=true"]
    command += ["--server.address=127.0.0.1", f"--server.port={port}"]
    command += ["--logger.enableRich=false"]  # tracebacks as Python writes them
    with (
        tempfile.TemporaryDirectory(prefix="lab_runs_") as shelf,
        tempfile.NamedTemporaryFile(prefix="lab_server_", suffix=".log") as output,
    ):
        environment = os.environ | {"AECORE_RUNS": shelf} | settings
        launched = time.perf_counter()
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output)
        server = Server(f"http://127.0.0.1:{port}", process, output, Path(shelf))
        try:
            _wait_for(server, process)
            server.started = time.perf_counter() - launched
            yield server
        finally:
            if process.poll() is None:
                server.stop()


def _wait_for(server: Server, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{server.url}/_stcore/health", timeout=1):
                return
        except OSError:
            time.sleep(0.02)
    raise RuntimeError(f"the server did not come up at {server.url}:\n{server.log()[-2000:]}")


def _parents() -> Iterator[tuple[int, int]]:
    """All processes of this machine with their parents."""
    for folder in PROC.iterdir():
        if folder.name.isdigit():
            parent = _status(int(folder.name), "PPid")
            if parent:
                yield int(folder.name), int(parent)


def _status(pid: int, name: str) -> float:
    """A number of a process's status; 0 if there is no such process or number."""
    try:
        lines = (PROC / str(pid) / "status").read_text(encoding="utf-8").splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    for line in lines:
        if line.startswith(f"{name}:"):
            return float(line.split()[1])
    return 0.0


def _is_running(pid: int) -> bool:
    """Whether a process is there and no zombie."""
    try:
        stat = (PROC / str(pid) / "stat").read_text(encoding="utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return stat.rpartition(")")[2].split()[0] not in ("Z", "X")


def _summary(lines: list[str]) -> str:
    """The last place of this project in a traceback, and the line that ends it."""
    end = next((i for i, line in enumerate(lines) if line and line[0] not in " \t|+"), 0)
    places = [line.strip() for line in lines[:end] if f'File "{ROOT}' in line]
    place = places[-1].replace(f"{ROOT}{os.sep}", "") if places else "no place in the app"
    return f"{lines[end] if lines else ''} ({place})"
