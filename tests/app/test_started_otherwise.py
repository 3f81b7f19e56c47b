"""The lab started by one of its pages: a sentence says how it is done."""

import subprocess
import sys
from pathlib import Path

from streamlit.testing.v1 import AppTest

from ui.kit.page_list import PAGES

ROOT = Path(__file__).parents[2]

MODULES = """
import sys
sys.path = [path for path in sys.path if path not in ("", ROOT)]
sys.path.insert(0, ROOT + "/pages")
from ui.kit import state
import ui
print(state.__file__, ui.__file__)
""".replace("ROOT", repr(str(ROOT)))


def test_page_started_as_the_app_says_how_to_start():
    app = AppTest.from_file(str(ROOT / PAGES["train"].file), default_timeout=120).run()
    assert not app.exception
    assert len(app.error) == 1
    assert "streamlit run app.py" in app.error[0].value
    assert not app.title


def test_page_started_as_the_app_finds_the_modules_of_the_lab(tmp_path):
    command = [sys.executable, "-c", MODULES]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.split() == [
        str(ROOT / "ui" / name) for name in ("kit/state.py", "__init__.py")
    ]
