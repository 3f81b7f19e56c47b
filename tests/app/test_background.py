"""Background work on a page: what stays when the page is left, loaded anew or read in Korean."""

import pytest
from streamlit.testing.v1 import AppTest

from aecore.engine.job import Job, counted
from aecore.engine.trainings import Trainings
from aecore.errors import LabError
from aecore.spec import variants
from tests.app.test_pages import job_of, open_page, until, wait
from ui.ae_vs_pca import code_sizes
from ui.kit import state

NAME = code_sizes.SWEEP


def sweep(epochs: int = 1):
    """The page after one training of two, both of one epoch unless told otherwise."""
    app = open_page("ae_vs_pca", lang="en")
    app.segmented_control(key="_view").set_value("sizes").run()
    app.multiselect(key="_sweep_variants").set_value(["vanilla"])
    app.select_slider(key="_sweep_sizes").set_value((2, 4))
    app.slider(key="_sweep_epochs").set_value(epochs).run()
    app.button(key="sweep_train").click().run()
    assert not app.exception
    return app


def loaded_anew(app):
    """The same link in a new session, as after a reload of the page."""
    query = {k: v[0] if isinstance(v, list) else v for k, v in app.query_params.items()}
    new = open_page("ae_vs_pca", **query)
    new.segmented_control(key="_view").set_value("sizes").run()
    assert not new.exception
    return new


def test_work_goes_on_in_a_page_that_is_loaded_anew():
    app = sweep(epochs=2)
    job = job_of(app, NAME)
    new = loaded_anew(app)
    assert job_of(new, NAME) is job
    assert new.button(key="sweep_cancel")
    wait(new, lambda: job.over)
    assert len(job.results) == 2
    new.run()
    assert new.button(key="sweep_train")
    again = loaded_anew(new)
    assert job_of(again, NAME).found == job.found
    assert not again.button(key="sweep_clear").disabled


def test_what_somebody_else_cancels_goes_on():
    app = sweep(epochs=1000)
    job = job_of(app, NAME)
    new = loaded_anew(app)
    new.button(key="sweep_cancel").click().run()
    assert not new.exception
    assert new.button(key="sweep_train")
    assert not job.over
    app.run()
    app.button(key="sweep_cancel").click().run()
    assert job.cancelled


def test_link_names_no_jobs_before_there_are_any():
    app = open_page("ae_vs_pca", lang="en")
    assert state.JOBS not in app.query_params


@pytest.mark.parametrize("jobs", ["nonsense", "", "a" * 5000, "../..", "0,1"])
def test_link_that_names_jobs_that_never_were_opens(jobs):
    app = open_page("ae_vs_pca", lang="en", jobs=jobs)
    assert not app.exception
    assert not app.warning
    assert state.JOBS not in app.query_params


def test_change_of_language_changes_nothing_but_the_words():
    app = sweep(epochs=1000)
    job = job_of(app, NAME)
    app.segmented_control(key="_lang").set_value("ko").run()
    assert not app.exception
    assert job_of(app, NAME) is job
    assert app.button(key="sweep_cancel").label == "취소"
    job.cancel()


@pytest.mark.parametrize("language", ["en", "ko"])
def test_training_that_goes_wrong_says_so_in_the_language_of_the_page(language):
    diverging = variants.build(
        "linear", dataset="mnist-5k", optimizer="sgd", learning_rate=10, batch_size=64, epochs=2
    )
    job = Trainings(state.client(), [diverging, diverging.replace(learning_rate=0.01, epochs=1)])
    until(lambda: job.look() and job.over)
    shown = AppTest.from_function(_failures)
    shown.session_state["results"] = job.found
    shown.session_state[state.LANGUAGE] = language
    shown.run()
    assert not shown.exception
    (warning,) = shown.warning
    assert ("diverged" in warning.value) == (language == "en")
    assert ("시드 0" in warning.value) == (language == "ko")


def _failures():
    import streamlit as st

    from ui.kit import background, language

    language.choose()
    background.failures(st.session_state["results"])


@pytest.mark.parametrize("language", ["en", "ko"])
def test_job_that_fails_says_why_in_the_language_of_the_page(language):
    def fails():
        raise LabError("The loss diverged: it grew beyond all bounds.")
        yield

    shown = AppTest.from_function(_bar)
    shown.session_state["job"] = Job(fails)
    shown.session_state[state.LANGUAGE] = language
    until(lambda: shown.session_state["job"].look() or shown.session_state["job"].over)
    shown.run()
    assert not shown.exception
    (bar,) = shown.get("progress")
    assert ("diverged" in bar.proto.text) == (language == "en")
    assert any("가" <= letter <= "힣" for letter in bar.proto.text) == (language == "ko")


def test_job_that_waits_says_its_place_in_the_queue():
    shown = AppTest.from_function(_bar)
    shown.session_state["job"] = job = Job(lambda: counted([1], 1))
    job.look(queue_place=7)
    shown.run()
    assert "number 7" in shown.get("progress")[0].proto.text


def _bar():
    import streamlit as st

    from ui.kit import background, language

    language.choose()
    background.progress(st.session_state["job"], "under way")
