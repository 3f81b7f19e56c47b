"""Headlines that answer a challenge: nothing of the answer is on the page before a prediction."""

import re

import pytest

from aecore.topics.challenges import CHALLENGES
from tests.app.test_pages import open_page
from ui.kit import predict_first

HEADLINES = {
    "reconstructions-one-or-eight": ("reconstructions", "Hardest"),
    "sparsity-active": ("sparsity", "Active on an average test digit"),
    "ae_vs_pca-closer": ("ae_vs_pca", "The autoencoder wins"),
    "features-clusters": ("features", "Purity"),
    "generate-clear": ("generate", r"Clear: \*\*"),
    "compression-pays-off": ("compression", "bytes each"),
    "super_resolution-wins": ("super_resolution", "closer to the original for"),
    "pretraining-sigmoid": ("pretraining", "The last layer's gradient is"),
    "variants-least-error": ("variants", "MSE 0"),
}
"""Challenge -> its page, and words of what answers it."""


PARTS = {"variants": {"part": "digits"}}
"""Page -> what leads to the part with the headline, where that is not the first."""


def unprepared(page: str):
    app = open_page(page, lang="en", **PARTS.get(page, {}))
    app.session_state[predict_first.SHOWN] = set()
    return app.run()


def text(app) -> str:
    return " ".join(e.value for e in [*app.markdown, *app.caption])


@pytest.mark.parametrize("key", HEADLINES)
def test_answer_waits_for_a_prediction_or_a_wish(key):
    page, words = HEADLINES[key]
    app = unprepared(page)
    assert not app.exception
    assert not re.search(words, text(app))
    assert f"**Predict first:** {CHALLENGES[key].question}" in text(app)
    app.button(key=f"show_{key}").click().run()
    assert not app.exception
    assert key not in predictions(app)
    if page != "variants":  # there it stands at the pictures
        assert re.search(words, text(app))


def predictions(app) -> dict[str, str]:
    return app.session_state[predict_first.COMMITTED]


def test_prediction_at_the_headline_is_locked_in_the_panel():
    key = "reconstructions-one-or-eight"
    app = unprepared("reconstructions")
    app.session_state["challenges_reconstructions"] = True
    app.run()
    app.button_group(key=f"_predict_{key}").set_value("8").run()
    assert not app.exception
    assert predictions(app) == {key: "8"}
    assert "Hardest" in text(app)
    assert "You predicted: class 8" in text(app)
    assert app.radio(key=predict_first.answer_key(key)).disabled
    assert app.radio(key=predict_first.answer_key(key)).value == "8"


def test_prediction_in_the_panel_shows_the_headline():
    key = "reconstructions-one-or-eight"
    app = unprepared("reconstructions")
    app.session_state["challenges_reconstructions"] = True
    app.run()
    app.radio(key=predict_first.answer_key(key)).set_value("1").run()
    app.button(key=f"commit_{key}").click().run()
    assert "Hardest" in text(app)
