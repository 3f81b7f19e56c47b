"""Every command of the documents is executed by a test: here, or by the one that is named here."""

import json
import re
import shutil
import subprocess
import sys

import pytest

from aecore.commands import find
from aecore.files import pretrained
from aecore.topics.pretraining import classifier, gradients
from tests.readme import DOCUMENTS, ROOT, Command, commands, programs

OURS = [command for command in commands() if command.words[:3] == ("python", "-m", "aecore")]

ELSEWHERE = {
    "python3 -m venv .venv": ".ci/run",
    ". .venv/bin/activate": ".ci/run",
    "pip install -r requirements.txt": "tests/versions.py",
    "pip install -r requirements-dev.txt": ".ci/run",
    ".ci/versions": ".github/workflows/ci.yml",
    "python -m docs.layers": "tests/core/test_architecture.py",
    "python -m docs.pictures": "tests/e2e/test_pictures.py",
    "pip install .": "tests/core/test_packaging.py",
    "aecore variants": "tests/core/test_packaging.py",
    "streamlit run app.py": "tests/e2e/driver.py",
    "AECORE_WORKERS=2 streamlit run app.py": "tests/e2e/test_compose.py",
    "dask scheduler --host 0.0.0.0": "tests/e2e/test_compose.py",
    "PYTHONPATH=. dask worker tcp://SCHEDULER:8786 --nthreads 1": "tests/e2e/test_compose.py",
    "AECORE_SCHEDULER=tcp://SCHEDULER:8786 streamlit run app.py": "tests/e2e/test_compose.py",
}
"""Commands that install or serve, and what executes them."""

SHORTER = {
    "train": ("--epochs", "1", "--set", "n_train=300", "--dataset", "mnist-5k"),
    "anomaly": ("--epochs", "1", "--dataset", "mnist-5k"),
    "pretrain-classifier": ("--seeds", "2"),
    "pca": ("--dataset", "mnist-5k"),
}
"""Flags that say a second time what a command should do, with less work."""


@pytest.fixture
def shorter_trainings(monkeypatch):
    """Of the commands whose length is in no flag."""
    monkeypatch.setattr(gradients, "EPOCHS", 6)
    monkeypatch.setattr(gradients, "LAYER_EPOCHS", 1)
    monkeypatch.setattr(classifier, "UPDATES", 100)


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """What a command writes is written there."""
    monkeypatch.setenv("AECORE_DEVICE", "cpu")
    monkeypatch.chdir(tmp_path)


def test_every_command_is_executed_by_a_test():
    rest = [str(c) for c in commands() if c not in OURS and c.words[0] != "pybabel"]
    assert sorted(set(rest)) == sorted(ELSEWHERE)
    for command, where in ELSEWHERE.items():
        assert (ROOT / where).exists(), command


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.stem)
def test_links_of_a_document_lead_to_files_that_are_there(document):
    text = document.read_text("utf-8")
    links = re.findall(r"\]\(([^)#]+)\)|src=\"([^\"]+)\"", text)
    own = [a or b for a, b in links if "://" not in (a or b)]
    assert [link for link in own if not (document.parent / link).exists()] == []


def test_every_command_of_the_library_is_in_the_documents():
    modules = {module.__name__.rpartition(".")[2] for module in find()}
    assert {command.words[3].replace("-", "_") for command in OURS} == modules


@pytest.mark.parametrize("command", [c for c in OURS if c.words[3] != "pretrain"], ids=str)
def test_command_does_what_it_says(command, aecore, tmp_path, shorter_trainings):
    words = command.words[3:]
    code, out, err = aecore(*words, *SHORTER.get(words[0], ()))
    assert (code, "Traceback" in err) == (0, False), err
    assert out
    if "--json" in words:
        assert json.loads(out.splitlines()[-1])
    if "--out" in words:
        assert (tmp_path / words[words.index("--out") + 1]).stat().st_size > 0


@pytest.mark.full_mnist
def test_command_that_makes_the_models_makes_one(aecore, tmp_path, monkeypatch):
    """With less to learn: as it is written it takes minutes."""
    (command,) = [c for c in OURS if c.words[3] == "pretrain"]
    key = command.words[command.words.index("--only") + 1]
    less = pretrained.RECIPES[key].replace(epochs=1, n_train=500)
    monkeypatch.setitem(pretrained.RECIPES, key, less)
    code, _, err = aecore(*command.words[3:], "--out", str(tmp_path))
    assert code == 0, err
    assert {path.name for path in tmp_path.iterdir()} == {f"{key}.json", f"{key}.safetensors"}


@pytest.mark.parametrize("program", programs())
def test_program_prints_an_error_that_falls(program, capsys):
    exec(compile(program.replace("epochs=10", "epochs=2"), "README.md", "exec"), {})
    errors = [float(line.split()[1]) for line in capsys.readouterr().out.splitlines()]
    assert len(errors) == 3
    assert errors == sorted(errors, reverse=True)


def test_catalogues_are_brought_up_to_date(tmp_path):
    """The two commands for translators, on a copy: they leave it as it was, but for line breaks."""
    for name in ("aecore", "ui", "pages", "assets/locale"):
        # Bytecode comes and goes while others import it.
        shutil.copytree(ROOT / name, name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("app.py", "babel.cfg"):
        shutil.copy(ROOT / name, name)
    found = [command for command in commands() if command.words[0] == "pybabel"]
    assert [command.words[1] for command in found] == ["extract", "update"]
    for command in found:
        program = [sys.executable, "-m", "babel.messages.frontend", *command.words[1:]]
        done = subprocess.run(program, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    new = (tmp_path / "assets/locale/ko/LC_MESSAGES/lab.po").read_text("utf-8")
    assert new.count('\nmsgstr ""\n\n') == 0


def test_command_is_read_as_a_shell_reads_it():
    assert Command(
        {"PYTHONPATH": "."}, ("dask", "worker", "tcp://SCHEDULER:8786", "--nthreads", "1")
    ) in (commands())
