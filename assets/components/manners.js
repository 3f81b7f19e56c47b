// What people expect of a page, and an app that draws itself again and again does not give by itself:
// Back leaves the page instead of undoing the address of a slider's last move, the focus stays where
// it was when its button is replaced by another, text can be copied over plain http as well, on a
// phone the sidebar, which covers the page there, closes when one of its links has been followed, and
// when light and dark change while a page is open, its charts change with them.

export default function ({ parentElement, setTriggerValue }) {
  const host = parentElement.host ?? parentElement;
  host.closest(".st-key-manners")?.style.setProperty("position", "absolute"); // takes no room
  const isFirst = !window.labManners; // this function runs again on every rerun of the script
  window.labManners = { tellOfTheme: (scheme) => setTriggerValue("theme", scheme) };
  if (!isFirst) return;
  replaceOwnAddress();
  keepFocus();
  copyWithoutClipboard();
  closeSidebar();
  followTheme();
}

// The server draws the charts' colours, and nobody tells it: neither Streamlit's menu nor a computer
// that turns dark in the evening.
function followTheme() {
  const app = document.querySelector("[data-testid=stApp]");
  const current = () => getComputedStyle(app).colorScheme;
  let scheme = current();
  new MutationObserver(() => {
    if (scheme === current()) return;
    scheme = current();
    window.labManners.tellOfTheme(scheme);
  }).observe(app, { attributes: true, attributeFilter: ["class"] });
}

const NARROW = matchMedia("(max-width: 768px)"); // where Streamlit lays the sidebar over the page

// Streamlit's own list of pages does so; links that a page draws do not.
function closeSidebar() {
  document.addEventListener("click", ({ target }) => {
    const link = target.closest?.("[data-testid=stSidebar] a[data-testid=stPageLink-NavLink]");
    if (!link || !NARROW.matches) return;
    document.querySelector("[data-testid=stSidebarCollapseButton] button")?.click();
  });
}

// Streamlit adds a step to the history for each change of the query: three moves of a slider would
// take three steps back to leave the page, and each would seem to do nothing.
function replaceOwnAddress() {
  const push = history.pushState;
  history.pushState = function (data, title, url) {
    const next = new URL(url ?? "", document.baseURI);
    const stays = next.pathname === location.pathname && next.hash === location.hash;
    return (stays ? history.replaceState : push).call(history, data, title, url);
  };
}

const NAMED = '[class*="st-key-"]';
const FOCUSABLE =
  "button:not(:disabled), a[href], input:not(:disabled), select:not(:disabled), textarea:not(:disabled)";

const SEEN = { checkVisibilityCSS: true, checkOpacity: true };

// When what has the focus is taken away, what takes its place gets it: Pause that of Play, the next
// row's Delete that of a deleted one. What is only disabled leaves it to what surrounds it, where
// nothing can be pressed by mistake, and gets it back once it is enabled again.
function keepFocus() {
  let last = null; // what the learner focused, and where it stands
  let away = null; // the same while it is disabled

  document.addEventListener("focusin", ({ target }) => {
    if (away?.lent === target) return;
    last = { element: target, places: placesOf(target), key: keyOf(target) };
    away = null;
  });
  document.addEventListener("focusout", ({ target }) => {
    // Later: a browser may tell it of an element that it is about to take away.
    setTimeout(() => {
      const left = target.isConnected && !target.disabled && document.activeElement === document.body;
      if (left && document.hasFocus() && last?.element === target) last = null;
    });
  });
  new MutationObserver(() => {
    if (away) bringBack();
    if (last && isLost(last.element)) last.element.isConnected ? lend() : passOn();
  }).observe(document.body, {
    subtree: true,
    childList: true,
    attributes: true,
    attributeFilter: ["disabled"],
  });

  function isLost(element) {
    const active = document.activeElement;
    if (active !== document.body && active !== element && active !== null) return false;
    return !element.isConnected || element.disabled;
  }

  function lend() {
    const around = last.element.closest(NAMED);
    if (!around) return;
    around.tabIndex = -1;
    around.style.outline = "none";
    away = { key: last.key, lent: around };
    around.focus({ preventScroll: true });
  }

  function bringBack() {
    if (document.activeElement !== away.lent && document.activeElement !== document.body) {
      away = null;
      return;
    }
    const home = away.key && document.querySelector(`.${CSS.escape(away.key)}`);
    const enabled = home && within(home);
    if (enabled) focus(enabled);
  }

  function passOn() {
    const { key, places } = last;
    const same = key && document.querySelector(`.${CSS.escape(key)}`);
    const found = (same && within(same)) || neighbour(places);
    if (found) focus(found);
  }

  function focus(element) {
    away = null;
    element.focus({ preventScroll: true });
  }
}

// The blocks around an element, innermost first, each with its child in which the element stands.
function placesOf(element) {
  const places = [];
  for (let node = element; node?.parentElement; node = node.parentElement) {
    const block = node.parentElement;
    if (block.matches("[data-testid=stHorizontalBlock], [data-testid=stVerticalBlock]")) {
      places.push({ block, index: [...block.children].indexOf(node) });
    }
  }
  return places;
}

function keyOf(element) {
  const named = element.closest(NAMED);
  return named && [...named.classList].find((name) => name.startsWith("st-key-"));
}

function within(node) {
  // Streamlit draws some buttons twice, once out of sight to know how much room they need.
  return [...node.querySelectorAll(FOCUSABLE)].find((each) => each.checkVisibility?.(SEEN) ?? true);
}

// What stands now where the element stood, or next to it, in the nearest block that is still there.
function neighbour(places) {
  const place = places.find(({ block }) => block.isConnected);
  if (!place) return null;
  const children = [...place.block.children];
  const at = Math.min(place.index, children.length - 1);
  return children[at] && (within(children[at]) ?? (at && within(children[at - 1])));
}

// Over plain http a browser gives pages no clipboard; Streamlit's own buttons then do nothing.
function copyWithoutClipboard() {
  if (navigator.clipboard) return;
  const writeText = (text) => {
    const before = document.activeElement;
    const area = document.createElement("textarea");
    area.value = text;
    area.style.cssText = "position: fixed; opacity: 0";
    (before?.closest("[role=dialog]") ?? document.body).append(area);
    area.select();
    const copied = document.execCommand("copy");
    area.remove();
    before?.focus({ preventScroll: true });
    return copied ? Promise.resolve() : Promise.reject(new Error("the browser does not copy"));
  };
  Object.defineProperty(navigator, "clipboard", { value: { writeText }, configurable: true });
}
