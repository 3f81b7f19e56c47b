"""Limits per learner and in all, and the queue of runs that find no room."""

import time

import pytest

from tests.core.client_runs import ENDLESS, SMALL, one_at_a_time, running, standing, wait_for


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
