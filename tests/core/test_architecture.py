"""docs/architecture.md is about this project: what it names exists, where it says."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from docs import layers

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "architecture.md").read_text("utf-8")

SOURCES = [
    path for folder in ("aecore", "ui", "pages", "docs") for path in (ROOT / folder).rglob("*.py")
]
PROGRAMS = {"lint-imports", "python -m aecore … --json", "python -m docs.layers", "__init__"}
"""Commands, and what every folder has."""

QUOTED = sorted(set(re.findall(r"`([^`]+)`", TEXT)) - PROGRAMS)

HOPS = [
    [re.findall(r"`([^`]+)`", cell) for cell in row]
    for row in re.findall(r"^\| [^|]+ \| ([^|]+) \| (`[^|]+) \|$", TEXT, flags=re.MULTILINE)
]
"""The rows of the two journeys: the functions, and their files."""


@cache
def defined_in(path: Path) -> frozenset[str]:
    """Every name that a file defines: `function`, `Class`, `Class.method`."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found.add(node.name)
        if isinstance(node, ast.ClassDef):
            found |= {f"{node.name}.{part.name}" for part in node.body if hasattr(part, "name")}
    return frozenset(found)


@cache
def used() -> frozenset[str]:
    """Every word of the sources: names of functions, arguments, fields, terms of a loss."""
    return frozenset(word for path in SOURCES for word in re.findall(r"\w+", path.read_text()))


def exists(name: str) -> bool:
    """Whether there is such a file, folder, function, class, method, variable or field."""
    if "/" in name or ("." in name and name.rpartition(".")[2] in ("py", "toml", "md")):
        return any(ROOT.glob(name.replace("<page>", "*").rstrip("/")))
    if "." in name:
        return any(name in defined_in(path) for path in SOURCES)
    return name in used()


@pytest.mark.parametrize("name", QUOTED)
def test_what_the_page_names_exists(name):
    assert exists(name)


@pytest.mark.parametrize(
    "name", ["Host.fly", "aecore/engine/nowhere.py", "ui/<page>/x.js", "ytirf"]
)
def test_what_does_not_exist_is_noticed(name):
    assert not exists(name)


@pytest.mark.parametrize(("functions", "files"), HOPS, ids=lambda names: " ".join(names))
def test_each_hop_is_where_the_page_says(functions, files):
    assert functions
    found = set().union(*(defined_in(ROOT / file) for file in files))
    assert set(functions) <= found


def test_both_journeys_are_told():
    assert [len(HOPS[:8]), len(HOPS[8:])] == [8, 6]


def test_folders_of_the_library_are_all_in_the_picture():
    folders = {path.parent.name for path in (ROOT / "aecore").glob("*/__init__.py")}
    shown = {name for row in layers.rows() for name in row.names.split(", ")}
    assert folders <= shown
    assert {"pages", "ui/kit"} <= shown


def test_picture_is_that_of_the_contract():
    """Drawn again it is the same: `python -m docs.layers` after a change of the contract."""
    assert layers.PICTURE.read_text("utf-8") == layers.svg()


def test_every_folder_of_the_picture_says_what_it_is_for():
    said = [row.says for row in layers.rows()]
    assert len(set(said)) == len(said)  # one alone has no line of its own: the last
    assert max(map(len, said)) < 80  # as much as there is room for
