"""The pretraining page without a browser."""

import json

import pytest

from aecore.topics.pretraining import classifier, gradients
from tests.app.test_features_page import texts
from tests.app.test_pages import ROOT, open_page, wait
from ui.kit.language import LANGUAGES
from ui.pretraining import stacks


def ready_made():
    """What comes with the lab about the deep stack that the page opens with."""
    lines = (ROOT / "assets/pretraining/gradients.jsonl").read_text(encoding="utf-8").splitlines()
    return next(d for d in map(json.loads, lines) if d["activation"] == "sigmoid")


@pytest.mark.parametrize("language", LANGUAGES)
def test_example_opens_with_results_that_come_with_the_lab(language):
    app = open_page("pretraining", lang=language)
    assert not app.exception
    assert not app.warning
    assert app.select_slider(key="_pretraining_labels").value == (100, 1000)
    assert "100" in texts(app)
    assert "±" in texts(app)
    assert f"{ready_made()['end_to_end_val_mse'][-1]:.4f}" in texts(app)


@pytest.mark.parametrize("model", ["vanilla-2", "convolutional-32", "vae-2", "anomaly-3"])
def test_every_model_opens(model):
    app = open_page("pretraining", lang="en", model=model)
    assert not app.exception
    assert not app.button(key="pretraining_train").disabled


def test_model_that_was_told_classes_says_so():
    app = open_page("pretraining", lang="en", model="cvae-8")
    assert not app.exception
    assert "given the classes" in texts(app)


def test_impossible_choices_are_sentences():
    app = open_page("pretraining", lang="en")
    app.multiselect(key="_pretraining_classes").set_value([3]).run()
    assert not app.exception
    assert app.button(key="pretraining_train").disabled
    assert "only one class" in texts(app)
    app.multiselect(key="_pretraining_classes").set_value([]).run()
    app.select_slider(key="_pretraining_labels").set_value((10_000, 55_000)).run()
    assert not app.exception
    assert app.button(key="pretraining_train").disabled
    assert "Full MNIST has 55,000" in texts(app)


def test_training_fills_the_chart_and_can_be_cleared(monkeypatch):
    monkeypatch.setattr(classifier, "UPDATES", 20)
    app = open_page("pretraining", lang="en", model="vanilla-2")
    app.select_slider(key="_pretraining_labels").set_value((10, 30)).run()
    app.button(key="pretraining_train").click().run()
    assert not app.exception
    wait(app, lambda: "Trained here, on Vanilla 2" in texts(app))
    wait(app, lambda: not app.button(key="pretraining_clear").disabled)
    assert not app.exception
    app.button(key="pretraining_clear").click().run()
    assert "Comes with the lab" in texts(app)


def test_training_can_be_cancelled():
    app = open_page("pretraining", lang="en", model="vanilla-2")
    app.button(key="pretraining_train").click().run()
    app.button(key="pretraining_cancel").click().run()
    assert not app.exception
    assert not app.button(key="pretraining_train").disabled


def test_stacks_follow_depth_and_train(monkeypatch):
    monkeypatch.setattr(gradients, "EPOCHS", 2)
    monkeypatch.setattr(gradients, "LAYER_EPOCHS", 1)
    app = open_page("pretraining", lang="en")
    app.slider(key="_pretraining_depth").set_value(1).run()
    assert "After training layer by layer:" not in texts(app)
    app.button(key="pretraining_stacks_train").click().run()
    wait(app, lambda: "After training layer by layer:" in texts(app))
    assert not app.exception


def test_page_knows_what_the_library_trains(digits):
    mean = digits.x_train.mean(dim=0)
    error = (digits.x_test - mean).square().mean().item()
    assert error == pytest.approx(stacks.MEAN_PICTURE, abs=1e-4)
    assert (gradients.EPOCHS, gradients.LAYER_EPOCHS) == (stacks.EPOCHS, stacks.LAYER_EPOCHS)
    assert len(gradients.WIDTHS) == stacks.DEEPEST


def test_caption_names_the_pictures_that_the_shown_results_rest_on():
    """Not those of the model that comes with the lab now: it may have been made anew since."""
    line = (ROOT / "assets/pretraining/vae-16.jsonl").read_text(encoding="utf-8").splitlines()[0]
    seen = f"{json.loads(line)['pictures']:,} pictures without labels"
    assert any(seen in caption.value for caption in open_page("pretraining", lang="en").caption)
