// Streamlit's own words, which it has in English only, in the learner's language: names that are read
// out, hints in empty fields, menus, messages. Only a text that is one of those given, as a whole.

const ATTRIBUTES = ["aria-label", "placeholder", "title", "alt"];
const LONGEST = 200;

export default function ({ data: json }) {
  const pairs = JSON.parse(new TextDecoder().decode(json));
  window.labPlatformWords ??= watch();
  window.labPlatformWords(pairs);
}

function watch() {
  const originals = new WeakMap(); // element or text -> {place: what Streamlit wrote}
  let known = "";
  let translate = () => null;

  function one(node, place, now, set) {
    const kept = originals.get(node) ?? {};
    const english = kept[place]?.shown === now ? kept[place].english : now;
    const shown = translate(english) ?? english;
    if (shown === now) return;
    originals.set(node, { ...kept, [place]: { english, shown } });
    set(shown);
  }
  const attributes = (element) => {
    for (const name of ATTRIBUTES) {
      const now = element.getAttribute(name);
      if (now) one(element, name, now, (text) => element.setAttribute(name, text));
    }
  };
  const text = (node) => {
    const parent = node.parentElement;
    if (!parent || parent.closest("code, pre, script, style, [lang]:not(html)")) return;
    one(node, "text", node.data, (said) => (node.data = said));
  };
  function all(root) {
    if (root.nodeType === Node.TEXT_NODE) return text(root);
    if (root.nodeType !== Node.ELEMENT_NODE) return;
    attributes(root);
    const walk = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
      if (walk.currentNode.nodeType === Node.TEXT_NODE) text(walk.currentNode);
      else attributes(walk.currentNode);
    }
  }
  new MutationObserver((changes) => {
    for (const change of changes) {
      if (change.type === "attributes") attributes(change.target);
      else if (change.type === "characterData") text(change.target);
      else change.addedNodes.forEach(all);
    }
  }).observe(document.body, {
    subtree: true,
    childList: true,
    characterData: true,
    attributes: true,
    attributeFilter: ATTRIBUTES,
  });

  return (pairs) => {
    if (JSON.stringify(pairs) === known) return;
    known = JSON.stringify(pairs);
    translate = translator(pairs);
    all(document.body); // also back, when the learner goes over to English
  };
}

function translator(pairs) {
  const whole = new Map(pairs.filter(([english]) => !english.includes("{")));
  const patterns = pairs
    .filter(([english]) => english.includes("{"))
    .map(([english, said]) => [new RegExp(`^${escaped(english)}$`, "s"), said]);
  return (english) => {
    if (english.length > LONGEST || !/[A-Za-z]/.test(english)) return null;
    const exact = whole.get(english.trim());
    if (exact !== undefined) return exact;
    for (const [pattern, said] of patterns) {
      const found = pattern.exec(english);
      if (found) return said.replace(/\{(\w+)\}/g, (_, name) => found.groups[name]);
    }
    return null;
  };
}

const escaped = (text) =>
  text
    .replace(/[.*+?^$()|[\]\\]/g, "\\$&")
    .replace(/\{(\w+)\}/g, (_, name) => `(?<${name}>.+)`);
