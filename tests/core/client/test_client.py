"""The client: runs by their id on several stations, with their threads."""

import threading
import time

import pytest
import torch

from aecore.engine import station
from aecore.engine.client import Client
from aecore.engine.host import Host
from aecore.engine.settings import Settings
from aecore.errors import RunError
from aecore.training.loop import train
from tests.core.client_runs import (
    ENDLESS,
    SMALL,
    break_at_batch,
    host_of,
    running,
    wait_for,
    wait_until_ended,
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


def test_question_about_a_running_model_does_not_wait_for_the_slice_under_way(client, monkeypatch):
    monkeypatch.setattr("aecore.engine.host.SLICE", 3600.0)  # none is over before the training is
    run_id = running(client, ENDLESS)
    assert client.ask(run_id, lambda subject: client.view(run_id).state) == "running"


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
