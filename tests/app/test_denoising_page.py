"""The denoising page without a browser."""

import numpy as np
import pytest

from aecore.parts.corruptions import CORRUPTIONS
from aecore.spec import variants
from aecore.topics.denoising.ask import DenoisingScore
from tests.app.test_pages import open_page
from ui import denoising
from ui.denoising import answers
from ui.kit import models
from ui.kit.language import LANGUAGES


def texts(app) -> str:
    return " ".join(element.value for element in [*app.markdown, *app.caption, *app.info])


def level_of(app, model="denoising-32"):
    return app.select_slider(key=f"_noise_level_{model}")


def kind_of(app, model="denoising-32"):
    return app.selectbox(key=f"_noise_kind_{model}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_example_opens_at_the_noise_it_was_trained_with(language):
    app = open_page("denoising", lang=language)
    assert not app.exception
    assert not app.warning
    assert not app.info
    assert kind_of(app).value == "gaussian"
    assert level_of(app).value == 0.4
    assert "dB" in texts(app)


@pytest.mark.parametrize("model", ["vanilla-32", "vanilla-2", "convolutional-32", "vae-2"])
def test_model_trained_without_noise_is_said_and_everything_works(model):
    app = open_page("denoising", lang="en", model=model)
    assert not app.exception
    (said,) = app.info
    assert "without noise" in said.value
    assert level_of(app, model).value == 0.4
    assert ("| plain autoencoder" in texts(app)) == (model not in ("vanilla-32", "vanilla-2"))


def test_level_slider_changes_the_finding_and_names_whoever_wins():
    app = open_page("denoising", lang="en")
    assert "**this model**" in texts(app)
    level_of(app).set_value(0.1).run()
    assert not app.exception
    assert "**non-local means**" in texts(app)
    level_of(app).set_value(0.0).run()
    assert "noisy digit itself" in texts(app)
    assert "∞" in texts(app)


def test_other_kind_and_other_noise():
    app = open_page("denoising", lang="en")
    kind_of(app).set_value("block").run()
    assert not app.exception
    assert CORRUPTIONS["block"].says in texts(app)
    app.button(key="other_noise").click().run()
    assert not app.exception
    assert app.session_state[denoising.SEED] == 1


def test_finding_names_the_method_with_the_least_error():
    pictures = np.linspace(0.5, 1.5, 50)
    scores = {
        "noisy": DenoisingScore(0.2 * pictures, 0.4),
        "model": DenoisingScore(0.1 * pictures, 0.7),
        "median": DenoisingScore(0.05 * pictures, 0.6, 3),
    }
    assert answers.winner_of(scores) == "median"
    assert answers.rivals_of("median", scores) == []
    assert answers.winner_of(scores | {"noisy": DenoisingScore(0.0 * pictures, 1.0)}) == "noisy"


def test_methods_that_differ_by_chance_alone_share_the_first_place(monkeypatch):
    pictures = np.linspace(0.5, 1.5, 50)
    chance = np.random.default_rng(0).normal(0, 0.01, 50)
    scores = {
        "noisy": DenoisingScore(pictures, 0.4),
        "model": DenoisingScore(0.1 * pictures, 0.7),
        "median": DenoisingScore(0.1 * pictures + chance, 0.7, 3),
    }
    winner = answers.winner_of(scores)
    assert {winner, *answers.rivals_of(winner, scores)} == {"model", "median"}


def test_decibels_of_equal_pictures_are_shown_as_infinite():
    assert answers.psnr_text(0.0) == "∞"
    assert answers.psnr_text(0.001) == "30.0"


def test_levels_hold_the_one_that_a_run_was_trained_with(monkeypatch):
    own = variants.build("denoising", noise_level=0.35)
    monkeypatch.setattr(models, "experiment", lambda model_id: own)
    levels = answers.levels_of("a run")
    assert 0.35 in levels
    assert list(levels) == sorted(levels)
    assert (levels[0], levels[-1], len(levels)) == (0.0, 1.0, 12)


def test_gains_are_none_without_noise_and_positive_where_the_model_was_trained():
    gains = answers.gains_by_kind("denoising-32", 0.4)
    kinds = list(CORRUPTIONS)
    assert set(gains) == {"model", "plain"}
    assert gains["model"][kinds.index("gaussian")].low > 5
    assert gains["model"][kinds.index("speckle")].high < 0
    none = answers.gains_by_kind("denoising-32", 0.0)["model"]
    assert all(np.isnan(gain.value) for gain in none)
