"""The page AE versus PCA with models of every kind of data, in both languages."""

import pytest
from streamlit.testing.v1 import AppTest

from aecore.topics.challenges import CHALLENGES
from tests.app.kinds import KINDS, trained
from tests.app.test_pages import PATIENCE, ROOT, open_page
from ui.kit import predict_first
from ui.kit.language import LANGUAGES
from ui.kit.page_list import PAGES

VIEWS = ("digits", "maps", "features", "classes")


def text(app) -> str:
    return " ".join(e.value for e in [*app.markdown, *app.caption, *app.info])


@pytest.mark.parametrize(
    ("dataset", "language"), [(key, list(LANGUAGES)[i % 2]) for i, key in enumerate(KINDS)]
)
@pytest.mark.parametrize("view", VIEWS)
def test_every_view_opens(dataset, language, view):
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)
    app.query_params["lang"], app.query_params["model"] = language, trained(dataset)
    app.session_state["_view"] = view
    app.session_state[predict_first.SHOWN] = set(CHALLENGES)
    app.switch_page(PAGES["ae_vs_pca"].file).run()
    assert app.segmented_control(key="_view").value == view
    assert not app.exception
    assert not app.warning


def test_views_of_the_bundled_digits_open_with_any_model():
    app = open_page("ae_vs_pca", lang="en", model=trained("breast-cancer"))
    for view in ("sizes", "linear"):
        app.segmented_control(key="_view").set_value(view).run()
        assert not app.exception
    app = open_page("ae_vs_pca", lang="en", model=trained("water-flow"))
    app.segmented_control(key="_view").set_value("sizes").run()
    assert not app.exception


def test_words_and_baselines_follow_the_data():
    app = open_page("ae_vs_pca", lang="en", model=trained("breast-cancer"))
    assert app.segmented_control(key="_view").options[0] == "Reconstructions"
    assert "MSE over all 115 test tumours" in text(app)
    assert "the same 64 training tumours" in text(app)
    app.segmented_control(key="_view").set_value("features").run()
    assert "red above zero and blue below" in text(app)
    app.segmented_control(key="_view").set_value("classes").run()
    assert "the most frequent class gets 63%" in text(app)  # 72 of 115


def test_data_without_labels_have_no_classifiers():
    app = open_page("ae_vs_pca", lang="en", model=trained("water-flow"))
    app.segmented_control(key="_view").set_value("classes").run()
    assert "Nobody has labelled these days" in text(app)
