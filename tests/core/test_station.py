"""The threads of a station."""

import os
import sys
import threading

import pytest

from aecore.engine.niceness import NICENESS
from aecore.engine.station import Station


@pytest.mark.skipif(sys.platform != "linux", reason="threads have no niceness of their own here")
def test_threads_that_train_or_prepare_let_pages_go_first():
    station = Station()
    try:
        before = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
        preparing = station._preparing.submit(_niceness).result(timeout=60)
        driver = os.getpriority(os.PRIO_PROCESS, station._driver.native_id)
        assert (preparing, driver) == (max(NICENESS, before),) * 2
        assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) == before
    finally:
        station.close()


def _niceness() -> int:
    return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
