"""Nobody but a dataset says how large a sample is and how many classes there are.

MNIST's side, its number of pixels and its ten classes stand in the records of the datasets that
have them. Whoever writes them elsewhere has written something that fails with other data.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

SIDE, PIXELS, CLASSES = 28, 784, 10

SAYS = re.compile(
    r"(?<![\w.,])(28|784)(?![\w%]|[.,]\d)|28\s?[x×]\s?28|\b(all|the) ten\b(?! nearest)|\bten classes\b",
    re.IGNORECASE,
)

EXCEPTIONS = {
    "aecore/parts/datasets": "records say the size of their own samples",
    "aecore/data/mnistify.py": "makes what MNIST's makers would have made of a drawing",
    "aecore/data/picture_claims.py": "places of bytes in the headers of picture files",
}
"""A file or folder -> why it may."""


def files() -> list[Path]:
    found = sorted(
        path for part in ("aecore", "ui", "pages") for path in (ROOT / part).rglob("*.py")
    )
    return [path for path in found if not is_exception(path)]


def is_exception(path: Path) -> bool:
    name = path.relative_to(ROOT).as_posix()
    return any(name == known or name.startswith(f"{known}/") for known in EXCEPTIONS)


def sayings(source: str) -> Iterator[str]:
    """Each place in a program that says MNIST's numbers: the line, and what it says."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and type(node.value) is int:
            if node.value in (SIDE, PIXELS):
                yield f"{node.lineno}: {node.value}"
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            if SAYS.search(node.value):
                yield f"{node.lineno}: {node.value.strip()[:60]}"
        elif isinstance(node, ast.Call) and ast.unparse(node) == f"range({CLASSES})":
            yield f"{node.lineno}: range({CLASSES})"


@pytest.mark.parametrize("path", files(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_nobody_says_mnists_numbers(path):
    assert list(sayings(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "source",
    [
        "x.reshape(-1, 28, 28)",
        "n = 784",
        "for c in range(10): pass",
        '"""(n, 28, 28)"""',
        "say('A picture of 28x28 pixels')",
        "say('A picture of 28×28 pixels')",
        "f'{n} of 784 pixels'",
        "say('Decoded as ten classes')",
        "menu(placeholder='all ten')",
    ],
)
def test_what_says_them_is_found(source):
    assert list(sayings(source))


@pytest.mark.parametrize(
    "source",
    [
        "x = 128",
        "y = 0.28",
        "range(9)",
        "say('a share of 0.28, 28% of 2,784')",
        "say('the ten nearest')",
        "_(f'{side} pixels')",
    ],
)
def test_other_numbers_are_free(source):
    assert not list(sayings(source))


@pytest.mark.parametrize("name", EXCEPTIONS)
def test_each_exception_is_needed(name):
    path = ROOT / name
    found = [path] if path.is_file() else sorted(path.rglob("*.py"))
    assert any(list(sayings(one.read_text(encoding="utf-8"))) for one in found)
