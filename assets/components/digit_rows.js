// Rows of digits, each out of one picture from Python: 28x28 cells side by side, without gaps.
//
// Where a line would get too narrow the columns wrap in blocks, and each block holds all the rows:
// a digit stays above its own reconstruction. Canvases keep the 28 pixels of the data, CSS enlarges
// them (pixelated), and all are painted in one go when every picture is decoded: nothing is ever blank.

const SIDE = 28;
const GAP = 2; // in pixels of the data, as are all sizes on the canvases
const NARROWEST = 34; // CSS pixels: a digit below this cannot be judged by eye

const grids = new WeakMap();

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".digits");
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
    const perLine = columnsPerLine(head, root);
    const wanted = JSON.stringify([perLine, head.columns, head.rows.map((row) => !!row.captions)]);
    if (wanted !== shape) {
      root.replaceChildren(...blocks(head, perLine));
      shape = wanted;
    }
    for (const element of root.querySelectorAll(".row")) paint(element, head, pictures);
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
function columnsPerLine({ columns, rows, large }, root) {
  const named = rows.some((row) => row.label);
  const label = named && root.clientWidth > 34 * rem() ? 7.75 * rem() : 0; // as in digit_rows.css
  const narrowest = Math.max(large ? 3.2 * NARROWEST : NARROWEST, widestWord(rows, root) + 2);
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
      const canvas = make("canvas", "", { width: perLine * (SIDE + GAP) - GAP, height: SIDE });
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

function paint(element, head, pictures) {
  const [index, first, count] = ["index", "first", "count"].map((k) => Number(element.dataset[k]));
  const row = head.rows[index];
  const [label, canvas, captions] = element.children;
  label.textContent = row.label;
  const all = count === head.columns;
  const name = row.label || `${head.alt} ${index + 1}`; // a row may go on without saying it again
  canvas.setAttribute("aria-label", all ? name : `${name} ${first + 1}–${first + count}`);
  const context = canvas.getContext("2d");
  for (let i = 0; i < count; i++) {
    const to = i * (SIDE + GAP);
    context.drawImage(pictures[index], (first + i) * SIDE, 0, SIDE, SIDE, to, 0, SIDE, SIDE);
    if (captions) captions.children[i].textContent = row.captions[first + i];
  }
}
