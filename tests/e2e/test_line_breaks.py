"""Where lines and words break on a phone."""

import pytest

from tests.e2e.test_layout import open_whole

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


def test_korean_breaks_between_words(page, server):
    page.set_viewport_size({"width": 390, "height": 844})
    for path in ("teach", "features", "variants"):
        open_whole(page, f"{server}/{path}?lang=ko")
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
    open_whole(page, f"{server}/{path}&lang={language}")
    cells = page.get_by_test_id("stMain").locator("td, th")
    cells.first.wait_for()
    assert cells.evaluate_all(BROKEN_WORDS) == []
