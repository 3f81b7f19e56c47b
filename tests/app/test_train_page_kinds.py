"""The Train page with data of every kind, in both languages, without a browser."""

import pytest

from aecore.data import datasets
from aecore.spec.experiment import SPECS, Experiment, suitable
from aecore.spec.fitting import suits
from tests.app.test_pages import open_page, until, value
from ui.kit import kinds, language, state
from ui.kit.language import LANGUAGES, catalogue

OF_EACH_KIND = ("breast-cancer", "water-flow", "textures", "digits-8x8")


@pytest.fixture(params=LANGUAGES)
def spoken(request, monkeypatch) -> str:
    """A language that this thread speaks as well: it names the options of menus for AppTest."""
    monkeypatch.setattr(language._run, "language", request.param, raising=False)
    monkeypatch.setattr(language._run, "words", language.words(request.param), raising=False)
    return str(request.param)


def trained(dataset: str, spoken: str = "en", **query: str):
    """The Train page on this dataset, with a run of one epoch behind it."""
    app = open_page(lang=spoken, dataset=dataset, epochs="1", n_train="200", **query)
    app.button(key="play").click().run()
    run_id = app.session_state[state.RUN]
    until(lambda: state.client().view(run_id).test_mse is not None)
    return app.run()


def texts(app) -> str:
    return "\n".join(e.value for e in [*app.markdown, *app.caption, *app.info, *app.warning])


@pytest.mark.parametrize("dataset", OF_EACH_KIND)
def test_train_page_shows_a_run_in_the_words_of_its_data(dataset, spoken):
    app = trained(dataset, spoken)
    assert not app.exception
    spec, words = datasets.DATASETS[dataset], catalogue(spoken) if spoken == "ko" else {}
    said, kind = texts(app), spec.shape.kind
    assert words.get(kinds.VALIDATION_MSE[kind], kinds.VALIDATION_MSE[kind]) in said
    assert words.get(kinds.THE_MEAN[kind], kinds.THE_MEAN[kind]) in said
    assert words.get(spec.many, spec.many).capitalize() in said
    assert spec.publisher in said
    assert spec.licence in said
    assert f"{spec.n_test:,}" in said


@pytest.mark.parametrize("dataset", OF_EACH_KIND)
def test_one_row_or_series_is_shown_in_detail_and_another_one_when_asked(dataset):
    app = trained(dataset)
    key = f"_train_sample_{dataset}"
    if datasets.DATASETS[dataset].shape.kind == "picture":
        assert "in detail" not in texts(app)
        return
    menu = app.selectbox(key=key)
    assert len(menu.options) == 5
    before = next(m.value for m in app.markdown if "in detail" in m.value)
    app.selectbox(key=key).set_value(8).run()
    assert not app.exception
    assert next(m.value for m in app.markdown if "in detail" in m.value) != before


def test_menu_of_datasets_lists_all_by_their_titles():
    menu = open_page(lang="en").selectbox(key="_dataset")
    assert menu.options == [spec.title for spec in datasets.DATASETS.values()]


def test_classes_to_train_on_are_those_of_the_dataset_or_none():
    classes = open_page(lang="en", dataset="breast-cancer").multiselect(key="_classes")
    assert classes.options == ["malignant", "benign"]
    keys = [m.key for m in open_page(lang="en", dataset="water-flow").multiselect]
    assert "_classes" not in keys


def test_menus_offer_what_can_go_with_the_data_and_keep_what_is_set():
    rows, series = (Experiment(dataset=key) for key in ("breast-cancer", "water-flow"))
    assert suitable(rows, "network") == ("linear", "dense")
    assert "conv" in suitable(series, "network")
    assert "ssim" not in suitable(series, "recon_loss")
    assert "ssim" in suitable(Experiment(), "recon_loss")
    assert suitable(series, "condition") == ("none",)
    assert suitable(rows, "condition") == ("none", "label")
    assert not suits(rows, "corruption", "low_resolution")
    assert suitable(rows, "optimizer") == tuple(SPECS["optimizer"].choices)


@pytest.mark.parametrize("dataset", ["breast-cancer", "water-flow", "textures"])
def test_every_choice_that_a_menu_offers_makes_an_experiment(dataset):
    base = Experiment(dataset=dataset)
    for name in ("network", "corruption", "recon_loss", "condition"):
        for choice in suitable(base, name):
            hidden = {"hidden": (8,)} if choice == "conv" else {}
            made = base.replace(**{name: choice}, **hidden)
            assert getattr(made, name) == choice


def test_variant_that_cannot_go_with_the_data_is_said_and_not_taken(spoken):
    app = open_page(lang=spoken, dataset="breast-cancer")
    app.selectbox(key="_variant").set_value("convolutional").run()
    assert not app.exception
    assert len(app.warning) == 1
    assert "breast-cancer" in app.warning[0].value
    assert value(app, "variant") == "vanilla"
    assert app.selectbox(key="_variant").value == "vanilla"


def test_dataset_that_cannot_go_with_the_model_is_said_and_not_taken(spoken):
    app = open_page(lang=spoken, variant="convolutional")
    app.selectbox(key="_dataset").set_value("shuttle").run()
    assert not app.exception
    assert len(app.warning) == 1
    assert "shuttle" in app.warning[0].value
    assert value(app, "dataset") == "mnist-5k"
    assert app.selectbox(key="_dataset").value == "mnist-5k"


def test_button_leads_from_other_data_back_to_the_digits_of_the_start():
    app = open_page(lang="en", dataset="water-flow")
    app.button(key="other_data").click().run()
    assert not app.exception
    assert value(app, "dataset") == "mnist-5k"
    assert "MNIST" in app.button(key="other_data").label
