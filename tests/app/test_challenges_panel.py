"""The panel of challenges on a page, and the progress on Home, without a browser."""

import pytest
from streamlit.testing.v1 import AppTest

from aecore.files import pretrained
from aecore.topics import progress
from aecore.topics.challenges import BY_PAGE, CHALLENGES
from tests.app.test_pages import PATIENCE, ROOT, open_page
from ui.kit import browser_storage
from ui.kit.language import LANGUAGES
from ui.kit.page_list import PAGES

KEY = "reconstructions-one-or-eight"
QUIZ = "reconstructions-blurred"


def opened(page: str, **query: str):
    app = open_page(page, lang="en", **query)
    app.session_state[f"challenges_{page}"] = True
    return app.run()


def said(app) -> str:
    return " ".join(element.value for element in [*app.info, *app.success])


def answer(app, key: str, option: str):
    app.radio(key=f"_answer_{key}").set_value(option).run()
    return app.button(key=f"commit_{key}").click().run()


@pytest.mark.parametrize("page", BY_PAGE)
def test_panel_is_closed_and_empty_at_first(page):
    app = open_page(page, lang="en")
    assert not app.exception
    assert [e.label for e in app.expander if e.label.startswith("Challenges")] == [
        "Challenges · 0 of 3 done"
    ]
    assert not [r for r in app.radio if (r.key or "").startswith("_answer_")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_open_panel_shows_every_challenge_of_the_page(language):
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)
    app.query_params["lang"] = language
    app.session_state["challenges_variants"] = True
    app.switch_page(PAGES["variants"].file).run()
    assert not app.exception
    shown = {r.key for r in app.radio if (r.key or "").startswith("_answer_")}
    assert shown == {f"_answer_{c.key}" for c in BY_PAGE["variants"]}


def test_prediction_is_locked_then_checked_against_the_model(digits):
    app = opened("reconstructions", model="vanilla-2")
    app = answer(app, KEY, "1")
    assert app.radio(key=f"_answer_{KEY}").disabled
    assert "mean error" not in said(app)
    app.button(key=f"check_{KEY}").click().run()
    assert not app.exception
    assert "Not what you predicted" in said(app)
    model = pretrained.load("vanilla-2")
    one, eight = (
        f"{(model.reconstruct(x) - x).square().mean().item():.4f}"
        for x in (digits.x_test[digits.y_test == label] for label in (1, 8))
    )
    assert f"{one} on class 1 and {eight} on class 8" in said(app)
    assert "Challenges · 1 of 3 done" in [e.label for e in app.expander]
    app.button(key=f"again_{KEY}").click().run()
    app = answer(app, KEY, "8")
    app.button(key=f"check_{KEY}").click().run()
    assert "As you predicted" in said(app)


def test_quiz_explains_a_wrong_answer_and_can_be_tried_again():
    app = answer(opened("reconstructions"), QUIZ, "noise")
    assert said(app).startswith("No: ")
    assert QUIZ not in app.session_state[browser_storage.DONE]
    app.button(key=f"again_{QUIZ}").click().run()
    app = answer(app, QUIZ, "mean")
    assert said(app).startswith("Yes: ")
    assert app.session_state[browser_storage.DONE] == {QUIZ: "right"}


def test_goal_without_runs_says_what_is_missing():
    app = answer(opened("train"), "train-collapse", "same")
    app.button(key="check_train-collapse").click().run()
    assert not app.exception
    assert "None of your runs is a VAE yet." in said(app)
    app.button(key="start_train-collapse").click().run()
    assert app.session_state["experiment"].beta == 30


def test_model_that_cannot_answer_is_said():
    app = answer(opened("anomaly", model="vanilla-32"), "anomaly-black", "normal")
    app.button(key="check_anomaly-black").click().run()
    assert not app.exception
    assert "learned all classes" in said(app)


def test_home_counts_saves_and_restores():
    app = open_page("home", lang="en")
    assert not app.exception
    done = {"train-collapse": "right", "generate-clear": "surprised"}
    file = app.file_uploader(key="_restore_progress")
    file.upload("p.json", progress.write(done).encode(), "application/json").run()
    assert app.session_state[browser_storage.DONE] == done
    assert not app.warning


def test_foreign_file_is_one_sentence_and_changes_nothing():
    app = open_page("home", lang="en")
    app.session_state[browser_storage.DONE] = {"train-collapse": "right"}
    file = app.file_uploader(key="_restore_progress")
    file.upload("p.json", b'{"done": {}}', "application/json").run()
    assert not app.exception
    assert "not a progress file" in app.warning[0].value
    assert app.session_state[browser_storage.DONE] == {"train-collapse": "right"}


def test_all_challenges_stand_on_a_page():
    assert set(CHALLENGES) == {c.key for found in BY_PAGE.values() for c in found}
