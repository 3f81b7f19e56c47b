"""The page that puts an autoencoder next to PCA."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from aecore.spec.experiment import Experiment
from tests.app.test_pages import job_of, open_page, until, wait
from ui.ae_vs_pca import code_sizes, linear, points
from ui.kit import state
from ui.kit.language import LANGUAGES

MODELS = ("vanilla-32", "vanilla-2", "vae-2", "convolutional-32", "denoising-32")


def texts(app: AppTest) -> str:
    return " ".join(element.value for element in [*app.markdown, *app.caption])


def open_view(view: str, **query: str) -> AppTest:
    app = open_page("ae_vs_pca", lang="en", **query)
    app.segmented_control(key="_view").set_value(view).run()
    assert not app.exception
    return app


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_opens_on_its_example(language):
    app = open_page("ae_vs_pca", lang=language)
    assert not app.exception
    assert not app.warning


LOOKS = [(v, m) for v in ("digits", "maps", "features") for m in MODELS]


@pytest.mark.parametrize(("view", "model"), [*LOOKS, ("classes", "vanilla-2")])
def test_each_view_opens_on_each_kind_of_model(view, model):
    app = open_view(view, model=model)
    assert not app.warning
    assert app.segmented_control(key="_view").value == view


def test_winner_is_named():
    app = open_page("ae_vs_pca", lang="en", model="vanilla-32")
    assert "The autoencoder wins" in texts(app)
    assert "53,633" in texts(app)


@pytest.mark.parametrize("how", ["class", "worst"])
def test_digits_are_picked_as_wished(how):
    app = open_page("ae_vs_pca", lang="en")
    app.radio(key="_pick").set_value(how).run()
    assert not app.exception
    assert "MSE" in texts(app)


def run_until(app: AppTest, done) -> AppTest:
    """The page again and again, as its fragment would, because AppTest has no timers."""
    wait(app, lambda: done(app))
    assert not app.exception
    return app


@pytest.fixture(scope="module")
def wide_run() -> str:
    """A run with a code wider than its pictures."""
    client = state.client()
    wide = Experiment(dataset="mnist-5k", hidden=(16,), latent_dim=1000, epochs=1, n_train=500)
    run = client.create(wide)
    client.play(run)
    until(lambda: client.view(run).state == "ended")
    return run


@pytest.mark.parametrize("view", ["digits", "features", "sizes"])
def test_own_run_with_a_code_wider_than_its_pictures(view, wide_run):
    app = open_view(view, run=wide_run, model=wide_run)
    assert not app.warning
    if view == "digits":
        assert "784 principal components" in texts(app)
        assert "the same 500 training digits" in texts(app)
        assert "PCA wins" in texts(app)
    if view == "sizes":
        assert "joins the chart" not in texts(app)


def test_sweep_trains_all_and_shows_what_it_found():
    app = open_view("sizes")
    app.multiselect(key="_sweep_variants").set_value(["vanilla", "top-k"])
    app.select_slider(key="_sweep_sizes").set_value((2, 2))
    app.slider(key="_sweep_epochs").set_value(1).run()
    app.button(key="sweep_train").click().run()
    run_until(app, lambda a: job_of(a, code_sizes.SWEEP).over)
    sizes = [r.experiment.variant for r in job_of(app, code_sizes.SWEEP).results]
    assert sizes == ["vanilla", "top-k"]
    app.run()
    assert app.button(key="sweep_train")
    assert "comes closest to PCA" in texts(app)
    app.button(key="sweep_clear").click().run()
    assert job_of(app, code_sizes.SWEEP) is None


def test_sweep_with_several_seeds_shows_their_mean_and_interval():
    app = open_view("sizes")
    app.multiselect(key="_sweep_variants").set_value(["vanilla"])
    app.select_slider(key="_sweep_sizes").set_value((2, 2))
    app.segmented_control(key="_sweep_seeds").set_value(3)
    app.slider(key="_sweep_epochs").set_value(1).run()
    app.button(key="sweep_train").click().run()
    run_until(app, lambda a: job_of(a, code_sizes.SWEEP).over)
    sweep = job_of(app, code_sizes.SWEEP)
    app.run()
    assert not app.exception
    assert [r.experiment.seed for r in sweep.results] == [0, 1, 2]
    (group,) = points.of_trainings(sweep.results)
    errors = [r.test_mse for r in sweep.results]
    assert group.errors == [pytest.approx(np.mean(errors))]
    assert group.intervals[0].low < group.intervals[0].high
    assert "one seed" not in texts(app)


def test_cancelled_sweep_can_be_started_again():
    app = open_view("sizes")
    app.button(key="sweep_train").click().run()
    app.button(key="sweep_cancel").click().run()
    assert not app.exception
    assert job_of(app, code_sizes.SWEEP).cancelled
    assert app.button(key="sweep_train")


def test_sweep_needs_something_to_train():
    app = open_view("sizes")
    app.multiselect(key="_sweep_variants").set_value([]).run()
    assert not app.exception
    assert app.button(key="sweep_train").disabled


def test_linear_autoencoder_is_watched_and_stopped():
    app = open_view("linear")
    app.button(key="linear_train").click().run()
    job = job_of(app, linear.LINEAR)
    run_until(app, lambda a: job.newest is not None and len(job.newest.epochs) > 2)
    assert "largest angle" in texts(app)
    assert job.newest.epochs[0] == 0  # seen untrained, far from PCA
    assert job.newest.largest[0] > 60
    run_id = job.newest.view.run_id
    assert state.client().knows(run_id)
    app.button(key="linear_cancel").click().run()
    assert not app.exception
    assert not state.client().knows(run_id)
    assert app.button(key="linear_train")
