"""Shuttle: 49,097 readings of a space shuttle's sensors, 7% of them strange, from river."""

import gzip
from importlib.resources import files
from typing import TYPE_CHECKING

from aecore.errors import N_
from aecore.parts.datasets._dataset import DataProgram, DatasetSpec, Packaged, Raw
from aecore.parts.datasets._program import FIFTH, PARTS, SCALE, SENTENCES, joined
from aecore.shapes import Feature, Row

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FEATURES = (
    N_("time"),
    N_("sensor 2"),
    N_("sensor 3"),
    N_("sensor 4"),
    N_("sensor 5"),
    N_("sensor 6"),
    N_("sensor 7"),
    N_("sensor 8"),
    N_("sensor 9"),
)
"""Its publisher says that the first is the time, and nothing of the others."""


def read() -> Raw:
    """Readings (n, 9), and their labels (n,): 0 usual, 1 strange."""
    import numpy as np

    table = _as_they_stand()
    return Raw(table[:, :-1], table[:, -1].astype(np.uint8))


def _as_they_stand() -> "NDArray[np.int64]":
    """(n, 10), the label last."""
    import numpy as np

    try:
        # As text: a tenth of the time that river itself takes.
        packed = (files("river") / "datasets/shuttle.csv.gz").read_bytes()
        text = gzip.decompress(packed).decode().splitlines()
        return np.loadtxt(text, dtype=np.int64, delimiter=",", skiprows=1)
    except (OSError, EOFError, ValueError):  # where the file lies is not promised
        from river.datasets import Shuttle

        return np.array([[*row.values(), label] for row, label in Shuttle()], np.int64)


_CODE = """
rows = list(Shuttle())
table = np.array([[*row.values()] for row, _ in rows])
labels = np.array([label for _, label in rows])
rest, test = without_a_fifth(labels)
train, val = (rest[rows] for rows in parts(torch.tensor(labels[rest]), 8))
low, high = np.quantile(table[train], (0.005, 0.995), axis=0)
x_train, x_val, x_test = (scaled(table[rows]) for rows in (train, val, test))
y_train, y_val, y_test = (torch.tensor(labels[rows]) for rows in (train, val, test))
"""

DATASET = DatasetSpec(
    key="shuttle",
    order=32,
    title=N_("Shuttle, 49,097 rows (bundled)"),
    name=N_("Shuttle"),
    says=N_("What the sensors of a space shuttle read; 7% of the rows are strange."),
    shape=Row(tuple(Feature(name) for name in FEATURES)),
    one=N_("reading"),
    many=N_("readings"),
    classes=(N_("usual"), N_("strange")),
    usual=(0,),
    n_train=34_367,
    n_val=4_909,
    n_test=9_821,
    source=Packaged(read),
    publisher="J. Catlett, NASA (UCI Statlog); river",
    licence="CC BY 4.0",
    program=DataProgram(
        code=joined(PARTS, FIFTH, SCALE, _CODE),
        about=N_(
            "The table comes with river. A fifth of each class is kept to test with, and of what is "
            "left every eighth for validation."
        ),
        packages=("river",),
        imports=("from river.datasets import Shuttle",),
        sentences=(SENTENCES[PARTS], SENTENCES[FIFTH], SENTENCES[SCALE]),
    ),
)
