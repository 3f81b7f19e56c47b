"""The page of one training step, without a browser."""

import numpy as np
import pytest

from aecore.data import datasets
from aecore.model.autoencoder import Autoencoder
from aecore.shapes import Picture
from aecore.spec.experiment import Experiment
from aecore.spec.variants import VARIANTS
from aecore.topics.one_step.ask import one_step
from aecore.training.subject import Subject
from tests.app.kinds import COLOURS, KINDS, trained
from tests.app.test_pages import open_page
from ui import one_step as page
from ui.kit.language import LANGUAGES
from ui.one_step import cells
from ui.one_step.lines import lines

MODELS = ("", "vanilla-2", "convolutional-32", "vae-2", "cvae-8", "denoising-32", "top-k-128")


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("model", MODELS)
def test_page_opens_with_each_model(model, language):
    app = open_page("one_step", lang=language, **({"model": model} if model else {}))
    assert not app.exception
    assert not app.warning


def test_larger_learning_rate_overshoots():
    def finding() -> str:
        return next(m.value for m in app.markdown if "Loss on this sample" in m.value)

    app = open_page("one_step", lang="en")
    assert "(-" in finding()
    app.select_slider(key="_one_step_rate").set_value(1.0).run()
    assert "(+" in finding()


@pytest.mark.parametrize("stage", list(page.STAGES))
def test_every_part_of_the_picture_has_its_formula_and_its_words(stage, tiny):
    for variant in VARIANTS.values():
        e = variant.experiment
        step = one_step(Subject(Autoencoder(e), tiny), 0, 0.1)
        written = lines(e, len(step.encoder), len(step.decoder))
        said = page.says(e, step)
        tint = dict.fromkeys(("encoder", "code", "decoder", "text"), "#000000")
        for row in page.flow(e, step, stage, tint):
            assert row["part"] in said
            assert row["part"] in {line.part for line in written}
            assert all(len(numbers) == len(row["values"]) for numbers in row["numbers"].values())
        assert {line.part for line in written} <= set(said)


def test_lines_say_what_the_experiment_does():
    def all_of(e: Experiment) -> str:
        return " ".join(line.html + line.code for line in lines(e, 2, 2))

    assert "noise" in all_of(Experiment(corruption="masking"))
    assert "torch.tanh" in all_of(Experiment(activation="tanh"))
    assert "top-3" in all_of(Experiment(code="top_k", k=3))
    assert "penalty_weight" in all_of(Experiment(penalty="l1"))
    assert "y]" in all_of(Experiment(code="gaussian", condition="label"))
    assert "noise" not in all_of(Experiment())


# ---- data of every kind

PACKAGED = tuple(key for key in KINDS if key != COLOURS)


@pytest.mark.parametrize("dataset", PACKAGED)
@pytest.mark.parametrize("stage", list(page.STAGES))
def test_sample_of_any_kind_is_drawn_number_for_number(dataset, stage):
    e = Experiment(dataset=dataset, corruption="gaussian")
    data = datasets.load(dataset)
    step = one_step(Subject(Autoencoder(e), data), 3, 0.1)
    tint = dict.fromkeys(("encoder", "code", "decoder", "text"), "#000000")
    rows = {row["part"]: row for row in page.flow(e, step, stage, tint)}
    shown = rows["x"]
    cells = e.shape.size // (e.shape.channels if e.kind == "picture" else 1)
    columns = {"picture": "width", "series": "length"}.get(e.kind)
    assert len(shown["values"]) == cells
    assert shown["columns"] == (getattr(e.shape, columns) if columns else e.shape.size)
    assert shown["draws"] == {"picture": "cells", "series": "curve", "row": "bars"}[e.kind]
    for row in rows.values():
        assert all(len(numbers) == len(row["values"]) for numbers in row["numbers"].values())
    assert f"{e.shape.size:,}" in page.says(e, step)["x"]
    assert f"{e.shape.size:,}" in page.says(e, step)["loss"]
    assert f"<sup>{e.shape.size}</sup>" in lines(e, 2, 2)[0].html


@pytest.mark.parametrize("dataset", KINDS)
def test_numbers_of_a_sample_are_named(dataset):
    shape = Experiment(dataset=dataset).shape
    named = cells.places(shape)
    assert len(named) == (0 if shape.kind == "picture" else shape.size)
    if dataset == "breast-cancer":
        assert named[0] == "mean radius"
    if dataset == "water-flow":
        assert named[23] == "water flow, hour 23"


def test_colours_are_those_of_the_pixels():
    shape = Picture(3, 2, 2)
    x = np.zeros(12, np.float32)
    x[[0, 5, 10]] = 1  # red of the first pixel, green of the second, blue of the third
    assert cells.colours(x, shape) == [[255, 0, 0], [0, 255, 0], [0, 0, 255], [0, 0, 0]]
    np.testing.assert_allclose(cells.by_place(x, shape), [1 / 3, 1 / 3, 1 / 3, 0])


def test_layers_of_a_network_along_a_series_are_passed():
    e = Experiment(dataset="water-flow", network="conv", hidden=(4, 8))
    step = one_step(Subject(Autoencoder(e), datasets.load("water-flow")), 0, 0.1)
    assert [len(layer.out) for layer in step.encoder] == [4, 8, 32]
    assert [len(layer.out) for layer in step.decoder] == [48, 4, 1]
    assert step.after["total_loss"] != step.before["total_loss"]


@pytest.mark.parametrize("spoken", LANGUAGES)
@pytest.mark.parametrize("dataset", KINDS)
def test_page_goes_through_a_step_of_a_run_on_data_of_any_kind(dataset, spoken):
    app = open_page("one_step", lang=spoken, model=trained(dataset), runs=trained(dataset))
    assert not app.exception
    assert not app.warning
