"""The compression page without a browser."""

import pytest

from tests.app.test_pages import open_page
from ui.kit.language import LANGUAGES


def texts(app) -> str:
    return " ".join(element.value for element in [*app.markdown, *app.caption, *app.info])


@pytest.mark.parametrize("language", LANGUAGES)
def test_example_opens_with_pictures_and_numbers(language):
    app = open_page("compression", lang=language)
    assert not app.exception
    assert not app.warning
    assert not app.info
    assert app.slider(key="_bits").value == 4
    assert "784" in texts(app)


@pytest.mark.parametrize("model", ["vanilla-2", "convolutional-32", "vae-2", "denoising-32"])
def test_every_model_is_compressed(model):
    app = open_page("compression", lang="en", model=model)
    assert not app.exception
    size = 1 if model.endswith("-2") else 16
    assert f"sample: **{size}**, " in texts(app)


def test_slider_changes_size_and_who_is_closer():
    app = open_page("compression", lang="en")
    assert "The autoencoder is closer." in texts(app)
    app.slider(key="_bits").set_value(1).run()
    assert not app.exception
    assert "sample: **4**, " in texts(app)
    assert "PCA is closer." in texts(app)
    app.slider(key="_bits").set_value(16).run()
    assert "sample: **64**, " in texts(app)
    assert "never" in texts(app)  # WebP of 100 digits beats it
