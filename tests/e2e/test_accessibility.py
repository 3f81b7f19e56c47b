"""What axe-core finds on each page, in both themes: WCAG 2.2, levels A and AA."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from ui.frame import PAGES

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

TRIES = 5

STREAMLITS_OWN: dict[str, str] = {}
"""Rule -> part of the element that Streamlit draws so, and that a page cannot change."""


def violations(page: Page) -> list[str]:
    found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    return [
        f"{rule['id']}: {node['html'][:200]} {node['target']}"
        for rule in found
        for node in rule["nodes"]
        if STREAMLITS_OWN.get(rule["id"], "no such element") not in node["html"]
    ]


def violations_at_rest(page: Page) -> list[str]:
    """What remains once every component has drawn itself."""
    found = violations(page)
    for _ in range(TRIES - 1):
        if not found:
            break
        page.wait_for_timeout(1000)
        found = violations(page)
    return found


def settle(page: Page) -> None:
    """Until the script has run and the charts have been drawn."""
    expect(page.get_by_test_id("stHeading").first).to_be_visible()
    expect(page.get_by_test_id("stException")).to_have_count(0)
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0, timeout=30_000)
    expect(page.get_by_test_id("stSpinner")).to_have_count(0, timeout=30_000)
    page.wait_for_timeout(500)


@pytest.mark.parametrize("key", PAGES)
def test_page_has_no_violation_in_either_theme(key, page, server):
    path = PAGES[key].file.removeprefix("pages/").removesuffix(".py").replace("app", "")
    page.goto(f"{server}/{path}?lang=en")
    settle(page)
    assert violations_at_rest(page) == []
    page.emulate_media(color_scheme="dark")
    page.reload()
    settle(page)
    assert violations_at_rest(page) == []
