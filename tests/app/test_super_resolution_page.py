"""The super-resolution page without a browser."""

import pytest

from aecore.files import pretrained
from aecore.topics.super_resolution import ask as super_resolution
from aecore.training.subject import Subject
from tests.app.test_pages import open_page, wait
from ui.kit import state
from ui.kit.language import LANGUAGES


def texts(app) -> str:
    return " ".join(element.value for element in [*app.markdown, *app.caption, *app.info])


@pytest.fixture(scope="module")
def measured(digits):
    """Model and side -> method -> its PSNR, as it is written."""

    def scores(key, side):
        found = super_resolution.measure(Subject(pretrained.load(key), digits), side).scores
        return {method: f"{score.psnr.value:.1f}" for method, score in found.items()}

    return scores


def side_of(app):
    (control,) = (c for c in app.segmented_control if c.key.startswith("_superres_side"))
    return control


@pytest.mark.parametrize("language", LANGUAGES)
def test_example_opens_with_pictures_and_numbers(language, measured):
    app = open_page("super_resolution", lang=language)
    assert not app.exception
    assert not app.warning
    assert not app.info
    assert side_of(app).value == 14
    scores = measured("superres-14", 14)
    assert scores["model"] in texts(app)
    assert scores["bicubic"] in texts(app)


def test_pretrained_model_follows_the_side_while_none_is_chosen(measured):
    app = open_page("super_resolution", lang="en")
    side_of(app).set_value(7).run()
    assert not app.exception
    assert not app.info
    assert measured("superres-7", 7)["model"] in texts(app)
    assert "same 49 numbers" in texts(app)


def test_chosen_model_stays_and_says_what_it_has_never_seen(measured):
    app = open_page("super_resolution", lang="en", model="superres-7")
    assert not app.info
    assert side_of(app).value == 7
    side_of(app).set_value(14).run()
    (said,) = app.info
    assert "trained on 7×7 pixels and has never seen 14×14" in said.value
    assert measured("superres-7", 14)["model"] in texts(app)


@pytest.mark.parametrize(
    "model", ["vanilla-2", "vanilla-32", "convolutional-32", "vae-2", "denoising-32"]
)
def test_model_that_never_learned_to_enlarge_says_so(model):
    app = open_page("super_resolution", lang="en", model=model)
    assert not app.exception
    (said,) = app.info
    assert "never trained to enlarge" in said.value
    app.radio(key="_pick").set_value("worst").run()
    assert not app.exception


def test_own_run_of_another_size_is_shown_at_its_own():
    app = open_page("train", lang="en")
    experiment = state.Experiment(
        network="conv", hidden=(4,), corruption="low_resolution", noise_level=1 - 10 / 28,
        n_train=200, epochs=1,
    )  # fmt: skip
    client = state.client()
    run = client.create(experiment)
    client.play(run)
    wait(app, lambda: client.view(run).state == "ended")
    app = open_page("super_resolution", lang="en", model=run)
    assert not app.exception
    assert not app.info
    assert side_of(app).value == 10


def test_own_model_is_trained_for_the_chosen_side(monkeypatch):
    monkeypatch.setattr("ui.super_resolution.training.EPOCHS", 1)
    app = open_page("super_resolution", lang="en")
    side_of(app).set_value(7).run()
    app.button(key="super_resolution_train").click().run()
    wait(app, lambda: bool(app.session_state[state.MODEL]))
    app.run()
    assert not app.exception
    assert side_of(app).value == 7
    assert "My Super-resolution 64" in texts(app)


def test_denoising_page_knows_low_resolution():
    app = open_page("denoising", lang="en", model="superres-14")
    assert not app.exception
    assert app.selectbox(key="_noise_kind_superres-14").value == "low_resolution"
    assert app.button(key="other_noise").disabled
