"""Water that flows through a pipe, hour by hour for two months, from river."""

from datetime import datetime
from importlib.resources import as_file, files
from typing import TYPE_CHECKING

from aecore.errors import N_
from aecore.parts.datasets._dataset import DataProgram, DatasetSpec, Packaged, Raw
from aecore.parts.datasets._program import SCALE, SENTENCES, joined
from aecore.shapes import Series

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    Hours = NDArray[np.datetime64]
    Flow = NDArray[np.float64]

LENGTH = 24
"""Hours in a sample."""

TRAIN = (
    ("2022-03-20", "2022-03-23T14"),
    ("2022-03-29T22", "2022-04-14"),
    ("2022-04-28T06", "2022-05-06"),
    ("2022-05-13", "2022-05-17"),
)
VAL = (("2022-04-14", "2022-04-19"), ("2022-05-06", "2022-05-11"))
TEST = (("2022-03-23T14", "2022-03-29T22"), ("2022-04-19", "2022-04-27T12"))
"""When one learns, chooses and tests, from and until when in UTC: no two parts share an hour.

Each part has stretches of the whole time, since more water flows in May than in March. The supply
broke down three times. Two of them are tested with, and the hours of the third are left out: what is
learned is how the water flows when nothing happens.
"""


def read() -> Raw:
    """Days that begin at every hour, (n, 1, 24) litres per second; nobody has labelled them."""
    hours, flow = _as_they_stand()
    train, val, test = (flow[windows(hours, spans)][:, None] for spans in (TRAIN, VAL, TEST))
    return Raw(train, x_val=val, x_test=test)


def windows(hours: "Hours", spans: "Sequence[tuple[str, str]]") -> "NDArray[np.intp]":
    """All stretches of `LENGTH` hours without a gap inside spans of time, mixed.

    Args:
        hours: (n,), when each value was measured.
        spans: the first hour of each, and the one behind its last.
    Returns:
        (stretches, LENGTH), places in `hours`.
    """
    import numpy as np

    found = []
    for start, end in spans:
        first, last = np.searchsorted(hours, np.array([start, end], hours.dtype))
        places = np.arange(first, last - LENGTH + 1)
        whole = hours[places + LENGTH - 1] - hours[places] == np.timedelta64(LENGTH - 1, "h")
        found.append(places[whole])
    begins = np.random.RandomState(55).permutation(np.concatenate(found))
    return np.asarray(begins[:, None] + np.arange(LENGTH))


def _as_they_stand() -> "tuple[Hours, Flow]":
    """When each value was measured, in UTC, and the values: (n,) each."""
    import numpy as np

    try:
        # As text: river itself would take more than a second to import.
        with as_file(files("river") / "datasets/water-flow.csv") as path:
            table = np.loadtxt(path, dtype=str, delimiter=",", skiprows=1)
        times, flow = [datetime.fromisoformat(time) for time in table[:, 0]], table[:, 1]
    except (OSError, ValueError, IndexError):  # where the file lies is not promised
        from river.datasets import WaterFlow

        rows = list(WaterFlow())
        times, flow = [row["Time"] for row, _ in rows], np.array([value for _, value in rows])
    seconds = np.array([time.timestamp() for time in times])
    return (seconds // 3600).astype(np.int64).astype("datetime64[h]"), flow.astype(np.float64)


_CODE = '''
def windows(*spans):
    """All stretches of 24 hours without a gap inside spans of time, mixed."""
    found = []
    for start, end in spans:
        first, last = np.searchsorted(hours, np.array([start, end], hours.dtype))
        places = np.arange(first, last - 23)
        passed = hours[places + 23] - hours[places]
        found.append(places[passed == np.timedelta64(23, "h")])
    begins = np.random.RandomState(55).permutation(np.concatenate(found))
    return flow[begins[:, None] + np.arange(24)]


rows = list(WaterFlow())
seconds = np.array([row["Time"].timestamp() for row, _ in rows])
hours = (seconds // 3600).astype(np.int64).astype("datetime64[h]")
flow = np.array([value for _, value in rows])
train = windows(
{train}
)
val = windows({val})
test = windows({test})
low, high = np.quantile(train, (0.005, 0.995))
x_train, x_val, x_test = scaled(train), scaled(val), scaled(test)
'''


def _spans(spans: "Sequence[tuple[str, str]]") -> list[str]:
    """As a program writes them."""
    return [f'("{start}", "{end}")' for start, end in spans]


DATASET = DatasetSpec(
    key="water-flow",
    order=21,
    title=N_("Water flow, 24 hours each (bundled)"),
    name=N_("Water flow"),
    says=N_(
        "How much water flows through a pipe, hour by hour on ordinary days; among the test days "
        "the supply breaks down twice."
    ),
    shape=Series((N_("water flow"),), LENGTH, step=N_("hour"), unit="l/s"),
    one=N_("day"),
    many=N_("days"),
    n_train=604,
    n_val=182,
    n_test=212,
    source=Packaged(read),
    publisher="Tecnojest s.r.l.; river",
    licence="BSD-3-Clause",
    program=DataProgram(
        code=joined(
            SCALE,
            _CODE.format(
                train="\n".join(f"    {span}," for span in _spans(TRAIN)),
                val=", ".join(_spans(VAL)),
                test=", ".join(_spans(TEST)),
            ),
        ),
        about=N_(
            "The hours come with river. A sample begins at each hour that 24 hours follow without "
            "a gap. No two parts share an hour; two breakdowns of the supply are in the test part."
        ),
        packages=("river",),
        imports=("from river.datasets import WaterFlow",),
        sentences=(
            SENTENCES[SCALE],
            N_("All stretches of 24 hours without a gap inside spans of time, mixed."),
        ),
    ),
)
