"""What a look at a run says of how far it is."""

import pytest

from aecore.spec.experiment import Experiment
from aecore.spec.view import RunView


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (0, (0, 0)),
        (1, (1, 1)),
        (15, (1, 15)),
        (16, (1, 16)),
        (17, (2, 1)),
        (495, (31, 15)),
        (496, (31, 16)),
    ],
)
def test_epoch_under_way_is_that_of_the_newest_batch(step, expected):
    view = RunView(
        run_id="r",
        experiment=Experiment(),
        state="paused",
        step=step,
        epoch=step // 16,
        steps_per_epoch=16,
    )
    assert view.under_way == expected


def test_epoch_of_a_file_is_the_last_of_its_curves():
    view = RunView(
        run_id="r",
        experiment=Experiment(),
        state="ended",
        ended="loaded",
        step=1,
        epoch=7,
        steps_per_epoch=16,
    )
    assert view.under_way == (7, 16)
