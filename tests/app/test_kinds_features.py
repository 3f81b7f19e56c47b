"""The features page with models of every kind of data, in both languages."""

import pytest

from aecore.parts.datasets import DATASETS
from tests.app.kinds import KINDS, trained
from tests.app.test_pages import open_page
from ui import features
from ui.kit.language import LANGUAGES

LABELLED = [key for key in KINDS if DATASETS[key].classes and key != "shuttle"]


def text(app) -> str:
    return " ".join(e.value for e in [*app.markdown, *app.caption, *app.info])


@pytest.mark.parametrize(
    ("dataset", "language"), [(key, list(LANGUAGES)[i % 2]) for i, key in enumerate(LABELLED)]
)
def test_page_opens(dataset, language):
    app = open_page("features", lang=language, model=trained(dataset))
    assert not app.exception
    assert not app.warning
    assert app.slider(key=f"_k_clusters_{len(DATASETS[dataset].classes)}").min >= 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_data_without_labels_are_told_so_and_nothing_else(language):
    app = open_page("features", lang=language, model=trained("water-flow"))
    assert not app.exception
    assert len(app.info) == 1
    assert not app.slider
    assert not app.select_slider


def test_numbers_of_labels_end_with_all_that_there_are():
    assert features.n_labels_of(trained("breast-cancer")) == (50, 100, 364)
    assert features.n_labels_of("vanilla-32") == (50, 100, 500, 1000, 3500)


def test_guessing_and_words_follow_the_data():
    app = open_page("features", lang="en", model=trained("breast-cancer"))
    assert "With 100 labelled tumours" in text(app)
    assert "on the features" in text(app)
    assert "| all features |" in text(app)
    assert app.select_slider(key="_n_labels_364").label == "Tumours with a label"
