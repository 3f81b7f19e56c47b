"""The page of one training step, without a browser."""

import pytest

from aecore.model.autoencoder import Autoencoder
from aecore.spec.experiment import Experiment
from aecore.spec.variants import VARIANTS
from aecore.topics.one_step.ask import one_step
from aecore.training.subject import Subject
from tests.app.test_pages import open_page
from ui import one_step as page
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
        return next(m.value for m in app.markdown if "Loss on this digit" in m.value)

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
