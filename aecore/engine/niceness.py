"""Who goes first where cores are short."""

import os
import sys
import threading

NICENESS = 10
"""Of threads that train, prepare or compute: those that draw pages go first."""


def let_pages_go_first() -> None:
    """Makes this thread yield to others. Only Linux has a niceness for each thread of a process."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), max(NICENESS, os.nice(0)))
