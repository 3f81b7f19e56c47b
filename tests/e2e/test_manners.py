"""What people expect of a page: Back, the focus, a second viewer, buttons that follow at once."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.driver import ask_until, settle
from tests.e2e.test_train_journeys import (
    NEVER_ENDING,
    epoch,
    open_ready,
    press,
    run_in_link,
    status,
)

pytestmark = pytest.mark.browser

FOCUS = """() => {
  const key = (node) => [...(node.closest('[class*="st-key-"]')?.classList ?? [])]
    .find((name) => name.startsWith('st-key-'));
  return document.activeElement === document.body ? 'body' : key(document.activeElement) ?? '';
}"""
"""The key of what has the focus."""


PLAIN_HTTP = """
Object.defineProperty(navigator, 'clipboard', { value: undefined, configurable: true });
"""
"""What a browser gives a page that came over plain http, but from this machine itself."""


def has_focus(page: Page, key: str) -> None:
    ask_until(page, lambda: page.evaluate(FOCUS), lambda now: now == f"st-key-{key}", seconds=20)


def test_back_leaves_the_page_whatever_has_been_moved(page: Page, server: str):
    page.goto(f"{server}/?lang=en")
    settle(page)
    page.get_by_test_id("stSidebar").get_by_role("link", name="Train", exact=True).click()
    expect(status(page)).to_contain_text("Ready")
    settle(page)
    before = page.evaluate("history.length")
    for size in (24, 20, 16):
        page.get_by_role("slider", name="Code size").press("ArrowLeft")
        expect(page).to_have_url(re.compile(f"latent_dim={size}(&|$)|latent_dim="))
        settle(page)
    moved = re.search(r"latent_dim=(\d+)", page.url)
    assert moved
    assert page.evaluate("history.length") == before
    page.go_back()
    expect(page.locator(".st-key-start")).to_be_visible()
    settle(page)
    assert "/train" not in page.url
    page.go_forward()
    expect(status(page)).to_contain_text("Ready")
    expect(page).to_have_url(re.compile(moved[0]))  # what was set is still set


def test_focus_stays_where_the_learner_was(page: Page, server: str):
    open_ready(page, server, NEVER_ENDING)
    page.locator(".st-key-play button:visible").focus()
    page.keyboard.press("Enter")
    has_focus(page, "pause")
    expect(status(page)).to_contain_text("left")
    has_focus(page, "pause")
    page.keyboard.press("Enter")
    expect(status(page)).to_contain_text("Paused")
    has_focus(page, "play")
    page.locator(".st-key-step_batch button:visible").focus()
    for _ in range(3):
        before = status(page).inner_text()
        page.keyboard.press("Enter")
        ask_until(page, lambda: status(page).inner_text(), lambda now, old=before: now != old)
        has_focus(page, "step_batch")
    page.locator(".st-key-stop button:visible").focus()
    page.keyboard.press("Enter")
    expect(status(page)).to_contain_text("Stopped")
    settle(page)
    page.keyboard.press("Enter")  # nothing is pressed by mistake
    settle(page)
    expect(status(page)).to_contain_text("Stopped")
    page.keyboard.press("Tab")
    has_focus(page, "reset")


def test_buttons_and_menus_follow_the_first_batch_at_once(page: Page, server: str):
    open_ready(page, server, NEVER_ENDING)
    expect(page.locator(".st-key-reset button:visible")).to_be_disabled()
    press(page, "play")
    expect(page.locator(".st-key-reset button:visible")).to_be_enabled()
    expect(page.locator(".st-key-my_runs button:visible")).to_contain_text("(1)")
    expect(page.locator(".st-key-_run input")).to_have_value("My Vanilla 32")
    expect(page).to_have_url(re.compile(f"model={run_in_link(page)}"))
    expect(status(page)).to_contain_text("left")  # and it is still under way
    press(page, "stop")


def test_second_viewer_follows_a_run_from_ready_to_its_end(page: Page, open_page, server: str):
    open_ready(page, server, NEVER_ENDING)
    other = open_page(viewport={"width": 1280, "height": 720}, locale="en-US")
    other.goto(page.url)
    expect(status(other)).to_contain_text("Ready")
    settle(other)
    press(page, "play")
    expect(status(other)).to_contain_text(re.compile(r"epoch [1-9]"))
    seen = epoch(other)
    ask_until(other, lambda: epoch(other), lambda now: now > seen)
    press(page, "pause")
    expect(status(other)).to_contain_text("Paused")
    press(page, "play")
    expect(status(other)).to_contain_text("left")
    press(other, "stop")
    expect(status(page)).to_contain_text("Stopped")
    assert run_in_link(page) == run_in_link(other)


@pytest.mark.parametrize("copies", [True, False])
def test_link_can_be_copied_over_plain_http_or_is_offered(open_page, server: str, copies: bool):
    page = open_page(viewport={"width": 1280, "height": 720}, locale="en-US")
    page.add_init_script(PLAIN_HTTP + f"document.execCommand = () => {str(copies).lower()}")
    open_ready(page, server)
    press(page, "copy_link")
    area = page.locator(".st-key-link_to_copy textarea")
    expect(area).to_have_value(re.compile(r"/train\?lang=en"))
    page.get_by_role("button", name="Copy", exact=True).click()
    said = page.locator(".st-key-link_to_copy output")
    expect(said).to_have_text("Copied." if copies else re.compile(r"Ctrl\+C"))
    if not copies:
        selected = area.evaluate("area => area.selectionEnd - area.selectionStart")
        assert selected == len(area.input_value())


def test_focus_in_the_navigation_does_not_look_like_the_current_page(page: Page, server: str):
    page.goto(f"{server}/glossary?lang=en")
    settle(page)
    links = page.locator(".st-key-navigation a")
    style = "a => [getComputedStyle(a).backgroundColor, getComputedStyle(a).outlineStyle]"
    links.nth(2).focus()
    page.keyboard.press("Tab")
    focused = page.locator(".st-key-navigation a:focus-visible")
    expect(focused).to_have_count(1)
    current = page.get_by_test_id("stSidebar").get_by_role("link", name="Glossary")
    looks, of_current = focused.evaluate(style), current.evaluate(style)
    assert looks[1] == "solid"
    assert of_current[1] == "none"
    assert looks[0] != of_current[0]


CHART_INK = "chart => getComputedStyle(chart.querySelector('.xtick text')).fill"


def test_page_that_is_open_follows_light_and_dark(page: Page, server: str):
    page.goto(f"{server}/reconstructions?lang=en")
    settle(page)
    chart = page.locator(".st-key-histogram .lab-live-plot")
    light = chart.evaluate(CHART_INK)
    page.emulate_media(color_scheme="dark")
    dark = ask_until(page, lambda: chart.evaluate(CHART_INK), lambda ink: ink != light)
    page.emulate_media(color_scheme="light")
    ask_until(page, lambda: chart.evaluate(CHART_INK), lambda ink: ink == light)
    page.get_by_test_id("stSidebar").get_by_role("link", name="Features").click()
    settle(page)
    chart = page.locator(".st-key-confusion .lab-live-plot")
    page.emulate_media(color_scheme="dark")
    ask_until(page, lambda: chart.evaluate(CHART_INK), lambda ink: ink == dark)
