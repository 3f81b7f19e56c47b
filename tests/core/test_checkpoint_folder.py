"""Kept runs on disk: written whole or not at all, found again, and no other file touched."""

import dataclasses
import errno
import os
import time

import pytest

from aecore.engine import checkpoint_folder
from aecore.engine.checkpoint_folder import OF_KEPT, OF_UNKEPT, CheckpointFolder, CheckpointFolders
from aecore.errors import StoreError

A, B, C = "a" * 24, "b" * 24, "c" * 24


def test_run_put_on_the_shelf_is_there_after_a_restart(tmp_path):
    CheckpointFolder(tmp_path / "new").put(A, b"one")
    again = CheckpointFolder(tmp_path / "new")
    assert A in again
    assert again.get(A) == b"one"
    again.put(A, b"two")
    assert CheckpointFolder(tmp_path / "new").get(A) == b"two"


def test_removed_run_is_gone_from_disk(tmp_path):
    kept = CheckpointFolder(tmp_path)
    kept.put(A, b"one")
    kept.remove(A)
    kept.remove(B)  # one that never was does no harm
    assert A not in kept
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "name", ["../secret", "", "a" * 23, "A" * 24, "/etc/passwd", "a" * 24 + "\n"]
)
def test_name_that_is_no_run_reaches_no_file(name, tmp_path):
    (tmp_path / "secret.safetensors").write_bytes(b"not yours")
    kept = CheckpointFolder(tmp_path / "runs")
    assert name not in kept
    with pytest.raises(ValueError, match="id"):
        kept.get(name)
    with pytest.raises(ValueError, match="id"):
        kept.put(name, b"x")
    kept.remove(name)
    assert (tmp_path / "secret.safetensors").read_bytes() == b"not yours"


def test_other_files_in_the_folder_are_left_alone(tmp_path):
    (tmp_path / "notes.safetensors").write_bytes(b"mine")
    (tmp_path / "notes.txt").write_bytes(b"mine")
    kept = CheckpointFolder(tmp_path)
    assert "notes" not in kept
    kept.put(A, b"one")
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        f"{A}.safetensors",
        "notes.safetensors",
        "notes.txt",
    ]


def test_full_disk_leaves_the_older_state_and_no_half_file(tmp_path, monkeypatch):
    kept = CheckpointFolder(tmp_path)
    kept.put(A, b"older")
    write = checkpoint_folder.Path.write_bytes

    def half(path, data):
        write(path, data[: len(data) // 2])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(checkpoint_folder.Path, "write_bytes", half)
    with pytest.raises(StoreError, match="no space is left"):
        kept.put(A, b"newer state")
    monkeypatch.undo()
    assert kept.get(A) == b"older"
    assert [path.name for path in tmp_path.iterdir()] == [f"{A}.safetensors"]


def test_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    kept = CheckpointFolder(tmp_path / "file" / "runs")
    with pytest.raises(StoreError, match="a file is in the way"):
        kept.put(A, b"one")
    assert A not in kept


def test_kept_runs_together_have_a_limit(tmp_path):
    kept = CheckpointFolder(tmp_path, dataclasses.replace(OF_KEPT, most_bytes=10, most_runs=2))
    kept.put(A, b"123456")
    with pytest.raises(StoreError, match="runs on disk have"):
        kept.put(B, b"12345")
    kept.put(A, b"1234567890")  # in place of itself
    assert B not in kept
    kept.put(A, b"1")
    kept.put(B, b"1")
    with pytest.raises(StoreError, match="there are 2 runs on disk"):
        kept.put(C, b"1")


@pytest.mark.parametrize("limit", [{"most_runs": 2}, {"most_bytes": 11}])
def test_oldest_unkept_run_makes_room_for_a_new_one(limit, tmp_path):
    limited = CheckpointFolder(tmp_path, dataclasses.replace(OF_UNKEPT, **limit))
    limited.put(A, b"12345")
    limited.put(B, b"12345")
    limited.get(A)  # somebody looks at it: B is the oldest now
    limited.put(C, b"12345")
    assert (A in limited, B in limited, C in limited) == (True, False, True)
    assert {path.stem for path in tmp_path.iterdir()} == {A, C}


def test_run_lies_where_it_belongs_and_nowhere_else(tmp_path):
    folders = CheckpointFolders(tmp_path)
    for kept, folder in (
        (False, tmp_path / "unkept"),
        (True, tmp_path),
        (False, tmp_path / "unkept"),
    ):
        folders.put(A, b"one", kept)
        assert [path.parent for path in tmp_path.rglob("*.safetensors")] == [folder]
        assert CheckpointFolders(tmp_path).get(A) == b"one"
    folders.remove(A)
    assert A not in folders
    assert not list(tmp_path.rglob("*.safetensors"))


def test_unkept_run_goes_after_a_day_and_a_kept_one_stays(tmp_path):
    folders = CheckpointFolders(tmp_path)
    folders.put(A, b"one", kept=True)
    folders.put(B, b"two", kept=False)
    old = time.time() - OF_UNKEPT.seconds - 60
    for path in tmp_path.rglob("*.safetensors"):
        os.utime(path, (old, old))
    folders.tidy()  # as in a server that runs on
    assert (A in folders, B in folders) == (True, False)
    assert OF_UNKEPT.seconds * 10 < OF_KEPT.seconds


def test_draft_of_a_server_that_was_killed_is_removed(tmp_path):
    for name in (A, B, "notes"):
        (tmp_path / f"{name}.part").write_bytes(b"half")
    old = time.time() - 7200
    for name in (A, "notes"):
        os.utime(tmp_path / f"{name}.part", (old, old))
    CheckpointFolder(tmp_path)
    assert {path.stem for path in tmp_path.iterdir()} == {B, "notes"}


def test_run_that_nobody_touched_for_long_is_tidied_away(tmp_path):
    kept = CheckpointFolder(tmp_path)
    kept.put(A, b"one")
    kept.put(B, b"two")
    old = time.time() - OF_KEPT.seconds - 60
    os.utime(tmp_path / f"{A}.safetensors", (old, old))
    again = CheckpointFolder(tmp_path)
    assert (A in again, B in again) == (False, True)
    assert not (tmp_path / f"{A}.safetensors").exists()
    os.utime(tmp_path / f"{B}.safetensors", (old, old))
    again.get(B)  # whoever looks at it keeps it
    assert B in CheckpointFolder(tmp_path)
