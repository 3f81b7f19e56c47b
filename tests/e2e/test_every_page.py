"""Every page in every language, opened once and looked at in each theme and size: whether everybody
can read it, no text is cut, no word is broken, and a Korean page speaks Korean."""

import pytest
from playwright.sync_api import Page

from tests.e2e.axe import violations_at_rest
from tests.e2e.clipped import FAULTS, faults_at_rest
from tests.e2e.driver import go_to, settle
from tests.e2e.foreign import OPEN_ALL, foreign
from tests.e2e.test_layout import opened, path
from ui.kit.language import LANGUAGES
from ui.kit.page_list import PAGES

THEMES = ("light", "dark")
SIZES = ((1440, 900), (1280, 720), (390, 844))


@pytest.fixture(scope="module", params=LANGUAGES)
def reader(request, browser, server):
    """A page in one language, in which tests follow the links, and that language."""
    with opened(browser, f"{server}/?lang={request.param}") as page:
        yield page, request.param


@pytest.mark.parametrize("key", PAGES)
def test_page_can_be_read_by_everybody_in_every_theme_and_size(key, reader):
    page, spoken = reader
    page.set_viewport_size({"width": SIZES[0][0], "height": SIZES[0][1]})
    go_to(page, path(key))
    found: list[object] = []
    for theme in THEMES:
        page.emulate_media(color_scheme=theme)
        _sized(page, SIZES[0])
        settle(page)
        if spoken == "en":
            found += violations_at_rest(page)
        for size in SIZES if theme == "light" else SIZES[:1]:  # a colour takes no room
            _sized(page, size)
            found += faults_at_rest(page, f"{size[0]} {theme}")
    if spoken == "ko":
        _sized(page, SIZES[0])  # with the sidebar in sight
        page.evaluate(OPEN_ALL)
        settle(page)
        found += foreign(page) + breaks_within_words(page)
    assert found == []


def breaks_within_words(page: Page) -> list[str]:
    """Texts that may break anywhere, as Korean does by itself."""
    texts = page.get_by_test_id("stMain").locator(
        ":is(p, li, td, th, h1, h2, h3):not(canvas *, .unseen)"  # these are only read aloud
    )
    ways = texts.evaluate_all("all => all.map(e => [getComputedStyle(e).wordBreak, e.innerText])")
    assert ways
    return [text for way, text in ways if way != "keep-all" and text.strip()]


def _sized(page: Page, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.wait_for_timeout(400)  # what follows the width draws itself anew


def test_a_cut_text_and_a_broken_word_are_found(page):
    page.set_content(
        '<p style="width:3em;overflow:hidden;white-space:nowrap">A sentence that is far too long</p>'
        '<p style="width:3em;word-break:break-all">unbreakable</p>'
        '<p style="width:3em;overflow-x:auto;white-space:nowrap">Nobody looks for what is there</p>'
        '<table style="width:1em"><td style="word-break:break-all">0.0123</td></table>'
        '<input style="width:2em" value="MNIST 5,000 (bundled)">'
        '<svg width="60" height="30"><text x="20" y="20">reconstruction</text></svg>'
    )
    kinds = sorted(fault.split(":")[0] for fault in page.evaluate(FAULTS))
    assert kinds == ["broken", "broken", "cut", "cut", "drawing", "value"]
