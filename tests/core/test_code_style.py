"""Habits of the code that no linter holds."""

import ast
import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted(
    path for folder in ("aecore", "ui", "pages") for path in (ROOT / folder).rglob("*.py")
)


def imported(tree: ast.Module) -> set[str]:
    """Names that a module's import statements give it, but for the translations'."""
    names = {
        (alias.asname or alias.name).partition(".")[0]
        for statement in tree.body
        if isinstance(statement, ast.Import | ast.ImportFrom)
        for alias in statement.names
    }
    return names - {"_", "N_"}


def local(function: ast.FunctionDef) -> set[str]:
    """Names that a function gives to its parameters and to what it works out."""
    return {
        node.arg if isinstance(node, ast.arg) else node.id
        for node in ast.walk(function)
        if isinstance(node, ast.arg) or (isinstance(node, ast.Name) and is_stored(node))
    }


def is_stored(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Store)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_local_name_hides_what_the_module_imports(path):
    tree = ast.parse(path.read_text())
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    assert {f.name: local(f) & imported(tree) for f in functions if local(f) & imported(tree)} == {}


def test_no_comment_is_left_behind_a_closing_bracket_by_the_formatter():
    """What is said of a statement stands above it, or behind its first line."""
    behind = re.compile(r"^\s*\)+:?  # (?!fmt|noqa|type)", re.MULTILINE)
    assert [str(p.relative_to(ROOT)) for p in MODULES if behind.search(p.read_text())] == []


def test_classes_of_several_pages_have_names_of_their_own():
    names = Counter(
        node.name
        for path in (ROOT / "aecore" / "topics").rglob("*.py")
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    )
    assert [name for name, times in names.items() if times > 1] == []
