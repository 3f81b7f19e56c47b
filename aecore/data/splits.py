"""Which samples are learned from, which one chooses by, and which are tested with."""

import numpy as np
from numpy.typing import NDArray

# The first seed with which both parts of the bundled digits show all of them among their first 20 pictures.
_SEED = 55


def four_fifths(y: NDArray[np.uint8]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows that are not tested with and rows that are: four fifths of each class, and the rest.

    The same for ever and everywhere: NumPy froze the numbers of `RandomState` (NEP 19), which
    it did not for the newer generators. Both parts are shuffled, so the classes are mixed and
    the first few pictures are a fair sample.
    """
    random = np.random.RandomState(_SEED)
    order = random.permutation(len(y))
    is_train = np.zeros(len(y), dtype=bool)
    for label in np.unique(y):
        places = np.flatnonzero(y[order] == label)
        is_train[places[: len(places) * 4 // 5]] = True
    # Shuffled again: in `order`, the test part starts with whichever class was full first.
    return random.permutation(order[is_train]), random.permutation(order[~is_train])


def held_out(y: NDArray[np.uint8], n_val: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows to learn from and to choose by, both in the order in which they stand.

    Sorted by class, every nth row is held out: each class has its share, to within one sample,
    and no part of the file is favoured.
    """
    step = len(y) // n_val
    is_held_out = np.zeros(len(y), dtype=bool)
    is_held_out[np.argsort(y, kind="stable")[step - 1 :: step][:n_val]] = True
    return np.flatnonzero(~is_held_out), np.flatnonzero(is_held_out)
