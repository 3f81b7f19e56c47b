"""Runs that are there again after a restart, a deletion, damage, a full disk."""

import errno
import os
import time

import pytest

from aecore.data import datasets
from aecore.engine import checkpoint_folder
from aecore.engine.client import Client
from aecore.engine.host import Host
from aecore.engine.settings import Settings, from_environment
from aecore.errors import RunError
from aecore.topics.train.take_home import saved_run
from aecore.training.loop import train
from tests.core.client_runs import (
    ENDLESS,
    SMALL,
    died,
    host_of,
    on_disk,
    restarted,
    running,
    wait_for,
    wait_until_ended,
)


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
    remove = client._safe._folders.remove

    def asked_for(run_id):
        client.knows(run_id)  # by another tab
        remove(run_id)

    monkeypatch.setattr(client._safe._folders, "remove", asked_for)
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
        patch.setattr(checkpoint_folder.Path, "write_bytes", full)
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
