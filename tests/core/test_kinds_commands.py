"""What the commands print of runs of each kind of data: numbers, or one sentence."""

import json

import numpy as np
import pytest
from PIL import Image

from aecore.__main__ import main

KINDS = ("breast-cancer", "water-flow", "textures")


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """Dataset -> the folder of a run on it that has learned for one epoch."""
    root = tmp_path_factory.mktemp("kinds")
    for dataset in KINDS:
        quick = ["--dataset", dataset, "--epochs", "1", "--set", "n_train=64", "--set", "hidden=16"]
        assert main(["train", *quick, "--out", str(root / dataset), "--json"]) == 0
    return {dataset: str(root / dataset) for dataset in KINDS}


@pytest.fixture
def numbers(capsys):
    """Runs a command and returns what it prints."""

    def run(*arguments):
        capsys.readouterr()
        assert main([*arguments, "--json"]) == 0
        return json.loads(capsys.readouterr().out)

    return run


@pytest.fixture
def sentence(capsys):
    """Runs a command that refuses, and returns what it says."""

    def run(*arguments):
        capsys.readouterr()
        assert main([*arguments]) in (1, 2)
        said = capsys.readouterr().err
        assert "Traceback" not in said
        return said

    return run


@pytest.mark.parametrize("dataset", KINDS)
def test_generate_draws_each_kind(dataset, saved, numbers, tmp_path):
    out = tmp_path / "samples.png"
    found = numbers("generate", "--model", saved[dataset], "--n", "20", "--out", str(out))
    assert ("clear_share" in found) == (dataset != "water-flow")
    picture = np.asarray(Image.open(out))
    assert picture.shape[:2] == (64, 320) if dataset == "textures" else picture.ndim == 3
    assert picture.std() > 0


@pytest.mark.parametrize("dataset", KINDS)
def test_compress_weighs_each_kind(dataset, saved, numbers):
    found = numbers("compress", saved[dataset])
    size = {"breast-cancer": 30, "water-flow": 24, "textures": 1024}[dataset]
    assert found["bytes_uncompressed"] == size
    assert found["bytes_per_sample"] < size
    assert ("jpeg_bytes" in found) == (dataset == "textures")


@pytest.mark.parametrize("dataset", KINDS)
def test_denoise_measures_each_kind(dataset, saved, numbers):
    found = numbers("denoise", saved[dataset])
    assert np.isfinite(found["model_psnr"])


def test_superres_is_for_square_pictures(saved, numbers, sentence):
    assert numbers("superres", saved["textures"])["side"] == 16
    for dataset in ("breast-cancer", "water-flow"):
        assert "no square pictures" in sentence("superres", saved[dataset])


@pytest.mark.parametrize("command", [("probe",), ("pretrain-classifier", "--labels", "10")])
def test_what_takes_labels_says_so(command, saved, numbers, sentence):
    name, *more = command
    assert "takes labels" in sentence(name, saved["water-flow"], *more)
    if name == "probe":
        found = numbers(name, saved["breast-cancer"])
        assert 0.3 < found["code_accuracy"] <= 1


def test_anomaly_learns_from_the_usual_ones_and_needs_classes(numbers, sentence):
    quick = ["--epochs", "2", "--seed", "0"]
    found = numbers("anomaly", "--dataset", "breast-cancer", "--normal", "1", *quick)
    assert set(found["auroc_of_each_score"]) == {"mse", "latent"}
    assert (found["n_normal"], found["n_strange"]) == (72, 43)
    assert found["auroc_of_each_score"]["latent"] > 0.7
    said = sentence("anomaly", "--dataset", "water-flow", "--normal", "0", *quick)
    assert "takes labels" in said
    assert "--score" in sentence(
        "anomaly", "--dataset", "breast-cancer", "--normal", "1", "--score", "ssim", *quick
    )
