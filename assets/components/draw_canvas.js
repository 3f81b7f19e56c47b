// A sheet to draw a digit on, white on black, with mouse, finger, pen or keys.
//
// The greys are computed here and only shown on the canvas: browsers that guard against
// fingerprinting hand out falsified pixels when a canvas is read. The browser owns the drawing;
// Python hears of it when a stroke has ended, and hands it back to a sheet that is mounted anew.

const SIDE = 280;
const RADIUS = SIDE / 28; // the brush is two pixels of MNIST wide
const STEP = SIDE / 28; // of the arrow keys; with Shift a fifth
const MOST_UNDO = 100;

const sheets = new WeakMap();

export default function ({ data: json, parentElement, setStateValue }) {
  const data = JSON.parse(new TextDecoder().decode(json));
  const root = parentElement.querySelector(".draw");
  if (!sheets.has(root)) sheets.set(root, mount(root, data.picture));
  const sheet = sheets.get(root);
  sheet.update(data.words, (picture) => setStateValue("picture", picture));
  // A slow browser has Streamlit clean up after a call that a newer one has overtaken, too: only an
  // element that has left the page is done with.
  return () => root.isConnected || sheet.remove();
}

function mount(root, picture) {
  const canvas = root.querySelector("canvas");
  const undoButton = root.querySelector(".undo");
  const clearButton = root.querySelector(".clear");
  const context = canvas.getContext("2d");
  let grey = unpack(picture) ?? blank();
  let before = []; // what undo brings back: the greys before each stroke and each clearing
  let at = { x: SIDE / 2, y: SIDE / 2 }; // the end of the stroke, and the cursor of the keys
  let pointer = null; // the one that draws: a second finger or a resting palm does not
  let penDown = false; // with the keys
  let told = picture ?? null; // what Python knows
  let words;
  let send;

  const tell = () => {
    const packed = pack(grey);
    if (packed !== told) send((told = packed));
  };

  function show() {
    context.putImageData(coloured(grey), 0, 0);
    ready();
  }
  function ready() {
    undoButton.setAttribute("aria-disabled", before.length === 0);
    clearButton.setAttribute("aria-disabled", isBlank(grey));
  }

  function begin(point) {
    before = [...before.slice(1 - MOST_UNDO), grey.slice()];
    at = point;
    extend(point);
    ready();
  }
  function extend(point) {
    const box = stroke(grey, at, point);
    at = point;
    place();
    if (box) context.putImageData(coloured(grey, box), box.left, box.top);
  }
  const place = () => {
    root.style.setProperty("--x", `${(100 * at.x) / SIDE}%`);
    root.style.setProperty("--y", `${(100 * at.y) / SIDE}%`);
  };

  const where = (event) => {
    const box = canvas.getBoundingClientRect();
    const scale = SIDE / box.width;
    return { x: (event.clientX - box.left) * scale, y: (event.clientY - box.top) * scale };
  };
  // The element may outlive this mount and get another: its listeners must not.
  const listening = new AbortController();
  const on = (target, event, listener) =>
    target.addEventListener(event, listener, { signal: listening.signal });
  on(canvas, "pointerdown", (event) => {
    if (pointer !== null || event.button !== 0) return;
    lift();
    pointer = event.pointerId;
    canvas.setPointerCapture(pointer); // a stroke may leave the sheet and come back
    begin(where(event));
  });
  on(canvas, "pointermove", (event) => {
    if (event.pointerId !== pointer) return;
    const events = event.getCoalescedEvents?.() ?? [];
    for (const each of events.length ? events : [event]) extend(where(each));
  });
  const end = (event) => {
    if (event.pointerId !== pointer) return;
    pointer = null;
    tell();
  };
  // Also after pointerup and pointercancel, and when the browser takes the pointer away.
  on(canvas, "lostpointercapture", end);

  const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  on(canvas, "keydown", (event) => {
    const undoes = (event.ctrlKey || event.metaKey) && event.code === "KeyZ"; // "ㅋ" as a key
    if (pointer !== null || !(undoes || event.key === " " || MOVES[event.key])) return;
    event.preventDefault(); // the page would scroll
    if (undoes) undo();
    else if (MOVES[event.key]) move(MOVES[event.key], event.shiftKey ? STEP / 5 : STEP);
    else if (penDown) lift();
    else if (!event.repeat) lower();
  });
  on(canvas, "blur", () => lift());

  function move([right, down], step) {
    const inside = (value) => Math.min(Math.max(value, RADIUS), SIDE - RADIUS);
    const point = { x: inside(at.x + right * step), y: inside(at.y + down * step) };
    if (penDown) return extend(point);
    at = point;
    place();
  }
  function lower() {
    begin(at);
    penMoves(true);
  }
  function lift() {
    if (!penDown) return;
    penMoves(false);
    tell();
  }
  function penMoves(down) {
    penDown = down;
    root.classList.toggle("drawing", down);
    root.querySelector("[role=status]").textContent = down ? words.pen_down : words.pen_up;
  }

  function undo() {
    if (before.length === 0) return;
    if (penDown) penMoves(false);
    grey = before.pop();
    show();
    tell();
  }
  on(undoButton, "click", undo);
  on(clearButton, "click", () => {
    if (isBlank(grey)) return;
    before = [...before.slice(1 - MOST_UNDO), grey];
    grey = blank();
    show();
    tell();
  });
  show();

  return {
    update(newWords, newSend) {
      words = newWords;
      send = newSend;
      canvas.setAttribute("aria-label", words.label);
      root.querySelector("#help").textContent = words.help;
      undoButton.textContent = words.undo;
      clearButton.textContent = words.clear;
    },
    remove() {
      listening.abort();
      sheets.delete(root);
    },
  };
}

const blank = () => new Uint8Array(SIDE * SIDE);
const isBlank = (grey) => grey.every((value) => value === 0);

// Whitens the line from one point to another; returns the box it changed, null off the sheet.
function stroke(grey, from, to) {
  const within = (value) => Math.min(Math.max(Math.round(value), 0), SIDE);
  const left = within(Math.min(from.x, to.x) - RADIUS - 1);
  const right = within(Math.max(from.x, to.x) + RADIUS + 1);
  const top = within(Math.min(from.y, to.y) - RADIUS - 1);
  const bottom = within(Math.max(from.y, to.y) + RADIUS + 1);
  if (left === right || top === bottom) return null;
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const length2 = dx * dx + dy * dy || 1;
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      const [px, py] = [x + 0.5 - from.x, y + 0.5 - from.y];
      const along = Math.min(Math.max((px * dx + py * dy) / length2, 0), 1);
      const distance = Math.hypot(px - along * dx, py - along * dy);
      const cover = Math.min(Math.max(RADIUS + 0.5 - distance, 0), 1);
      const i = y * SIDE + x;
      grey[i] = Math.max(grey[i], Math.round(255 * cover));
    }
  }
  return { left, top, width: right - left, height: bottom - top };
}

const ALL = { left: 0, top: 0, width: SIDE, height: SIDE };

function coloured(grey, { left, top, width, height } = ALL) {
  const image = new ImageData(width, height);
  const cells = new Uint32Array(image.data.buffer); // alpha, then three times the grey
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      cells[y * width + x] = 0xff000000 + grey[(top + y) * SIDE + left + x] * 0x010101;
    }
  }
  return image;
}

// Runs of equal greys, each as two bytes, length (1 to 255) and grey; null for an empty sheet.
function pack(grey) {
  if (isBlank(grey)) return null;
  let runs = "";
  for (let i = 0, length; i < grey.length; i += length) {
    for (length = 1; length < 255 && grey[i + length] === grey[i]; length++);
    runs += String.fromCharCode(length, grey[i]);
  }
  return btoa(runs);
}

function unpack(picture) {
  if (!picture) return null;
  const runs = atob(picture);
  const grey = blank();
  for (let r = 0, i = 0; r < runs.length; r += 2) {
    grey.fill(runs.charCodeAt(r + 1), i, (i += runs.charCodeAt(r)));
  }
  return grey;
}
