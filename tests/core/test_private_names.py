"""What other libraries promise nobody is used in a few places, each with a way back; nowhere else."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

GUARDS = {
    "aecore/model/private_torch.py": "test_private_torch.py",
    "ui/kit/private_streamlit.py": "test_private_streamlit.py",
}
"""The places, and the tests that take away what they use."""

INSIDE = (
    *("streamlit.runtime", "streamlit.proto", "streamlit.web", "streamlit.elements"),
    *("streamlit.delta_generator", "streamlit.config", "distributed.cli", "distributed.core"),
    *("distributed.deploy.subprocess", "torch.ops", "torch.jit"),
)
"""Modules without an underscore in their names, and no more promised than if they had one."""

INSIDE_FILES = ("package_data", "site-packages")

PUBLIC = {"_replace", "_asdict", "_fields", "_make"}  # of named tuples


def sources():
    folders = (ROOT / name for name in ("aecore", "ui", "pages"))
    files = [path for folder in folders for path in folder.rglob("*.py") if path.is_file()]
    return sorted({str(path.relative_to(ROOT)) for path in [*files, ROOT / "app.py"]})


class Finder(ast.NodeVisitor):
    """Collects private names; what only a type checker reads is left out, and what a file's own
    classes keep for themselves."""

    def __init__(self, own):
        self.found, self.own = [], own

    def visit_If(self, node):
        for child in node.orelse if ast.unparse(node.test) == "TYPE_CHECKING" else [node]:
            self.generic_visit(child)

    def visit_Import(self, node):
        self.found += [alias.name for alias in node.names if is_inside(alias.name)]

    def visit_ImportFrom(self, node):
        if (node.module or "").split(".")[0] in ("aecore", "ui", "__future__"):
            return
        names = [f"{node.module}.{alias.name}" for alias in node.names]
        self.found += [name for name in names if is_inside(name)]

    def visit_Attribute(self, node):
        whole = ast.unparse(node)
        if (is_private(node.attr) and node.attr not in self.own) or whole in INSIDE:
            self.found.append(whole)
        self.generic_visit(node)

    def visit_Call(self, node):
        name = node.args[1] if len(node.args) > 1 else None
        told = isinstance(node.func, ast.Name) and node.func.id in ("getattr", "setattr", "hasattr")
        if told and isinstance(name, ast.Constant) and is_private(name.value):
            self.found.append(ast.unparse(node))
        self.generic_visit(node)

    def visit_Constant(self, node):
        text = node.value if isinstance(node.value, str) else ""
        if re.fullmatch(r"[\w.:]+", text) and (text in INSIDE_FILES or is_inside(text)):
            self.found.append(text)


def is_private(name):
    return bool(re.match("_[^_]", name)) and name not in PUBLIC


def is_inside(name):
    """Whether a name with dots leads to what is private, or to what is inside a library."""
    parts = re.split(r"[.:]", name)
    return ("." in name and any(map(is_private, parts))) or any(
        name == inside or name.startswith((f"{inside}.", f"{inside}:")) for inside in INSIDE
    )


def private_names(source):
    finder = Finder(own=set(re.findall(r"\b(?:self|cls)\.(_\w+)", source)))
    finder.visit(ast.parse(source))
    return finder.found


@pytest.mark.parametrize(
    "source",
    [
        "torch._fused_adam_(p)",
        "x = torch.ops.aten.tanh_backward",
        "from distributed.cli.dask_spec import main",
        "from streamlit.runtime import get_instance",
        "from sklearn._loss import loss",
        "run('-m', 'distributed.cli.dask_spec')",
        "getattr(runtime, '_session_mgr', None)",
        "path = folder / 'package_data' / 'plotly.min.js'",
        "class A:\n    def f(self):\n        other._numbers()",
    ],
)
def test_private_names_are_seen(source):
    assert private_names(source)


@pytest.mark.parametrize(
    "source",
    [
        "self._numbers = other._numbers",
        "from torch import nn\nnn.Linear(1, 1)",
        "point._replace(x=1)",
        "import argparse\nif TYPE_CHECKING:\n    C = argparse._SubParsersAction",
        "from aecore.topics import _shared",
        "from ui.kit.language import _",
    ],
)
def test_public_names_and_our_own_are_not(source):
    assert not private_names(source)


@pytest.mark.parametrize("path", sources())
def test_private_names_of_libraries_stand_behind_guards(path):
    found = private_names((ROOT / path).read_text(encoding="utf-8"))
    assert bool(found) == (path in GUARDS), found


@pytest.mark.parametrize(("path", "test"), GUARDS.items())
def test_every_guard_is_tested(path, test):
    (file,) = ROOT.glob(f"tests/*/{test}")
    assert Path(path).stem in file.read_text(encoding="utf-8")


def test_plotlys_own_view_of_a_chart_has_a_way_back():
    """In the browser: what a chart shows, or else what it was given."""
    for path in (ROOT / "assets").rglob("*.js"):
        for line in path.read_text(encoding="utf-8").splitlines():
            for name in re.findall(r"\._[a-zA-Z]\w*", line):
                assert f"{name} ??" in line, f"{path.name}: {line}"
