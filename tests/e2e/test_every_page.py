"""Every page in every language, opened once and looked at in each theme and size: whether everybody
can read it, no text is cut, no word is broken, and a Korean page speaks Korean."""

import pytest
from playwright.sync_api import Page

from tests.e2e.axe import violations_at_rest
from tests.e2e.clipped import FAULTS, faults_at_rest
from tests.e2e.driver import settle
from tests.e2e.foreign import OPEN_ALL, foreign
from tests.e2e.test_layout import open_whole, path
from ui.kit.language import LANGUAGES
from ui.kit.page_list import PAGES

THEMES = ("light", "dark")
SIZES = ((1440, 900), (1280, 720), (390, 844))


@pytest.mark.parametrize("spoken", LANGUAGES)
@pytest.mark.parametrize("key", PAGES)
def test_page_can_be_read_by_everybody_in_every_theme_and_size(key, spoken, page, server):
    open_whole(page, f"{server}/{path(key)}?lang={spoken}")
    found: list[object] = []
    for theme in THEMES:
        page.emulate_media(color_scheme=theme)
        _sized(page, SIZES[0])
        settle(page)
        if spoken == "en":
            found += violations_at_rest(page)
        for size in SIZES:
            _sized(page, size)
            found += faults_at_rest(page, f"{size[0]} {theme}")
    if spoken == "ko":
        _sized(page, SIZES[0])  # with the sidebar in sight
        page.evaluate(OPEN_ALL)
        settle(page)
        found += foreign(page)
    assert found == []


def _sized(page: Page, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.wait_for_timeout(400)  # what follows the width draws itself anew


def test_a_cut_text_and_a_broken_word_are_found(page):
    page.set_content(
        '<p style="width:3em;overflow:hidden;white-space:nowrap">A sentence that is far too long</p>'
        '<p style="width:3em;word-break:break-all">unbreakable</p>'
        '<p style="width:3em;overflow-x:auto;white-space:nowrap">Nobody looks for what is there</p>'
        '<input style="width:2em" value="MNIST 5,000 (bundled)">'
        '<svg width="60" height="30"><text x="20" y="20">reconstruction</text></svg>'
    )
    kinds = sorted(fault.split(":")[0] for fault in page.evaluate(FAULTS))
    assert kinds == ["broken", "cut", "cut", "drawing", "value"]
