"""Which files Python touches, and what it starts or unpickles, while a block runs: in all threads."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
CHANGES = (
    *("os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate"),
    *(
        "os.chmod",
        "os.chown",
        "shutil.rmtree",
        "shutil.move",
        "shutil.copyfile",
        "tempfile.mkdtemp",
    ),
)
STARTS = ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "pty.spawn")
UNPICKLES = ("pickle.find_class", "marshal.loads", "marshal.load")


@dataclass
class Seen:
    """What a block did.

    Attributes:
        read, written: files, as absolute paths without links.
        started: programs.
        unpickled: classes and code objects that were made from bytes.
        connected: addresses outside of this machine.
    """

    read: set[Path] = field(default_factory=set)
    written: set[Path] = field(default_factory=set)
    started: list[str] = field(default_factory=list)
    unpickled: list[str] = field(default_factory=list)
    connected: list[str] = field(default_factory=list)


_watching: list[Seen] = []
_installed = False


@contextmanager
def watched() -> Iterator[Seen]:
    """Watches the block. A hook cannot be taken away again, but between blocks it does nothing."""
    global _installed
    if not _installed:
        sys.addaudithook(_hook)
        _installed = True
    seen = Seen()
    _watching.append(seen)
    try:
        yield seen
    finally:
        _watching.remove(seen)


def _hook(event: str, arguments: tuple[object, ...]) -> None:
    if _watching:
        for seen in list(_watching):
            _note(seen, event, arguments)


def _note(seen: Seen, event: str, arguments: tuple[object, ...]) -> None:
    if event == "open":
        path, _mode, flags = arguments
        if isinstance(path, (str, bytes, os.PathLike)):
            opened = Path(os.path.realpath(os.fsdecode(path)))
            writes = isinstance(flags, int) and bool(flags & WRITES)
            (seen.written if writes else seen.read).add(opened)
    elif event in CHANGES:
        paths = [a for a in arguments if isinstance(a, (str, bytes, os.PathLike))]
        seen.written |= {Path(os.path.realpath(os.fsdecode(path))) for path in paths}
    elif event in STARTS:
        seen.started.append(f"{event} {arguments!r}")
    elif event in UNPICKLES and not _is_known():
        seen.unpickled.append(f"{event} {arguments!r}"[:200])
    elif event == "socket.connect":
        seen.connected.append(repr(arguments[1:]))


def _is_known() -> bool:
    """Whether these are bytes of this process's own making.

    Python's compiled modules are code objects in a file; `st.cache_data` gives each session a copy
    of a value by pickling it in memory.
    """
    frame = sys._getframe()
    while frame is not None:
        name = Path(frame.f_code.co_filename).as_posix()
        if name.startswith("<frozen importlib") or "/streamlit/runtime/caching/" in name:
            return True
        frame = frame.f_back
    return False
