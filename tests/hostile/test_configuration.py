"""What the app may touch, what it never does, and how its server answers strangers."""

import ast
import http.client
import io
import json
import pickle
import re
import secrets
import subprocess
import sys
import sysconfig
import tempfile
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest
from PIL import Image

from aecore.data import datasets
from aecore.engine import host
from aecore.errors import LabError
from aecore.files import store
from aecore.spec.experiment import Experiment
from tests.app.test_pages import open_page
from tests.e2e.driver import running_app
from tests.hostile import parameters
from tests.hostile.audit import Seen, watched
from tests.hostile.strategies import RAW, TEXTS, with_card
from tests.hostile.test_saved_files import CARD, FILE, look_at
from ui.kit import state

ROOT = Path(__file__).parents[2]
SOURCES = [
    ROOT / "app.py",
    *sorted(p for folder in ("aecore", "ui", "pages") for p in (ROOT / folder).rglob("*.py")),
]

# ---- files


def _folders(*paths: str | Path | None) -> tuple[Path, ...]:
    return tuple(Path(path).resolve() for path in paths if path)


READABLE = _folders(
    *(ROOT / name for name in ("aecore", "ui", "pages", "assets", "tests", ".streamlit")),
    ROOT / "app.py",
    datasets.data_dir(),
    sys.prefix,
    sys.base_prefix,
    *sysconfig.get_paths().values(),
    tempfile.gettempdir(),
    Path.home() / ".streamlit",
    *("/proc", "/sys", "/dev", "/usr/share/zoneinfo", "/etc/localtime", "/etc/mime.types"),
)
"""The lab, its data, Python, and what libraries ask a system for: its cores, its clock, its types."""

WRITABLE = _folders(datasets.data_dir(), tempfile.gettempdir(), "/dev/null", "/dev/shm")


def _outside(paths: set[Path], folders: tuple[Path, ...]) -> list[str]:
    return [str(p) for p in paths if not any(p.is_relative_to(folder) for folder in folders)]


def keeps_to_itself(seen: Seen) -> None:
    written = {path for path in seen.written if "__pycache__" not in path.parts}
    assert _outside(seen.read, READABLE) == []
    assert _outside(written, WRITABLE) == []
    assert seen.started == []
    assert seen.unpickled == []
    assert seen.connected == []


@pytest.fixture(autouse=True)
def in_no_folder_of_its_own(monkeypatch):
    """Python's programs and Streamlit's own look for settings beside the app only."""
    monkeypatch.chdir(ROOT)


def picture() -> bytes:
    """A digit that nobody else has: a stroke at a random place."""
    pixels = np.full((64, 64), 255, np.uint8)
    pixels[8:56, 20 + secrets.randbelow(20) :][:, :6] = 0
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


ATTACKS = [text for text in TEXTS if re.search(r"[./\\%{$]", text)]


@pytest.mark.parametrize(
    "key", ["home", "train", "reconstructions", "compare", "glossary", "teach"]
)
def test_hostile_link_touches_no_other_file(key):
    names = sorted(parameters.found())
    query = {name: ATTACKS[i % len(ATTACKS)] for i, name in enumerate(names)}
    with watched() as seen:
        assert not open_page(key, **query).exception
    keeps_to_itself(seen)


def test_hostile_uploads_touch_no_other_file():
    app = open_page("reconstructions", lang="en")
    app.segmented_control(key="_way_reconstructions").set_value("upload").run()
    with watched() as seen:
        for name in ("../../etc/passwd", "/etc/passwd", "x.png"):
            for data in (picture(), b"GIF89a" + b"\xff" * 99, FILE):
                uploader = app.file_uploader(key="_upload_reconstructions")
                uploader.set_value((name, data, "image/png")).run()
                assert not app.exception
    keeps_to_itself(seen)
    assert seen.written == set()


def test_hostile_runs_touch_no_other_file():
    texts = ("../../etc/passwd", "/etc/passwd", "file:///etc/passwd", "cos\nsystem\n(S'id'\ntR.")
    look_at(FILE)  # what is imported on first use is not what is watched
    with watched() as seen:
        for text in texts:
            look_at(with_card(FILE, _named(text)))
        for raw in RAW:
            look_at(with_card(FILE, raw))
        for text in texts:
            try:
                store.from_bytes(text.encode() + FILE)
            except LabError:
                continue
    keeps_to_itself(seen)
    assert seen.written == set()


def _named(text: str) -> str:
    return json.dumps(CARD | {"result": {"name": text, "experiment": text}})


def test_watching_sees_what_it_should(tmp_path):
    class Thing:
        def __reduce__(self):
            return print, ()

    packed = pickle.dumps(Thing())
    with watched() as seen:
        (tmp_path / "new").write_text("x")
        Path("/etc/passwd").read_bytes()
        pickle.loads(packed)  # noqa: S301
        subprocess.run([sys.executable, "-c", ""], check=True)
    assert (tmp_path / "new").resolve() in seen.written
    assert _outside(seen.read, READABLE) == [str(Path("/etc/passwd").resolve())]
    assert any("pickle.find_class" in found for found in seen.unpickled)
    assert seen.started


# ---- code that is never written


def _forbidden(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            names = []
        for name in names:
            if name.split(".")[0] in (
                "pickle",
                "dill",
                "cloudpickle",
                "marshal",
                "shelve",
                "joblib",
            ):
                yield f"import {name}"
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func)
        if called in ("eval", "exec", "compile", "__import__", "os.system", "os.popen"):
            yield called
        if called in ("torch.load", "pd.read_pickle", "yaml.load", "yaml.unsafe_load"):
            yield called
        for keyword in node.keywords:
            if keyword.arg in ("allow_pickle", "shell") and ast.unparse(keyword.value) != "False":
                yield f"{called}({keyword.arg}=…)"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_source_neither_unpickles_nor_evaluates(path):
    assert list(_forbidden(ast.parse(path.read_text(encoding="utf-8")))) == []


@pytest.mark.parametrize(
    "code",
    [
        "import pickle",
        "from joblib import load",
        "torch.load(f)",
        "eval('1')",
        "exec(t)",
        "yaml.load(f)",
        "np.load(f, allow_pickle=True)",
        "subprocess.run(c, shell=True)",
    ],
)
def test_forbidden_code_would_be_found(code):
    assert list(_forbidden(ast.parse(code)))


# ---- sessions


def test_run_ids_cannot_be_guessed(monkeypatch):
    asked = []
    real = secrets.token_hex

    def token_hex(n=None):
        asked.append(n)
        return real(n)

    monkeypatch.setattr(secrets, "token_hex", token_hex)
    owner = host.Host("cpu")
    ids = {owner.create(Experiment()) for _ in range(50)}
    assert len(ids) == len(asked) == 50
    assert all(8 * (n or 32) >= 96 for n in asked)


def _has_trained(run_id: str) -> None:
    client = state.client()
    client.step_batch(run_id)
    deadline = time.monotonic() + 120
    while not client.view(run_id).step and time.monotonic() < deadline:
        time.sleep(0.02)
    assert client.view(run_id).step


def test_sessions_do_not_see_each_others_runs():
    mine, other = open_page(lang="en", n_train="100"), open_page(lang="en", n_train="100")
    run_id = mine.session_state[state.RUN]
    _has_trained(run_id)
    state.client().rename(run_id, "nobody else's")
    for app in (mine, other):
        app.switch_page("pages/reconstructions.py").run()
    labels = [" ".join(app.selectbox(key="_model").options) for app in (mine, other)]
    assert "nobody else's" in labels[0]
    assert "nobody else's" not in labels[1]
    assert run_id in mine.session_state[state.RUNS]
    assert run_id not in other.session_state[state.RUNS]
    assert run_id not in str(other.query_params)
    state.client().delete(run_id)  # else it is written to disk some time during the next tests


def test_uploads_stay_in_their_session_and_in_memory():
    mine, other = (open_page("reconstructions", lang="en") for _ in range(2))
    way, key = "_way_reconstructions", "_upload_reconstructions"
    for app in (mine, other):
        app.segmented_control(key=way).set_value("upload").run()
    with watched() as seen:
        mine.file_uploader(key=key).set_value(("digit.png", picture(), "image/png")).run()
    other.run()
    assert mine.session_state[key] is not None
    assert other.session_state[key] is None
    assert seen.written == set()


# ---- the server


def test_shipped_configuration_is_careful():
    shipped = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    server, browser, client = (shipped[name] for name in ("server", "browser", "client"))
    assert server["enableXsrfProtection"] is True
    assert server["enableCORS"] is True
    assert 0 < server["maxUploadSize"] * 2**20 <= store.MOST_BYTES
    assert browser["gatherUsageStats"] is False
    assert client["showErrorDetails"] in ("none", False)
    assert not server.get("enableStaticServing", False)


def test_streamlit_takes_the_shipped_configuration():
    from streamlit import config

    config.get_config_options(force_reparse=True)
    assert config.get_option("server.enableXsrfProtection") is True
    assert config.get_option("server.enableCORS") is True
    assert config.get_option("browser.gatherUsageStats") is False
    assert 0 < config.get_option("server.maxUploadSize") <= 64
    assert config.get_option("client.showErrorDetails") == "none"


WEBSOCKET = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}
ELSEWHERE = {"Origin": "http://elsewhere.example"}


def test_server_refuses_strangers():
    with running_app() as url:
        address = urlsplit(url).netloc

        def answer(method: str, path: str, headers: dict[str, str], body: bytes = b"") -> int:
            connection = http.client.HTTPConnection(address, timeout=60)
            connection.request(method, path, body=body or None, headers=headers)
            status = connection.getresponse().status
            connection.close()
            return status

        assert answer("GET", "/_stcore/stream", WEBSOCKET | {"Origin": url}) == 101
        assert answer("GET", "/_stcore/stream", WEBSOCKET | ELSEWHERE) == 403
        for method in ("PUT", "DELETE"):
            assert answer(method, "/_stcore/upload_file/session/file", ELSEWHERE, b"x") == 403
        for path in ("/../../etc/passwd", "/media/..%2f..%2fapp.py", "/app/static/..%2fapp.py"):
            assert answer("GET", path, {}) >= 400
