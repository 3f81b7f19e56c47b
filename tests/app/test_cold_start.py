"""A page stands before torch is there: importing it takes longer than all the rest."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

WITHOUT_TORCH = """
import importlib.util, sys, threading
from streamlit.testing.v1 import AppTest

stands = threading.Event()

class NotYet:
    '''Holds up whoever imports torch until the page stands, as a slow disk would.'''

    def find_spec(self, name, path=None, target=None):
        return importlib.util.spec_from_loader(name, self) if name == "torch" else None

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        stands.wait(60)
        raise ImportError("the page stands: this test needs no torch")

sys.meta_path.insert(0, NotYet())
app = AppTest.from_file(sys.argv[1], default_timeout=40)
app.switch_page(sys.argv[2]).run()
assert not app.exception, app.exception
print(app.title[0].value)
stands.set()
"""


@pytest.mark.parametrize("page", ["train", "glossary", "teach"])
def test_page_stands_before_torch_is_imported(page):
    """A page that waited for torch would run into the limit of `AppTest`, and so fail."""
    shown = subprocess.run(
        [sys.executable, "-c", WITHOUT_TORCH, str(ROOT / "app.py"), f"pages/{page}.py"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert shown.returncode == 0, shown.stderr[-2000:]
    assert shown.stdout.strip()
