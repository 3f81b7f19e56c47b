"""Which parameters of a link the app reads: found in its code, so that a new one is tried as well."""

import ast
import importlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from hypothesis import strategies as st

from aecore.spec.experiment import SPECS
from aecore.spec.fields import Choice, Number, Spec, Switch
from tests.hostile.strategies import TEXTS, texts

ROOT = Path(__file__).parents[2]


def found() -> set[str]:
    """The names of all parameters that are read from a link.

    Raises:
        AssertionError: the code reads one in a way that this cannot follow.
    """
    names = set(SPECS)
    for path in sorted([*(ROOT / "ui").rglob("*.py"), *(ROOT / "pages").glob("*.py")]):
        names |= set(_read_in(path))
    links = importlib.import_module("aecore.spec.links")
    names |= set(_keys_of("query", ROOT / "aecore" / "spec" / "links.py", links))
    return names


def _read_in(path: Path) -> Iterator[str]:
    """Keys that a file of the interface asks `st.query_params` for."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    if "query_params" not in ast.dump(tree):
        return
    parts = path.relative_to(ROOT).with_suffix("").parts
    module = importlib.import_module(".".join(p for p in parts if p != "__init__"))
    aliases = {
        target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and ast.unparse(node.value) == "st.query_params"
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for mapping in ("st.query_params", *aliases):
        yield from _keys_of(mapping, path, module)


def _keys_of(mapping: str, path: Path, module: ModuleType) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in ("get", "get_all")
            and ast.unparse(node.func.value) == mapping
        ):
            yield _value(node.args[0], module)
        elif isinstance(node, ast.Subscript) and ast.unparse(node.value) == mapping:
            if not isinstance(node.slice, ast.Name) or hasattr(module, node.slice.id):
                yield _value(node.slice, module)
            else:  # the loop over all fields of an experiment
                assert node.slice.id == "name", ast.unparse(node)


def _value(node: ast.expr, module: ModuleType) -> str:
    """The text that an expression of constants stands for."""
    if isinstance(node, ast.Constant):
        key: Any = node.value
    elif isinstance(node, ast.Attribute):
        key = getattr(getattr(module, ast.unparse(node.value)), node.attr)
    else:
        key = getattr(module, ast.unparse(node))
    assert isinstance(key, str), ast.unparse(node)
    return key


def near_misses(name: str) -> tuple[str, ...]:
    """Texts that almost are a value of a parameter, and the values at its limits."""
    spec: Spec | None = SPECS.get(name)
    if isinstance(spec, Number):
        return tuple(
            f"{limit + change:.17g}"
            for limit in (spec.low, spec.high)
            for change in (-1, -1e-9, 0, 0.5, 1e-9, 1)
        )
    if isinstance(spec, Switch):
        return ("true", "false", "TRUE", "tru", "0", "1", "true,false", "true\0")
    if isinstance(spec, Choice):
        first = next(iter(spec.choices))
        return (*spec.choices, first.upper(), first + " ", first[:-1], f"{first}\0")
    return ("1," * 400, "0", "-1", "2048,2049", "3,3,3", "10", "1,2,3,4,5,6,7", "1-2", "1--2")


def hostile(name: str) -> st.SearchStrategy[str]:
    """Texts for a parameter that nobody should write into a link."""
    return st.sampled_from(near_misses(name)) | texts()


def row(i: int, names: list[str]) -> Mapping[str, str]:
    """One text for each parameter: over `len(TEXTS)` rows, each is given each of them."""
    return {name: TEXTS[(i + 7 * j) % len(TEXTS)] for j, name in enumerate(names)}
