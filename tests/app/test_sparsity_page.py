"""The Sparsity page, without a browser."""

import pytest

from tests.app.test_pages import job_of, open_page, wait, watch_runs
from ui.kit import state
from ui.sparsity import PARTS, build_up, comparison, recipes


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize(
    "model", ["", "vanilla-2", "vanilla-32", "convolutional-32", "vae-2", "top-k-128"]
)
@pytest.mark.parametrize("part", PARTS)
def test_every_part_opens_with_each_model(model, language, part):
    app = open_page("sparsity", lang=language, part=part, **({"model": model} if model else {}))
    assert not app.exception
    assert not app.warning
    assert len(app.subheader) == 1


def test_page_says_that_a_plain_model_is_not_sparse():
    app = open_page("sparsity", lang="en", model="vanilla-32")
    assert any("not trained to have a sparse code" in caption.value for caption in app.caption)


def test_sliders_change_what_is_said():
    app = open_page("sparsity", lang="en")
    app.select_slider(key="_sparsity_count_256").set_value(12).run()
    assert not app.exception
    assert "**12 of" in " ".join(element.value for element in app.markdown)
    app = open_page("sparsity", lang="en", part="few")
    app.select_slider(key="_sparsity_keep_256").set_value(3).run()
    assert not app.exception
    assert "with 3 units" in " ".join(element.value for element in app.markdown)


@pytest.mark.parametrize("most", [2, 9, 32, 256, 1024])
def test_sliders_of_units_give_the_first_ten_a_quarter_of_their_length(most):
    steps = build_up.ladder(most)
    assert steps[0] == 1
    assert steps[-1] == most
    assert list(steps) == sorted(set(steps))
    assert steps[:10] == tuple(range(1, min(most, 10) + 1))
    assert min(10, most) / len(steps) >= 0.25


def test_unit_of_another_page_can_be_looked_at():
    app = open_page("sparsity", lang="en", part="units")
    app.number_input(key="_sparsity_page_256").set_value(4).run()
    assert not app.exception
    assert app.selectbox(key="_sparsity_unit_256_3").options[0].startswith("#")


@pytest.mark.parametrize(
    ("kind", "name", "expected"), [("l1", "penalty", "l1"), ("top_k", "code", "top_k")]
)
def test_training_here_makes_the_model_on_show(monkeypatch, kind, name, expected):
    monkeypatch.setitem(recipes.QUICK, "epochs", 1)
    app = open_page("sparsity", lang="en")
    app.segmented_control(key="_sparsity_kind").set_value(kind).run()
    app.select_slider(key="_sparsity_size").set_value(16).run()
    app.button(key="sparsity_train").click().run()
    wait(app, lambda: app.session_state[state.TRAINS].get("sparsity") is None)
    assert not app.exception
    run = app.session_state[state.RUN]
    assert app.session_state[state.MODEL] == run
    experiment = state.client().view(run).experiment
    assert getattr(experiment, name) == expected
    assert experiment.latent_dim == 16
    assert app.segmented_control(key="_sparsity_kind").value == kind
    assert app.button(key="sparsity_train")
    assert app.select_slider(key="_sparsity_count_16")


def test_training_here_can_be_cancelled():
    app = open_page("sparsity", lang="en")
    app.button(key="sparsity_train").click().run()
    run = app.session_state[state.TRAINS].get("sparsity")
    app.button(key="sparsity_cancel").click().run()
    assert not app.exception
    assert not state.client().knows(run)
    assert app.session_state[state.TRAINS].get("sparsity") is None


def test_comparison_can_be_cancelled_and_keeps_what_it_has(monkeypatch):
    monkeypatch.setitem(recipes.QUICK, "epochs", 1)
    made = watch_runs(monkeypatch)
    monkeypatch.setattr(recipes, "comparison", lambda seeds: two(recipes.compared("l1", 16)))
    app = open_page("sparsity", lang="en", part="methods")
    app.button(key="sparsity_compare_train").click().run()
    job = job_of(app, comparison.COMPARISON)
    wait(app, lambda: len(job.results) == 1 and len(made) == 2)
    assert state.client().knows(made[1])
    app.button(key="sparsity_compare_cancel").click().run()
    assert not app.exception
    assert not any(state.client().knows(run) for run in made)
    app.run()
    assert len(job.results) == 1
    app.button(key="sparsity_compare_train").click().run()  # goes on with what is missing
    job = job_of(app, comparison.COMPARISON)
    assert [e.seed for e in job.experiments] == [1]
    assert len(job.found) == 1
    app.button(key="sparsity_compare_cancel").click().run()


def two(first):
    """An experiment that is done soon, and another one that does not end by itself."""
    return [first, first.replace(seed=1, epochs=1000)]


def test_comparison_trains_all_and_leaves_no_run_behind(monkeypatch):
    monkeypatch.setitem(recipes.QUICK, "epochs", 1)
    monkeypatch.setattr(recipes, "COMPARED_SIZES", (8, 16))
    made = watch_runs(monkeypatch)
    app = open_page("sparsity", lang="en", part="methods")
    app.button(key="sparsity_compare_train").click().run()
    job = job_of(app, comparison.COMPARISON)
    wait(app, lambda: job.over)
    app.run()
    assert not app.exception
    assert [r.experiment for r in job.found] == recipes.comparison()
    assert len(made) == len(job.found)
    assert not any(state.client().knows(run) for run in made)
    assert app.session_state[state.RUN] is None  # the learner's own run stays what it was
    app.button(key="sparsity_compare_train").click().run()  # all once more
    again = job_of(app, comparison.COMPARISON)
    assert list(again.experiments) == recipes.comparison()
    assert not again.found
    again.cancel()


def test_several_seeds_are_one_line_with_an_interval(monkeypatch):
    monkeypatch.setitem(recipes.QUICK, "epochs", 1)
    monkeypatch.setattr(recipes, "COMPARED_SIZES", (32,))
    monkeypatch.setattr(recipes, "KINDS", {"l1": recipes.KINDS["l1"]})
    app = open_page("sparsity", lang="en", part="methods")
    app.segmented_control(key="_sparsity_seeds").set_value(3).run()
    app.button(key="sparsity_compare_train").click().run()
    job = job_of(app, comparison.COMPARISON)
    wait(app, lambda: job.over)
    app.run()
    assert not app.exception
    assert [r.experiment.seed for r in job.found] == [0, 1, 2]
    (line,) = [
        line
        for element in app.markdown
        for line in element.value.splitlines()
        if line.startswith("| L1 | 32 | 3 |")
    ]
    assert line.count("±") == 4
