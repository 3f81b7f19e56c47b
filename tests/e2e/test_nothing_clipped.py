"""No text is cut, and no word is broken: on any page, in any language, size and theme."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.driver import settle
from ui.frame import PAGES
from ui.language import LANGUAGES

SIZES = ((1440, 900), (1280, 720), (390, 844))

FAULTS = r"""() => {
  const found = new Set();
  const say = (kind, text) => found.add(`${kind}: ${text.trim().replace(/\s+/g, " ").slice(0, 60)}`);
  const within = (root) => [...root.querySelectorAll("*")].flatMap(
    (each) => [each, ...(each.shadowRoot ? within(each.shadowRoot) : [])]);
  const above = (node) => node.parentElement ?? node.getRootNode().host ?? null;
  const range = document.createRange();
  const seen = { checkOpacity: true, checkVisibilityCSS: true };
  // Read aloud only, or meant to be cut: icons are letters of a font, code is as it was typed.
  const meant = (element) => {
    for (let e = element; e; e = above(e)) {
      const box = e.getBoundingClientRect();
      if (e.matches("[data-testid=stHeader], pre, code, .katex, script, style, canvas")) return true;
      if (getComputedStyle(e).fontFamily.includes("Material Symbols")) return true;
      if (e !== document.documentElement && getComputedStyle(e).position !== "static" &&
          (box.width <= 1.5 || box.height <= 1.5)) return true;
    }
    return false;
  };
  const cut = (element, box) => {
    let rolls = false;  // What a learner scrolls down to is not cut by the frame around it.
    for (let e = element; e && e !== document.body; e = above(e)) {
      const style = getComputedStyle(e);
      const own = e.getBoundingClientRect();
      const hides = (way) => ["hidden", "clip"].includes(way);
      // A table may be pushed sideways, but nothing else.
      if (e.querySelector(":scope > table")) return false;
      if (style.overflowX !== "visible" && (box.right > own.right + 1.5 || box.left < own.left - 1.5))
        return true;
      rolls ||= ["auto", "scroll"].includes(style.overflowY);
      if (!rolls && hides(style.overflowY) && own.height > 4 && (box.bottom > own.bottom + 3 || box.top < own.top - 3))
        return true;
    }
    return false;
  };
  for (const element of within(document.body)) {
    if (!element.checkVisibility(seen)) continue;
    if (element.matches("input:not([type=range], [type=checkbox], [type=radio], [type=file])")) {
      if (element.value && element.clientWidth > 8 && element.scrollWidth > element.clientWidth + 1)
        say("value", element.value);
      continue;
    }
    const texts = [...element.childNodes].filter((n) => n.nodeType === 3 && n.data.trim());
    if (!texts.length || meant(element)) continue;
    const svg = element.ownerSVGElement;
    if (svg) {
      const box = element.getBoundingClientRect();
      let outer = svg;
      while (outer.ownerSVGElement) outer = outer.ownerSVGElement;
      const sheet = outer.getBoundingClientRect();
      if (box.width && (box.left < sheet.left - 1.5 || box.right > sheet.right + 1.5 ||
          box.top < sheet.top - 2 || box.bottom > sheet.bottom + 2)) say("drawing", element.textContent);
      continue;
    }
    for (const text of texts) {
      range.selectNodeContents(text);
      if ([...range.getClientRects()].some((box) => box.width && cut(element, box))) say("cut", text.data);
      for (const { 0: word, index } of text.data.matchAll(/[\p{L}\p{N}]+/gu)) {
        range.setStart(text, index);
        range.setEnd(text, index + word.length);
        if (new Set([...range.getClientRects()].map((line) => Math.round(line.top))).size > 1)
          say("broken", word);
      }
    }
  }
  return [...found];
}"""
"""What is cut (by whatever is around it, in a field, in a drawing), and which words are broken."""


def faults(page: Page, where: str) -> list[str]:
    return [f"{where}: {fault}" for fault in page.evaluate(FAULTS)]


@pytest.mark.parametrize("spoken", LANGUAGES)
@pytest.mark.parametrize("key", PAGES)
def test_no_text_is_cut_and_no_word_broken(key, spoken, page, server):
    path = PAGES[key].file.removeprefix("pages/").removesuffix(".py").replace("app", "")
    page.goto(f"{server}/{path}?lang={spoken}")
    expect(page.get_by_test_id("stHeading").first).to_be_visible()
    settle(page)
    found = []
    for theme in ("light", "dark"):
        if theme == "dark":
            page.emulate_media(color_scheme="dark")
            settle(page)
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            page.wait_for_timeout(400)
            found += faults(page, f"{width} {theme}")
    assert found == []


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
