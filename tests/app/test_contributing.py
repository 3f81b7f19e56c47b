"""The recipes of CONTRIBUTING.md, followed to the letter in a copy of the project."""

import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.recipes import ROOT, recipes

RECIPES = recipes("CONTRIBUTING.md", lambda title: title.startswith("Add a "))

CARRIED = ("aecore", "ui", "pages", "assets", "tests", "docs", "benchmarks", ".streamlit", ".ci")
BESIDES = ("app.py", "babel.cfg", "pyproject.toml", "requirements.txt", "requirements-dev.txt")
DOCUMENTS = ("README.md", "CONTRIBUTING.md", "LICENSE")

BIN = Path(sys.executable).parent
STARTS = {
    "python": [sys.executable],
    "pytest": [sys.executable, "-m", "pytest", "-p", "no:cacheprovider"],
}
"""How a command is started in this environment; any other one is a program beside Python."""


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """The project with all recipes followed, as different people may have done, in one branch."""
    root = tmp_path_factory.mktemp("contributed")
    litter = shutil.ignore_patterns("__pycache__", "*.pyc", "screenshots")
    for name in CARRIED:
        if (ROOT / name).exists():
            shutil.copytree(ROOT / name, root / name, ignore=litter)
    for name in (*BESIDES, *DOCUMENTS):
        if (ROOT / name).exists():
            shutil.copy(ROOT / name, root / name)
    for recipe in RECIPES:
        for change in recipe.changes:
            change.follow(root)
    return root


def run(command: str, folder: Path) -> str:
    """What a command of a recipe prints, run in the copy.

    Raises:
        AssertionError: it fails.
    """
    program, *words = shlex.split(command)
    start = STARTS.get(program, [str(BIN / program)])
    known = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(
        [*start, *words],
        cwd=folder,
        env={**known, "AECORE_DEVICE": "cpu", "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout


def test_there_are_recipes_for_what_people_add():
    assert [recipe.title for recipe in RECIPES] == [
        f"Add a {what}" for what in ("variant", "penalty", "page", "dataset")
    ]
    assert all(recipe.changes and recipe.commands for recipe in RECIPES)


def commands():
    """Every command of every recipe, with the recipe's name."""
    return [
        pytest.param(command, id=f"{recipe.title.split()[-1]}: {' '.join(command.split()[:4])}")
        for recipe in RECIPES
        for command in recipe.commands
        if "test_translations" not in command
    ]


@pytest.mark.parametrize("command", commands())
def test_command_of_a_recipe_succeeds(command, copy):
    said = run(command, copy)
    if command.startswith("pytest"):
        assert int(re.search(r"(\d+) passed", said)[1]) > 0
        assert "skipped" not in said
    assert said.strip()


def test_followed_recipes_leave_a_project_that_is_translated_and_well_formed(copy):
    """Once for all recipes: the rules for strings, words, lint and types hold in the copy."""
    run("pytest tests/app/test_translations.py tests/app/test_wording.py", copy)
    added = [change.path for recipe in RECIPES for change in recipe.changes]
    files = sorted({path for path in added if path.endswith(".py")})
    run(f"ruff check --no-cache {shlex.join(files)}", copy)
    run(f"ruff format --no-cache --check {shlex.join(files)}", copy)
    if (known := ROOT / ".mypy_cache").exists():  # of the checkout, which spares a minute
        shutil.copytree(known, copy / known.name)
    run(f"mypy {shlex.join(path for path in files if not (ROOT / path).exists())}", copy)


def test_link_to_what_was_added_leads_there_again(copy):
    """Variant, penalty and dataset: experiment -> link -> the same experiment."""
    program = (
        "from aecore.spec import variants; from aecore.spec.experiment import Experiment;"
        "e = variants.build('masked', dataset='waves').replace(penalty='l2');"
        "base = variants.get('masked').experiment; texts = e.differences(base);"
        "assert variants.build('masked', texts) == e; print(sorted(texts))"
    )
    done = run(f"python -c {shlex.quote(program)}", copy)
    assert done == "['dataset', 'penalty']\n"


def test_a_recipe_that_no_longer_fits_is_noticed(copy):
    """What the copy test rests on: a place that is not there any more fails, and is named."""
    for recipe in RECIPES:
        for change in recipe.changes:
            if change.how in ("above", "instead"):
                with pytest.raises(AssertionError, match="does not have"):
                    _renamed(change).follow(copy)
            elif change.how == "new":
                with pytest.raises(AssertionError):
                    change.follow(copy)


def _renamed(change):
    return type(change)(change.how, change.path, change.where + "?!", change.text)


def test_copy_declares_what_was_added(copy):
    declared = tomllib.loads((copy / "pyproject.toml").read_text("utf-8"))
    assert "aecore.topics.code_units" in declared["tool"]["setuptools"]["packages"]
