// One training step: the picture, the formula and the code of the same thing light up together.
//
// Everything with the same `part` belongs together. A pointer or the focus on any of it lights the
// others, and the line below says the numbers; on a row of cells they are those of one cell, which
// the arrow keys move through.

const steps = new WeakMap();

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".step");
  steps.get(root)?.abort();
  const life = new AbortController();
  steps.set(root, life);
  show(root, JSON.parse(new TextDecoder().decode(data)), life.signal);
  return () => {
    life.abort();
    if (steps.get(root) === life) steps.delete(root); // else a newer call has overtaken this one
  };
}

function show(root, data, signal) {
  root.setAttribute("aria-label", data.alt);
  fill(root.querySelector(".flow"), data.flow, (button, item) => draw(button, item, data));
  fill(root.querySelector(".formula"), data.formula, (button, line) => (button.innerHTML = line.html));
  fill(root.querySelector(".code"), data.code, (button, line) => (button.textContent = line.text));
  const cells = new Map(data.flow.map((item) => [item.part, item]));

  function light(part, unit) {
    root.dataset.part = part;
    root.dataset.unit = unit ?? "";
    for (const button of root.querySelectorAll("button")) {
      button.classList.toggle("lit", button.dataset.part === part);
      button.classList.toggle("now", button.dataset.stage === data.stage);
    }
    const lines = [data.says[part] ?? "", unit === undefined ? "" : numbers(cells.get(part), unit, data)];
    root.querySelector(".readout").replaceChildren(
      ...lines.map((text) => Object.assign(document.createElement("span"), { textContent: text })),
    );
  }

  const at = (event) => event.target.closest("button");
  const over = (event) => {
    const button = at(event);
    if (button) light(button.dataset.part, cellAt(event, button, cells));
  };
  const options = { signal };
  root.addEventListener("pointermove", over, options);
  root.addEventListener("pointerdown", over, options);
  root.addEventListener("focusin", (event) => {
    const button = at(event);
    if (button && button.matches(":focus-visible")) light(button.dataset.part);
  }, options);
  root.addEventListener("keydown", (event) => {
    const button = at(event);
    const item = button && cells.get(button.dataset.part);
    const by = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: item?.columns, ArrowUp: -item?.columns }[event.key];
    if (!by || !item || !button.closest(".flow")) return;
    event.preventDefault();
    const now = root.dataset.unit === "" ? -1 : Number(root.dataset.unit);
    light(item.part, Math.min(Math.max(now + by, 0), item.values.length - 1));
  }, options);
  light(root.dataset.part || data.flow[0].part);
}

// Keeps the buttons that are there already, so that the focus stays where it is.
function fill(place, items, draw) {
  while (place.children.length > items.length) place.lastChild.remove();
  while (place.children.length < items.length) {
    place.append(Object.assign(document.createElement("button"), { type: "button" }));
  }
  items.forEach((item, i) => {
    const button = place.children[i];
    Object.assign(button.dataset, { part: item.part, stage: item.stage ?? "" });
    button.style.setProperty("--colour", item.colour);
    draw(button, item);
  });
}

function draw(button, item, data) {
  if (!button.firstChild) {
    const name = document.createElement("span");
    button.append(name, document.createElement("canvas"));
  }
  const [name, canvas] = button.children;
  name.innerHTML = `<i>${item.html}</i><small></small>`;
  name.lastChild.textContent = item.name;
  const scale = item.sample ? "var(--lab-step, 1px)" : "1px";
  canvas.style.width = `calc(${item.columns * item.cell} * ${scale})`;
  canvas.classList.toggle("smooth", item.draws !== "cells");
  const paint = { cells: paintCells, bars: paintBars, curve: paintCurves }[item.draws];
  paint(canvas, item, data);
}

function rowsOf(item) {
  return Math.ceil(item.values.length / item.columns);
}

function paintCells(canvas, item, data) {
  const rows = rowsOf(item);
  Object.assign(canvas, { width: item.columns, height: rows });
  const context = canvas.getContext("2d");
  const pixels = context.createImageData(item.columns, rows);
  const most = Math.max(...item.values.map(Math.abs), 1e-12);
  const { below, zero, above } = data.diverging;
  const ground = item.signed ? zero : rgb(data.background);
  const negative = item.signed ? below : rgb(data.neutral);
  const positive = item.signed ? above : rgb(item.colour);
  item.values.forEach((value, i) => {
    const share = Math.min(Math.abs(value) / most, 1);
    const full = value < 0 ? negative : positive;
    const colour = item.colours
      ? item.colours[i]
      : item.picture
      ? [0, 0, 0].map(() => 255 * Math.min(Math.max(value, 0), 1))
      : ground.map((c, k) => c + (full[k] - c) * share);
    pixels.data.set([...colour, 255], 4 * i);
  });
  context.putImageData(pixels, 0, 0);
}

// A row of a table: a bar for each feature, from 0 up to 1, or around zero.
function paintBars(canvas, item, data) {
  const sheet = panels(canvas, item, data);
  item.values.forEach((value, i) => bar(sheet, item, value, i, 0, data));
}

// A series: a line for each channel, one panel below the other; what has a sign is bars around zero.
function paintCurves(canvas, item, data) {
  const sheet = panels(canvas, item, data);
  if (item.signed) {
    item.values.forEach((value, i) =>
      bar(sheet, item, value, i % item.columns, Math.floor(i / item.columns), data),
    );
    return;
  }
  const { context, width, height } = sheet;
  Object.assign(context, { strokeStyle: item.colour, lineWidth: 3, lineJoin: "round" });
  for (let row = 0; row < rowsOf(item); row += 1) {
    context.beginPath();
    for (let i = 0; i < item.columns; i += 1) {
      const share = Math.min(Math.max(item.values[row * item.columns + i], 0), 1);
      context.lineTo((i + 0.5) * width, (row + 0.96 - 0.92 * share) * height);
    }
    context.stroke();
  }
}

// An empty sheet, two pixels of the canvas for each on the screen, with a line at each zero.
function panels(canvas, item, data) {
  const width = 2 * item.cell;
  const height = 2 * item.high;
  const rows = rowsOf(item);
  Object.assign(canvas, { width: Math.round(item.columns * width), height: rows * height });
  const context = canvas.getContext("2d");
  const most = Math.max(...item.values.map(Math.abs), 1e-12);
  context.fillStyle = item.signed ? `rgb(${data.diverging.zero})` : data.background;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = data.neutral;
  for (let row = 0; row < rows; row += 1) {
    context.fillRect(0, (row + (item.signed ? 0.5 : 0.96)) * height, canvas.width, 1);
  }
  return { context, width, height, most };
}

function bar({ context, width, height, most }, item, value, column, row, data) {
  const { below, above } = data.diverging;
  const share = item.signed ? Math.abs(value) / most / 2 : Math.min(Math.max(value, 0), 1);
  const zero = (row + (item.signed ? 0.5 : 0.96)) * height;
  const long = 0.92 * share * height;
  context.fillStyle = item.signed ? `rgb(${value < 0 ? below : above})` : item.colour;
  context.fillRect((column + 0.1) * width, value < 0 ? zero : zero - long, 0.8 * width, long);
}

function rgb(hex) {
  return [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
}

function cellAt(event, button, cells) {
  const canvas = event.target.closest("canvas");
  const item = canvas && cells.get(button.dataset.part);
  if (!item) return undefined;
  const box = canvas.getBoundingClientRect();
  const column = Math.floor(((event.clientX - box.left) / box.width) * item.columns);
  const row = Math.floor(((event.clientY - box.top) / box.height) * rowsOf(item));
  const unit = row * item.columns + column;
  return unit >= 0 && unit < item.values.length ? unit : undefined;
}

// The template of a part, with the numbers of one of its cells.
function numbers(item, unit, data) {
  if (!item) return "";
  const pixel = [Math.floor(unit / item.columns) + 1, (unit % item.columns) + 1];
  const place = item.sample
    ? (data.places[unit] ?? data.words.pixel.replace("{row}", pixel[0]).replace("{column}", pixel[1]))
    : data.words.unit.replace("{number}", unit + 1);
  return `${place}: ` + item.cellSays.replace(/\{(\w+)\}/g, (_, key) => short(item.numbers[key][unit]));
}

function short(value) {
  if (value === 0) return "0";
  const size = Math.abs(value);
  return size >= 0.001 && size < 10000 ? String(Number(value.toPrecision(3))) : value.toExponential(1);
}
