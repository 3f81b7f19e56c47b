"""Whether everybody can read it: what axe-core finds on each page, in both themes (WCAG 2.2, levels
A and AA), and where lines of Korean end."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.e2e.driver import settle
from ui.frame import PAGES

OPTIONS = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    "resultTypes": ["violations"],  # of what is right, no list
}

TRIES = 15

STREAMLITS_OWN: dict[str, str] = {}
"""Rule -> part of the element that Streamlit draws so, and that a page cannot change."""

BROKEN_WORDS = """cells => {
  const broken = [], range = document.createRange();
  for (const cell of cells) {
    const texts = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      for (const { 0: word, index } of texts.currentNode.data.matchAll(/[\\p{L}\\p{N}.,'%]+/gu)) {
        range.setStart(texts.currentNode, index);
        range.setEnd(texts.currentNode, index + word.length);
        if (new Set([...range.getClientRects()].map((line) => line.top)).size > 1) broken.push(word);
      }
    }
  }
  return broken;
}"""
"""The words of these cells that stand on more than one line."""


def violations(page: Page) -> list[str]:
    found = Axe().run(page, options=OPTIONS).response["violations"]
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


def open_whole(page: Page, open_it: Callable[[], object]) -> None:
    """Until the page has been drawn, without an error."""
    open_it()
    expect(page.get_by_test_id("stHeading").first).to_be_visible()
    settle(page)
    expect(page.get_by_test_id("stException")).to_have_count(0)


@pytest.mark.parametrize("key", PAGES)
def test_page_has_no_violation_in_either_theme(key, page, server):
    path = PAGES[key].file.removeprefix("pages/").removesuffix(".py").replace("app", "")
    open_whole(page, lambda: page.goto(f"{server}/{path}?lang=en"))
    assert violations_at_rest(page) == []
    page.emulate_media(color_scheme="dark")
    open_whole(page, page.reload)
    assert violations_at_rest(page) == []


def test_korean_breaks_between_words(page, server):
    page.set_viewport_size({"width": 390, "height": 844})
    for path in ("teach", "features", "variants"):
        open_whole(page, lambda path=path: page.goto(f"{server}/{path}?lang=ko"))
        texts = page.get_by_test_id("stMain").locator(
            ":is(p, li, td, th, h1, h2, h3):not(canvas *)"  # in a canvas: only read aloud
        )
        breaks = texts.evaluate_all("all => all.map(e => getComputedStyle(e).wordBreak)")
        assert breaks
        assert set(breaks) == {"keep-all"}


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("path", ["pretraining?", "sparsity?part=methods", "features?", "compare?"])
def test_no_word_or_number_of_a_table_is_broken_on_a_phone(page, server, path, language):
    page.set_viewport_size({"width": 390, "height": 844})
    open_whole(page, lambda: page.goto(f"{server}/{path}&lang={language}"))
    cells = page.get_by_test_id("stMain").locator("td, th")
    cells.first.wait_for()
    assert cells.evaluate_all(BROKEN_WORDS) == []
