"""The compare page without a browser."""

import pytest

from aecore.files import pretrained
from aecore.parts.datasets import DATASETS
from tests.app.kinds import KINDS
from tests.app.kinds import trained as trained_on
from tests.app.test_pages import job_of, open_page, until, wait
from tests.app.test_runs import go, trained
from ui import compare
from ui.compare import seeds
from ui.compare.table import plain
from ui.kit import kinds, state
from ui.kit.language import LANGUAGES, catalogue


def texts(app) -> str:
    return " ".join(e.value for e in [*app.markdown, *app.caption, *app.info])


@pytest.mark.parametrize("language", LANGUAGES)
def test_two_pretrained_models_are_there_at_once(language):
    app = open_page("compare", lang=language)
    assert not app.exception
    assert not app.warning
    assert app.multiselect(key="_compare").value == ["vanilla-32", "vae-16"]
    for key in ("vanilla-32", "vae-16"):
        assert f"{pretrained.card(key)['test_mse_bundled']:.4f}" in texts(app)
    assert "≠" in texts(app)


@pytest.mark.parametrize("model", ["vanilla-2", "convolutional-32", "vae-2", "denoising-32"])
def test_any_pretrained_model_joins(model):
    app = open_page("compare", lang="en", compare=f"{model},top-k-128,superres-7")
    assert not app.exception
    assert app.multiselect(key="_compare").value == [model, "top-k-128", "superres-7"]


def test_choice_stands_in_the_link_on_every_page():
    app = open_page("compare", lang="en")
    app.multiselect(key="_compare").set_value(["vanilla-2", "vae-2", "cvae-8"]).run()
    assert not app.exception
    assert state.COMPARED in app.query_params
    assert "vanilla-2,vae-2,cvae-8" in app.query_params[state.COMPARED]
    go(app, "reconstructions")
    go(app, "compare")
    assert app.multiselect(key="_compare").value == ["vanilla-2", "vae-2", "cvae-8"]


def test_one_model_alone_asks_for_another():
    app = open_page("compare", lang="en", compare="vae-2")
    assert not app.exception
    assert "at least two" in app.info[0].value


def test_own_run_is_compared_with_a_pretrained_model_and_its_settings_marked():
    app, run_id = trained(latent_dim="3", seed="4")
    go(app, "compare")
    assert not app.exception
    assert app.multiselect(key="_compare").value == [run_id, "vanilla-32"]
    table = next(e.value for e in app.markdown if "≠" in e.value)
    line = next(line for line in table.splitlines() if "Code size" in line)
    assert "**3**" in line
    assert "**32**" in line
    same = next(e.value for e in app.markdown if "Batch size" in e.value)
    assert "≠" not in same


def test_running_run_is_compared_and_a_deleted_one_is_said():
    app = open_page(lang="en", epochs="1000")
    app.button(key="play").click().run()
    run_id = app.session_state[state.RUN]
    client = state.client()
    until(lambda: client.view(run_id).step)
    app.session_state[state.COMPARED] = [run_id, "vae-2"]
    go(app, "compare")
    assert not app.exception
    client.delete(run_id)
    app.run()
    assert not app.exception
    assert any(run_id[:10] in warning.value for warning in app.warning)
    assert run_id not in app.multiselect(key="_compare").value


def test_diverged_run_is_named_as_such():
    app = open_page(
        lang="en", variant="linear", optimizer="sgd", learning_rate="10", batch_size="64"
    )
    app.button(key="play").click().run()
    run_id = app.session_state[state.RUN]
    client = state.client()
    until(lambda: client.view(run_id).ended == "diverged")
    app.session_state[state.COMPARED] = [run_id, "vae-2"]
    go(app, "compare")
    assert not app.exception
    assert "diverged" in texts(app)


@pytest.mark.parametrize("language", LANGUAGES)
def test_unknown_run_in_a_link_is_said(language):
    app = open_page("compare", lang=language, compare="nonsense,vae-2,vanilla-2")
    assert not app.exception
    assert len(app.warning) == 1
    assert app.multiselect(key="_compare").value == ["vae-2", "vanilla-2"]


def test_names_that_learners_choose_are_no_markdown():
    app, run_id = trained()
    state.client().rename(run_id, "**a** | [b](http://c)")
    go(app, "compare")
    assert not app.exception
    assert plain("**a** | [b](http://c)") in texts(app)
    assert "[b](http" not in texts(app)


def test_runs_are_repeated_with_other_seeds_and_shown_with_an_interval():
    app, run_id = trained(latent_dim="3", seed="1")
    go(app, "compare")
    assert [line for line in texts(app).splitlines() if "| 1 | 0." in line]
    app.button(key="compare_seeds_train").click().run()
    job = job_of(app, seeds.SEEDS)
    wait(app, lambda: job.over)
    app.run()
    assert not app.exception
    assert [r.experiment.seed for r in job.results] == [0, 2]
    line = next(line for line in texts(app).splitlines() if "| 3 | 0." in line)
    assert "±" in line
    assert app.button(key="compare_seeds_train").disabled
    assert app.session_state[state.RUNS] == [run_id]


def test_without_an_own_run_nothing_can_be_repeated():
    app = open_page("compare", lang="en")
    assert "then it can be repeated" in texts(app)


# ---- data of every kind


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("dataset", KINDS)
def test_runs_on_one_dataset_of_any_kind_are_compared(dataset, language):
    runs = [trained_on(dataset), trained_on(dataset, "denoising")]
    app = open_page("compare", lang=language, compare=",".join(runs), runs=",".join(runs))
    assert not app.exception
    assert not app.warning
    spec = DATASETS[dataset]
    words = catalogue(language) if language == "ko" else {}
    said = kinds.TEST_MSE[spec.shape.kind]
    table = next(e.value for e in app.markdown if "≠" in e.value)
    assert words.get(said, said).lower() in table.lower()
    assert bool([r for r in app.radio if r.key == "_pick"]) == bool(spec.classes)
    assert f"{state.client().view(runs[0]).val_mse:.4f}" in table
    assert not [c for c in app.segmented_control if c.key == "_way_compare"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_models_of_data_of_other_shapes_share_no_samples_and_are_not_ranked(language):
    run = trained_on("breast-cancer")
    app = open_page("compare", lang=language, compare=f"{run},vanilla-32", runs=run)
    assert not app.exception
    words = catalogue(language) if language == "ko" else {}
    assert words.get(compare.SHARE_NO_SHAPE, compare.SHARE_NO_SHAPE) in texts(app)
    assert not [r for r in app.radio if r.key.startswith("_pick")]
    table = next(e.value for e in app.markdown if "≠" in e.value)
    assert "0.0" in table
    if language == "en":
        assert "lowest for" not in texts(app)
        assert "test MSE per number" in table.replace("Test", "test")
