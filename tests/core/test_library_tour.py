"""docs/library.md, executed as it is written."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from aecore.files import store

TEXT = (Path(__file__).parents[2] / "docs" / "library.md").read_text("utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```", TEXT, flags=re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def tour(tmp_path_factory):
    """A folder in which the tour has been taken, its names, and what it printed."""
    folder, names = tmp_path_factory.mktemp("tour"), {}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        lines: list[str] = []
        names["print"] = lambda *words: lines.append(" ".join(map(str, words)))
        for block in BLOCKS:
            exec(compile(block, "docs/library.md", "exec"), names)
    return folder, names, lines


def test_tour_is_short():
    code = [line for block in BLOCKS for line in block.splitlines() if line.strip()]
    assert 20 < len(code) <= 40


def test_tour_prints_what_it_says(tour):
    _, names, lines = tour
    assert lines[0] == "3500 500 1000"
    changed = {"latent_dim": "16", "corruption": "gaussian", "noise_level": "0.3", "epochs": "4"}
    assert lines[1] == str(changed)
    epochs = [line.split() for line in lines[2:-1]]
    assert [int(epoch) for epoch, _ in epochs] == [0, 1, 2, 3, 4]
    errors = [float(error) for _, error in epochs]
    assert errors == sorted(errors, reverse=True)
    assert names["z"].shape == (1000, 16)
    assert names["x_hat"].shape == (1000, 784)


def test_tour_compares_the_error_with_pca_and_the_mean(tour):
    _, names, lines = tour
    found = dict(zip(*[iter(lines[-1].split())] * 2, strict=True))
    assert set(found) == {"test", "pca", "mean"}
    assert found["test"] == f"{names['training'].test().mse:.4f}"
    assert float(found["mean"]) == pytest.approx(0.067, abs=0.003)  # the variance of a pixel


def test_saved_run_of_the_tour_is_complete(tour):
    folder, names, _ = tour
    saved = store.read(folder / "denoising")
    assert saved.experiment == names["experiment"]
    assert saved.history.val_mse == names["history"].val_mse


def test_program_of_the_tour_arrives_at_the_same_error(tour, mnist_folder):
    folder, names, _ = tour
    (folder / "data").symlink_to(mnist_folder.root)
    done = subprocess.run(
        [sys.executable, "denoising.py"],
        cwd=folder,
        env={**os.environ, "OMP_NUM_THREADS": "1"},  # as in the tests themselves
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    found = [float(number) for number in re.findall(r"\d\.\d{3,}", done.stdout)]
    assert any(abs(number - names["training"].test().mse) < 1e-4 for number in found), done.stdout
