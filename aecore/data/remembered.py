"""What depends on a dataset but on no model: found once, for every learner who asks."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from aecore.data.datasets import Dataset

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


@dataclass
class _Place(Generic[V]):
    """Room for one value, and the lock of who is finding it."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    found: list[V] = field(default_factory=list)


class Remembered(Generic[K, V]):
    """Values of each dataset by key, kept while the dataset lives.

    Whoever asks for a value that another thread is finding waits for it; nobody waits for any
    other. Finding may fail: the error is the asker's, and the next one tries again.

    Args:
        most: values kept of each dataset; the one not asked for the longest makes room.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._places: WeakKeyDictionary[Dataset, OrderedDict[K, _Place[V]]] = WeakKeyDictionary()
        self._lock = threading.Lock()

    def get(self, dataset: Dataset, key: K, find: Callable[[], V]) -> V:
        """The value of this key, from `find` when it is asked for the first time."""
        with self._lock:
            places = self._places.setdefault(dataset, OrderedDict())
            place = places.setdefault(key, _Place())
            places.move_to_end(key)
            if len(places) > self._most:
                places.popitem(last=False)
        with place.lock:
            if not place.found:
                place.found.append(find())
            return place.found[0]
