"""What depends on a dataset alone is found once, whoever asks, and not for ever."""

import gc
import threading
import weakref

import pytest
import torch

from aecore.data.cache import DatasetCache
from aecore.data.datasets import Dataset


def dataset() -> Dataset:
    x, y = torch.zeros(2, 784), torch.zeros(2, dtype=torch.int64)
    return Dataset("mnist-5k", x, y, x, y, x, y)


def finder(found: list[str]):
    def find(value: str):
        def look() -> str:
            found.append(value)
            return value

        return look

    return find


def test_value_is_found_once_for_each_key_and_dataset():
    cache, found = DatasetCache(maxsize=4), []
    find, one, other = finder(found), dataset(), dataset()
    assert cache.get(one, "a", find("first")) == "first"
    assert cache.get(one, "a", find("again")) == "first"
    assert cache.get(one, "b", find("second")) == "second"
    assert cache.get(other, "a", find("other")) == "other"
    assert found == ["first", "second", "other"]


def test_value_not_asked_for_the_longest_makes_room():
    cache, found, one = DatasetCache(maxsize=2), [], dataset()
    find = finder(found)
    for key in "abac":
        cache.get(one, key, find(key))
    cache.get(one, "a", find("a again"))
    cache.get(one, "b", find("b again"))
    assert found == ["a", "b", "c", "b again"]


def test_none_is_a_value_too():
    cache, found, one = DatasetCache(maxsize=2), [], dataset()
    for _time in range(2):
        assert cache.get(one, "a", lambda: found.append("looked")) is None
    assert found == ["looked"]


def test_finding_that_fails_is_tried_again():
    cache, one = DatasetCache(maxsize=2), dataset()
    with pytest.raises(ZeroDivisionError):
        cache.get(one, "a", lambda: 1 // 0)
    assert cache.get(one, "a", lambda: 1) == 1


def test_values_go_with_their_dataset():
    cache, one = DatasetCache(maxsize=2), dataset()
    gone = threading.Event()
    weakref.finalize(cache.get(one, "a", dataset), gone.set)
    gc.collect()
    assert not gone.is_set()
    del one
    gc.collect()
    assert gone.is_set()


def test_one_finds_while_others_wait_for_it_and_nobody_else():
    cache, one = DatasetCache(maxsize=4), dataset()
    begun, may_end, found = threading.Event(), threading.Event(), []

    def slow() -> str:
        begun.set()
        found.append("in time" if may_end.wait(5) else "held up")
        return "slow"

    answers = []
    askers = [
        threading.Thread(target=lambda: answers.append(cache.get(one, "a", slow)))
        for _asker in range(3)
    ]
    for asker in askers:
        asker.start()
    assert begun.wait(10)
    assert cache.get(one, "b", lambda: "quick") == "quick"  # while "a" is being found
    may_end.set()
    for asker in askers:
        asker.join(10)
    assert answers == ["slow"] * 3
    assert found == ["in time"]
