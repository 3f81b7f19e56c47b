"""Several learners on one server at a time, over the websocket alone: no browser is needed."""

import asyncio
import time

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState

from benchmarks.sessions import server, widgets
from benchmarks.sessions.learner import Learner
from benchmarks.sessions.log import FRAGMENT, FULL, Log
from benchmarks.sessions.tab import Tab
from tests.e2e.driver import run_apart

PAGES = ["", "train", "latent_space", "reconstructions", "teach"]


@pytest.fixture(scope="module")
def classroom():
    """A server on which somebody has trained before."""

    async def somebody(running):
        await (await playing(running)).close()

    with server.running({"STREAMLIT_SERVER_DISCONNECTED_SESSION_TTL": "1"}) as running:
        run_apart(somebody(running))
        yield running


async def an_open_tab(classroom, page, query="lang=en", log=None):
    return await Tab.open(classroom.url, page, query, log or Log())


async def playing(classroom, log=None):
    """A tab whose learner trains and watches."""
    query = "lang=en&epochs=1000&hidden=16&latent_dim=2&batch_size=16"
    tab = await an_open_tab(classroom, "train", query, log)
    deadline = time.monotonic() + 120
    while tab.named("pause") is None and time.monotonic() < deadline:
        if (play := tab.named("play")) is not None:
            await tab.use(widgets.pressed(play), play.fragment_id)
        await asyncio.sleep(0.2)
    assert tab.named("pause") is not None
    return tab


def test_four_learners_at_once_meet_no_error(classroom):
    log = Log()

    async def lesson():
        learners = [
            Learner(classroom.url, ["train"] if seed % 2 else PAGES, log, seed, hurry=8)
            for seed in range(4)
        ]
        await asyncio.gather(*(learner.learn(seconds=60, visits=1) for learner in learners))
        tab = await playing(classroom, log)
        deadline = time.monotonic() + 120
        while not log.seconds(FRAGMENT) and time.monotonic() < deadline:
            await asyncio.sleep(0.2)
        tab.abandon()

    run_apart(lesson())
    assert log.errors == []
    assert classroom.tracebacks() == []
    assert log.seconds(FULL)
    assert log.seconds(FRAGMENT)  # somebody watched a training


def test_tabs_that_are_gone_leave_no_thread_behind(classroom):
    async def gone():
        for tab in await asyncio.gather(*(playing(classroom) for _ in range(3))):
            tab.abandon()
        await asyncio.sleep(1)
        return classroom.n_threads()

    async def lesson():
        before = await gone()  # pools of threads are as large as they get
        after, deadline = await gone(), time.monotonic() + 120
        while after > before and time.monotonic() < deadline:
            await asyncio.sleep(0.2)
            after = classroom.n_threads()
        return before, after

    before, after = run_apart(lesson())
    assert after <= before


def test_choices_outlive_a_change_of_language(classroom):
    async def lesson():
        tab = await an_open_tab(classroom, "anomaly", "lang=ko")
        menu = tab.named("_anomaly_variant")
        chosen = menu.element.selectbox.options[-1]
        await tab.use(WidgetState(id=menu.id, string_value=chosen))
        await tab.use(widgets.texts(tab.named("_lang"), "English"))
        in_english = tab.named("_anomaly_variant").element.selectbox
        await tab.again()
        again = tab.named("_anomaly_variant").element.selectbox
        await tab.close()
        return tab.log, in_english, again

    log, in_english, again = run_apart(lesson())
    assert log.errors == []
    assert in_english.raw_value == in_english.options[-1] != ""
    assert not again.set_value  # the browser tells what the app knows


def test_sessions_visit_this_machine_only():
    with pytest.raises(ValueError, match="this machine only"):
        Tab("http://192.0.2.1:8501", Log())
