"""What a hostile value may cost: memory, and time before it counts as never coming back."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import pytest

HANGS_AFTER = 30
"""Seconds. No measure of speed: real ones take milliseconds, on a loaded machine some more."""

_STATUS = Path("/proc/self/status")
_FORGET_PEAK = Path("/proc/self/clear_refs")


@contextmanager
def comes_back() -> Iterator[None]:
    """Fails if the block hangs."""

    def too_late(signum: int, frame: FrameType | None) -> None:
        pytest.fail(f"still busy after {HANGS_AFTER} s")

    before = signal.signal(signal.SIGALRM, too_late)
    signal.alarm(HANGS_AFTER)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def takes_at_most(megabytes: int) -> Iterator[None]:
    """Fails if the process ever held that much more memory during the block, arrays included.

    Skips where the system does not say: only Linux can forget an old peak.
    """
    try:
        _FORGET_PEAK.write_text("5")
    except OSError:
        pytest.skip("this system does not tell the peak of a process's memory")
    before = _kilobytes("VmRSS")
    yield
    taken = (_kilobytes("VmHWM") - before) / 1024
    assert taken <= megabytes, f"took {taken:.0f} MB, allowed are {megabytes}"


def _kilobytes(name: str) -> int:
    line = next(x for x in _STATUS.read_text().splitlines() if x.startswith(name + ":"))
    return int(line.split()[1])
