"""Adding a part is adding one file, and its Korean: seen in a copy of the project.

Into the copy go a penalty, a code and a corruption that the lab does not know, a variant for each,
and a dataset whose samples are curves. Then the tests that hold for every part, every variant and
every dataset run there for the new ones.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from tests.recipes import recipes

ROOT = Path(__file__).parents[2]
NEW = ROOT / "tests" / "one_file"
CATALOGUE = Path("assets/locale/ko/LC_MESSAGES/lab.po")
HOMES = {
    "penalties": "aecore/parts/penalties",
    "codes": "aecore/parts/codes",
    "corruptions": "aecore/parts/corruptions",
    "variants": "aecore/spec/variants",
}

CONTRACTS = (
    "tests/core/test_parts.py",
    "tests/core/test_corruption.py",
    "tests/core/test_variants.py",
    "tests/core/test_anatomy.py",
    "tests/core/test_links.py",
    "tests/core/test_export.py",
    "tests/core/test_checkpoint.py",
    "tests/app/test_variants_page.py",
    "tests/app/test_pages.py",
    "tests/core/test_datasets_bundled.py",
    "tests/core/test_every_dataset.py",
    "tests/app/test_every_dataset.py",
)
"""Tests that hold for every part, variant or dataset: run for the new ones."""

WHOLE = (
    "tests/app/test_one_step_page.py::test_every_part_of_the_picture_has_its_formula_and_its_words",
    "tests/app/test_translations.py",
)


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """The project with the new files in it."""
    root = tmp_path_factory.mktemp("copy")
    for name in ("aecore", "ui", "pages", "assets", "tests", "benchmarks", ".streamlit"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("app.py", "pyproject.toml", "babel.cfg", "README.md", "requirements.txt"):
        shutil.copy(ROOT / name, root / name)
    shutil.rmtree(root / "tests" / "one_file")
    for recipe in recipes("CONTRIBUTING.md", lambda title: title == "Add a dataset"):
        for change in recipe.changes:
            change.follow(root)
    for kind, home in HOMES.items():
        for file in (NEW / kind).glob("*.py"):
            shutil.copy(file, root / home / f"zz_{file.name}")
    translate(root)
    return root


def translate(root, leave_out=()):
    """Adds the Korean of the new files to the catalogue."""
    with (root / CATALOGUE).open("rb") as file:
        catalogue: Catalog = read_po(file, locale="ko")
    for message, korean in json.loads((NEW / "ko.json").read_text(encoding="utf-8")).items():
        if message not in leave_out:
            catalogue.add(message, korean)
    with (root / CATALOGUE).open("wb") as file:
        write_po(file, catalogue, width=100)


def run_there(root, *arguments):
    environment = os.environ | {"PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "--tb=short",
        *arguments,
    ]
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True)


def test_new_parts_hold_all_contracts(copy):
    words = " or ".join(["new-", "decorrelated", "unit_sphere", "dimmed", "waves"])
    done = run_there(copy, "-k", words, *CONTRACTS)
    assert done.returncode == 0, done.stdout[-6000:]
    n_passed = done.stdout.count(".")
    assert n_passed > 60  # they were found


@pytest.mark.parametrize("test", WHOLE)
def test_what_looks_at_all_of_them_at_once_holds(test, copy):
    done = run_there(copy, test)
    assert done.returncode == 0, done.stdout[-6000:]
