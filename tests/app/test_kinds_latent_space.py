"""The latent space page with models of every kind of data, in both languages."""

import pytest

from tests.app.kinds import KINDS, trained
from tests.app.test_pages import open_page
from ui.kit import state
from ui.kit.language import LANGUAGES


def text(app) -> str:
    return " ".join(e.value for e in [*app.markdown, *app.caption, *app.subheader])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("dataset", KINDS)
def test_page_opens_with_a_slider_for_each_number_of_the_code(dataset, language):
    run = trained(dataset)
    app = open_page("latent_space", lang=language, model=run)
    assert not app.exception
    assert not app.warning
    assert len(app.subheader) == 3
    size = state.client().view(run).experiment.latent_dim
    assert len([s for s in app.slider if s.key.startswith("_z")]) == size


@pytest.mark.parametrize("size", [1, 2])
@pytest.mark.parametrize("dataset", ["breast-cancer", "water-flow", "textures"])
def test_page_opens_with_codes_of_one_and_two_numbers(dataset, size):
    app = open_page("latent_space", lang="en", model=trained(dataset, latent_dim=size))
    assert not app.exception
    assert ("train_two" in [b.key for b in app.button]) == (size != 2)


def test_only_digits_are_coloured_by_their_strokes():
    app = open_page("latent_space", lang="en", model=trained("breast-cancer"))
    assert app.radio(key="_tint_class").options == ["class", "reconstruction error"]
    assert "0 malignant · 1 benign" in text(app)
    app.radio(key="_tint_class").set_value("error").run()
    assert not app.exception


def test_data_without_labels_have_no_classes_on_the_map_or_the_walk():
    app = open_page("latent_space", lang="en", model=trained("water-flow"))
    assert app.radio(key="_tint_plain").options == ["one colour", "reconstruction error"]
    assert "**212 test days**, each at its code." in text(app)
    assert not [box for box in app.selectbox if box.key.startswith("_walk_")]
    assert "**Nearest neighbours**: distance" in text(app)
    app.button(key="walk_others").click().run()
    app.radio(key="_way").set_value("tsne").run()
    assert not app.exception


def test_chance_follows_the_sizes_of_the_classes():
    app = open_page("latent_space", lang="en", model=trained("breast-cancer"))
    assert "(53% by pure chance)" in text(app)  # 43 malignant and 72 benign of 115


def test_code_of_two_numbers_is_set_up_for_the_same_data():
    app = open_page("latent_space", lang="en", model=trained("breast-cancer"))
    app.button(key="train_two").click().run()
    assert not app.exception
    wanted = app.session_state[state.EXPERIMENT]
    assert (wanted.dataset, wanted.latent_dim) == ("breast-cancer", 2)
