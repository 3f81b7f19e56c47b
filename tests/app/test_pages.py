"""Every page, in both languages, without a browser."""

import ast
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from aecore.engine.job import Job
from aecore.engine.jobs import Name
from aecore.spec.variants import VARIANTS
from aecore.topics.challenges import CHALLENGES
from ui.kit import predict_first, state
from ui.kit.language import LANGUAGES, catalogue
from ui.kit.page_list import PAGES

ROOT = Path(__file__).parents[2]
PAGE_FILES = [ROOT / page.file for page in PAGES.values()]


def open_page(key: str = "train", **query: str) -> AppTest:
    """A page as a link opens it."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)
    for name, value in query.items():
        app.query_params[name] = value
    if key != "home":
        app.switch_page(PAGES[key].file)
    app.session_state[state.MORE_SETTINGS] = True  # opened by a click in a browser
    app.session_state[predict_first.SHOWN] = set(CHALLENGES)  # as somebody who has shown them all
    return app.run()


PATIENCE = 120
"""Seconds to wait for a training: nothing when all is well, and enough where all is slow."""


def wait(app: AppTest, done: Callable[[], bool]) -> None:
    """Reruns the page, as its fragment would, until something is so."""
    deadline = time.monotonic() + PATIENCE
    while not done() and time.monotonic() < deadline:
        time.sleep(0.1)
        app.run()
    assert done()


def until(done: Callable[[], object]) -> None:
    """Waits for what other threads do, without the page."""
    deadline = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def job_of(app: AppTest, name: Name) -> Job | None:
    """A job of the session that has the page open."""
    return state.jobs().get(app.session_state[state.OWNER], name)


def watch_runs(monkeypatch) -> list[str]:
    """The runs that are made from here on."""
    made: list[str] = []
    client = state.client()
    create = client.create

    def noted(*args, **kwargs) -> str:
        made.append(create(*args, **kwargs))
        return made[-1]

    monkeypatch.setattr(client, "create", noted)
    return made


def value(app: AppTest, name: str) -> object:
    return getattr(app.session_state[state.EXPERIMENT], name)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", PAGES)
def test_page_opens_in_each_language(key, language):
    app = open_page(key, lang=language)
    assert not app.exception
    assert not app.warning
    assert len(app.title) == 1
    shown = " ".join(element.value for element in [*app.title, *app.markdown, *app.caption])
    assert any("가" <= letter <= "힣" for letter in shown) == (language == "ko")


def test_every_page_file_is_in_the_navigation():
    files = {path.name for path in (ROOT / "pages").glob("*.py")}
    assert files == {Path(p.file).name for p in PAGES.values()} - {"app.py"}


@pytest.mark.parametrize("path", PAGE_FILES, ids=lambda path: path.stem)
def test_page_is_thin(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imported = {
        (node.module if isinstance(node, ast.ImportFrom) else alias.name).split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
    }
    assert imported <= {"streamlit", "ui", "aecore"}
    values = [node.value for node in tree.body if isinstance(node, (ast.Expr, ast.Assign))]
    first = next(value for value in values if isinstance(value, ast.Call))
    assert ast.unparse(first).startswith("frame.open_page(")


def test_language_menu_changes_everything_and_stays_in_the_link():
    app = open_page(lang="en")
    app.segmented_control(key="_lang").set_value("ko").run()
    assert app.button(key="play").label == catalogue("ko")["Play"]
    assert app.query_params["lang"] == ["ko"] or app.query_params["lang"] == "ko"


@pytest.mark.parametrize("variant", VARIANTS)
def test_variant_menu_takes_its_preset_and_shows_its_controls(variant):
    app = open_page(lang="en")
    app.selectbox(key="_variant").set_value(variant).run()
    assert not app.exception
    assert value(app, "variant") == variant
    for name in VARIANTS[variant].front:
        assert name in [
            w.key[1:]
            for w in [*app.select_slider, *app.slider, *app.selectbox, *app.text_input]
            if w.key
        ]


def test_variant_menu_keeps_the_seed():
    app = open_page(lang="en", seed="7")
    app.selectbox(key="_variant").set_value("vae").run()
    assert value(app, "seed") == 7


def test_link_sets_the_experiment_and_is_rewritten_whole():
    app = open_page(lang="en", variant="denoising", noise_level="0.7", latent_dim="30")
    assert not app.warning
    assert (value(app, "noise_level"), value(app, "latent_dim")) == (0.7, 30)
    query = {name: v if isinstance(v, str) else v[0] for name, v in app.query_params.items()}
    assert query["variant"] == "denoising"
    assert query["noise_level"] == "0.7"
    assert query["run"]


@pytest.mark.parametrize(
    ("query", "name", "expected"),
    [
        ({"latent_dim": "9999"}, "latent_dim", 1024),
        ({"latent_dim": "0"}, "latent_dim", 1),
        ({"latent_dim": "many"}, "latent_dim", 32),
        ({"variant": "nonsense"}, "variant", "vanilla"),
        ({"variant": "top-k", "k": "500"}, "k", VARIANTS["top-k"].experiment.latent_dim),
        ({"run": "nonsense"}, "variant", "vanilla"),
        ({"hidden": "1,2,x"}, "hidden", (128, 64)),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_link_with_nonsense_is_said_and_the_page_stays_usable(query, name, expected, language):
    app = open_page(lang=language, **query)
    assert not app.exception
    assert len(app.warning) == 1
    assert value(app, name) == expected
    assert app.button(key="play")


def test_contradicting_setting_is_said_and_not_taken():
    app = open_page(lang="en", variant="vae")
    app.selectbox(key="_code_activation").set_value("relu").run()
    assert "Gaussian" in app.warning[0].value
    assert value(app, "code_activation") == "identity"


def test_malformed_layers_are_said_and_not_taken():
    app = open_page(lang="en", variant="deep")
    app.text_input(key="_hidden").set_value("12,banana").run()
    assert "banana" in app.warning[0].value
    assert value(app, "hidden") == VARIANTS["deep"].experiment.hidden


def keys(app: AppTest) -> set[str]:
    widgets = [*app.select_slider, *app.slider, *app.selectbox, *app.text_input, *app.number_input]
    return {widget.key for widget in widgets if widget.key}


def test_further_settings_are_made_only_while_open_and_keep_their_values():
    app = open_page(lang="en", hidden="40,20")
    assert "_hidden" in keys(app)
    app.session_state[state.MORE_SETTINGS] = False
    app.run()
    assert keys(app) == {"_run", "_preset", "_variant", "_latent_dim", "_epochs", "_pace"}
    assert value(app, "hidden") == (40, 20)
    app.session_state[state.MORE_SETTINGS] = True
    app.run()
    assert app.text_input(key="_hidden").value == "40,20"


def test_further_settings_stay_open_in_the_other_language():
    app = open_page(lang="en")
    app.segmented_control(key="_lang").set_value("ko").run()
    assert app.session_state[state.MORE_SETTINGS]
    assert "_hidden" in keys(app)


def test_tied_weights_are_switched_on_where_there_are_dense_layers():
    app = open_page(lang="en")
    assert app.toggle(key="_tied").value is False
    app.toggle(key="_tied").set_value(True).run()
    assert not app.exception
    assert value(app, "tied") is True
    assert open_page(lang="ko", tied="true").toggle(key="_tied").value is True
    conv = open_page(lang="en", variant="convolutional", tied="true")
    assert "_tied" not in {toggle.key for toggle in conv.toggle}


def test_smaller_code_takes_k_along():
    app = open_page(lang="en", variant="top-k")
    app.select_slider(key="_latent_dim").set_value(4).run()
    assert not app.warning
    assert value(app, "k") == 4


@pytest.mark.parametrize("language", LANGUAGES)
def test_unknown_model_in_a_link_is_said_and_another_is_shown(language):
    app = open_page("reconstructions", lang=language, model="nonsense")
    assert not app.exception
    assert len(app.warning) == 1
    assert app.selectbox(key="_model").value == ""


@pytest.mark.parametrize("how", ["classes", "class", "random", "best", "worst"])
def test_each_way_of_picking_digits_shows_some(how):
    app = open_page("reconstructions", lang="en")
    app.radio(key="_pick").set_value(how).run()
    assert not app.exception
    assert "MSE per pixel" in " ".join(element.value for element in app.markdown)
