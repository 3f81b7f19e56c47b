"""A cache for what depends on a dataset but on no model: computed once, for every learner who asks."""

import threading
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from cachetools import LRUCache, cached

from aecore.data.datasets import Dataset

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class DatasetCache(Generic[K, V]):
    """Values of each dataset by key, kept while the dataset lives.

    Whoever asks for a value that another thread is computing waits for it; nobody waits for any
    other. Computing may fail: the error is the asker's, and the next one tries again.

    Args:
        maxsize: values kept of each dataset; the one not asked for the longest makes room.
    """

    def __init__(self, maxsize: int) -> None:
        self._maxsize = maxsize
        self._of: WeakKeyDictionary[Dataset, Callable[[K, Callable[[], V]], V]]
        self._of = WeakKeyDictionary()
        self._lock = threading.Lock()

    def get(self, dataset: Dataset, key: K, compute: Callable[[], V]) -> V:
        """The value of this key, from `compute` when it is asked for the first time."""
        with self._lock:
            if (values := self._of.get(dataset)) is None:
                values = self._of[dataset] = self._values()
        return values(key, compute)

    def _values(self) -> Callable[[K, Callable[[], V]], V]:
        """The values of one dataset: what looks one up, or computes and keeps it."""
        kept: LRUCache[K, V] = LRUCache(self._maxsize)

        @cached(kept, key=lambda key, compute: key, condition=threading.Condition())
        def value(key: K, compute: Callable[[], V]) -> V:
            return compute()

        return value
