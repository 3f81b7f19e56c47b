// A slider over the stored snapshots of a run. Its right end means "follow the newest one".
//
// The browser owns the choice: while it follows, a longer list of epochs moves nothing but the
// numbers, and Python hears only of what the learner does: in a drag at most 8 times a second, and
// not before the last message was answered, so that a slow page lags behind by one step, not by ten.

const PAUSE = 125; // milliseconds between two messages of one drag
const PATIENCE = 1000; // after which a message counts as lost

const scrubbers = new WeakMap();

export default function ({ data: json, parentElement, setStateValue }) {
  const data = JSON.parse(new TextDecoder().decode(json));
  const root = parentElement.querySelector(".scrubber");
  if (!scrubbers.has(root)) scrubbers.set(root, mount(root, data.chosen));
  const scrubber = scrubbers.get(root);
  scrubber.update(data, (epoch) => setStateValue("epoch", epoch));
  // A slow browser has Streamlit clean up after a call that a newer one has overtaken, too: only an
  // element that has left the page is done with.
  return () => root.isConnected || scrubber.remove();
}

function mount(root, chosen) {
  const input = root.querySelector("input");
  const button = root.querySelector("button");
  const output = root.querySelector("output");
  let data; // what the slider shows
  let waiting = null; // an update that came during a drag: it would move the scale under the thumb
  let dragging = false;
  let send; // tells Python
  let told = chosen; // what Python was told,
  let toldAt = 0; // when,
  let answered = true; // and whether it has drawn the page with that
  let timer = 0;

  const tell = () => {
    clearTimeout(timer);
    timer = 0;
    if (chosen === told) return;
    told = chosen;
    toldAt = performance.now();
    answered = false;
    send(chosen);
  };
  const tellSoon = () => {
    if (timer) return;
    if (answered || performance.now() - toldAt > PATIENCE) tell(); // the first move at once
    timer = setTimeout(() => {
      timer = 0;
      if (chosen !== told) tellSoon();
    }, PAUSE);
  };

  function show() {
    const { epochs, labels } = data;
    const last = epochs.length - 1;
    if (chosen !== null && !epochs.includes(chosen)) chosen = null; // a new run has begun
    const index = chosen === null ? last : epochs.indexOf(chosen);
    input.max = Math.max(last, 1); // with a single epoch the thumb stands at the right end, too
    input.value = last < 1 ? 1 : index;
    input.disabled = last < 1;
    input.style.setProperty("--done", `${last < 1 ? 100 : (100 * index) / last}%`);
    const words = epochs.length
      ? labels.value.replace("{epoch}", epochs[index]).replace("{last}", epochs[last])
      : labels.empty ?? "";
    output.textContent = words;
    input.setAttribute("aria-valuetext", chosen === null ? `${words}, ${name()}` : words);
    root.querySelector("label").textContent = labels.label;
    button.querySelector(".text").textContent = name();
    button.setAttribute("aria-pressed", chosen === null);
  }
  const name = () => (data.live ? data.labels.live : data.labels.latest);

  const choose = (epoch) => {
    chosen = epoch;
    show();
  };
  const release = () => {
    dragging = false;
    if (waiting) data = waiting;
    waiting = null;
    if (data) show();
  };

  // The element may outlive this mount and get another: its listeners must not.
  const listening = new AbortController();
  const on = (target, event, listener) =>
    target.addEventListener(event, listener, { signal: listening.signal });
  on(input, "pointerdown", () => (dragging = true));
  on(window, "pointerup", release);
  on(window, "pointercancel", release);
  on(input, "input", () => {
    const index = Number(input.value);
    choose(index >= data.epochs.length - 1 ? null : data.epochs[index]);
    tellSoon();
  });
  on(button, "click", () => {
    choose(null);
    tell();
  });

  return {
    update(newData, newSend) {
      send = newSend;
      if (newData.chosen === told) answered = true;
      if (dragging) waiting = newData;
      else {
        data = newData;
        show();
        if (chosen !== told) tell(); // the chosen epoch is gone: Python must not come back to it
      }
    },
    remove() {
      clearTimeout(timer);
      listening.abort();
      scrubbers.delete(root);
    },
  };
}
