"""The command line: one JSON object, or one sentence and an exit code."""

import errno
import inspect
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from PIL import Image

from aecore import commands
from aecore.commands.train import RUN_FILES
from aecore.data import datasets
from aecore.errors import DataError
from aecore.files import pretrained, store
from aecore.model.autoencoder import Autoencoder
from aecore.spec import variants
from aecore.spec.experiment import Experiment

QUICK = ["--dataset=mnist-5k", "--epochs=1", "--set=n_train=200", "--set=batch_size=50"]
DIVERGING = [
    *("--variant=linear", "--dataset=mnist-5k", "--set=n_train=300", "--set=batch_size=20"),
    *("--set=optimizer=sgd", "--set=learning_rate=10"),
]


@pytest.fixture(autouse=True)
def on_the_cpu(monkeypatch):
    monkeypatch.setenv("AECORE_DEVICE", "cpu")


def strict_json(text):
    def refuse(constant):
        raise AssertionError(f"{constant} is not JSON")

    return json.loads(text, parse_constant=refuse)


def last_object(out):
    return strict_json(out.splitlines()[-1])


# ---- train


def test_train_prints_one_object_as_the_last_line(aecore):
    code, out, _ = aecore("train", *QUICK, "--latent-dim", "3", "--seed", "7", "--json")
    result = last_object(out)
    assert code == 0
    assert (result["variant"], result["dataset"]) == ("vanilla", "mnist-5k")
    assert result["device"] == "cpu"
    assert (result["latent_dim"], result["epochs"], result["seed"]) == (3, 1, 7)
    model = Autoencoder(Experiment(latent_dim=3))
    assert result["parameters"] == sum(p.numel() for p in model.parameters())
    assert result["test_sse"] == pytest.approx(784 * result["test_mse"])
    assert 0 < result["test_mse"] < 0.25
    assert result["train_seconds"] > 0
    assert result["images_per_second"] > 0
    assert result["ended"] == "epochs"


def test_train_is_the_experiment_it_was_asked_for(aecore):
    _, out, _ = aecore("train", *QUICK, "--variant", "beta-vae", "--set", "beta=4", "--json")
    expected = variants.build(
        "vae", beta=4.0, dataset="mnist-5k", epochs=1, n_train=200, batch_size=50
    )
    assert Experiment.from_json(json.dumps(last_object(out)["experiment"])) == expected


def test_train_twice_gives_the_same_numbers(aecore):
    first, again = (last_object(aecore("train", *QUICK, "--json")[1]) for _ in range(2))
    other = last_object(aecore("train", *QUICK, "--seed", "1", "--json")[1])
    assert first["test_mse"] == again["test_mse"] != other["test_mse"]


def test_train_saves_a_run_that_loads(aecore, tmp_path, digits):
    out = aecore("train", *QUICK, "--json", "--out", str(tmp_path / "run"))[1]
    model = store.load(tmp_path / "run")
    error = (model.reconstruct(digits.x_test) - digits.x_test).square().mean().item()
    assert error == pytest.approx(last_object(out)["test_mse"], rel=1e-5)
    card = strict_json((tmp_path / "run" / store.CARD).read_text("utf-8"))
    assert card["history"]["epochs"] == [0, 1]
    assert card["result"]["test_mse"] == last_object(out)["test_mse"]


def test_train_takes_the_bundled_digits_where_there_are_no_others(aecore, monkeypatch, tmp_path):
    monkeypatch.setenv("AECORE_DATA", str(tmp_path))
    code, out, _ = aecore("train", "--set", "n_train=50", "--epochs", "1", "--json")
    assert code == 0
    assert last_object(out)["dataset"] == "mnist-5k"


def test_train_prints_its_numbers_for_people(aecore):
    code, out, _ = aecore("train", *QUICK)
    assert code == 0
    assert "test_mse" in out
    assert "{" not in out


def test_diverged_run_prints_and_saves_valid_json(aecore, tmp_path):
    code, out, _ = aecore("train", *DIVERGING, "--json", "--out", str(tmp_path))
    assert code == 0
    assert last_object(out)["ended"] == "diverged"
    assert strict_json((tmp_path / store.CARD).read_text("utf-8"))["result"]["ended"] == "diverged"


def test_run_that_ended_in_nan_prints_and_saves_valid_json(aecore, tmp_path):
    settings = ("--epochs", "1", "--set", "batch_size=12")  # 25 batches: to the look at the loss
    code, out, _ = aecore("train", *DIVERGING, *settings, "--json", "--out", str(tmp_path))
    assert code == 0
    assert last_object(out)["test_mse"] is None
    assert strict_json((tmp_path / store.CARD).read_text("utf-8"))["result"]["test_mse"] is None


# ---- the other commands


def test_variants_are_listed_with_what_they_change(aecore):
    code, out, _ = aecore("variants", "--json")
    rows = last_object(out)
    assert code == 0
    assert [row["key"] for row in rows] == list(variants.VARIANTS)
    assert all(row["title"] and row["changes"] and row["paper"] for row in rows)


def test_pca_prints_its_error_and_that_of_the_mean(aecore):
    code, out, _ = aecore("pca", "--dataset", "mnist-5k", "--latent-dim", "30", "--json")
    result = last_object(out)
    assert code == 0
    assert (result["dataset"], result["latent_dim"]) == ("mnist-5k", 30)
    assert result["test_sse"] == pytest.approx(784 * result["test_mse"])
    assert 10 < result["test_sse"] < 20
    assert result["test_mse"] < result["mean_image_test_mse"] < 0.1


@pytest.mark.parametrize("command", ["train", "pca", "variants"])
def test_help_names_the_options(command, aecore):
    code, out, _ = aecore(command, "--help")
    assert code == 0
    assert "--json" in out


def test_commands_run_as_a_program():
    done = subprocess.run(
        [sys.executable, "-m", "aecore", "variants", "--json"], capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert strict_json(done.stdout)[0]["key"] == "linear"


# ---- what goes wrong


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("", "COMMAND"),
        ("frobnicate", "frobnicate"),
        ("train --frob", "--frob"),
        ("train --variant nope", "'nope'"),
        ("train --latent-dim 0", "from 1 to 1024"),
        ("train --latent-dim abc", "'abc'"),
        ("train --latent-dim nan", "'nan'"),
        ("train --latent-dim", "--latent-dim"),
        ("train --epochs 1.5", "epochs must be a whole number"),
        ("train --seed -1", "seed"),
        ("train --dataset cifar", "mnist-5k"),
        ("train --set beta", "FIELD=VALUE"),
        ("train --set learningrate=1", "learning_rate"),
        ("train --set hidden=-5", "hidden"),
        ("train --set code=top_k --set k=40", "at most the code size 32"),
        ("train --set variant=vae", "variant"),
        ("pca --latent-dim 785", "from 1 to 784"),
        ("pca --latent-dim 9999", "from 1 to 784"),
        ("pca --latent-dim 0", "from 1 to 784"),
        ("pca --variant vae", "--variant"),
    ],
)
def test_bad_arguments_are_one_sentence_and_exit_code_2(line, named, aecore):
    code, out, err = aecore(*line.split())
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1
    assert named in err
    assert "Traceback" not in err


def test_failure_that_is_not_in_the_arguments_is_exit_code_1(aecore, monkeypatch):
    def no_network(*args, **kwargs):
        raise DataError("no server could be reached")

    monkeypatch.setattr(datasets, "load", no_network)
    assert aecore("train", *QUICK) == (1, "", "aecore: no server could be reached\n")


def test_device_that_is_not_here_is_named(aecore, monkeypatch):
    monkeypatch.setenv("AECORE_DEVICE", "warp")
    code, out, err = aecore("train", *QUICK)
    assert (code, out) == (1, "")
    assert "'warp'" in err
    assert len(err.splitlines()) == 1


# ---- destinations, judged before the work

PLACES = {
    "train": ("train", *QUICK),
    "generate": ("generate", "--n", "1"),
    "export": ("export", "--to", "script"),
    "pretrain": ("pretrain", "--only", "vanilla-2"),
}


@pytest.fixture
def no_work(monkeypatch):
    """Loading pictures or asking for a model fails: nothing may come before the look at --out."""

    def too_early(*args, **kwargs):
        raise AssertionError("worked before the destination was judged")

    monkeypatch.setattr(datasets, "load", too_early)
    monkeypatch.setattr(pretrained, "load", too_early)
    monkeypatch.setattr(pretrained, "make", too_early)
    monkeypatch.setattr("aecore.commands.export.to_script", too_early)


def test_every_command_with_a_destination_is_tried():
    declared = {
        module.__name__.rpartition(".")[2]
        for module in commands.find()
        if "_destinations.add_out" in inspect.getsource(module)
    }
    named = {
        module.__name__ for module in commands.find() if '"--out"' in inspect.getsource(module)
    }
    assert (declared, named) == (set(PLACES), set())


@pytest.mark.parametrize("command", PLACES)
@pytest.mark.parametrize("empty", ["", " "])
def test_empty_destination_is_refused(command, empty, aecore, no_work, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, out, err = aecore(*PLACES[command], f"--out={empty}")
    assert (code, out) == (2, "")
    assert err == f"aecore: --out must name a place to write to, but was {empty!r}.\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", PLACES)
@pytest.mark.parametrize(
    ("place", "reason"),
    [
        ("file/below", "a file is in the way of a folder"),
        ("file/below/further", "a file is in the way of a folder"),
        ("x" * 300, "its name is too long"),
        ("new/" + "x" * 300, "its name is too long"),
        ("a\0b", "no system has such a name"),
        ("full/new", "no space is left"),
        ("locked/new", "permission was denied"),
    ],
)
def test_destination_that_cannot_be_written_is_refused_before_the_work(
    command, place, reason, aecore, no_work, tmp_path, monkeypatch
):
    (tmp_path / "file").write_text("in the way")
    errors = {"full": OSError(errno.ENOSPC, ""), "locked": PermissionError(errno.EACCES, "")}
    for name in errors:
        (tmp_path / name).mkdir()

    def temporary(dir):
        if dir.name in errors:
            raise errors[dir.name]
        return real(dir=dir)

    real = tempfile.TemporaryFile
    monkeypatch.setattr(tempfile, "TemporaryFile", temporary)
    code, out, err = aecore(*PLACES[command], "--out", str(tmp_path / place))
    assert (code, out) == (1, "")
    assert f"cannot be written ({reason}): choose another place." in err
    assert len(err.splitlines()) == 1
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["file", "full", "locked"]


def test_folder_in_the_way_of_a_file_of_the_run_is_refused(aecore, no_work, tmp_path):
    (tmp_path / store.WEIGHTS).mkdir()
    code, _, err = aecore("train", *QUICK, "--out", str(tmp_path))
    assert code == 1
    assert "(it is a folder)" in err


def test_folder_as_a_file_is_refused(aecore, no_work, tmp_path):
    for command in ("generate", "export"):
        code, _, err = aecore(*PLACES[command], "--out", str(tmp_path))
        assert code == 1
        assert "(it is a folder)" in err


def test_train_knows_the_files_of_a_run():
    assert set(RUN_FILES) == {store.WEIGHTS, store.CARD}


def test_pictures_are_written_into_a_folder_that_is_made(aecore, tmp_path):
    code, _, _ = aecore("generate", "--n", "1", "--out", str(tmp_path / "new" / "one.png"))
    assert code == 0
    assert Image.open(tmp_path / "new" / "one.png").size == (280, 28)


@pytest.mark.parametrize(
    "line", [("pretrain", "--only", ""), ("probe", ""), ("generate", "--model=")]
)
def test_empty_name_is_not_everything(line, aecore):
    code, out, err = aecore(*line)
    assert code != 0
    assert out == ""
    assert "one of" in err


# ---- output that fails

LISTINGS = [["variants"], ["variants", "--json"], ["--help"], ["train", "--help"]]


@pytest.mark.parametrize("words", LISTINGS, ids=" ".join)
def test_reader_that_has_gone_is_no_fault(words):
    """As with `| head -1`: nobody reads any more, and nothing is said."""
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "aecore", *words], stdout=writing, stderr=subprocess.PIPE
        )
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (141, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full device")
@pytest.mark.parametrize("words", LISTINGS, ids=" ".join)
def test_full_disk_under_the_output_is_one_sentence(words):
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "aecore", *words], stdout=full, stderr=subprocess.PIPE
        )
    assert done.returncode == 1
    assert done.stderr == b"aecore: the output cannot be written (no space is left).\n"
