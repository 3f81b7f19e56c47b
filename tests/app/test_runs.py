"""The learner's runs: in the menus, in the list, in the link."""

import pytest
from streamlit.testing.v1 import AppTest

from aecore.engine.client import Client
from tests.app.test_pages import PATIENCE, open_page, until
from ui import models, state
from ui.frame import PAGES
from ui.language import LANGUAGES


def trained(**query: str) -> tuple[AppTest, str]:
    """The Train page with a run that has trained, and its id."""
    app = open_page(lang="en", epochs="1", n_train="200", **query)
    app.button(key="play").click().run()
    run_id = app.session_state[state.RUN]
    until(lambda: state.client().view(run_id).state == "ended")
    return app.run(), run_id


def go(app: AppTest, key: str) -> AppTest:
    return app.switch_page(PAGES[key].file).run()


def listed(run_id: str) -> AppTest:
    """The list of runs, which stands in a dialog, as a page of its own."""

    def page(run_id: str) -> None:
        from ui import runs, state

        state.set_run(run_id)
        runs._list()

    return AppTest.from_function(page, default_timeout=PATIENCE, args=(run_id,)).run()


def test_own_run_is_what_the_lab_pages_show_once_it_has_trained():
    app, run_id = trained()
    go(app, "reconstructions")
    assert not app.exception
    assert app.selectbox(key="_model").value == run_id
    assert app.query_params["model"] in (run_id, [run_id])


@pytest.mark.parametrize("page", ["train", "reconstructions"])
def test_page_looks_once_at_each_run(page, monkeypatch):
    app, run_id = trained()
    looks = []
    view = Client.view
    monkeypatch.setattr(Client, "view", lambda *args: looks.append(args[1:]) or view(*args))
    go(app, page)
    assert not app.exception
    assert looks.count((run_id,)) == 1
    app.run()
    assert looks.count((run_id,)) == 2


def test_untrained_run_leaves_the_example_on_show():
    app = open_page(lang="en")
    go(app, "reconstructions")
    assert not app.exception
    assert not app.warning
    assert app.selectbox(key="_model").value == ""


def test_choosing_a_run_brings_its_settings_back():
    app, first = trained()
    app.select_slider(key="_latent_dim").set_value(4).run()
    app.button(key="play").click().run()
    assert app.session_state[state.RUN] != first
    app.selectbox(key="_run").set_value(first).run()
    assert app.session_state[state.RUN] == first
    assert app.session_state[state.EXPERIMENT].latent_dim == 32


def test_list_shows_variant_code_size_error_and_time():
    _, run_id = trained()
    app = listed(run_id)
    view = state.client().view(run_id)
    shown = app.markdown[0].value
    for figure in ("Vanilla", "code size 32", f"{view.test_mse:.4f}", f"{view.seconds:.1f} s"):
        assert figure in shown


def test_name_is_kept_and_shown_in_the_menu():
    app, run_id = trained()
    listed(run_id).text_input(key=f"_name_{run_id}").set_value("  my   first ").run()
    assert state.client().view(run_id).name == "my first"
    go(app, "reconstructions")
    assert "my first" in app.selectbox(key="_model").options


def test_kept_run_stands_in_the_link_and_is_found_again():
    app, run_id = trained()
    listed(run_id).checkbox(key=f"_keep_{run_id}").check().run()
    app.run()
    assert app.query_params["kept"] in (run_id, [run_id])
    again = open_page("reconstructions", lang="en", kept=run_id)
    again.selectbox(key="_model").set_value(run_id).run()
    assert not again.exception
    assert not again.warning


def test_deleted_run_is_gone_and_the_page_shows_its_example():
    app, run_id = trained()
    go(app, "reconstructions")
    listed(run_id).button(key=f"delete_{run_id}").click().run()
    assert not state.client().knows(run_id)


def test_run_deleted_in_another_tab_is_said_once_and_the_page_stays_usable():
    app, run_id = trained()
    go(app, "reconstructions")
    state.client().delete(run_id)
    app.radio(key="_pick").set_value("random").run()
    assert not app.exception
    assert len(app.warning) == 1
    assert run_id[:8] in app.warning[0].value
    assert app.selectbox(key="_model").value == ""
    app.radio(key="_pick").set_value("best").run()
    assert not app.warning


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", [key for key in PAGES if key != "home"])
def test_link_to_a_deleted_run_is_said_on_every_page(key, language):
    app = open_page(key, lang=language, model="0123456789abcdef", run="0123456789abcdef")
    assert not app.exception
    assert len(app.warning) == 1
    assert "0123456789abcdef" in app.warning[0].value


def test_oldest_runs_make_room_unless_they_are_kept(monkeypatch):
    monkeypatch.setattr(state, "MOST_RUNS", 1)
    app, kept = trained()
    state.client().keep(kept, True)
    passing = []
    for size in (4, 8):
        app.select_slider(key="_latent_dim").set_value(size).run()
        app.button(key="play").click().run()
        passing.append(app.session_state[state.RUN])
        until(lambda: state.client().view(passing[-1]).state == "ended")
    app.run()
    assert state.client().knows(kept)
    assert [state.client().knows(run) for run in passing] == [False, True]


def test_list_without_runs_says_so():
    def page() -> None:
        from ui import runs

        runs._list()

    app = AppTest.from_function(page, default_timeout=PATIENCE).run()
    assert "train a new one" in app.caption[0].value


@pytest.fixture(scope="module")
def narrow() -> str:
    """A run whose code is a single number, trained for an epoch."""
    return trained(latent_dim="1")[1]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", [key for key in PAGES if key != "home"])
def test_code_of_one_number_is_no_trouble_on_any_page(key, language, narrow):
    app = open_page(key, lang=language, run=narrow, model=narrow)
    assert not app.exception
    assert not app.warning


@pytest.mark.parametrize("key", ["play", "step_batch", "reset"])
def test_button_of_a_run_that_is_gone_says_so_or_starts_anew(key):
    app = open_page("train", lang="en", hidden="16", latent_dim="2", epochs="2")
    run_id = app.session_state[state.RUN]
    until(lambda: state.client().view(run_id).state == "ready")
    state.client().step_batch(run_id)
    until(lambda: state.client().view(run_id).state == "paused")
    app.run()
    button = app.button(key=key)
    state.client().delete(run_id)
    button.click().run()
    assert not app.exception
    assert key == "play" or "This server has no run" in app.warning[0].value


@pytest.mark.parametrize("words", ["내 기본 2", "My Vanilla 2", "f" * 24])
def test_choice_that_is_in_no_menu_any_more_changes_nothing(words):
    assert models._known(words) is None
    assert models._known("") == ""
    assert models._known("vanilla-2") == "vanilla-2"
