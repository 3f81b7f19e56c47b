"""The anomaly page, without a browser."""

import re

import pytest

from aecore.files import pretrained
from aecore.spec.experiment import Experiment
from aecore.spec.variants import VARIANTS
from aecore.topics.anomaly.ask import detect, made_up
from aecore.training.subject import Subject
from tests.app.test_pages import open_page, value, wait
from ui.anomaly import answers, others, training, words
from ui.kit import state
from ui.kit.language import LANGUAGES

EXAMPLE = "anomaly-3"


def texts(app) -> str:
    return " ".join(element.value for element in [*app.markdown, *app.caption, *app.info])


@pytest.fixture(scope="module")
def area(digits):
    """ROC AUC of the example's MSE on the bundled test digits, as it is written."""
    found = detect(Subject(pretrained.load(EXAMPLE), digits), (3,))
    return f"{found.areas['mse'].value:.3f}"


def normal_of(app, model=EXAMPLE):
    return app.multiselect(key=f"_anomaly_normal_{model}_mnist-5k")


def threshold_of(app):
    return next(slider for slider in app.slider if slider.key.startswith("_anomaly_threshold"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_pretrained_detector_opens_with_its_own_class(language, area):
    app = open_page("anomaly", lang=language, model=EXAMPLE)
    assert not app.exception
    assert not app.warning
    assert not app.info
    assert normal_of(app).value == [3]
    assert area in texts(app)


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_opens_without_a_chosen_model(language):
    app = open_page("anomaly", lang=language)
    assert not app.exception
    assert not app.warning


@pytest.mark.parametrize("model", ["vanilla-2", "vanilla-32", "convolutional-32", "vae-2"])
def test_model_of_all_classes_is_said_and_everything_works(model):
    app = open_page("anomaly", lang="en", model=model)
    assert not app.exception
    (said,) = app.info
    assert "all classes" in said.value
    normal_of(app, model).set_value([0, 1]).run()
    assert not app.exception
    assert "PR AUC" in texts(app)


def test_threshold_decides_what_is_caught():
    app = open_page("anomaly", lang="en", model=EXAMPLE)
    slider = threshold_of(app)
    slider.set_value(slider.min).run()
    assert re.search(r"\*\*(100|99)%\*\* \(9\d–100\) of the normal ones", texts(app))
    threshold_of(app).set_value(slider.max).run()
    assert not app.exception
    assert "catches **0%**" in texts(app)


@pytest.mark.parametrize("score", words.SCORES)
def test_each_score_has_a_threshold_of_its_own_and_a_sentence(score):
    app = open_page("anomaly", lang="en", model=EXAMPLE)
    app.segmented_control(key="_anomaly_score_3").set_value(score).run()
    assert not app.exception
    assert words.SCORE_SAYS[score] in texts(app)
    assert f"_{score}_" in threshold_of(app).key
    assert "held out from training and test" in texts(app)
    slider = threshold_of(app)
    slider.set_value(slider.max).run()
    assert "held out from training and test" not in texts(app)


@pytest.mark.parametrize("classes", [[], list(range(10))])
def test_no_class_and_all_classes_are_one_sentence_and_cannot_be_trained(classes, area):
    app = open_page("anomaly", lang="en", model=EXAMPLE)
    normal_of(app).set_value(classes).run()
    assert not app.exception
    (said,) = app.info
    assert "Choose some of the 10 classes" in said.value
    assert app.button(key="anomaly_train").disabled
    assert area in texts(app)  # the model on show keeps its own class
    assert "Still shown" in texts(app)


def test_an_area_below_one_half_is_explained():
    app = open_page("anomaly", lang="en", model="vanilla-32")
    normal_of(app, "vanilla-32").set_value([8]).run()
    assert not app.exception
    assert words.BELOW_HALF in texts(app)
    assert words.BELOW_HALF not in texts(open_page("anomaly", lang="en", model=EXAMPLE))


def test_no_class_with_a_model_of_all_classes_leaves_the_rest_usable():
    app = open_page("anomaly", lang="en", model="vanilla-2")
    normal_of(app, "vanilla-2").set_value([]).run()
    assert not app.exception
    assert any("Choose some of the 10 classes" in said.value for said in app.info)


def test_training_on_other_classes_shows_the_new_model(monkeypatch):
    monkeypatch.setattr(training, "EPOCHS", 2)
    app = open_page("anomaly", lang="en", model=EXAMPLE)
    normal_of(app).set_value([1, 0]).run()
    app.selectbox(key="_anomaly_variant").set_value("vanilla").run()
    app.button(key="anomaly_train").click().run()
    assert not app.exception
    run_id = app.session_state[state.TRAINS].get("anomaly")
    wait(app, lambda: not app.session_state[state.TRAINS].get("anomaly"))
    assert not app.exception
    assert app.session_state[state.MODEL] == run_id
    assert value(app, "classes") == (0, 1)
    assert normal_of(app, run_id).value == [0, 1]
    assert not app.info
    assert state.client().view(run_id).n_train == 700


def test_cancelled_training_leaves_no_run(monkeypatch):
    monkeypatch.setattr(training, "EPOCHS", 1000)
    app = open_page("anomaly", lang="en", model=EXAMPLE)
    app.button(key="anomaly_train").click().run()
    run_id = app.session_state[state.TRAINS].get("anomaly")
    app.button(key="anomaly_cancel").click().run()
    assert not app.exception
    assert not state.client().knows(run_id)
    assert app.button(key="anomaly_train")


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("size", training.SIZES)
def test_every_variant_and_size_can_be_trained_here(variant, size):
    e = training.recipe(variant, size, "mnist-5k", (3,))
    assert (e.variant, e.latent_dim, e.classes) == (variant, size, (3,))


def test_data_fits_the_class_names(monkeypatch):
    assert answers.data_for_training(EXAMPLE, "mnist-5k") == "mnist-5k"
    assert answers.data_for_training(EXAMPLE, "fashion-mnist") == "mnist-5k"
    monkeypatch.setattr(answers.models, "experiment", lambda _id: Experiment(dataset="kmnist"))
    monkeypatch.setattr(answers.datasets, "is_on_disk", lambda key: key == "kmnist")
    assert answers.data_for_training("a run", "mnist-5k") == "kmnist"
    monkeypatch.setattr(answers.datasets, "is_on_disk", lambda key: False)
    assert answers.data_for_training("a run", "mnist-5k") == "mnist-5k"


def test_other_datasets_are_offered_only_from_disk(monkeypatch):
    monkeypatch.setattr(answers.datasets, "is_on_disk", lambda key: key == "kmnist")
    assert answers.foreign_datasets(EXAMPLE) == ["kmnist"]
    monkeypatch.setattr(answers.datasets, "is_on_disk", lambda key: False)
    assert answers.foreign_datasets(EXAMPLE) == []


def test_every_made_up_picture_has_a_name(digits):
    assert len(made_up(digits, (3,))) == len(words.MADE_UP)


def test_alarm_is_marked():
    assert others.captions([0.0121, 0.5], "mse", 0.1) == ["0.012", "0.500 !"]


def test_example_says_its_class_in_the_menu():
    app = open_page("reconstructions", lang="en")
    assert "Convolutional 16, only 3" in app.selectbox(key="_model").options
    assert EXAMPLE in pretrained.available()


def test_train_page_shows_and_takes_the_classes():
    app = open_page(lang="en", classes="3,5")
    assert app.multiselect(key="_classes").value == [3, 5]
    assert "Training on these classes only: 3, 5." in texts(app)
    app.multiselect(key="_classes").set_value([9, 1]).run()
    assert value(app, "classes") == (1, 9)
    app.selectbox(key="_variant").set_value("vae").run()
    assert value(app, "classes") == (1, 9)
    assert not app.exception
