"""The latent space page, in both languages and with models of all kinds."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from aecore.parts.datasets import BUNDLED, DATASETS
from tests.app.test_pages import PATIENCE, ROOT, until
from ui.kit import models, state
from ui.kit.language import LANGUAGES
from ui.kit.page_list import PAGES
from ui.latent_space import explore


def open_page(key: str = "latent_space", **query: str) -> AppTest:
    """A page as a link opens it."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)
    for name, value in query.items():
        app.query_params[name] = value
    return app.switch_page(PAGES[key].file).run()


def sliders(app: AppTest) -> list:
    return [slider for slider in app.slider if slider.key.startswith("_z")]


def has_button(app: AppTest, key: str) -> bool:
    return key in [button.key for button in app.button]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("model", ["", "vanilla-2", "vanilla-32"])
def test_page_opens(language, model):
    app = open_page(lang=language, **({"model": model} if model else {}))
    assert not app.exception
    assert not app.warning
    assert len(app.subheader) == 3


@pytest.mark.parametrize(("model", "size"), [("vae-2", 2), ("convolutional-32", 32)])
def test_pad_needs_two_numbers_and_others_are_told_where_to_find_one(model, size):
    app = open_page(lang="en", model=model)
    assert not app.exception
    assert has_button(app, "use_vae-2") == (size != 2)
    assert len(sliders(app)) == min(size, 8)
    if size != 2:
        app.button(key="use_vae-2").click().run()
        assert app.selectbox(key="_model").value == "vae-2"
        assert not has_button(app, "use_vae-2")


@pytest.mark.parametrize("tint", explore.tints(DATASETS[BUNDLED]))
def test_each_way_of_colouring_shows(tint):
    app = open_page(lang="en")
    app.radio(key="_tint").set_value(tint).run()
    assert not app.exception


def test_menu_picks_another_digit_and_the_sliders_start_there():
    app = open_page(lang="en")
    before = [slider.value for slider in sliders(app)]
    app.number_input(key=explore.PICKED).set_value(12).run()
    assert any("Test digit 12" in element.value for element in app.markdown)
    assert [slider.value for slider in sliders(app)] != before
    app.button(key="another").click().run()
    assert app.number_input(key=explore.PICKED).value != 12
    assert not app.exception


def test_slider_changes_the_code_and_the_button_brings_it_back():
    app = open_page(lang="en", model="vanilla-32")
    first = sliders(app)[0]
    own = first.value
    first.set_value(first.max).run()
    assert sliders(app)[0].value == pytest.approx(first.max)
    app.selectbox(key="_slider_page").set_value(8).run()
    app.selectbox(key="_slider_page").set_value(0).run()
    assert sliders(app)[0].value == pytest.approx(first.max)  # kept while another page was shown
    app.button(key="back").click().run()
    assert sliders(app)[0].value == pytest.approx(own)
    assert not app.exception


def test_picture_is_that_of_the_moved_sliders(monkeypatch):
    decoded = []
    ask = models.ask

    def spy(model_id, question, *args):
        if question.__name__ == "decode":
            decoded.append(args[0][0].tolist())
        return ask(model_id, question, *args)

    monkeypatch.setattr(models, "ask", spy)
    app = open_page(lang="en")
    first = sliders(app)[0]
    first.set_value(first.max).run()
    moved = {slider.label: slider.value for slider in sliders(app)}
    assert decoded[-1] == pytest.approx([moved["z₁"], moved["z₂"]], rel=1e-5)
    assert decoded[-1] != decoded[0]


def test_walk_goes_between_the_chosen_classes():
    app = open_page(lang="en")
    app.selectbox(key="_walk_from_10").set_value(7).run()
    app.selectbox(key="_walk_to_10").set_value(7).run()
    app.button(key="walk_others").click().run()
    assert not app.exception


def test_digit_that_another_model_does_not_have_is_replaced():
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)
    app.session_state[explore.PICKED] = 123_456
    app.switch_page(PAGES["latent_space"].file).run()
    assert not app.exception
    assert app.number_input(key=explore.PICKED).value == 999


@pytest.mark.parametrize("latent_dim", [1, 3])
def test_own_run_of_another_size_works_too(latent_dim):
    app = open_page("train", lang="en", latent_dim=str(latent_dim), epochs="1")
    run = app.session_state[state.RUN]
    client = state.client()
    client.play(run)
    until(lambda: client.view(run).state == "ended")
    app.session_state[state.MODEL] = run
    app.switch_page(PAGES["latent_space"].file).run()
    assert not app.exception
    assert len(sliders(app)) == latent_dim
    values = [slider.value for slider in sliders(app)]
    assert np.isfinite(values).all()
