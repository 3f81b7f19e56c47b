"""The benchmark of a full classroom: it counts what was trained, and its table is honest."""

from types import SimpleNamespace

import pytest
import torch

from aecore.engine import station
from aecore.engine.client import Client
from aecore.engine.host import Host
from aecore.engine.settings import Settings
from aecore.spec.experiment import Experiment
from benchmarks import classroom, scale
from benchmarks.classroom import Lesson, Seen
from benchmarks.scale import Row


@pytest.fixture
def client(tmp_path, monkeypatch):
    threads = torch.get_num_threads()
    monkeypatch.setattr(station, "cores", lambda: 1)
    client = Client(Settings(), tmp_path, n_hosts=2, make_host=lambda: Host("cpu"))
    yield client
    client.close()
    torch.set_num_threads(threads)


def row(n, rates, batches, megabytes):
    return Row(n, list(rates), list(batches), list(megabytes))


def test_lesson_counts_the_pictures_of_all_learners_and_lets_them_rest(client):
    runs = []
    experiment = Experiment(hidden=(16,), latent_dim=4, batch_size=256, epochs=1000)
    classroom._seat(client, runs, experiment, 3)
    seen = classroom.learn(client, runs[:2], Lesson(2, 0.1, 0.9))
    assert len(runs) == 3
    assert len(seen.batches) == 2
    assert min(seen.batches) > 0
    # 15 whole batches of an epoch and one of 160 pictures
    whole = 256 * sum(seen.batches)
    assert 0.95 * whole < seen.images < whole + 2 * 256
    assert 0.9 <= seen.seconds < 5
    assert seen.megabytes > 100
    views = [client.view(run_id) for run_id in runs]
    assert [view.state for view in views] == ["paused", "paused", "ready"]


def test_lesson_with_a_run_that_cannot_begin_fails(client):
    broken = client.create(Experiment(hidden=(16,), epochs=1), owner="a learner")
    client.play(broken)
    classroom._wait_until(client, [], lambda view: True)
    with pytest.raises(RuntimeError, match="ended"):
        classroom._wait_until(client, [broken], lambda view: view.state == "failed")


def test_rows_add_up_turns():
    found = Row(2)
    found.take(Seen(100, (3, 4), 2.0, 500.0))
    found.take(Seen(300, (5, 0), 2.0, 510.0))
    assert found.rates == [50.0, 150.0]
    assert found.batches == [8, 4]
    assert found.fairness == 0.5
    assert found.megabytes == [500.0, 510.0]


def test_report_names_what_is_due():
    rows = [
        row(1, [100, 110], [9], [400, 600]),
        row(2, [200, 220], [9, 9], [450, 600]),
        row(4, [190, 176], [8, 8, 9, 8], [500, 546]),
    ]
    text, holds = scale.report([100, 100], {"by itself": rows})
    assert not holds  # (0.95 + 0.8) / 2 = 0.875
    assert "MISSED  from 2 learners on at least 88% of its best (at 4), due 90%" in text
    assert "MISSED  48.0 MB per extra learner at 4" in text  # (546 - 450) / 2
    line = next(line for line in text.splitlines() if line.startswith("   4 learners"))
    assert line.split()[2:] == ["183", "1.83", "88%", "0.89", "500", "25.0"]


def test_report_holds_where_one_learner_is_slow():
    rows = [row(1, [100], [9], [400]), row(2, [200], [9, 9], [450]), row(4, [190], [9] * 4, [500])]
    text, holds = scale.report([100], {"by itself": rows})
    assert holds
    assert "at least 95% of its best" in text


@pytest.mark.parametrize("n", scale.LEARNERS)
def test_lessons_are_whole_rounds_of_turns(n):
    chance = SimpleNamespace(random=lambda: 0.5)
    lesson = scale._lesson(n, SimpleNamespace(seconds=3.0), chance)
    turns = lesson.seconds / (n / scale.SHARED_BY * scale.SLICE)
    assert turns == pytest.approx(round(turns))
    assert turns >= 2
    assert lesson.seconds >= 2.9
