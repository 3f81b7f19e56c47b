"""A server or a worker that is killed while somebody trains, and a browser that comes back."""

import os
import re
import signal
import time
from collections.abc import Callable, Iterator

import psutil
import pytest
from playwright.sync_api import Page, expect

from aecore.topics.challenges import BY_PAGE, Quiz
from tests.e2e.driver import App, ask_until, settle
from tests.e2e.test_train_journeys import NEVER_ENDING, epoch, press, run_in_link, status
from ui.kit.language import words

pytestmark = pytest.mark.browser

STORED = "localStorage.getItem('autoencoder-lab')"
WATCHED = "hidden=64&latent_dim=9&n_train=1000&" + NEVER_ENDING
"""Many short epochs: how far a run is can be read to a fraction of a second."""


@pytest.fixture
def app(browser: object, tmp_path) -> Iterator[App]:
    app = App(environment={"AECORE_RUNS": str(tmp_path)})
    yield app
    app.stop()


def training(page: Page, url: str) -> str:
    """A training under way that nobody has kept. Returns its id."""
    page.goto(f"{url}/train?lang=en&{WATCHED}")
    press(page, "play")  # it begins as soon as it is ready
    ask_until(page, lambda: epoch(page), lambda seen: seen >= 5, seconds=180)
    run = run_in_link(page)
    assert run
    return run


def epochs_in_five_seconds(page: Page) -> int:
    """How far the run gets while nothing happens to it, and a second for what takes its time here."""
    before, since = epoch(page), time.monotonic()
    page.wait_for_timeout(6_000)
    return round((epoch(page) - before) * 6 / (time.monotonic() - since))


def test_server_killed_while_somebody_trains_loses_no_more_than_five_seconds(
    page: Page, app: App
) -> None:
    run = training(page, app.url)
    most = epochs_in_five_seconds(page)
    reached = epoch(page)
    app.kill()
    expect(page.get_by_test_id("stApp")).not_to_have_attribute(
        "data-test-connection-state", "CONNECTED"
    )
    app.start()
    # The page finds the server by itself.
    said = page.locator(".st-key-incidents")
    expect(said).to_contain_text("brought back from disk")
    expect(said).to_contain_text("continues from there")
    assert run_in_link(page) == run
    after = ask_until(page, lambda: epoch(page), lambda seen: seen >= reached - most)
    ask_until(page, lambda: epoch(page), lambda seen: seen > after)

    # So does a reload, and another tab that has the link.
    for tab in (page, page.context.new_page()):
        tab.goto(f"{app.url}/train?run={run}&lang=en&{WATCHED}")
        ask_until(tab, lambda p=tab: epoch(p), lambda seen: seen > after)
        expect(tab.get_by_test_id("stAlert").filter(has_text="no run")).to_have_count(0)


def test_worker_killed_while_somebody_trains_loses_no_more_than_five_seconds(
    page: Page, tmp_path
) -> None:
    app = App(environment={"AECORE_RUNS": str(tmp_path), "AECORE_WORKERS": "1"})
    try:
        run = training(page, app.url)
        most = epochs_in_five_seconds(page)
        reached = epoch(page)
        os.kill(_busiest_child(app), signal.SIGKILL)
        said = page.locator(".st-key-incidents")
        expect(said).to_contain_text("in another")
        assert run_in_link(page) == run
        after = ask_until(page, lambda: epoch(page), lambda seen: seen >= reached - most)
        ask_until(page, lambda: epoch(page), lambda seen: seen > after)
    finally:
        app.stop()


def _busiest_child(app: App) -> int:
    """The process of the worker that trains: of all that the server has started, the busiest."""
    children = psutil.Process(app.process.pid).children(recursive=True)
    return max(children, key=lambda child: sum(child.cpu_times()[:2])).pid


def test_same_browser_finds_everything_again_at_the_bare_address(
    open_page: Callable[..., Page], app: App
) -> None:
    page = open_page(viewport={"width": 1440, "height": 900}, locale="en-US")
    run = training(page, app.url)
    page.locator(".st-key-_lang").get_by_text("한국어").click()
    expect(page.locator("html")).to_have_attribute("lang", "ko")
    ask_until(page, lambda: page.evaluate(STORED) or "", lambda kept: '"ko"' in kept)
    tab = page.context.new_page()
    _answer_a_quiz(tab, app)
    tab.close()
    page.close()
    app.kill()
    app.start()

    again = page.context.new_page()
    again.goto(app.url)
    expect(again.locator("html")).to_have_attribute("lang", "ko")
    expect(again.get_by_test_id("stProgress")).to_contain_text(re.compile("1"))
    press(again, "start")
    expect(again.locator(".st-key-incidents")).to_contain_text("디스크")
    assert run_in_link(again) == run
    assert "latent_dim=9" in again.url
    again.goto(f"{app.url}/reconstructions")
    expect(again.locator(".st-key-_model input")).to_have_value(re.compile("9"))

    stranger = open_page(viewport={"width": 1440, "height": 900}, locale="en-US")
    stranger.goto(app.url)
    settle(stranger)
    expect(stranger.locator("html")).to_have_attribute("lang", "en")
    expect(stranger.get_by_test_id("stProgress")).to_contain_text("0 of")
    assert stranger.evaluate(STORED) is None
    assert run not in stranger.url
    expect(stranger.locator(".st-key-my_runs button").first).to_be_disabled()


def _answer_a_quiz(page: Page, app: App) -> None:
    """One challenge that is done with its right answer."""
    where, quiz = next((w, c) for w, found in BY_PAGE.items() for c in found if isinstance(c, Quiz))
    page.goto(f"{app.url}/{where}?lang=ko")
    settle(page)
    page.locator(f".st-key-challenges_{where} summary").click()
    box = page.locator(f".st-key-challenge_{quiz.key}")
    box.get_by_text(words("ko")[quiz.options[quiz.right]], exact=True).click()
    page.locator(f".st-key-commit_{quiz.key} button:visible").click()
    ask_until(page, lambda: page.evaluate(STORED), lambda kept: quiz.key in kept)


def test_two_tabs_do_not_take_each_others_progress(
    open_page: Callable[..., Page], server: str
) -> None:
    first = open_page(locale="en-US")
    first.goto(server)
    settle(first)
    second = first.context.new_page()
    second.goto(server)
    settle(second)
    keep = """([part, done]) => {
        const now = JSON.parse(localStorage.getItem('autoencoder-lab') ?? 'null')
            ?? {version: 1, done: {}, choices: {}, runs: []};
        localStorage.setItem('autoencoder-lab', JSON.stringify({...now, done: {...now.done, ...done}}));
    }"""
    first.evaluate(keep, ["page", {"train-collapse": "right"}])
    second.locator(".st-key-_lang").get_by_text("한국어").click()
    expect(second.locator("html")).to_have_attribute("lang", "ko")
    ask_until(second, lambda: second.evaluate(STORED), lambda kept: '"ko"' in kept)
    assert "train-collapse" in first.evaluate(STORED)

    third = first.context.new_page()
    third.goto(server)
    expect(third.locator("html")).to_have_attribute("lang", "ko")
    expect(third.get_by_test_id("stProgress")).to_contain_text("1")
    press(third, "forget")
    ask_until(third, lambda: third.evaluate(STORED), lambda kept: kept is None)
    expect(third.get_by_test_id("stProgress")).to_contain_text("0")


def test_end_of_a_training_is_announced_once(page: Page, server: str) -> None:
    page.goto(f"{server}/train?lang=en&epochs=2&n_train=500")
    expect(status(page)).to_contain_text("Ready")
    region = page.locator("#lab-said[aria-live=polite]")
    expect(region).to_have_text("")
    page.evaluate("""() => {
        window.saidTimes = 0;
        new MutationObserver(() => window.saidTimes++).observe(
            document.getElementById('lab-said'), {childList: true});
    }""")
    press(page, "play")
    expect(status(page)).to_contain_text("Done")
    expect(region).to_contain_text(re.compile(r"ended at epoch 2: .*0\.\d{4}"))
    press(page, "reset")
    expect(status(page)).to_contain_text("Ready")
    assert page.evaluate("window.saidTimes") == 1
