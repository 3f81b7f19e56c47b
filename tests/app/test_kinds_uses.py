"""Anomaly detection, compression, super-resolution, generating and pretraining with every kind of
data, in both languages."""

import pytest

from aecore.parts.datasets import DATASETS
from aecore.topics.anomaly.measure import usual_classes
from tests.app.kinds import COLOURS, KINDS, trained
from tests.app.test_pages import open_page
from ui.anomaly import answers, training, words
from ui.generate import PARTS
from ui.kit.language import LANGUAGES

PAGES = ("anomaly", "compression", "super_resolution", "generate", "pretraining")

PICTURES = [key for key in KINDS if DATASETS[key].shape.kind == "picture"]
OTHERS = [key for key in KINDS if key not in PICTURES]


def text(app) -> str:
    return " ".join(e.value for e in [*app.markdown, *app.caption, *app.info])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("dataset", KINDS)
@pytest.mark.parametrize("page", PAGES)
def test_page_opens(page, dataset, language):
    app = open_page(page, lang=language, model=trained(dataset))
    assert not app.exception
    assert not app.warning


@pytest.mark.parametrize("page", ["pitfalls", "teach"])
def test_page_about_digits_opens_with_other_data(page):
    app = open_page(page, lang="ko", model=trained("water-flow"))
    assert not app.exception


@pytest.mark.parametrize("dataset", [key for key in KINDS if DATASETS[key].classes])
def test_normal_classes_are_those_of_the_dataset(dataset):
    model = trained(dataset)
    app = open_page("anomaly", lang="en", model=model)
    spec = DATASETS[dataset]
    here = dataset if spec.is_bundled else "mnist-5k"  # what is not there is not trained on
    assert app.selectbox(key=f"_anomaly_data_{model}").value == here
    menu = app.multiselect(key=f"_anomaly_normal_{model}_{here}")
    assert menu.options == list(DATASETS[here].classes)
    assert menu.value == list(usual_classes(DATASETS[here]))
    assert "on all classes" in text(app)
    assert "PR AUC" in text(app)


def test_usual_classes_are_normal_where_the_dataset_knows_them():
    assert usual_classes(DATASETS["shuttle"]) == (0,)
    assert usual_classes(DATASETS["breast-cancer"]) == (1,)
    assert usual_classes(DATASETS["mnist-5k"]) == (3,)
    assert usual_classes(DATASETS["textures"]) == (2,)
    assert usual_classes(DATASETS["water-flow"]) == ()


def test_bundled_datasets_with_classes_can_be_trained_on(monkeypatch):
    monkeypatch.setattr(answers.datasets, "is_on_disk", lambda key: False)
    offered = answers.can_be_trained_on()
    assert set(offered) == {
        key for key, spec in DATASETS.items() if spec.is_bundled and spec.classes
    }
    monkeypatch.setattr(answers.datasets, "is_on_disk", lambda key: key == "kmnist")
    assert "kmnist" in answers.can_be_trained_on()


@pytest.mark.parametrize("dataset", ["shuttle", "textures", "digits-8x8"])
def test_all_that_is_offered_can_be_trained(dataset):
    for variant in training.variants_for(dataset):
        for size in training.sizes_for(dataset):
            e = training.recipe(variant, size, dataset, (0,))
            assert (e.dataset, e.latent_dim, e.classes) == (dataset, size, (0,))


def test_tables_are_offered_no_convolution_and_no_code_as_large_as_a_row():
    assert "convolutional" not in training.variants_for("shuttle")
    assert "convolutional" in training.variants_for("textures")
    assert training.sizes_for("shuttle") == [2, 4, 8]


def test_another_dataset_for_the_next_training_leaves_what_is_shown():
    model = trained("breast-cancer", classes=(1,))
    app = open_page("anomaly", lang="en", model=model)
    before = [table.value for table in app.markdown if "PR AUC" in table.value]
    app.selectbox(key=f"_anomaly_data_{model}").set_value("shuttle").run()
    assert not app.exception
    assert app.multiselect(key=f"_anomaly_normal_{model}_shuttle").value == [0]
    assert app.select_slider(key="_anomaly_size").options == ["2", "4", "8"]
    assert [table.value for table in app.markdown if "PR AUC" in table.value] == before
    assert "Still shown: the model whose normal classes are benign." in text(app)


@pytest.mark.parametrize("dataset", KINDS)
def test_ssim_is_a_score_of_pictures_alone(dataset):
    app = open_page("anomaly", lang="en", model=trained(dataset))
    (menu,) = [c for c in app.segmented_control if (c.key or "").startswith("_anomaly_score")]
    assert ("1 − SSIM" in menu.options) == (dataset in PICTURES)


def test_samples_without_labels_are_ranked_and_no_area_is_told():
    app = open_page("anomaly", lang="en", model=trained("water-flow"))
    assert words.NO_AREA in text(app)
    assert "PR AUC" not in text(app)
    assert "The strangest" in text(app)
    (slider,) = [s for s in app.slider if s.key.startswith("_anomaly_threshold")]
    slider.set_value(slider.max).run()
    assert "**0 of 212** test samples raise an alarm" in text(app)


@pytest.mark.parametrize("dataset", OTHERS)
def test_nothing_is_made_up_that_is_no_picture(dataset):
    app = open_page("anomaly", lang="en", model=trained(dataset))
    sources = [c for c in app.segmented_control if (c.key or "").startswith("_anomaly_source")]
    assert not sources
    app = open_page("anomaly", lang="en", model=trained(COLOURS))
    assert [c for c in app.segmented_control if (c.key or "").startswith("_anomaly_source")]


@pytest.mark.parametrize("dataset", KINDS)
def test_files_and_drawings_are_for_pictures(dataset):
    app = open_page("compression", lang="en", model=trained(dataset))
    said = text(app)
    size = DATASETS[dataset].shape.size
    assert f"uncompressed {size}." in said
    assert ("PNG, no loss" in said) == (dataset in PICTURES)
    assert ("compared with PCA alone" in said) == (dataset in OTHERS)
    assert "You can give a digit of your own only to models of grey" in said
    assert "noise **" not in said  # nor are the strangers, which have a digit's size


@pytest.mark.parametrize("dataset", KINDS)
def test_only_square_pictures_are_enlarged(dataset):
    model = trained(dataset)
    app = open_page("super_resolution", lang="en", model=model)
    menus = [c for c in app.segmented_control if c.key == f"_superres_side_{model}"]
    assert bool(menus) == (dataset in PICTURES)
    if menus:
        side = DATASETS[dataset].shape.height
        assert menus[0].options == [f"{side // part}×{side // part}" for part in (4, 2)]
        menus[0].set_value(side // 4).run()
        assert not app.exception
        assert f"From {side // 4}×{side // 4} to {side}×{side}" in text(app)
    else:
        assert "model of square pictures" in text(app)


@pytest.mark.parametrize("part", list(PARTS)[1:])
@pytest.mark.parametrize("dataset", ["breast-cancer", "water-flow", COLOURS])
def test_each_part_of_generating_works(dataset, part):
    app = open_page("generate", lang="en", model=trained(dataset), part=part)
    assert not app.exception
    assert not app.warning


@pytest.mark.parametrize("dataset", ["breast-cancer", "water-flow", "textures"])
def test_variational_models_of_each_kind_generate(dataset):
    app = open_page("generate", lang="ko", model=trained(dataset, "vae"))
    assert not app.exception


def test_only_what_is_written_leans():
    for dataset, expected in (("textures", 2), ("digits-8x8", 4), ("water-flow", 1)):
        app = open_page("generate", lang="en", model=trained(dataset), part="sums")
        (menu,) = [r for r in app.radio if (r.key or "").startswith("_generate_mode")]
        assert len(menu.options) == expected
        assert not app.exception


def test_a_model_that_is_given_the_class_generates_every_class_that_there_is():
    model = trained("breast-cancer", "cvae")
    app = open_page("generate", lang="en", model=model, part="classes")
    assert not app.exception
    assert "decoded as every class" in text(app)
    assert app.radio(key="_generate_style_2").options == ["drawn at random", "of a test sample"]
    app.radio(key="_generate_style_2").set_value("test").run()
    assert not app.exception
    assert "leans" not in text(app)


def test_a_classifier_needs_labels():
    app = open_page("pretraining", lang="en", model=trained("water-flow"))
    assert "nobody has labelled what this model has learned: Water flow" in text(app)
    assert not [b for b in app.button if b.key == "pretraining_clear"]
    app = open_page("pretraining", lang="en", model=trained("breast-cancer"))
    assert [b for b in app.button if b.key == "pretraining_clear"]
