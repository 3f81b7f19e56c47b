"""The learner's runs: in the menus, in the list, in the link."""

import pytest
from streamlit.testing.v1 import AppTest

from aecore.engine.client import Client
from tests.app.test_pages import PATIENCE, open_page, until, value, wait
from ui.kit import echoes, models, own_runs, state
from ui.kit.language import LANGUAGES
from ui.kit.page_list import PAGES


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
        from ui.kit import own_runs, runs

        own_runs.set_run(run_id)
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


def play(app: AppTest) -> str:
    """Presses Play and waits for the end. Returns the run's id."""
    app.button(key="play").click().run()
    run_id = app.session_state[state.RUN]
    until(lambda: state.client().view(run_id).state == "ended")
    app.run()
    return run_id


def link_of(app: AppTest) -> dict[str, str]:
    """The query that stands in the address bar."""
    found = app.query_params.items()
    return {name: value if isinstance(value, str) else value[0] for name, value in found}


OTHERS = {
    "seed": lambda app: app.number_input(key="_seed").set_value(3),
    "n_train": lambda app: app.select_slider(key="_n_train").set_value(100),
    "learning_rate": lambda app: app.select_slider(key="_learning_rate").set_value(0.01),
    "penalty_weight": lambda app: app.select_slider(key="_penalty_weight").set_value(0.1),
    "patience": lambda app: app.number_input(key="_patience").set_value(2),
    "max_seconds": lambda app: app.number_input(key="_max_seconds").set_value(60.0),
    "target_mse": lambda app: app.number_input(key="_target_mse").set_value(0.001),
    "epochs": lambda app: app.select_slider(key="_epochs").set_value(2),
}
"""Moves one setting each, from those of the first run."""


@pytest.mark.parametrize("name", OTHERS)
def test_run_that_differs_in_one_setting_is_another_run_and_each_opens_as_itself(name):
    app, first = trained(variant="sparse", latent_dim="8", hidden="16")
    before = state.client().view(first)
    OTHERS[name](app).run()
    assert any("Settings changed" in caption.value for caption in app.caption)
    second = play(app)
    assert second != first
    assert state.client().view(first).experiment == before.experiment
    assert state.client().view(first).history == before.history
    menu = app.selectbox(key="_run")
    assert menu.value == second
    assert len(set(menu.options)) == len(menu.options) == 3
    for run in (first, second, first):
        app.selectbox(key="_run").set_value(run).run()
        assert app.session_state[state.RUN] == run
        assert app.session_state[state.EXPERIMENT] == state.client().view(run).experiment
        app.run()
        assert app.session_state[state.RUN] == run
    go(app, "reconstructions")
    for run in (second, first):
        app.selectbox(key="_model").set_value(run).run()
        app.run()
        assert app.query_params["model"] in (run, [run])
        assert app.selectbox(key="_model").value == run
    go(app, "compare")
    app.multiselect(key="_compare").set_value([first, second]).run()
    assert app.session_state[state.COMPARED] == [first, second]
    assert not app.exception
    assert not app.warning


@pytest.fixture(scope="module")
def twins() -> tuple[str, str]:
    """Two runs of the same settings, trained for an epoch."""
    return trained(hidden="16")[1], trained(hidden="16")[1]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", [key for key in PAGES if key != "home"])
def test_no_menu_has_two_options_of_the_same_words(key, language, twins):
    app = open_page(key, lang=language, kept=",".join(twins))
    for menu in [*app.selectbox, *app.multiselect, *app.radio]:
        assert len(set(menu.options)) == len(menu.options), menu.key


def test_what_a_browser_told_before_it_had_drawn_the_page_is_no_choice(monkeypatch):
    monkeypatch.setattr(echoes, "LATEST_ECHO", 600)
    app, first = trained(hidden="16")
    app.number_input(key="_seed").set_value(3).run()
    second = play(app)
    assert app.selectbox(key="_run").value == second
    app.selectbox(key="_run").set_value("").run()  # shown while the new run had no batch yet
    assert app.session_state[state.RUN] == second
    for chosen in (first, second, first):  # choices, however quick
        app.selectbox(key="_run").set_value(chosen).run()
        assert app.session_state[state.RUN] == chosen
    assert value(app, "seed") == 0
    app.number_input(key="_seed").set_value(3).run()  # the second run's
    assert value(app, "seed") == 0
    app.number_input(key="_seed").set_value(4).run()
    assert value(app, "seed") == 4
    monkeypatch.setattr(echoes, "LATEST_ECHO", 0)
    app.selectbox(key="_run").set_value(second).run()
    app.number_input(key="_seed").set_value(4).run()
    assert value(app, "seed") == 4


def test_same_settings_again_are_a_run_of_its_own_and_numbered():
    app, first = trained()
    second = play(app)
    assert second != first
    assert app.selectbox(key="_run").options[1:] == ["My Vanilla 32 (2)", "My Vanilla 32 (1)"]


def test_live_fields_change_a_run_under_way_and_not_a_finished_one():
    app = open_page(lang="en", epochs="1000", hidden="16", latent_dim="2")
    app.button(key="play").click().run()
    run_id, client = app.session_state[state.RUN], state.client()
    until(lambda: client.view(run_id).step)
    for state_of_run in ("running", "paused"):
        app.select_slider(key="_learning_rate").set_value(
            {"running": 0.01, "paused": 0.02}[state_of_run]
        ).run()
        until(lambda: client.view(run_id).experiment.learning_rate in (0.01, 0.02))
        assert app.session_state[state.RUN] == run_id
        if state_of_run == "running":
            app.button(key="pause").click().run()
    assert client.view(run_id).experiment.learning_rate == 0.02
    assert not any("Settings changed" in caption.value for caption in app.caption)
    app.button(key="stop").click().run()
    app.select_slider(key="_learning_rate").set_value(0.05).run()
    assert client.view(run_id).experiment.learning_rate == 0.02
    assert any("Settings changed" in caption.value for caption in app.caption)
    app.button(key="play").click().run()
    assert app.session_state[state.RUN] != run_id
    client.stop(app.session_state[state.RUN])


def test_two_viewers_of_a_run_do_not_take_back_what_the_other_has_moved():
    app = open_page(lang="en", epochs="1000", hidden="16", latent_dim="2")
    app.button(key="play").click().run()
    run_id, client = app.session_state[state.RUN], state.client()
    until(lambda: client.view(run_id).step)
    link = link_of(app.run())
    second = open_page(**link)
    second.select_slider(key="_learning_rate").set_value(0.01).run()
    app.run()
    assert client.view(run_id).experiment.learning_rate == 0.01
    assert app.select_slider(key="_learning_rate").value == 0.01
    app.number_input(key="_patience").set_value(900).run()
    second.run()
    third = open_page(**link)  # a link from before both changes
    for viewer in (second, third):
        assert viewer.session_state[state.EXPERIMENT].patience == 900
        assert viewer.session_state[state.EXPERIMENT].learning_rate == 0.01
        assert viewer.session_state[state.RUN] == run_id
    assert client.view(run_id).experiment.patience == 900
    client.stop(run_id)


def test_viewer_who_changes_settings_deletes_no_run_of_another():
    app = open_page(lang="en", hidden="16")
    run_id = app.session_state[state.RUN]
    second = open_page(lang="en", hidden="16", run=run_id)
    assert second.session_state[state.RUN] == run_id
    second.select_slider(key="_latent_dim").set_value(4).run()
    assert second.session_state[state.RUN] != run_id
    assert state.client().knows(run_id)


def test_link_names_the_model_from_the_first_moment_of_its_training():
    app = open_page(lang="en", epochs="1000", batch_size="16")
    app.button(key="play").click().run()
    run_id = app.session_state[state.RUN]
    assert app.query_params["model"] in (run_id, [run_id])
    until(lambda: state.client().view(run_id).step)
    link = link_of(app)
    again = open_page("latent_space", **link)
    assert not again.warning
    assert again.selectbox(key="_model").value == run_id
    state.client().stop(run_id)


def test_run_that_is_stepped_by_hand_is_the_model_of_the_lab_pages():
    app = open_page("train", lang="en", hidden="16", latent_dim="2")
    run_id = app.session_state[state.RUN]
    until(lambda: state.client().view(run_id).state == "ready")
    app.run()
    app.button(key="step_batch").click().run()
    until(lambda: state.client().view(run_id).state == "paused")
    go(app, "reconstructions")
    assert app.selectbox(key="_model").value == run_id


def test_reload_during_a_training_on_a_lab_page_does_not_lose_sight_of_it():
    app = open_page("sparsity", lang="en")
    app.button(key="sparsity_train").click().run()
    run_id = app.session_state[state.TRAINS]["sparsity"]
    again = open_page("sparsity", **link_of(app))
    assert again.session_state[state.TRAINS] == {"sparsity": run_id}
    until(lambda: state.client().view(run_id).step)
    state.client().stop(run_id)
    wait(again, lambda: not again.session_state[state.TRAINS])
    assert again.selectbox(key="_model").value == run_id
    assert state.TRAINS not in again.query_params


def test_link_brings_runs_of_another_into_the_menus():
    _, first = trained(hidden="16")
    _, second = trained(hidden="16", seed="1")
    app = open_page("compare", lang="en", compare=f"{first},{second}", model=first)
    assert not app.exception
    assert app.multiselect(key="_compare").value == [first, second]
    names = [e.value for e in app.markdown if "seed 1" in e.value and "seed 0" in e.value]
    assert names
    go(app, "reconstructions")
    assert app.selectbox(key="_model").value == first


def test_choosing_a_run_brings_its_settings_back(monkeypatch):
    monkeypatch.setattr(echoes, "LATEST_ECHO", 0.0)  # nobody chooses as fast as a test
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
    for figure in ("Vanilla", "code size 32", f"{view.val_mse:.4f}", f"{view.seconds:.1f} s"):
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


def test_run_deleted_by_its_learner_leaves_comparison_and_menus_without_a_word():
    app, first = trained()
    OTHERS["seed"](app).run()
    second = play(app)
    go(app, "compare")
    app.multiselect(key="_compare").set_value([first, second, "vae-16"]).run()
    app.button(key="my_runs").click().run()
    app.button(key=f"delete_{second}").click().run()
    app.run()
    assert not app.exception
    assert not app.warning
    assert app.multiselect(key="_compare").value == [first, "vae-16"]
    assert "compare" in app.query_params
    assert second not in str(app.query_params)


def test_oldest_runs_stay_while_they_are_compared(monkeypatch):
    monkeypatch.setattr(own_runs, "MOST_RUNS", 1)
    app, first = trained()
    app.session_state[state.COMPARED] = [first, "vae-16"]
    for name in ("seed", "n_train"):
        OTHERS[name](app).run()
        last = play(app)
    assert state.client().knows(first)
    assert state.client().knows(last)


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
    monkeypatch.setattr(own_runs, "MOST_RUNS", 1)
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
        from ui.kit import runs

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
    assert not models._is_offered(words)
    assert models._is_offered("")
    assert models._is_offered("vanilla-2")
