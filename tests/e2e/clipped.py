"""Texts that are cut and words that are broken, found in a page as it is drawn."""

from playwright.sync_api import Page

from tests.e2e.driver import what_remains

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
      const words = element.closest("td, th") ? /[\p{L}\p{N}.,'%]+/gu : /[\p{L}\p{N}]+/gu;
      for (const { 0: word, index } of text.data.matchAll(words)) {
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


def faults_at_rest(page: Page, where: str) -> list[str]:
    """What remains once every part has drawn itself in its new width."""
    found = what_remains(page, lambda: page.evaluate(FAULTS), pause=400)
    return [f"{where}: {fault}" for fault in found]
