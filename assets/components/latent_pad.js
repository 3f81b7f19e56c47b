// A map of a two-dimensional code: wherever the pointer is, what the decoder draws there.
//
// What is decoded on an even grid comes once, as one picture; between pictures four neighbours are
// blended, of curves and bars the nearest one is shown. So following the pointer needs no server.
// Python hears only of a place that is pinned.
//
// The layers of the plane (decoded samples, points, crosshair) are elements of their own: a move
// changes two CSS variables and paints a single sample, whatever the number of points.

const MOST_TILES = 13; // decoded pictures in a row behind the points: single ones stay readable
const MOST_CURVES = 7; // likewise
const DOT = "●";
const CLICK = 6; // CSS pixels: a finger that moved less has tapped
const PAUSE = 250; // milliseconds after the last arrow key until Python is told of a moved pin
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

const pads = new WeakMap();
// Where the learner was, by Python's key: React mounts the element anew when the page is left, or
// when something appears above it, while Python may still know of the pin.
const memories = (window.labLatentPads ??= new Map());

export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".pad");
  if (!pads.has(root)) pads.set(root, mount(root));
  const pad = pads.get(root);
  pad.update(data, (pin) => setStateValue("pin", pin));
  // A slow browser has Streamlit clean up after a call that a newer one has overtaken, too: only an
  // element that has left the page is done with.
  return () => root.isConnected || pad.remove();
}

function mount(root) {
  const find = (selector) => root.querySelector(selector);
  const plane = find(".plane");
  const digit = find(".digit").getContext("2d");
  let memory; // the place, whether it is pinned, and which layers are shown
  const told = {}; // what Python knows of the pin, so that it hears of nothing twice
  let head = null; // what is on screen, with its picture and points
  let newest = 0; // the number of the last update: an older picture that decodes late is dropped
  let wanted = ""; // the digest of the newest data: most reruns of a page bring the same again
  let drawnOn = ""; // the background that the points' rims are made for
  let send;
  let timer = 0;
  let held = null; // where the pointer went down

  async function update(data, newSend) {
    send = newSend;
    const background = style(plane).backgroundColor;
    if (background !== drawnOn) drawPoints(); // another theme; its colours come with the next rerun
    root.toggleAttribute("data-dark", isDark(background));
    const start = data.indexOf(10) + 1; // one line of JSON, then the rest
    const newHead = JSON.parse(new TextDecoder().decode(data.subarray(0, start)));
    if (newHead.digest === wanted) return;
    wanted = newHead.digest;
    const { file, ...points } = unpack(newHead, data.subarray(start));
    const turn = ++newest;
    root.setAttribute("aria-busy", "true"); // what is on screen is not yet what it is to be
    const sheet = await createImageBitmap(file, { colorSpaceConversion: "none" });
    if (turn !== newest) return sheet.close();
    head?.sheet.close();
    head = { ...newHead, ...points, sheet };
    root.toggleAttribute("data-smooth", !head.blend);
    root.style.setProperty("--aspect", head.width / head.height);
    Object.assign(digit.canvas, { width: head.width, height: head.height });
    memory = memories.get(head.key) ?? { pinned: false, points: true, tiles: true };
    memories.set(head.key, memory);
    write();
    drawTiles();
    drawPoints();
    settle();
    root.removeAttribute("aria-busy");
  }

  // A place that the new map does not have ends the pin; without a place, the middle is one.
  function settle() {
    const [left, right, bottom, top] = head.grid;
    const inside = memory.x >= left && memory.x <= right && memory.y >= bottom && memory.y <= top;
    if (!inside) {
      Object.assign(memory, { x: (left + right) / 2, y: (bottom + top) / 2, pinned: false });
    }
    show();
    tell();
  }

  function write() {
    const { words } = head;
    plane.setAttribute("aria-label", head.alt);
    find(".mouse").textContent = words.hint;
    find(".touch").textContent = words.hint_touch;
    find(".kept").textContent = words.hint_pinned;
    find(".keys").textContent = words.keys;
    find("figcaption").textContent = words.digit;
    find("button").textContent = words.unpin;
    for (const input of root.querySelectorAll("input")) {
      input.nextElementSibling.textContent = words[input.name];
    }
  }

  // What is decoded at a place in units of the sheet's tiles, as large as it comes, at (x, y).
  function paint(context, column, row, x = 0, y = 0) {
    const { width, height } = head;
    if (!head.blend) {
      const [from, down] = [Math.round(column) * width, Math.round(row) * height];
      context.drawImage(head.sheet, from, down, width, height, x, y, width, height);
      return;
    }
    const [i, j] = [column, row].map((place) => Math.min(Math.floor(place), head.side - 2));
    context.globalCompositeOperation = "source-over";
    context.globalAlpha = 1;
    context.fillRect(x, y, width, height);
    context.globalCompositeOperation = "lighter"; // adds
    for (const [di, dj] of [[0, 0], [1, 0], [0, 1], [1, 1]]) {
      const weight = (1 - Math.abs(i + di - column)) * (1 - Math.abs(j + dj - row));
      if (weight === 0) continue;
      context.globalAlpha = weight;
      const from = [(i + di) * width, (j + dj) * height, width, height];
      context.drawImage(head.sheet, ...from, x, y, width, height);
    }
  }

  // Coordinates to tiles: the outermost tiles' centres are the ends of the grid.
  function tileAt({ x, y }) {
    const [left, right, bottom, top] = head.grid;
    const last = head.side - 1;
    return [((x - left) / (right - left)) * last, ((top - y) / (top - bottom)) * last];
  }
  // Tiles to shares of the plane, which shows the outermost tiles whole.
  const shareOf = (tile) => (tile + 0.5) / head.side;

  function drawTiles() {
    const most = head.blend ? MOST_TILES : MOST_CURVES;
    const count = Math.round(head.side / Math.ceil(head.side / most));
    const cell = Math.max(head.width, head.height); // a square, as its part of the plane is
    const [right, down] = [(cell - head.width) >> 1, (cell - head.height) >> 1];
    const canvas = find(".tiles");
    canvas.width = canvas.height = count * cell;
    const context = canvas.getContext("2d");
    const middle = (index) => clamp(((index + 0.5) / count) * head.side - 0.5, 0, head.side - 1);
    for (let i = 0; i < count; i++) {
      for (let j = 0; j < count; j++) {
        paint(context, middle(i), middle(j), i * cell + right, j * cell + down);
      }
    }
  }

  function drawPoints() {
    const size = plane.clientWidth;
    if (!head || size === 0) return;
    drawAxes(size);
    drawnOn = style(plane).backgroundColor;
    const canvas = find(".points");
    const scale = window.devicePixelRatio;
    canvas.width = canvas.height = Math.round(size * scale);
    canvas.style.width = canvas.style.height = `${canvas.width / scale}px`; // pixel for pixel
    const context = canvas.getContext("2d");
    const letter = clamp(size / 40, 9, 13) * scale * (head.labelled ? 1 : 0.7);
    Object.assign(context, {
      font: `600 ${letter}px ${style(root).fontFamily}`,
      textAlign: "center",
      textBaseline: "middle",
      lineJoin: "round",
      lineWidth: letter / 5,
      strokeStyle: drawnOn,
    });
    for (let index = 0; index < head.count; index++) {
      const label = head.labelled ? head.labels[index] : DOT;
      const [x, y] = head.coordinates.subarray(2 * index, 2 * index + 2);
      const [u, v] = tileAt({ x, y }).map((tile) => shareOf(tile) * canvas.width);
      context.fillStyle = head.colours[head.labelled ? label : 0];
      context.strokeText(label, u, v); // a rim, so that one digit is told from the next
      context.fillText(label, u, v);
    }
  }

  function drawAxes(size) {
    const [left, right, bottom, top] = head.grid;
    const count = Math.max(4, size / 50);
    const lines = [];
    for (const [name, low, high] of [["z1", left, right], ["z2", bottom, top]]) {
      const spans = niceTicks(low, high, count).map((value) => {
        const [column, row] = tileAt({ x: value, y: value });
        const at = shareOf(name === "z1" ? column : row);
        lines.push(make("i", name, at));
        return Object.assign(make("span", "", at), { textContent: text(value) });
      });
      find(`.ticks.${name}`).replaceChildren(...spans);
    }
    find(".lines").replaceChildren(...lines);
  }

  function show() {
    for (const layer of ["points", "tiles"]) {
      find(`.${layer}`).hidden = !memory[layer];
      find(`[name=${layer}]`).checked = memory[layer];
      root.toggleAttribute(`data-${layer}`, memory[layer]);
    }
    root.toggleAttribute("data-pinned", memory.pinned);
    const tile = tileAt(memory);
    paint(digit, ...tile);
    plane.style.setProperty("--u", shareOf(tile[0]));
    plane.style.setProperty("--v", shareOf(tile[1]));
    const { x, y } = words();
    find("dd.z1").textContent = x;
    find("dd.z2").textContent = y;
  }

  // The coordinates as text, with as many decimals as a step on the map needs.
  function words() {
    const [left, right, bottom, top] = head.grid;
    const decimals = (range) => clamp(Math.ceil(2 - Math.log10(range / 6)), 0, 6);
    return {
      x: text(memory.x.toFixed(decimals(right - left))),
      y: text(memory.y.toFixed(decimals(top - bottom))),
    };
  }

  function moveTo(x, y) {
    const [left, right, bottom, top] = head.grid;
    memory.x = clamp(x, left, right);
    memory.y = clamp(y, bottom, top);
    show();
  }

  function moveToPointer(event) {
    const box = plane.getBoundingClientRect();
    const [left, right, bottom, top] = head.grid;
    const share = (pixels, size) => ((pixels / size) * head.side - 0.5) / (head.side - 1);
    moveTo(
      left + (right - left) * share(event.clientX - box.left, box.width),
      top - (top - bottom) * share(event.clientY - box.top, box.height),
    );
  }

  function setPinned(pinned) {
    memory.pinned = pinned;
    show();
    tell();
  }

  function tell() {
    clearTimeout(timer);
    const { x, y, pinned } = memory;
    if (pinned === !!told.pinned && (!pinned || (x === told.x && y === told.y))) return;
    Object.assign(told, { x, y, pinned });
    const sentence = pinned ? head.words.pinned : head.words.unpinned;
    const at = words();
    find(".said").textContent = sentence.replace("{x}", at.x).replace("{y}", at.y);
    send(pinned ? { x, y } : null);
  }

  // The element may outlive this mount and get another: its listeners must not.
  const listening = new AbortController();
  const on = (target, event, listener) =>
    target.addEventListener(event, listener, { signal: listening.signal });
  on(plane, "pointerdown", (event) => {
    if (!head || event.button !== 0 || held) return;
    plane.setPointerCapture(event.pointerId); // a drag may leave the plane
    held = { id: event.pointerId, x: event.clientX, y: event.clientY, dragged: false };
  });
  on(plane, "pointermove", (event) => {
    if (!head || (held && held.id !== event.pointerId)) return; // a second finger
    if (held && !held.dragged) {
      held.dragged = Math.hypot(event.clientX - held.x, event.clientY - held.y) > CLICK;
    }
    if (held ? held.dragged : !memory.pinned) moveToPointer(event);
  });
  on(plane, "pointerup", (event) => {
    if (held?.id !== event.pointerId) return;
    const { dragged } = held;
    held = null;
    moveToPointer(event);
    // A finger has no other way to look around: its drag leaves the place unpinned, as it was.
    if (!dragged || event.pointerType === "mouse") setPinned(true);
    else tell();
  });
  on(plane, "pointercancel", () => (held = null));
  on(root, "keydown", (event) => {
    if (!head || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "Escape" && memory.pinned) setPinned(false);
    else if (event.target !== plane) return;
    else if (event.key === "Enter") setPinned(true);
    else if (event.key in ARROWS) step(...ARROWS[event.key].map((n) => n * (event.shiftKey ? 5 : 1)));
    else return;
    event.preventDefault(); // the page must not scroll
  });
  function step(right, up) {
    const [x0, x1, y0, y1] = head.grid;
    const last = head.side - 1;
    moveTo(memory.x + (right * (x1 - x0)) / last, memory.y + (up * (y1 - y0)) / last);
    clearTimeout(timer);
    timer = setTimeout(tell, PAUSE);
  }
  on(find("button"), "click", () => {
    plane.focus({ preventScroll: true }); // the button goes
    setPinned(false);
  });
  for (const input of root.querySelectorAll("input")) {
    on(input, "change", () => {
      memory[input.name] = input.checked;
      show();
    });
  }

  const resized = new ResizeObserver(drawPoints);
  resized.observe(plane);
  on(window, "resize", drawPoints); // the browser's zoom changes the device's pixels

  return {
    update,
    remove() {
      newest = -1;
      clearTimeout(timer);
      resized.disconnect();
      listening.abort();
      pads.delete(root);
      head?.sheet.close();
      head = null;
    },
  };
}

// The PNG of the decoded digits, then the points' coordinates, then their labels.
function unpack({ size, count }, bytes) {
  const end = size + 8 * count;
  return {
    file: new Blob([bytes.subarray(0, size)], { type: "image/png" }),
    coordinates: new Float32Array(bytes.slice(size, end).buffer), // a copy is aligned
    labels: bytes.slice(end),
  };
}

// Multiples of 1, 2 or 5 times a power of ten, at most about `count` of them.
function niceTicks(low, high, count) {
  const raw = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= raw * 0.9);
  const ticks = [];
  for (let n = Math.ceil(low / step - 1e-6); n * step <= high + step * 1e-6; n++) {
    ticks.push(Number((n * step).toPrecision(6)));
  }
  return ticks;
}

const style = (element) => getComputedStyle(element);
const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
const text = (number) => String(number).replace(/^-(?=.*[1-9])/, "−").replace(/^-/, "");

function make(tag, className, at) {
  const element = Object.assign(document.createElement(tag), { className });
  element.style.setProperty("--at", at);
  return element;
}

// Whether the page's background is dark: Python's colours come with the theme, ours must too.
function isDark(background) {
  const [red, green, blue] = background.match(/[\d.]+/g).map(Number);
  return red + green + blue < 384;
}
