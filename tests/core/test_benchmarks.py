"""The peer benchmark: everybody trains the same model, races are timed, the table is honest."""

import time
from dataclasses import replace
from functools import partial
from multiprocessing import Pipe
from threading import Thread
from types import SimpleNamespace

import pytest
import torch

from aecore.model.autoencoder import Autoencoder
from aecore.spec.experiment import Experiment
from benchmarks import contestants, live_view, peers, peers_table
from benchmarks.contestants import ENTRIES, FLOOR, OURS, PEERS, TUTORIAL
from benchmarks.contestants.task import VARIANTS, Judge, a_task
from benchmarks.pace import CHECK_EVERY, Failed, Over, Pace, Race, Reached, Turn
from benchmarks.peers_table import Measured, Row
from benchmarks.rounds import ContestantError, take_turns, tolerant

WAYS = [
    pytest.param(entry, way, id=f"{entry.name}, {way}")
    for entry in ENTRIES.values()
    if entry.learns
    for way in entry.ways
    if "compile" not in way and "2 workers" not in way  # seconds of start-up
]


class Counted:
    """A pace that ends the training after some updates."""

    def __init__(self, updates):
        self.updates = updates
        self.images = 0

    def __call__(self, images):
        self.images += images
        self.updates -= 1
        if not self.updates:
            raise Over


def trained(entry, way, task, updates):
    """The pace and the weights after some updates of one contestant."""
    if not entry.installed:
        pytest.skip(f"{entry.package} is not installed (benchmarks/requirements.txt)")
    pace = Counted(updates)
    with pytest.raises(Over):
        entry.ways[way](task, pace)
    return pace, pace.weights()


@pytest.mark.parametrize("model", VARIANTS)
@pytest.mark.parametrize(("entry", "way"), WAYS)
def test_contestant_trains_our_model_from_our_weights(entry, way, model, digits):
    small = replace(
        digits,
        x_train=digits.x_train[:600],
        y_train=digits.y_train[:600],
        x_test=digits.x_test[:200],
    )
    task = a_task(model, small)
    judge, first = Judge(task), task.first_weights()
    pace, weights = trained(entry, way, task, 6)
    assert {name: each.shape for name, each in weights.items()} == {
        name: each.shape for name, each in first.items()
    }
    assert sum(each.numel() for each in weights.values()) == (
        Autoencoder(task.experiment).n_parameters
    )
    assert pace.images == 2 * 600  # two epochs, their last batches smaller
    # Adam moves no weight further than a learning rate per update, or little more
    distance = max((weights[name] - first[name]).abs().max().item() for name in first)
    assert 0 < distance < 8 * task.experiment.learning_rate
    assert judge(weights) < judge(first)


@pytest.mark.parametrize("model", VARIANTS)
def test_plain_network_has_our_loss(model, digits):
    task = a_task(model, digits)
    ours, x = Autoencoder(task.experiment), digits.x_test[:50]
    network = task.network()
    torch.manual_seed(0)
    loss = network.loss(network(x), x)
    output = ours(x, torch.Generator().manual_seed(0) if model == "vae" else None)
    terms = ours.losses(output, x)
    assert loss.item() == pytest.approx(terms["total_loss"].item(), rel=1e-5)


def served(train, questions, error=lambda weights: 0.5):
    """What a contestant's process answers to questions."""
    here, there = Pipe()
    pace = Pace(there, torch.device("cpu"), error)
    thread = Thread(target=pace.serve, args=(train,), daemon=True)
    thread.start()
    answers = []
    for question in questions:
        here.send(question)
        answers.append(here.recv())
    here.send(None)
    thread.join(5)
    assert not thread.is_alive()
    return answers


def endless(starts, pace):
    starts.append(pace)
    pace.weights = dict
    while True:
        pace(10)


def test_turns_go_on_with_one_training_and_a_race_begins_another():
    starts = []
    questions = [Turn(0.01), Turn(0.01), Race(1.0, 1000), Turn(0.01)]
    first, second, race, _ = served(partial(endless, starts), questions)
    assert len(starts) == 3
    for images, seconds in (first, second):
        assert images > 0
        assert images % 10 == 0
        assert seconds >= 0.01
    assert race.updates == CHECK_EVERY
    assert race.error == 0.5


def test_race_that_does_not_arrive_is_given_up():
    (race,) = served(partial(endless, []), [Race(0.4, 3 * CHECK_EVERY)])
    assert race == Reached(None, 3 * CHECK_EVERY, 0.5)


def test_looking_at_the_error_is_not_timed():
    errors = iter([1.0, 1.0, 1.0, 0.0])

    def slowly(weights):
        time.sleep(0.1)
        return next(errors)

    (race,) = served(partial(endless, []), [Race(0.5, 1000)], slowly)
    assert race.updates == 4 * CHECK_EVERY
    assert race.seconds < 0.1


def test_error_in_a_contestant_is_reported():
    def broken(pace):
        raise ValueError("no such loader")

    here, there = Pipe()
    here.send(Turn(0.01))
    Pace(there, torch.device("cpu"), lambda weights: 0.0).serve(broken)
    report = here.recv()
    assert isinstance(report, Failed)
    assert "no such loader" in report.text


def test_failure_of_one_contestant_does_not_stop_the_others():
    def go(contestant):
        contestant.tries += 1
        if contestant.name == "broken":
            raise ContestantError("out of memory")

    field = [SimpleNamespace(name=name, tries=0, failure=None) for name in ("broken", "sound")]
    take_turns(field, 3, tolerant(go))
    broken, sound = field
    assert (broken.tries, broken.failure) == (1, "out of memory")
    assert (sound.tries, sound.failure) == (3, None)


def measured(ours=(100.0, 110.0), times=2.0, **changes):
    """Everybody with the same speed, `times` as slow as ours, and the tutorial ten times."""

    def row(name, slower):
        races = [Reached(slower, 480, 0.01), Reached(slower, 480, 0.01)]
        races = races if name != FLOOR.name else []
        return Row(name, "as always", [rate / slower for rate in ours], races)

    rows = [row(name, times) for name in ENTRIES if name not in (OURS.name, TUTORIAL.name)]
    rows = [row(OURS.name, 1.0), row(TUTORIAL.name, 10.0), *rows]
    values = Measured("dense", "layers", "a CPU", "python -m …", "2026-01-02", 0.01, rows, [], {})
    return replace(values, **changes)


def test_verdicts_hold_when_ours_is_ahead_of_all():
    lines = peers_table.verdicts(measured())
    assert len(lines) == 3
    assert all(line.startswith("holds") for line in lines)
    assert "10.0 x the tutorial loop" in lines[2]


def test_verdicts_name_who_is_faster():
    fast = measured(times=0.9)
    lines = peers_table.verdicts(fast)
    assert [line.startswith("MISSED") for line in lines] == [True, True, False]
    assert all(peer.name in lines[0] for peer in PEERS if peer is not TUTORIAL)
    assert TUTORIAL.name not in lines[0]


def test_a_race_that_was_lost_on_the_way_is_not_a_time():
    lost = Row("skorch", "as always", [50.0, 50.0], [Reached(None, 900, 0.02)] * 2)
    rows = [row for row in measured().rows if row.name != "skorch"]
    text = peers_table.section(measured(rows=[*rows, lost]))
    assert "not reached in 2 of 2" in text
    assert "inf" not in text


def test_quick_run_has_no_verdict():
    text = peers_table.section(measured(quick=True))
    assert "QUICK" in text
    assert "holds" not in text


def test_missing_package_is_named(monkeypatch, capsys):
    absent = replace(contestants.SKORCH, package="no_such_package")
    monkeypatch.setitem(ENTRIES, "skorch", absent)
    seen = []

    def no_measurement(name, entries, options):
        seen.extend(entry.name for entry in entries)
        missing = [entry.name for entry in ENTRIES.values() if not entry.installed]
        return measured(missing=missing, rows=[r for r in measured().rows if r.name != "skorch"])

    monkeypatch.setattr(peers, "measure", no_measurement)
    peers.main(["--only", "dense", "--quick"])
    text = capsys.readouterr().out
    assert "skorch: not installed (pip install -r benchmarks/requirements.txt)" in text
    assert "- not installed: skorch" in text
    assert "skorch" not in seen
    assert OURS.name in seen


def test_kept_numbers_come_back(tmp_path):
    everything = {"dense": measured(), "vae": measured(model="vae")}
    peers_table.write(everything, tmp_path / "peers.json")
    assert peers_table.read(tmp_path / "peers.json") == everything
    assert peers_table.read(tmp_path / "none.json") == {}


def test_live_view_trains_and_is_drawn(monkeypatch):
    drawn = []
    monkeypatch.setattr(live_view, "POLL_EVERY", 0.05)
    draw = live_view.draw
    monkeypatch.setattr(live_view, "draw", lambda view: drawn.append(draw(view)))
    live = live_view.LiveView(Experiment(hidden=(16,), latent_dim=2, epochs=1000), "cpu", 1)
    images, seconds = live.turn(0.5)
    live.close()
    assert images > 0
    assert seconds > 0
    assert min(drawn) > 10_000  # bytes


def test_live_view_that_cannot_be_drawn_is_said(monkeypatch):
    def broken(view):
        raise TypeError("another signature")

    monkeypatch.setattr(live_view, "draw", broken)
    live = live_view.LiveView(Experiment(hidden=(16,), latent_dim=2, epochs=1000), "cpu", 1)
    with pytest.raises(RuntimeError, match="could not be drawn"):
        live.turn(0.3)
    live.close()
