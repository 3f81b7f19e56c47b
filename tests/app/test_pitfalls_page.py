"""The pitfalls page without a browser."""

import pytest

from aecore.topics.pitfalls import PITFALLS
from tests.app.test_pages import job_of, open_page, wait
from ui.kit import state
from ui.kit.language import LANGUAGES


def texts(app) -> str:
    return " ".join(element.value for element in app.markdown)


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_opens_in_each_language(language):
    app = open_page("pitfalls", lang=language)
    assert not app.exception
    assert not app.warning


@pytest.mark.parametrize("key", PITFALLS)
def test_each_pitfall_opens(key):
    app = open_page("pitfalls", lang="en")
    app.radio(key="_pitfall").set_value(key).run()
    assert not app.exception
    assert not app.warning
    assert app.button(key="pitfall_train").disabled == (not PITFALLS[key].settings)


def test_one_click_makes_the_mistake_and_one_cures_it():
    app = open_page("pitfalls", lang="en")
    app.radio(key="_pitfall").set_value("units").run()
    for which, found in (("wrong", "172 times as good"), ("cured", "4.6 times as good")):
        assert found not in texts(app)
        app.button(key=f"pitfall_{which}").click().run()
        wait(app, lambda found=found: found in texts(app))
    assert not app.exception


def test_trial_trains_in_the_background_and_is_measured():
    app = open_page("pitfalls", lang="en")
    app.radio(key="_pitfall").set_value("learning-rate").run()
    app.button(key="pitfall_wrong").click().run()
    assert app.button(key="pitfall_wrong").disabled
    job = job_of(app, ("pitfalls", "learning-rate", "wrong"))
    wait(app, lambda: job.over)
    app.run()
    assert "the mean picture alone has 0.0671" in texts(app)
    assert not app.button(key="pitfall_wrong").disabled


def test_settings_of_a_mistake_open_on_the_train_page():
    app = open_page("pitfalls", lang="en")
    app.button(key="pitfall_train").click().run()
    assert not app.exception
    assert app.session_state[state.EXPERIMENT].code_activation == "relu"
