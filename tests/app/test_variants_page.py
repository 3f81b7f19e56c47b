"""The page of variants: every one drawn, explained, compared and in the table."""

import re
from xml.etree import ElementTree

import pytest

from aecore.files import pretrained
from aecore.parts.datasets import DATASETS
from aecore.spec.anatomy import anatomy, loss_terms
from aecore.spec.experiment import Experiment
from aecore.spec.variants import VARIANTS
from tests.app.kinds import COLOURS
from tests.app.kinds import trained as trained_on
from tests.app.test_pages import open_page, value
from tests.app.test_runs import go, trained
from ui.kit import language, model_diagram, state
from ui.kit.language import LANGUAGES, catalogue
from ui.variants import chosen, overview
from ui.variants.comparison import OTHER_DATA


@pytest.fixture(params=LANGUAGES)
def spoken(request, monkeypatch):
    monkeypatch.setattr(language, "current", lambda: request.param)
    return request.param


def latex(app):
    return " ".join(element.value for element in app.latex)


@pytest.mark.parametrize("model", ["vanilla-2", "convolutional-32", "vae-2", "denoising-32"])
def test_page_opens_on_a_model_with_its_variant(model):
    app = open_page("variants", lang="en", model=model)
    assert not app.exception
    variant = pretrained.experiment_of(model).variant
    assert app.segmented_control(key=f"_explored_{model}").value == variant


@pytest.mark.parametrize("key", VARIANTS)
def test_choosing_a_variant_shows_its_loss_and_weights(key):
    app = open_page("variants", lang="en")
    app.segmented_control(key="_explored_vanilla-32").set_value(key).run()
    assert not app.exception
    e = VARIANTS[key].experiment
    for term in loss_terms(e):
        assert term.latex in latex(app)
    captions = " ".join(element.value for element in app.caption)
    assert f"{anatomy(e).parameters:,}" in captions


def test_train_it_takes_the_variant_along():
    app = open_page("variants", lang="en")
    app.segmented_control(key="_explored_vanilla-32").set_value("vq").run()
    app.button(key="train_variant").click().run()
    assert not app.exception
    assert value(app, "variant") == "vq"


@pytest.mark.parametrize("how", ["class", "random", "best", "worst"])
def test_other_digits_can_be_chosen(how):
    app = open_page("variants", lang="en", part="digits")
    app.radio(key="_pick").set_value(how).run()
    assert not app.exception


def test_table_of_models_has_them_all_with_the_error_of_their_card():
    app = open_page("variants", lang="en", part="digits")
    rows = app.dataframe[0].value
    assert len(rows) == len(pretrained.available())
    cards = [pretrained.card(key) for key in pretrained.available()]
    assert sorted(rows["mse"]) == pytest.approx(
        sorted(card["test_mse_bundled"] for card in cards), rel=1e-3
    )
    assert sorted(rows["weights"]) == sorted(card["parameters"] for card in cards)


def test_table_of_variants_marks_what_differs():
    vanilla = Experiment()
    assert not any(overview._differs(vanilla, name) for name in overview.CHOICES)
    marked = {
        key: {
            name for name in overview.CHOICES if overview._differs(VARIANTS[key].experiment, name)
        }
        for key in VARIANTS
    }
    assert marked["denoising"] == {"corruption"}
    assert marked["deep"] == {"network"}
    assert "code" in marked["vae"]
    assert "penalty" in marked["contractive"]
    assert "schedule" in marked["stacked"]
    assert all(marked[key] for key in VARIANTS.keys() - {"vanilla"})


@pytest.fixture
def drawn(spoken, monkeypatch):
    monkeypatch.setattr(model_diagram, "is_dark", lambda: spoken == "ko")
    return model_diagram.model_diagram


@pytest.mark.parametrize("key", VARIANTS)
def test_diagram_names_the_weights_of_every_layer(key, drawn):
    e = VARIANTS[key].experiment
    svg = drawn(e)
    words = " ".join(ElementTree.fromstring(svg).itertext())
    assert not re.findall(r"\{\w*\}", svg)
    for layer in anatomy(e).layers:  # a discriminator counts with the code, and is named below
        assert not layer.parameters or f"{layer.parameters:,}" in words
    for term in loss_terms(e):
        assert language._(term.short) in words


@pytest.mark.parametrize(
    "fields",
    [
        {"network": "conv", "hidden": (4, 8), "code": "gaussian", "corruption": "block"},
        {"latent_dim": 1, "hidden": (2048,) * 6},
        {"latent_dim": 1024, "code": "top_k", "k": 1, "penalty": "l1"},
        {"latent_dim": 64, "code": "vq", "penalty": "l1", "codebook_size": 1024},
    ],
)
def test_diagram_stays_on_its_sheet(fields, drawn):
    root = ElementTree.fromstring(drawn(Experiment(**fields)))
    height = float(root.get("height"))
    assert all(0 < float(text.get("y")) < height for text in root.iter("{*}text"))
    for bar in root.iter("{*}rect"):
        assert float(bar.get("x")) >= 0
        assert float(bar.get("x")) + float(bar.get("width")) <= model_diagram.WIDTH


def test_every_number_of_a_formula_is_said(spoken):
    for variant in VARIANTS.values():
        said = chosen._numbers(variant.experiment)
        for name, sign in chosen.SIGNS.items():
            formula = " ".join(term.latex for term in loss_terms(variant.experiment))
            greek = {"beta": r"\beta", "penalty_weight": r"\lambda", "rho": r"\rho"}[name]
            assert (greek in formula) is (f"{sign} = " in said), variant.key


def test_own_run_is_shown_and_compared():
    app, run_id = trained(variant="top-k", latent_dim="40")
    go(app, "variants")
    assert not app.exception
    assert app.segmented_control(key=f"_explored_{run_id}").value == "top-k"
    app.segmented_control(key="_part_variants").set_value("digits").run()
    rows = app.dataframe[0].value
    assert len(rows) == len(pretrained.available()) + 1
    assert 40 in set(rows["code"])


def test_diagram_says_which_weights_are_tied(spoken, drawn):
    words = " ".join(ElementTree.fromstring(drawn(Experiment(tied=True))).itertext())
    expected = {"en": "encoder's Wᵀ + 784 weights", "ko": "인코더의 Wᵀ + 가중치 784개"}
    assert expected[spoken] in words
    assert "Wᵀ" not in drawn(Experiment())


# ---- data of every kind


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("part", ["one", "digits"])
@pytest.mark.parametrize("dataset", ["breast-cancer", "water-flow", COLOURS])
def test_page_with_a_model_of_other_data_compares_the_pretrained_ones(dataset, part, language):
    app = open_page("variants", lang=language, part=part, model=trained_on(dataset))
    assert not app.exception
    assert not app.warning
    said = " ".join(caption.value for caption in app.caption)
    words = catalogue(language) if language == "ko" else {}
    name = DATASETS[dataset].name
    if part == "digits":
        sentence = words.get(OTHER_DATA, OTHER_DATA).format(name=words.get(name, name))
        assert sentence in said


def test_variant_is_trained_on_the_data_of_now_where_they_go_together():
    app = open_page("variants", lang="en", dataset="breast-cancer")
    key = next(c.key for c in app.segmented_control if c.key and c.key.startswith("_explored_"))
    app.segmented_control(key=key).set_value("vae").run()
    app.button(key="train_variant").click().run()
    assert not app.exception
    experiment = app.session_state[state.EXPERIMENT]
    assert (experiment.variant, experiment.dataset) == ("vae", "breast-cancer")
    assert experiment.latent_dim < experiment.shape.size


def test_variant_that_cannot_go_with_the_data_is_trained_on_the_digits_and_that_is_said():
    app = open_page("variants", lang="en", dataset="breast-cancer")
    key = next(c.key for c in app.segmented_control if c.key and c.key.startswith("_explored_"))
    app.segmented_control(key=key).set_value("convolutional").run()
    app.button(key="train_variant").click().run()
    assert not app.exception
    assert app.session_state[state.EXPERIMENT].dataset == "mnist-5k"
    assert any("breast-cancer" in warning.value for warning in app.warning)
