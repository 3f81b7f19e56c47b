"""What an installation needs: every package, the models, the command, versions that are there."""

import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
DECLARED = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]


def requirements(name="requirements.txt"):
    lines = [line.partition("#")[0].strip() for line in (ROOT / name).read_text().splitlines()]
    return [Requirement(line) for line in lines if line and not line.startswith("-r")]


def test_every_package_of_the_library_is_declared():
    found = {
        ".".join(path.parent.relative_to(ROOT).parts) for path in ROOT.glob("aecore/**/__init__.py")
    }
    assert {name for name in DECLARED["packages"] if "_assets" not in name} == found


def test_every_file_of_the_library_is_taken_along():
    """Source, and what lies in the folders of assets that the library reads."""
    kinds = {Path(pattern).suffix for pattern in DECLARED["package-data"]["*"]}
    folders = [ROOT / folder for folder in DECLARED["package-dir"].values()]
    assert {path.suffix for folder in folders for path in folder.iterdir()} <= kinds
    inside = {path.suffix for path in ROOT.glob("aecore/**/*") if path.is_file()}
    assert inside - {".pyc"} <= {".py"} | kinds


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A folder into which `pip install .` has put the library, without what it depends on."""
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("installed")
    for name in ("pyproject.toml", "requirements.txt", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    for name in ("aecore", *DECLARED["package-dir"].values()):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    options = ("--no-deps", "--no-build-isolation", "--no-index", "--quiet")
    done = subprocess.run(
        [sys.executable, "-m", "pip", "install", *options, "--target", target, source],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return target


def elsewhere(installed, tmp_path, *command):
    """Runs a command far from this folder, with the installed library. Returns what it printed."""
    environ = {**os.environ, "PYTHONPATH": str(installed), "AECORE_DEVICE": "cpu"}
    done = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_installed_library_has_its_models(installed, tmp_path):
    command = (sys.executable, "-m", "aecore", "generate", "--n", "1", "--out", "one.png")
    assert "clear_share" in elsewhere(installed, tmp_path, *command)
    assert (tmp_path / "one.png").exists()


def test_installed_library_has_its_tables(installed, tmp_path):
    program = (
        "import aecore; from aecore.topics.pretraining import measure as p;"
        "print(aecore.__file__, *sorted(f.name for f in p.FOLDER.iterdir()))"
    )
    where, *names = elsewhere(installed, tmp_path, sys.executable, "-c", program).split()
    assert Path(where).is_relative_to(installed)
    assert names == sorted(path.name for path in (ROOT / "assets" / "pretraining").iterdir())


def test_installed_library_has_a_command(installed, tmp_path):
    (command,) = (installed / "bin").glob("aecore*")
    assert "vanilla" in elsewhere(installed, tmp_path, str(command), "variants")


@pytest.mark.parametrize("wanted", requirements(), ids=lambda wanted: wanted.name)
def test_installed_versions_are_within_the_limits(wanted):
    version = importlib.metadata.version(wanted.name)
    assert wanted.specifier.contains(version), f"{wanted} is wanted, {version} is here"


@pytest.mark.parametrize("wanted", requirements(), ids=lambda wanted: wanted.name)
def test_every_requirement_has_a_floor_and_a_ceiling(wanted):
    assert re.fullmatch(r"<\d+(\.\d+)*,>=\d+(\.\d+)*", str(wanted.specifier))
