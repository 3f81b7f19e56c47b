"""The reconstructions page with models of every kind of data, in both languages."""

import numpy as np
import pytest

from aecore.parts.datasets import DATASETS, DIGIT
from tests.app.kinds import KINDS, trained
from tests.app.test_pages import open_page
from ui.kit import digits
from ui.kit.language import LANGUAGES

ROWS_AND_SERIES = [key for key in KINDS if DATASETS[key].shape.kind != "picture"]


def text(app) -> str:
    return " ".join(e.value for e in [*app.markdown, *app.caption, *app.subheader])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("dataset", KINDS)
def test_page_opens(dataset, language):
    app = open_page("reconstructions", lang=language, model=trained(dataset))
    assert not app.exception
    assert not app.warning
    assert any(box.key == "_closely" for box in app.selectbox) == (dataset in ROWS_AND_SERIES)
    assert DATASETS[dataset].shape != DIGIT
    assert not app.segmented_control(key="_lang").disabled
    assert not [c for c in app.segmented_control if c.key == "_way_reconstructions"]


def test_data_without_labels_have_no_classes_to_choose_or_to_compare():
    app = open_page("reconstructions", lang="en", model=trained("water-flow"))
    assert app.radio(key="_pick_unlabelled").options == ["at random", "best", "worst"]
    assert "Nobody has labelled these days" in text(app)
    assert "Error of each class" not in text(app)
    assert "MSE per value **" in text(app)
    assert "212 test days" in text(app)


def test_words_follow_the_data():
    app = open_page("reconstructions", lang="en", model=trained("breast-cancer"))
    assert "115 test tumours" in text(app)
    assert "MSE per feature **" in text(app)
    assert "only to models of grey 28×28 pictures" in text(app)
    assert app.radio(key="_pick").label == "Test tumours"


def test_menu_of_classes_follows_the_dataset():
    app = open_page("reconstructions", lang="en", model=trained("textures"))
    app.radio(key="_pick").set_value("class").run()
    classes = DATASETS["textures"].classes
    assert app.selectbox(key=f"_pick_class_{len(classes)}").options == list(classes)
    assert not app.exception


def test_one_sample_is_chosen_among_those_on_the_page():
    app = open_page("reconstructions", lang="en", model=trained("breast-cancer"))
    box = app.selectbox(key="_closely")
    assert len(box.options) == digits.SHOWN
    assert "malignant" in box.options[0]
    box.select_index(3).run()
    assert not app.exception


def test_as_many_of_each_class_are_shown_as_there_is_room_for():
    labels = np.array([0, 1] * 20)
    order = np.arange(40)
    assert digits.of_each_class(labels, order) == (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)
    many = np.arange(30) % 15
    assert digits.of_each_class(many, np.arange(30)) == tuple(range(15))
