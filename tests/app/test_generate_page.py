"""The Generate page, without a browser."""

import pytest
from streamlit.testing.v1 import AppTest

from aecore.analysis import intervals
from tests.app.test_pages import job_of, open_page, until, wait, watch_runs
from ui.generate import PARTS, beta
from ui.kit import state


def said(app: AppTest) -> str:
    return " ".join(element.value for element in [*app.markdown, *app.caption, *app.info])


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize(
    "model", ["", "vanilla-2", "vanilla-32", "convolutional-32", "vae-2", "top-k-128"]
)
@pytest.mark.parametrize("part", PARTS)
def test_every_part_opens_with_each_model(model, language, part):
    app = open_page("generate", lang=language, part=part, **({"model": model} if model else {}))
    assert not app.exception
    assert not app.warning
    assert not app.info


def test_collapsed_numbers_of_the_example_are_named():
    assert "Collapsed, 1 of 16: z₁₀." in said(open_page("generate", lang="en", part="numbers"))


def test_plain_model_is_told_to_have_no_prior_and_no_kl():
    text = said(open_page("generate", lang="en", part="samples", model="vanilla-32"))
    assert "no prior" in text
    assert "from the fitted Gaussian" in text
    text = said(open_page("generate", lang="en", part="numbers", model="vanilla-32"))
    assert "there is no KL divergence" in text.replace("\n", " ")


def test_temperature_changes_the_share_of_clear_digits():
    app = open_page("generate", lang="en")
    before = said(app)
    app.slider(key="_generate_temperature").set_value(2.0).run()
    app.button(key="generate_others").click().run()
    assert not app.exception
    assert said(app) != before


def test_walks_start_from_a_digit_and_go_to_the_next_numbers():
    app = open_page("generate", lang="en", part="numbers")
    app.selectbox(key="_generate_start_10").set_value(3).run()
    app.button(key="generate_another").click().run()
    app.selectbox(key="_generate_page_16").set_value(8).run()
    assert not app.exception


@pytest.mark.parametrize("mode", ["slant", "thickness", "classes", "samples"])
def test_each_way_of_calculating_is_answered(mode):
    app = open_page("generate", lang="en", part="sums")
    app.radio(key="_generate_mode_4").set_value(mode).run()
    app.slider(key=f"_generate_strength_{mode}").set_value(-0.5).run()
    assert not app.exception
    assert "s = -0.5" in said(app)


def test_ellipses_can_be_more_and_larger():
    app = open_page("generate", lang="en", part="clouds", model="vae-2")
    app.slider(key="_generate_ellipses").set_value(100).run()
    app.segmented_control(key="_generate_sigmas").set_value(3).run()
    assert not app.exception


def train(app: AppTest, value: float, size: int) -> None:
    app.select_slider(key="_generate_beta").set_value(value).run()
    app.segmented_control(key="_generate_size").set_value(size).run()
    app.button(key="generate_train").click().run()


def test_trained_betas_stand_below_the_pretrained_one(monkeypatch):
    monkeypatch.setitem(beta.QUICK, "epochs", 1)
    app = open_page("generate", lang="en", part="beta")
    train(app, 8.0, 2)
    job = job_of(app, beta.BETAS_TRAINED)
    wait(app, lambda: job.over)
    app.run()
    assert not app.exception
    assert [r.experiment for r in job.found] == [beta.vae(2, 8.0)]
    assert job.found[0].answer.latent_dim == 2
    assert "| trained here | 8 | 2 | 1 |" in said(app)
    assert app.button(key="generate_train").disabled  # it is there already
    assert app.session_state[state.RUN] is None  # the learner's own run stays what it was
    train(app, 1.0, 2)
    wait(app, lambda: job_of(app, beta.BETAS_TRAINED).over)
    app.run()
    lines = [line for line in said(app).splitlines() if line.startswith("| trained here")]
    assert [line.split("|")[2].strip() for line in lines] == ["1", "8"]


def test_several_seeds_are_trained_and_shown_as_one_line_with_an_interval(monkeypatch):
    monkeypatch.setitem(beta.QUICK, "epochs", 1)
    app = open_page("generate", lang="en", part="beta")
    app.segmented_control(key="_generate_seeds").set_value(3).run()
    train(app, 8.0, 2)
    job = job_of(app, beta.BETAS_TRAINED)
    wait(app, lambda: job.over)
    app.run()
    assert not app.exception
    assert [r.experiment.seed for r in job.found] == [0, 1, 2]
    (line,) = [line for line in said(app).splitlines() if line.startswith("| trained here")]
    assert line.startswith("| trained here | 8 | 2 | 3 |")
    assert line.partition("**Beta**")[0].count("±") == 4  # error, KL, collapsed, clear
    errors = [r.answer.mse for r in job.found]
    assert f"{intervals.of_seeds(errors).value:.4f} ±" in line


def test_training_can_be_cancelled(monkeypatch):
    monkeypatch.setitem(beta.QUICK, "epochs", 1000)
    made = watch_runs(monkeypatch)
    app = open_page("generate", lang="en", part="beta")
    train(app, 1.0, 8)
    app.button(key="generate_cancel").click().run()
    assert not app.exception
    assert made
    assert not any(state.client().knows(run) for run in made)
    assert not job_of(app, beta.BETAS_TRAINED).found


def test_run_with_a_code_of_one_number_leaves_everything_usable():
    client = state.client()
    run = client.create(beta.vae(1, 1.0).replace(epochs=1))
    until(lambda: client.view(run).state != "preparing")
    client.step_batch(run)
    until(lambda: client.view(run).step)
    for part in PARTS:
        app = open_page("generate", lang="en", part=part, model=run)
        assert not app.exception
        assert len(app.info) == (part == "clouds")
    client.delete(run)


def test_class_is_chosen_by_a_conditional_model_even_where_another_is_on_show():
    app = open_page("generate", lang="en", part="classes")
    assert "recognised as the requested class" in said(app)
    assert "trained without classes" in said(app)
    app = open_page("generate", lang="en", part="classes", model="cvae-8")
    assert "trained without classes" not in said(app)
    assert "it gets none" in said(app)


def test_style_is_borrowed_from_another_digit():
    app = open_page("generate", lang="en", part="classes")
    app.radio(key="_generate_style_3").set_value("test").run()
    first = said(app)
    assert "The original leans by" in first
    app.button(key="generate_other_style_digit").click().run()
    assert "The original leans by" in said(app)
    assert said(app) != first
    app.radio(key="_generate_style_3").set_value("own").run()
    assert not app.exception
