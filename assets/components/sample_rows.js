// Rows of samples, each out of one picture from Python: cells side by side, without gaps.
//
// Where a line would get too narrow the columns wrap in blocks, and each block holds all the rows:
// a sample stays above its own reconstruction. Canvases of pictures keep the pixels of the data, CSS
// enlarges them (pixelated); curves and bars are drawn pixel for pixel on the screen. All are painted
// in one go when every picture is decoded: nothing is ever blank.

const GAP = 2; // between pictures that are about PIXELS wide: smaller ones are enlarged to that
const PIXELS = 28;
const SMOOTH_GAP = 6; // CSS pixels: between curves, bars, and large pictures

const grids = new WeakMap();

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".samples");
  if (!grids.has(root)) grids.set(root, mount(root));
  const grid = grids.get(root);
  grid.update(data);
  // A slow browser has Streamlit clean up after a call that a newer one has overtaken, too: only an
  // element that has left the page is done with.
  return () => root.isConnected || grid.remove();
}

function mount(root) {
  let shown = null; // { head, pictures }: what is on screen
  let newest = 0; // the number of the last update: older pictures that decode late are dropped
  let shape = ""; // the layout the elements were built for

  async function update(data) {
    const turn = ++newest;
    const { head, files } = unpack(data);
    root.setAttribute("aria-label", head.alt);
    root.setAttribute("aria-busy", "true"); // what is on screen is not yet what it is to be
    const pictures = await Promise.all(files.map((file) => createImageBitmap(file)));
    if (turn !== newest) return close(pictures);
    close(shown?.pictures);
    shown = { head, pictures };
    show();
    root.removeAttribute("aria-busy");
  }

  function show() {
    if (!shown || root.clientWidth === 0) return;
    const { head, pictures } = shown;
    root.classList.toggle("large", head.large);
    root.classList.toggle("smooth", head.smooth);
    root.style.setProperty("--wide", head.wide);
    const perLine = columnsPerLine(head, root);
    const { columns, width, height } = head;
    const wanted = JSON.stringify([perLine, columns, width, height, head.rows.map((row) => !!row.captions)]);
    if (wanted !== shape) {
      root.replaceChildren(...blocks(head, perLine));
      shape = wanted;
    }
    for (const element of root.querySelectorAll(".row")) paint(element, head, pictures, perLine);
  }

  const resized = new ResizeObserver(show);
  resized.observe(root);

  return {
    update,
    remove() {
      newest = -1;
      resized.disconnect();
      grids.delete(root);
      close(shown?.pictures);
      shown = null;
    },
  };
}

// One line of JSON, then the PNG of each row.
function unpack(bytes) {
  let start = bytes.indexOf(10) + 1;
  const head = JSON.parse(new TextDecoder().decode(bytes.subarray(0, start)));
  const files = head.rows.map(({ size }) => {
    const file = new Blob([bytes.subarray(start, start + size)], { type: "image/png" });
    start += size;
    return file;
  });
  return { head, files };
}

const close = (pictures = []) => pictures.forEach((picture) => picture.close());

// All columns on one line, or on two, three ... lines of the same length.
function columnsPerLine({ columns, rows, narrowest: least }, root) {
  const named = rows.some((row) => row.label);
  const label = named && root.clientWidth > 34 * rem() ? 7.75 * rem() : 0; // as in sample_rows.css
  const narrowest = Math.max(least, widestWord(rows, root) + 2);
  const room = Math.max(1, Math.floor((root.clientWidth - label) / narrowest));
  const lines = Math.ceil(columns / room);
  return Math.ceil(columns / lines);
}

// No word of a caption is cut: a column is as wide as the longest of them.
const ruler = document.createElement("canvas").getContext("2d");
function widestWord(rows, root) {
  ruler.font = `${0.75 * rem()}px ${getComputedStyle(root).fontFamily}`;
  const words = rows.flatMap((row) => row.captions ?? []).flatMap((caption) => caption.split(/\s/));
  return Math.max(0, ...new Set(words.map((word) => Math.ceil(ruler.measureText(word).width))));
}

const rem = () => parseFloat(getComputedStyle(document.documentElement).fontSize);

function blocks(head, perLine) {
  const made = [];
  for (let first = 0; first < head.columns; first += perLine) {
    const count = Math.min(perLine, head.columns - first);
    const block = make("div", "block");
    head.rows.forEach((row, index) => {
      const element = make("div", "row");
      Object.assign(element.dataset, { index, first, count });
      element.style.setProperty("--columns", perLine);
      const { width, height } = sizes(head, perLine);
      const canvas = make("canvas", "", { width, height });
      canvas.setAttribute("role", "img");
      element.classList.toggle("nameless", head.rows.every(({ label }) => !label));
      element.append(make("div", "label"), canvas);
      if (row.captions) {
        const captions = make("div", "captions");
        for (let i = 0; i < count; i++) captions.append(make("span", ""));
        element.append(captions);
      }
      block.append(element);
    });
    made.push(block);
  }
  return made;
}

const make = (tag, className, more = {}) =>
  Object.assign(document.createElement(tag), { className, ...more });

// Of a canvas for so many cells, in pixels, and of a cell and a gap in it: pictures by whole numbers,
// what is smooth as large as it is on the screen.
function sizes({ width, height, smooth }, perLine, shown = 0) {
  const gap = smooth ? SMOOTH_GAP * devicePixelRatio : GAP;
  const room = shown - (perLine - 1) * gap;
  const whole = Math.max(1, Math.round(PIXELS / Math.max(width, height)));
  const scale = smooth && room > 0 ? room / (perLine * width) : whole;
  const [across, up] = [width * scale, Math.round(height * scale)];
  return { width: Math.round(perLine * (across + gap) - gap), height: up, gap, across };
}

function paint(element, head, pictures, perLine) {
  const [index, first, count] = ["index", "first", "count"].map((k) => Number(element.dataset[k]));
  const row = head.rows[index];
  const [label, canvas, captions] = element.children;
  label.textContent = row.label;
  const all = count === head.columns;
  const name = row.label || `${head.alt} ${index + 1}`; // a row may go on without saying it again
  canvas.setAttribute("aria-label", all ? name : `${name} ${first + 1}–${first + count}`);
  const { width, height, gap, across } = sizes(head, perLine, canvas.clientWidth * devicePixelRatio);
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d");
  Object.assign(context, { imageSmoothingEnabled: head.smooth, imageSmoothingQuality: "high" });
  for (let i = 0; i < count; i++) {
    const [from, to] = [(first + i) * head.width, Math.round(i * (across + gap))];
    const sized = [Math.round(across), height];
    context.drawImage(pictures[index], from, 0, head.width, head.height, to, 0, ...sized);
    if (captions) captions.children[i].textContent = row.captions[first + i];
  }
}
