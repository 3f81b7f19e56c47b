"""What the learner's own browser keeps: taken over once, checked, and never against the link."""

import json
import time
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from aecore.topics import progress
from tests.app.test_pages import open_page, until, wait
from ui.kit import browser, browser_storage, state
from ui.kit.language import LANGUAGES

DONE = {"train-collapse": "right", "generate-clear": "surprised"}


class Browser:
    """Answers the page as `browser.js` does, and takes down what it is to keep."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.text: str | None = None
        self.wishes: list[dict[str, Any]] = []
        monkeypatch.setattr(browser, "_browser", self._mounted)
        monkeypatch.setattr(browser, "stored", self._stored)

    def holds(self, **kept: Any) -> "Browser":
        self.text = json.dumps({"version": 1, "done": {}, "choices": {}, "runs": [], **kept})
        return self

    def _mounted(self, *, key: str, data: bytes, on_stored_change: object) -> None:
        self.wishes.append(json.loads(data))

    def _stored(self, part: str) -> object:
        if part != browser_storage.PAGE or self.text is None or not self.wishes:
            return None
        return {"session": self.wish["session"], "text": self.text}

    @property
    def wish(self) -> dict[str, Any]:
        """What the page last asked of it."""
        return [wish for wish in self.wishes if wish["part"] == browser_storage.PAGE][-1]

    @property
    def keeps(self) -> dict[str, Any]:
        """What it is to keep."""
        return self.wish["keep"]


@pytest.fixture
def mine(monkeypatch):
    return Browser(monkeypatch)


def opened(key: str = "train", **query: str) -> AppTest:
    """A page after the browser has answered."""
    app = open_page(key, **query)
    assert not app.exception
    app.run()
    assert not app.exception
    return app


def trained() -> str:
    """A run that ended, of another session."""
    app = open_page(lang="en", epochs="1", n_train="200", seed="7")
    app.button(key="play").click().run()
    run_id = app.session_state[state.RUN]
    until(lambda: state.client().view(run_id).state == "ended")
    return run_id


def test_last_visit_is_found_again_at_the_bare_address(mine):
    run_id = trained()
    mine.holds(
        done=DONE,
        choices={
            "lang": ["ko", 5.0],
            "settings": ["variant=vae&latent_dim=5", 5.0],
            "run": [run_id, 5.0],
            "model": [run_id, 5.0],
        },
        runs=[run_id, "f" * 24],
    )
    app = opened("reconstructions")
    assert not app.warning
    assert app.session_state[state.LANGUAGE] == "ko"
    experiment = app.session_state[state.EXPERIMENT]
    assert (experiment.variant, experiment.latent_dim) == ("vae", 5)
    assert app.session_state[state.RUN] == run_id
    assert app.session_state[state.MODEL] == run_id
    assert app.session_state[state.RUNS] == [run_id]
    assert app.session_state[browser_storage.DONE] == DONE
    # Nothing of it counts as chosen now: another tab may have chosen meanwhile.
    assert {at for _, at in mine.keeps["choices"].values()} == {5.0}


def test_link_wins_over_what_is_kept_but_progress_and_runs_are_there(mine):
    run_id = trained()
    mine.holds(
        done=DONE,
        choices={"lang": ["ko", 5.0], "settings": ["variant=vae", 5.0], "model": ["vae-16", 5.0]},
        runs=[run_id],
    )
    app = opened("reconstructions", lang="en", variant="sparse")
    assert app.session_state[state.LANGUAGE] == "en"
    assert app.session_state[state.EXPERIMENT].variant == "sparse"
    assert app.selectbox(key="_model").value == ""
    assert run_id in app.selectbox(key="_model").options or app.session_state[state.RUNS] == [
        run_id
    ]
    assert app.session_state[browser_storage.DONE] == DONE
    before = time.time() - 60
    assert all(mine.keeps["choices"][name][1] > before for name in ("lang", "settings"))


def test_language_of_the_link_leaves_the_rest_to_the_browser(mine):
    mine.holds(choices={"lang": ["ko", 5.0], "settings": ["variant=vae", 5.0]})
    app = opened(lang="en")
    assert app.session_state[state.LANGUAGE] == "en"
    assert app.session_state[state.EXPERIMENT].variant == "vae"


def test_untouched_run_of_the_train_page_makes_room_for_the_one_of_the_last_visit(mine):
    run_id = trained()
    app = open_page()
    fresh = app.session_state[state.RUN]
    mine.holds(choices={"run": [run_id, 5.0], "settings": ["variant=vanilla&seed=7", 5.0]})
    app.run()
    assert app.session_state[state.RUN] == run_id
    assert not state.client().knows(fresh)


HOSTILE = {
    "no JSON": "{",
    "another shape": "[1, 2]",
    "a script": '{"version": 1, "done": "<script>", "choices": {}, "runs": []}',
    "another version": '{"version": 99, "done": {}, "choices": {}, "runs": []}',
    "a path as a run": '{"version": 1, "done": {}, "choices": {}, "runs": ["../../etc/passwd"]}',
    "too long": '{"version": 1}' + " " * progress.MOST_CHARACTERS,
    "deep": "[" * 19_000,
    "no time": '{"version": 1, "done": {}, "choices": {"lang": ["ko", "now"]}, "runs": []}',
    "half a character": '{"version": 1, "done": {}, "choices": {"run": ["\\ud800", 1]}, "runs": []}',
}


@pytest.mark.parametrize("what", HOSTILE)
def test_what_somebody_else_has_written_there_is_one_sentence(what, mine):
    mine.text = HOSTILE[what]
    app = opened("home", lang="en")
    assert not app.exception
    assert len(app.warning) == 1
    assert app.session_state[browser_storage.DONE] == {}
    assert not app.run().warning  # said once
    assert mine.wish["ask"] is False


def test_values_of_no_use_are_left_out_without_a_word(mine):
    mine.holds(
        done={"no-such-challenge": "right", "train-collapse": "won", "generate-clear": "right"},
        choices={
            "lang": ["tlh", 5.0],
            "settings": ["variant=magic&latent_dim=-3&__class__=x", 5.0],
            "run": ["../secret", 5.0],
            "model": ["f" * 24, 5.0],
            "anything": ["else", 5.0],
        },
        runs=["f" * 24],
    )
    app = opened("home")
    assert not app.exception
    assert not app.warning
    assert app.session_state[browser_storage.DONE] == {"generate-clear": "right"}
    assert app.session_state[state.LANGUAGE] == "en"
    assert app.session_state[state.EXPERIMENT].variant == "vanilla"


def test_answer_to_another_session_is_ignored(mine, monkeypatch):
    mine.holds(done=DONE)
    text = mine.text
    monkeypatch.setattr(browser, "stored", lambda part: {"session": "of before", "text": text})
    app = opened("home")
    assert app.session_state[browser_storage.DONE] == {}
    assert mine.wish["ask"] is True


def test_nothing_is_kept_of_who_has_chosen_nothing(mine):
    open_page("home")
    assert mine.keeps == {"done": {}, "choices": {}, "runs": []}


def test_what_the_learner_chooses_and_trains_is_kept(mine):
    app = open_page()
    begun = time.time()
    app.selectbox(key="_variant").set_value("vae").run()
    app.button(key="play").click().run()
    run_id = app.session_state[state.RUN]
    until(lambda: state.client().view(run_id).step)
    app.run()
    assert mine.keeps["runs"] == [run_id]
    choices = mine.keeps["choices"]
    assert choices["settings"][0].startswith("variant=vae")
    assert (choices["run"][0], choices["model"][0]) == (run_id, run_id)
    assert all(begun <= at <= time.time() for _, at in choices.values())
    assert "lang" not in choices  # the browser's own
    state.client().delete(run_id)


def test_what_the_link_got_wrong_is_still_said_after_the_browser_has_answered(mine):
    mine.holds(done=DONE)
    app = opened("home", latent_dim="many")
    assert len(app.warning) == 1
    assert "many" in app.warning[0].value


def test_forgetting_is_one_click_where_progress_is_shown(mine):
    mine.holds(done=DONE)
    app = opened("home", lang="en")
    app.button(key="forget").click().run()
    assert not app.exception
    assert app.session_state[browser_storage.DONE] == {}
    assert mine.wish["forget"]
    mine.holds(done=DONE)  # whatever the browser says after that
    assert app.run().session_state[browser_storage.DONE] == {}


def test_progress_made_in_a_part_of_the_page_is_kept_at_once(mine):
    app = open_page("generate", lang="en")
    parts = {wish["part"]: wish["keep"] for wish in mine.wishes}
    assert parts["generate"] == {"done": {}}
    app.session_state[browser_storage.DONE] = DONE
    app.run()
    assert [w["keep"] for w in mine.wishes if w["part"] == "generate"][-1] == {"done": DONE}


def test_document_has_the_language_of_the_page(mine):
    for language in LANGUAGES:
        open_page("home", lang=language)
        assert mine.wish["lang"] == language


def test_end_of_a_training_on_a_lab_page_is_said_to_those_who_listen_once(mine, monkeypatch):
    monkeypatch.setattr("ui.anomaly.training.EPOCHS", 2)
    app = open_page("anomaly", lang="en", model="anomaly-3")
    app.button(key="anomaly_train").click().run()
    run_id = app.session_state[state.TRAINS]["anomaly"]
    assert mine.wish["say"]["text"] == ""
    wait(app, lambda: app.session_state[state.RUN] == run_id)
    said = mine.wish["say"]
    view = state.client().view(run_id)
    assert f"epoch 2: validation MSE per pixel {view.val_mse:.4f}" in said["text"]
    app.run()
    assert mine.wish["say"] == said  # told apart by its id, it is not read out again
