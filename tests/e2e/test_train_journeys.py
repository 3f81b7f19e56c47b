"""What a learner does on the Train page, in a real browser."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.driver import ask_until, settle

pytestmark = pytest.mark.browser

NEVER_ENDING = "epochs=1000&batch_size=16"
"""Minutes even where training is fast and the browser slow."""


def status(page: Page):
    return page.get_by_test_id("stProgress")


def press(page: Page, key: str) -> None:
    page.locator(f".st-key-{key} button:visible").click()


def open_ready(page: Page, server: str, query: str = "") -> None:
    """The Train page, with its model built, looked at and drawn."""
    page.goto(f"{server}/train?lang=en&{query}")
    expect(status(page)).to_contain_text("Ready")
    settle(page)


def picture(page: Page, row: str) -> str:
    """The pixels of one row of the grid, as a data URL."""
    canvas = page.locator(".samples .row", has_text=row).locator("canvas").first
    return canvas.evaluate("canvas => canvas.toDataURL()")


def run_in_link(page: Page) -> str | None:
    found = re.search(r"[?&]run=([^&]+)", page.url)
    return found and found[1]


def at_end(page: Page) -> None:
    """Until the run is over and its last pictures and numbers are drawn."""
    expect(status(page)).to_contain_text("Done")
    settle(page)


def epoch(page: Page) -> int:
    found = re.search(r"epoch (\d+) of", status(page).inner_text())
    return int(found[1]) if found else 0


def test_newcomer_starts_at_home_and_sees_digits_being_learned(page, server):
    page.goto(server)
    press(page, "start")
    expect(status(page)).to_contain_text("Ready")
    settle(page)
    untrained = picture(page, "reconstruction")
    original = picture(page, "original")
    press(page, "play")
    expect(status(page)).to_contain_text(re.compile(r"epoch ([3-9]|\d\d) of .*images/s"))
    ask_until(page, lambda: picture(page, "reconstruction"), lambda now: now != untrained)
    assert picture(page, "original") == original
    press(page, "stop")


def test_step_pause_stop_and_reset_do_what_they_say(page, server):
    open_ready(page, server)
    untrained = picture(page, "reconstruction")
    press(page, "step_batch")
    expect(status(page)).to_contain_text("batch 1 of 14")
    press(page, "step_epoch")
    expect(status(page)).to_contain_text("epoch 1 of 80")
    expect(status(page)).to_contain_text("Paused")
    press(page, "stop")
    expect(status(page)).to_contain_text("Stopped")
    expect(page.locator(".st-key-step_batch button:visible")).to_be_disabled()
    press(page, "reset")
    expect(status(page)).to_contain_text("Ready")
    settle(page)
    assert picture(page, "reconstruction") == untrained


def test_pause_holds_and_play_goes_on(page, server):
    open_ready(page, server, NEVER_ENDING)
    press(page, "play")
    expect(status(page)).to_contain_text(re.compile(r"epoch [1-9]"))
    press(page, "pause")
    expect(status(page)).to_contain_text("Paused")
    settle(page)
    held = status(page).inner_text()
    page.wait_for_timeout(1500)
    assert status(page).inner_text() == held
    before = epoch(page)
    press(page, "play")
    expect(status(page)).to_contain_text("left")
    ask_until(page, lambda: epoch(page), lambda now: now > before)
    press(page, "stop")


def test_run_survives_reload_and_other_pages_and_is_not_duplicated(page, server):
    open_ready(page, server, NEVER_ENDING)
    press(page, "play")
    expect(status(page)).to_contain_text(re.compile(r"epoch [1-9]"))
    run, seen = run_in_link(page), epoch(page)
    assert run
    page.reload()
    expect(status(page)).to_contain_text("images/s")
    ask_until(page, lambda: epoch(page), lambda now: now > seen)  # a tick: the script is through
    assert run_in_link(page) == run
    page.get_by_role("link", name="Home").click()
    expect(page.locator(".st-key-start")).to_be_visible()
    settle(page)
    page.get_by_test_id("stSidebar").get_by_role("link", name="Train", exact=True).click()
    expect(status(page)).to_contain_text("images/s")
    back = epoch(page)
    ask_until(page, lambda: epoch(page), lambda now: now > back)
    assert run_in_link(page) == run
    press(page, "stop")


def test_live_view_never_remounts_and_keeps_the_zoom(page, server):
    open_ready(page, server, NEVER_ENDING)
    press(page, "play")
    expect(status(page)).to_contain_text(re.compile(r"epoch [1-9]"))
    page.wait_for_function("() => document.querySelectorAll('.js-plotly-plot').length === 2")
    page.locator(".st-key-curves").scroll_into_view_if_needed()  # out of sight it is not drawn
    page.evaluate("() => document.querySelectorAll('.js-plotly-plot').forEach(e => { e.mark = 1 })")
    page.evaluate(
        """() => window.Plotly.relayout(
            document.querySelector('.st-key-curves .js-plotly-plot') ??
            document.querySelectorAll('.js-plotly-plot')[0], {'xaxis.range': [0, 3]})"""
    )
    box = page.get_by_test_id("stMain").evaluate("main => main.scrollHeight")
    for _ in range(5):  # refreshes
        before = status(page).inner_text()
        ask_until(page, lambda: status(page).inner_text(), lambda now, old=before: now != old)
    marks = page.evaluate(
        "() => [...document.querySelectorAll('.js-plotly-plot')].map(e => e.mark)"
    )
    assert marks == [1, 1]
    zoomed = page.evaluate(
        "() => document.querySelectorAll('.js-plotly-plot')[0]._fullLayout.xaxis.range"
    )
    assert zoomed == [0, 3]
    assert page.get_by_test_id("stMain").evaluate("main => main.scrollHeight") == box
    press(page, "stop")


def test_scrubber_shows_an_earlier_epoch_and_goes_back(page, server):
    open_ready(page, server, "epochs=8")
    untrained = picture(page, "reconstruction")
    press(page, "play")
    at_end(page)
    trained = picture(page, "reconstruction")
    slider = page.get_by_role("slider", name="Look back")
    slider.focus()
    page.keyboard.press("Home")
    expect(page.locator("output")).to_have_text("epoch 0 of 8")
    ask_until(page, lambda: picture(page, "reconstruction"), lambda now: now == untrained)
    page.get_by_role("button", name="Newest").click()
    ask_until(page, lambda: picture(page, "reconstruction"), lambda now: now == trained)


def test_changed_settings_keep_the_old_run_until_play(page, server):
    open_ready(page, server, "epochs=3")
    press(page, "play")
    at_end(page)
    run = run_in_link(page)
    assert run
    page.get_by_role("slider", name="Code size").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_text("Settings changed")).to_be_visible()
    settle(page)
    assert run_in_link(page) == run
    press(page, "play")
    expect(page.get_by_text("Settings changed")).to_be_hidden()
    at_end(page)
    assert run_in_link(page) not in (run, None)


def test_learning_rate_changes_while_the_run_goes_on(page, server):
    open_ready(page, server, NEVER_ENDING)
    press(page, "play")
    expect(status(page)).to_contain_text(re.compile(r"epoch [1-9]"))
    run = run_in_link(page)
    assert run
    page.get_by_role("paragraph").filter(has_text="More settings").click()
    page.get_by_role("slider", name="Learning rate").focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_function("() => location.search.includes('learning_rate=0.0005')")
    page.locator(".st-key-curves").scroll_into_view_if_needed()  # out of sight it is not drawn
    expect(page.get_by_text("η 0.0005")).to_be_visible()
    expect(status(page)).to_contain_text("left")
    assert run_in_link(page) == run
    press(page, "stop")


def test_divergence_is_named_with_its_cure(page, server):
    open_ready(
        page, server, "variant=linear&optimizer=sgd&learning_rate=10&batch_size=64&epochs=50"
    )
    press(page, "play")
    expect(status(page)).to_contain_text("diverged")
    expect(page.get_by_test_id("stAlert")).to_contain_text("lower the learning rate")


def test_language_menu_speaks_korean_and_stays_after_reload(page, server):
    open_ready(page, server)
    page.get_by_role("button", name="한국어").or_(page.get_by_role("radio", name="한국어")).click()
    expect(page.locator("h1")).to_contain_text(re.compile("[가-힣]"))
    page.wait_for_function("() => location.search.includes('lang=ko')")
    page.reload()
    expect(page.locator("h1")).to_contain_text(re.compile("[가-힣]"))


def test_settings_outlive_languages_that_change_while_a_run_trains(page, server):
    """A browser tells its menus by their words, also by those of a moment ago."""
    settings = "variant=vae&latent_dim=5&hidden=16&epochs=900"
    open_ready(page, server, settings)
    press(page, "play")
    run = ask_until(page, lambda: run_in_link(page), bool)
    for at in (1, 0, 1, 0, 1, 0):
        page.locator(".st-key-_lang [role=radio]").nth(at).click()
        page.wait_for_timeout(400)
    page.wait_for_function("() => location.search.includes('lang=en')")
    page.wait_for_timeout(2000)  # several ticks: it is never at rest while it trains
    assert run_in_link(page) == run
    assert all(part in page.url for part in settings.split("&"))
    press(page, "stop")


def test_unknown_run_in_a_link_is_said_and_play_works(page, server):
    page.goto(f"{server}/train?lang=en&run=not-a-run&epochs=2")
    expect(page.get_by_test_id("stAlert")).to_contain_text("no run 'not-a-run'")
    expect(status(page)).to_contain_text("Ready")
    press(page, "play")
    expect(status(page)).to_contain_text("Done")


def test_phone_shows_everything_in_one_column(open_page: Callable[..., Page], server):
    page = open_page(viewport={"width": 390, "height": 844})
    open_ready(page, server, "variant=denoising")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        settle(page)
        assert page.evaluate("() => document.documentElement.scrollWidth") <= 390
        for element in (page.locator(".st-key-play"), page.locator(".samples")):
            box = element.bounding_box()
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= 390


def test_list_of_runs_stays_open_while_a_training_ends(page, server):
    open_ready(page, server, "epochs=12&batch_size=16")
    press(page, "play")
    press(page, "my_runs")
    listed = page.get_by_role("dialog")
    expect(listed).to_be_visible()
    expect(status(page)).to_contain_text("Done")
    settle(page)
    expect(listed).to_be_visible()

    page.keyboard.press("Escape")
    expect(listed).to_have_count(0)
    press(page, "reset")
    expect(status(page)).to_contain_text("Ready")
    settle(page)
    expect(listed).to_have_count(0)
