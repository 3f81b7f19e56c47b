"""The features page without a browser."""

import pytest

from tests.app.test_pages import open_page
from ui import features
from ui.kit.language import LANGUAGES


def texts(app) -> str:
    return " ".join(element.value for element in [*app.markdown, *app.caption, *app.info])


@pytest.mark.parametrize("language", LANGUAGES)
def test_example_opens_with_scores_and_groups(language):
    app = open_page("features", lang=language)
    assert not app.exception
    assert not app.warning
    assert app.select_slider(key="_n_labels").value == 100
    assert app.slider(key="_k_clusters_10").value == 10
    assert "100" in texts(app)


@pytest.mark.parametrize("model", ["vanilla-2", "convolutional-32", "vae-2"])
def test_every_model_has_features(model):
    app = open_page("features", lang="en", model=model)
    assert not app.exception
    size = model.rpartition("-")[2]
    assert f"PCA has {size} components" in texts(app)


def test_sliders_change_labels_and_groups():
    app = open_page("features", lang="en")
    app.select_slider(key="_n_labels").set_value(50).run()
    assert not app.exception
    assert "With 50 labelled digits" in texts(app)
    before = texts(app)
    app.slider(key="_k_clusters_10").set_value(5).run()
    assert not app.exception
    assert texts(app) != before


def test_all_numbers_of_labels_are_compared_on_demand(monkeypatch):
    monkeypatch.setattr(features, "N_LABELS", (50, 100))
    app = open_page("features", lang="en")
    assert "Accuracy against labels" not in texts(app)
    app.button(key="all_labels").click().run()
    assert not app.exception
    assert "Accuracy against labels" in texts(app)
