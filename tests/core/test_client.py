"""The client: runs by their id on several stations, with their threads."""

import errno
import os
import statistics
import threading
import time

import pytest
import torch

from aecore.data import datasets
from aecore.engine import checkpoint, shelf, station
from aecore.engine.client import Client
from aecore.engine.host import Host
from aecore.engine.settings import Settings, from_environment
from aecore.engine.turns import SLICE
from aecore.errors import RunError
from aecore.spec.experiment import Experiment
from aecore.topics.train.take_home import saved_run
from aecore.training.loop import train

SMALL = Experiment(hidden=(16,), latent_dim=4, batch_size=20, epochs=5)  # 3 batches of `tiny`
ENDLESS = SMALL.replace(epochs=1000, batch_size=4)  # 15,000 batches: more than any test waits for


@pytest.fixture(autouse=True)
def tiny_dataset(tiny, monkeypatch):
    """Whatever dataset a run asks for, it gets the handful of digits."""
    monkeypatch.setattr(datasets, "load", lambda *args, **kwargs: tiny)


@pytest.fixture
def client(tmp_path, monkeypatch):
    threads = torch.get_num_threads()
    monkeypatch.setattr(station, "cores", lambda: 1)  # these runs are too small for more
    client = Client(Settings(), tmp_path, n_hosts=2, make_host=lambda: Host("cpu"))
    yield client
    client.close()
    torch.set_num_threads(threads)


def host_of(client, run_id):
    return client._entries[run_id].place.host


def break_at_batch(host, run_id, number):
    """Has the training of a run break off at a batch."""
    training = host._runs[run_id].work.training
    learn, done = training.train_batch, []

    def train_batch(batch):
        done.append(batch)
        return 1 / 0 if len(done) == number else learn(batch)

    training.train_batch = train_batch


def wait_for(true, what):
    end = time.monotonic() + 120
    while not true():
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(0.005)


def wait_until_ended(client, *run_ids):
    wait_for(
        lambda: all(client.view(r).state in ("ended", "failed", "paused") for r in run_ids), "ends"
    )


def test_client_trains_several_runs_at_once(client):
    runs = [client.create(SMALL.replace(seed=s)) for s in range(5)]
    for run_id in runs:
        assert client.knows(run_id)
        client.play(run_id)
    wait_until_ended(client, *runs)
    assert [client.view(r).ended for r in runs] == ["epochs"] * 5
    assert len({client.view(r).history.val_mse for r in runs}) == 5


def test_mark_of_a_run_changes_when_it_moves_and_asks_nobody(client, monkeypatch):
    run_id = client.create(ENDLESS)
    wait_for(lambda: client.view(run_id).state == "ready", "the model")
    assert client.mark(run_id) == (False, 0, ENDLESS)
    client.play(run_id)
    assert client.mark(run_id)[0]
    client.adjust(run_id, learning_rate=0.01)
    wait_for(lambda: client.mark(run_id)[1] > 0, "batches")
    client.pause(run_id)
    view = client.view(run_id)
    wait_for(
        lambda: client.mark(run_id) == (False, view.step, ENDLESS.replace(learning_rate=0.01)),
        "the same as in a look at the run at rest",
    )
    monkeypatch.setattr(Host, "view", lambda *args: pytest.fail("it was looked at"))
    assert client.mark(run_id)
    client.delete(run_id)
    assert client.mark(run_id) is None


def test_pace_of_a_run_can_be_read_by_whoever_watches_it(client):
    run_id = client.create(SMALL)
    assert client.pace(run_id) is None
    client.set_pace(run_id, 4.0)
    assert client.pace(run_id) == 4.0
    with pytest.raises(RunError):
        client.pace("no such run")


def test_client_spreads_runs_over_its_hosts(client):
    first = client.create(SMALL.replace(epochs=1000))
    client.play(first)
    wait_for(lambda: client.view(first).state == "running", "the first run")
    assert host_of(client, client.create(SMALL)) is not host_of(client, first)


def test_client_gives_the_same_numbers_as_the_loop_alone(client, tiny):
    runs = [client.create(SMALL), client.create(SMALL.replace(seed=1)), client.create(SMALL)]
    for run_id in runs:
        client.play(run_id)
    wait_until_ended(client, *runs)
    alone = [s.val.mse for s in train(SMALL, tiny) if s.val]
    for run_id in (runs[0], runs[2]):
        assert client.view(run_id).history.val_mse == pytest.approx(alone, rel=1e-4)


def test_client_steps_resets_and_adjusts(client):
    run_id = client.create(SMALL)
    wait_for(lambda: client.view(run_id).state == "ready", "the run")
    client.step_batch(run_id)
    wait_until_ended(client, run_id)
    assert client.view(run_id).step == 1
    client.step_epoch(run_id)
    wait_for(lambda: client.view(run_id).step == 3, "the epoch")
    client.adjust(run_id, epochs=2)
    assert client.view(run_id).experiment.epochs == 2
    client.reset(run_id)
    wait_for(lambda: client.view(run_id).state == "ready", "the reset")
    assert client.view(run_id).step == 0
    client.set_pace(run_id, 1000)
    client.play(run_id)
    wait_until_ended(client, run_id)
    assert client.view(run_id).epoch == 2
    client.delete(run_id)
    assert not client.knows(run_id)
    with pytest.raises(RunError):
        client.view(run_id)


def test_client_rests_while_a_slow_run_waits_for_its_next_batch(client):
    run_id = client.create(SMALL)
    client.set_pace(run_id, 0.01)
    client.play(run_id)
    wait_for(lambda: client.view(run_id).state == "running", "the run")
    host, looks = host_of(client, run_id), []
    advance = host.advance
    host.advance = lambda: (looks.append(1), advance())[1]
    time.sleep(0.3)
    wait_for(lambda: looks, "a look")
    assert len(looks) <= 40
    client.set_pace(run_id, None)
    wait_until_ended(client, run_id)
    assert client.view(run_id).ended == "epochs"


def test_lone_training_gets_half_the_cores_and_several_one_each(client, monkeypatch):
    given = []
    monkeypatch.setattr(torch, "set_num_threads", given.append)
    monkeypatch.setattr(torch, "get_num_threads", lambda: given[-1] if given else 0)
    monkeypatch.setattr(station, "cores", lambda: 6)
    runs = [client.create(SMALL.replace(epochs=1000)) for _ in range(2)]
    for run_id in runs:
        client.set_pace(run_id, 100)
        wait_for(lambda r=run_id: client.view(r).state == "ready", "the run")
    client.play(runs[0])
    wait_for(lambda: given[-1:] == [3], "half the cores")
    client.play(runs[1])
    wait_for(lambda: given[-1] == 1, "one core each")
    client.stop(runs[0])
    wait_for(lambda: given[-1] == 3, "half the cores again")


def test_client_survives_a_run_that_breaks_off(client, caplog):
    bad, good = client.create(SMALL), client.create(SMALL)
    wait_for(lambda: all(client.view(r).state == "ready" for r in (bad, good)), "the runs")
    break_at_batch(host_of(client, bad), bad, 4)
    client.play(bad)
    client.play(good)
    wait_until_ended(client, bad, good)
    assert (client.view(bad).state, client.view(good).ended) == ("failed", "epochs")
    assert "a run broke off" in caplog.text
    after = client.create(SMALL)
    client.play(after)
    wait_until_ended(client, after)
    assert client.view(after).ended == "epochs"


def test_client_ends_its_threads_on_close(tmp_path):
    before = set(threading.enumerate())
    client = Client(Settings(), tmp_path, n_hosts=2, make_host=lambda: Host("cpu"))
    run_id = client.create(SMALL.replace(epochs=1000))
    client.play(run_id)
    wait_for(lambda: client.view(run_id).state == "running", "the run")
    started = set(threading.enumerate()) - before
    assert len([t for t in started if t.name == "host"]) == 2
    client.close()
    for thread in started:
        thread.join(60)
    assert not any(thread.is_alive() for thread in started)
    client.close()  # twice does no harm


# ---- limits and the queue


def one_at_a_time(tmp_path, **limits):
    settings = Settings(**{"in_all": 1, **limits})
    return Client(settings, tmp_path, n_hosts=1, make_host=lambda: Host("cpu"))


@pytest.fixture
def narrow(tmp_path):
    client = one_at_a_time(tmp_path)
    yield client
    client.close()


def standing(client, *run_ids):
    views = [client.view(run_id) for run_id in run_ids]
    return [(view.state, view.queue_place) for view in views]


def running(client, experiment, owner=""):
    run_id = client.create(experiment, owner)
    client.play(run_id)
    wait_for(lambda: client.view(run_id).state == "running", "the run")
    return run_id


def test_runs_beyond_the_limit_wait_in_order_and_start_by_themselves(narrow):
    first = running(narrow, ENDLESS)
    second, third = narrow.create(SMALL), narrow.create(SMALL)
    narrow.play(second)
    narrow.play(third)
    narrow.play(second)  # again: it keeps its place
    assert standing(narrow, first, second, third) == [("running", 0), ("queued", 1), ("queued", 2)]
    time.sleep(0.6)
    assert narrow.view(second).step == 0
    narrow.stop(first)
    wait_for(lambda: narrow.view(third).state == "ended", "both waiting runs")
    assert narrow.view(second).ended == narrow.view(third).ended == "epochs"


@pytest.mark.parametrize("leave", ["pause", "stop", "reset", "delete"])
def test_waiting_run_can_leave_the_queue(leave, narrow):
    first = running(narrow, ENDLESS)
    second, third = narrow.create(SMALL), narrow.create(SMALL)
    narrow.play(second)
    narrow.play(third)
    getattr(narrow, leave)(second)
    assert standing(narrow, third) == [("queued", 1)]
    narrow.delete(first)
    wait_for(lambda: narrow.view(third).state == "ended", "the other one")
    assert leave == "delete" or narrow.view(second).step == 0


def test_steps_wait_as_well_and_stay_steps(narrow):
    first = running(narrow, ENDLESS)
    second = narrow.create(SMALL)
    wait_for(lambda: narrow.view(second).state == "ready", "the second run")
    narrow.step_batch(second)
    assert narrow.view(second).state == "queued"
    narrow.pause(first)
    wait_for(lambda: narrow.view(second).state == "paused", "its one batch")
    assert narrow.view(second).step == 1


def test_learner_with_many_runs_keeps_nobody_else_waiting(tmp_path):
    client = one_at_a_time(tmp_path, in_all=10, per_learner=2)
    try:
        mine = [running(client, ENDLESS, "me") for _ in range(2)]
        third = client.create(SMALL, "me")
        client.play(third)
        assert standing(client, third) == [("queued", 1)]
        theirs = running(client, ENDLESS, "you")
        assert standing(client, third, theirs) == [("queued", 1), ("running", 0)]
        client.stop(mine[0])
        wait_for(lambda: client.view(third).state == "ended", "the third run")
    finally:
        client.close()


def test_run_that_nobody_waits_for_lets_others_go_first(narrow, monkeypatch):
    first = running(narrow, ENDLESS)
    left, watched = narrow.create(ENDLESS), narrow.create(SMALL)
    narrow.play(left)
    narrow.play(watched)
    narrow._entries[left].seen -= 60
    assert standing(narrow, watched) == [("queued", 1)]
    narrow.stop(first)
    wait_for(lambda: narrow.view(watched).state == "ended", "the run that somebody watches")
    assert narrow._entries[left].step == 0
    narrow.view(left)  # its learner is back
    wait_for(lambda: narrow.view(left).state == "running", "the other one")


# ---- kept runs and the disk


def restarted(client, tmp_path):
    client.close()
    return Client(Settings(), tmp_path, n_hosts=1, make_host=lambda: Host("cpu"))


@pytest.mark.parametrize("kept", [True, False])
def test_run_is_there_after_a_restart_and_goes_on(kept, client, tmp_path):
    run_id, deleted = (running(client, SMALL.replace(epochs=3)) for _ in range(2))
    wait_until_ended(client, run_id, deleted)
    client.rename(run_id, "mine")
    client.keep(run_id, kept)
    client.delete(deleted)
    before = client.view(run_id)
    again = restarted(client, tmp_path)
    try:
        assert again.knows(run_id)
        assert not again.knows(deleted)
        first = again.view(run_id)
        assert (first.name, first.kept, first.step) == ("mine", kept, before.step)
        wait_until_ended(again, run_id)
        view = again.view(run_id)
        assert not view.incidents  # nothing has happened to it
        assert (view.ended, view.history.val_mse) == ("epochs", before.history.val_mse)
        again.adjust(run_id, epochs=5)
        again.play(run_id)
        wait_for(lambda: again.view(run_id).epoch == 5, "more epochs")
        alone = [snapshot.val.mse for snapshot in train(SMALL, datasets.load()) if snapshot.val]
        assert again.view(run_id).history.val_mse == pytest.approx(alone, rel=1e-4)
    finally:
        again.close()


def died(client, tmp_path, monkeypatch):
    """Another client after the first one ended without a last word, as with kill -9."""
    monkeypatch.setattr(client._safe, "save", lambda entry: None)
    client.close()
    return Client(Settings(), tmp_path, n_hosts=1, make_host=lambda: Host("cpu"))


def on_disk(client, run_id):
    """Batches done in the file of a run; None where there is none."""
    if run_id not in client._safe:
        return None
    return checkpoint.from_bytes(client._safe._shelves.get(run_id)).step


@pytest.mark.parametrize("kept", [True, False])
def test_run_that_trained_when_the_server_died_goes_on_once_it_is_looked_at(
    kept, client, tmp_path, monkeypatch
):
    run_id = running(client, ENDLESS)
    client.keep(run_id, kept)
    wait_for(lambda: (on_disk(client, run_id) or 0) > 30, "a checkpoint")
    again = died(client, tmp_path, monkeypatch)
    try:
        assert again.knows(run_id)
        at_rest = again._entries[run_id].step
        assert at_rest > 30
        time.sleep(0.6)
        assert host_of(again, run_id).view(run_id).step == at_rest  # nobody looks
        said = again.view(run_id).incidents
        assert "brought back from disk" in str(said[0])
        assert str(at_rest) in str(said[0])
        wait_for(lambda: again.view(run_id).step > at_rest + 10, "more batches")
        assert again.view(run_id).kept == kept
    finally:
        again.close()


def test_run_loses_no_more_than_five_seconds(client, monkeypatch):
    run_id = client.create(ENDLESS)
    client.set_pace(run_id, 100.0)
    client.play(run_id)
    wait_for(lambda: client.view(run_id).state == "running", "the run")
    behind, end = [], time.monotonic() + 9
    while time.monotonic() < end:
        time.sleep(0.1)
        step = client.view(run_id).step
        behind.append(step - (on_disk(client, run_id) or 0))
    assert 0 < max(behind) < 500  # batches, a hundred a second


def test_run_that_waits_for_room_is_there_after_the_server_died(narrow, tmp_path, monkeypatch):
    running(narrow, ENDLESS)
    waiting = narrow.create(SMALL.replace(seed=5))
    narrow.play(waiting)
    assert narrow.view(waiting).state == "queued"
    wait_for(lambda: on_disk(narrow, waiting) == 0, "its settings on disk")
    again = died(narrow, tmp_path, monkeypatch)
    try:
        assert again.view(waiting).experiment.seed == 5
        wait_for(lambda: again.view(waiting).ended == "epochs", "its training")
    finally:
        again.close()


@pytest.mark.parametrize("rest", ["pause", "stop"])
def test_run_at_rest_is_brought_back_at_rest(rest, client, tmp_path):
    run_id = running(client, ENDLESS)
    wait_for(lambda: on_disk(client, run_id), "a checkpoint of it running")
    getattr(client, rest)(run_id)
    step = client.view(run_id).step
    again = restarted(client, tmp_path)
    try:
        wait_for(lambda: again.view(run_id).state != "preparing", "the run")
        time.sleep(0.3)
        view = again.view(run_id)
        assert (view.state, view.step) == ("paused" if rest == "pause" else "ended", step)
        assert len(view.incidents) == (rest == "pause")
    finally:
        again.close()


def test_run_that_ends_the_server_whenever_it_trains_is_not_started_again_and_again(
    client, tmp_path, monkeypatch
):
    run_id = running(client, ENDLESS)
    wait_for(lambda: on_disk(client, run_id), "a checkpoint")
    again = died(client, tmp_path, monkeypatch)
    monkeypatch.setattr(again._safe, "save", lambda entry: None)
    wait_for(lambda: again.view(run_id).state == "running", "the run")
    third = died(again, tmp_path, monkeypatch)
    try:
        wait_for(lambda: third.view(run_id).state != "preparing", "the run")
        assert third.view(run_id).state == "paused"
    finally:
        third.close()


def test_run_from_a_file_reaches_the_disk_only_once_it_is_kept_or_trained_on(client, tmp_path):
    run_id = running(client, SMALL.replace(epochs=1))
    wait_until_ended(client, run_id)
    data = client.ask(run_id, saved_run, client.view(run_id))
    client.delete(run_id)
    brought = client.adopt(data)
    wait_for(lambda: client.view(brought).ended == "loaded", "the run")
    time.sleep(0.6)
    assert on_disk(client, brought) is None
    client.keep(brought, True)
    assert on_disk(client, brought) == 3


@pytest.mark.parametrize("kept", [True, False])
def test_deleted_run_does_not_come_back(kept, client, tmp_path):
    run_id = running(client, SMALL)
    wait_until_ended(client, run_id)
    client.keep(run_id, kept)
    assert on_disk(client, run_id)
    client.delete(run_id)
    again = restarted(client, tmp_path)
    try:
        assert not list(tmp_path.rglob("*.safetensors"))
        assert not again.knows(run_id)
    finally:
        again.close()


def test_run_asked_for_while_it_is_deleted_is_not_brought_back(client, tmp_path, monkeypatch):
    run_id = running(client, SMALL)
    wait_until_ended(client, run_id)
    client.keep(run_id, True)
    remove = client._safe._shelves.remove

    def asked_for(run_id):
        client.knows(run_id)  # by another tab
        remove(run_id)

    monkeypatch.setattr(client._safe._shelves, "remove", asked_for)
    client.delete(run_id)
    assert not client.knows(run_id)
    assert not list(tmp_path.rglob("*.safetensors"))
    assert run_id not in client._entries


def test_damaged_file_of_a_run_is_left_out_with_a_sentence(client, tmp_path, caplog):
    run_id = running(client, SMALL)
    wait_until_ended(client, run_id)
    client.keep(run_id, True)
    client.close()  # which writes once more what is due
    (path,) = tmp_path.glob("*.safetensors")
    path.write_bytes(path.read_bytes()[:-10])
    again = restarted(client, tmp_path)
    try:
        assert not again.knows(run_id)
        assert "cannot be read from disk" in caplog.text
        with pytest.raises(RunError, match="cannot be read from disk"):
            again.view(run_id)
        assert path.exists()
    finally:
        again.close()


def test_file_under_another_runs_name_is_left_out(client, tmp_path):
    run_id = running(client, SMALL)
    wait_until_ended(client, run_id)
    client.keep(run_id, True)
    (path,) = tmp_path.glob("*.safetensors")
    path.rename(path.with_stem("f" * 24))
    again = restarted(client, tmp_path)
    try:
        assert not again.knows("f" * 24)
    finally:
        again.close()


def test_full_disk_is_named_and_training_goes_on_in_memory(client, monkeypatch):
    def full(path, data):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("aecore.engine.safekeeping.DISK_AGAIN_AFTER", 0.3)
    run_id = running(client, ENDLESS)
    wait_for(lambda: client.view(run_id).step > 3, "some batches")
    with monkeypatch.context() as patch:
        patch.setattr(shelf.Path, "write_bytes", full)
        client.keep(run_id, True)
        view = client.view(run_id)
        assert "no space is left" in str(view.incidents[0])
        assert (view.kept, view.state) == (True, "running")
        wait_for(lambda: client.view(run_id).step > view.step + 30, "more batches")
        assert len(client.view(run_id).incidents) == 1
    wait_for(lambda: not client.view(run_id).incidents, "room on the disk")
    assert on_disk(client, run_id)


def test_setting_that_cannot_be_used_is_named_on_every_run(tmp_path):
    settings = from_environment({"AECORE_RUNS_IN_ALL": "many", "AECORE_PAUSE_AFTER": "7"})
    assert (settings.in_all, settings.pause_after) == (Settings().in_all, 7)
    client = Client(settings, tmp_path, n_hosts=1, make_host=lambda: Host("cpu"))
    try:
        (said,) = client.view(client.create(SMALL)).incidents
        assert "AECORE_RUNS_IN_ALL must be a whole number from 1 to 1000" in str(said)
        assert "'many'" in str(said)
    finally:
        client.close()


# ---- questions while others train


def test_question_about_a_running_model_does_not_wait_for_long(client):
    run_id = running(client, ENDLESS)
    waits = []
    for _ in range(20):
        time.sleep(0.03)  # a slice begins
        asked = client.view(run_id).step
        answered = client.ask(run_id, lambda subject: client.view(run_id).step)
        waits.append(answered - asked)
    per_slice = client.view(run_id).images_per_second / ENDLESS.batch_size * SLICE
    assert statistics.median(waits) < per_slice / 8  # not until the slice under way is over


def test_long_question_keeps_only_its_own_run_waiting(tmp_path):
    client = Client(Settings(), tmp_path, n_hosts=1, make_host=lambda: Host("cpu"))
    try:
        mine, theirs = running(client, ENDLESS), running(client, ENDLESS)
        steps = []

        def think(subject):
            before = client.view(mine).step
            reached = client.view(theirs).step + 50
            wait_for(lambda: client.view(theirs).step > reached, "the other learner")
            steps.append((before, client.view(mine).step))

        client.ask(mine, think)
        ((before, after),) = steps
        assert before == after
    finally:
        client.close()


def shows_its_last_batch(client, run_id):
    view = client.view(run_id)
    trained = host_of(client, run_id)._runs[run_id].work.training.step
    return view.state != "running" and view.moment.step == view.step == trained


@pytest.mark.parametrize("rest", ["pause", "stop"])
def test_run_at_rest_shows_the_result_of_its_last_batch(rest, client):
    run_id = running(client, ENDLESS)
    for _ in range(5):
        client.play(run_id)
        time.sleep(0.05)
        getattr(client, rest)(run_id)  # waits for the batch under way, but not for long
        wait_for(lambda: shows_its_last_batch(client, run_id), "the result of the last batch")
        if rest == "stop":
            break
