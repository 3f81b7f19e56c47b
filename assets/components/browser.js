// What the lab asks of the browser itself: the language of the document, a sentence for those who
// listen, and what it keeps of a learner between visits, in the browser's own storage.
//
// Python knows nothing of what is kept until this function tells it, once per session and only if
// there is something. What changes is merged into what is there, as another tab may have written
// meanwhile: of the challenges the union, of each choice the newest, of the runs all.

const KEY = "autoencoder-lab";
const VERSION = 1;
const MOST_CHARACTERS = 20000;
const MOST_DONE = 200;
const MOST_RUNS = 40;

// What this tab remembers, as Streamlit mounts the element anew with each page.
const tab = (window.labBrowser ??= begin());

function begin() {
  // Another tab was told to forget: what this one knows already is not written again.
  window.addEventListener("storage", (event) => {
    if (event.key === KEY && event.newValue === null) letGo();
  });
  return { told: "", forgot: "", said: "", texts: {}, news: {}, gone: new Set(), goneAt: 0 };
}

export default function ({ data, parentElement, setStateValue }) {
  takeNoRoom(parentElement);
  const wish = JSON.parse(new TextDecoder().decode(data));
  if (wish.lang) document.documentElement.lang = wish.lang;
  if (wish.say !== undefined) say(wish.say);
  if (wish.ask && tab.told !== wish.session) {
    tab.told = wish.session;
    const text = raw();
    if (text) setStateValue("stored", { session: wish.session, text });
  }
  if (wish.forget && tab.forgot !== wish.forget) {
    tab.forgot = wish.forget;
    tab.news[wish.part] = wish.keep;
    tab.texts[wish.part] = JSON.stringify(wish.keep);
    letGo();
    attempt((storage) => storage.removeItem(KEY));
  }
  keep(wish.part, wish.keep);
}

// ---- what is kept

// A browser may forbid it, be full, or hold what somebody else has written: then nothing is kept.
function attempt(act) {
  try {
    return act(window.localStorage);
  } catch {
    return null;
  }
}

// As it is, and not longer than Python reads.
function raw() {
  return attempt((storage) => storage.getItem(KEY)?.slice(0, MOST_CHARACTERS + 1)) ?? "";
}

function read() {
  const found = attempt(() => JSON.parse(raw()));
  const fits = found?.version === VERSION && isPlain(found.done) && isPlain(found.choices);
  return fits && Array.isArray(found.runs)
    ? found
    : { version: VERSION, done: {}, choices: {}, runs: [] };
}

function keep(part, news) {
  const text = JSON.stringify(news);
  if (text === tab.texts[part]) return;
  tab.texts[part] = text;
  tab.news[part] = news;
  const kept = read();
  const before = JSON.stringify(kept);
  const done = Object.entries(news.done ?? {}).filter(([key]) => !tab.gone.has(key));
  kept.done = Object.fromEntries([...Object.entries(kept.done), ...done].slice(-MOST_DONE));
  for (const [name, [value, at]] of Object.entries(news.choices ?? {})) {
    if (at > tab.goneAt && at > (kept.choices[name]?.[1] ?? 0)) kept.choices[name] = [value, at];
  }
  const runs = (news.runs ?? []).filter((run) => !tab.gone.has(run));
  kept.runs = [...new Set([...runs, ...kept.runs])].slice(0, MOST_RUNS);
  const after = JSON.stringify(kept);
  if (after === before || after.length > MOST_CHARACTERS) return;
  attempt((storage) => storage.setItem(KEY, after));
}

function letGo() {
  for (const { done, choices, runs } of Object.values(tab.news)) {
    for (const name of [...Object.keys(done ?? {}), ...(runs ?? [])]) tab.gone.add(name);
    const times = Object.values(choices ?? {}).map(([, at]) => at);
    tab.goneAt = Math.max(tab.goneAt, ...times);
  }
}

const isPlain = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

// ---- what is said

// A live region tells of what changes in it: so it is there before the first sentence is.
function say({ id, text }) {
  let region = document.getElementById("lab-said");
  if (!region) {
    region = Object.assign(document.createElement("div"), { id: "lab-said", role: "status" });
    region.setAttribute("aria-live", "polite");
    region.style.cssText =
      "position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap";
    document.body.append(region);
  }
  if (!id || tab.said === id) return;
  tab.said = id;
  setTimeout(() => (region.textContent = text), 100);
}

// An empty element still costs the page one gap: take it out of the flow. Found by layout, not by
// Streamlit's class names, which change.
function takeNoRoom(element) {
  let node = element.host ?? element;
  while (node.parentElement && !getComputedStyle(node.parentElement).display.includes("flex")) {
    node = node.parentElement;
  }
  node.style.position = "absolute";
}
