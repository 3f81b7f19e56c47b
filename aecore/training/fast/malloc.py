"""Memory that has been freed stays with the process for the next batch, until there is none."""

import ctypes
import sys
from functools import cache
from typing import Any

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8
"""Numbers of three of glibc's settings, from its malloc.h."""

KEPT = 64 * 2**20
"""Bytes free at the end of the heap that are kept; what lies beyond goes back to the system."""

FROM_HEAP = 32 * 2**20
"""Blocks up to this size, the largest that glibc allows, come from the heap."""

ARENAS = 1
"""Heaps of the process: by default one for each thread, until there are eight for each core."""


@cache
def share_one_heap() -> bool:
    """Has all threads that begin from now on share a heap; those that there are keep theirs.

    Each page is drawn in a thread of its own, and each heap keeps up to 64 MB free at its end that
    not even `give_back` gives back: a gigabyte for a classroom on two cores. Training is no slower.

    Returns:
        Whether this process has such a malloc and took the setting.
    """
    mallopt = _of_malloc("mallopt")
    return mallopt is not None and bool(mallopt(M_ARENA_MAX, ARENAS))


@cache
def keep_freed_memory() -> bool:
    """Lets glibc's malloc keep some freed memory, instead of giving it back after every batch.

    What has been given back is asked for again a moment later, and the system clears each page of
    4 kB anew: 3,600 of them for a batch of 256 in the convolutional network, a fifth of its time.
    This also undoes `MALLOC_TRIM_THRESHOLD_`, which Dask sets for its workers.

    Returns:
        Whether this process has such a malloc and took the settings.
    """
    mallopt = _of_malloc("mallopt")
    if mallopt is None:
        return False
    return bool(mallopt(M_TRIM_THRESHOLD, KEPT) and mallopt(M_MMAP_THRESHOLD, FROM_HEAP))


def give_back() -> bool:
    """Gives all freed memory back to the system, wherever it lies between what is in use.

    By itself malloc only gives back what is free at the end of each thread's heap. Of eight small
    runs that are forgotten, 200 MB would stay. It takes about 20 ms, and the next batch has its
    memory cleared anew: for when something large is gone, not for every batch.

    Returns:
        Whether there was any to give back.
    """
    malloc_trim = _of_malloc("malloc_trim")
    return malloc_trim is not None and bool(malloc_trim(0))


def _of_malloc(name: str) -> Any:
    """A function of glibc's malloc; None on another system, or with another C library."""
    return getattr(ctypes.CDLL(None), name, None) if sys.platform == "linux" else None
