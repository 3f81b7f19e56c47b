// One Plotly chart that is mounted once and then only updated.
//
// Streamlit calls the function below on every update and runs the last function it returned when
// the element goes. So the chart is kept by its box, and every call hands back the same clean-up.

const plots = new WeakMap();
const decoder = new TextDecoder();
const CONFIG = {
  displaylogo: false,
  // Plotly 4 offers to upload the chart to its makers' cloud: nothing leaves the app.
  plotlyServerURL: "",
  modeBarButtonsToRemove: ["sendChartToCloud", "select2d", "lasso2d", "autoScale2d"],
  toImageButtonOptions: { filename: "chart", scale: 3 }, // sharp on paper, too
};

// A finger has no room for more than three buttons: the picture, the table, and the way back.
const TOUCH = matchMedia("(hover: none)").matches;
const NEED_A_MOUSE = ["zoom2d", "pan2d", "zoomIn2d", "zoomOut2d"];

// Beside Plotly's camera, which makes a PNG: the same as a drawing that can be enlarged. Its parts
// are made once: a button that differs from update to update would have Plotly draw all anew.
const SVG_ICON = { width: 24, height: 24, path: "M5 3h9l5 5v13H5z M14 3v5h5 M9 17l3-6 3 6z" };
const saveSvg = (plot) => window.labPlotly.downloadImage(plot, { format: "svg", filename: "chart" });
const TABLE_ICON = { width: 24, height: 24, path: "M4 5h16v14H4z M4 10h16 M4 14.5h16 M10 5v14" };
const svgButton = (title) => ({ name: "svg", title, icon: SVG_ICON, click: saveSvg });

export default function ({ data, parentElement, setTriggerValue }) {
  const box = parentElement.querySelector(".lab-live-plot");
  if (!plots.has(box)) plots.set(box, mount(box));
  const plot = plots.get(box);
  plot.update(decoder.decode(data), (index) => setTriggerValue("picked", index));
  // A slow browser has Streamlit clean up after a call that a newer one has overtaken, too: only an
  // element that has left the page is done with.
  return () => box.isConnected || plot.remove();
}

function mount(box) {
  box.classList.toggle("touch", TOUCH);
  let received = ""; // the newest data as text: most reruns of a page bring the same again,
  let latest = null; // as an object,
  let drawn = null; // and the one that is on screen
  let frame = 0;
  let busy = false;
  let gone = false;
  let onScreen = false;
  let send = () => {};

  // Updates may come faster than the browser draws: each frame draws the newest figure or nothing.
  const schedule = () => {
    if (!frame && !busy && !gone) frame = requestAnimationFrame(draw);
  };

  async function draw() {
    frame = 0;
    const wanted = latest;
    // A first drawing needs a width (none in a closed tab); later ones can wait until they are seen.
    const canDraw = drawn === null ? box.clientWidth > 0 : onScreen;
    if (!window.labPlotly || wanted === drawn || !canDraw) return;
    busy = true;
    const first = drawn === null;
    try {
      const { figure, words, alt } = wanted;
      box.labTable = { words, alt };
      const config = {
        ...CONFIG,
        ...(TOUCH && { modeBarButtonsToRemove: [...CONFIG.modeBarButtonsToRemove, ...NEED_A_MOUSE] }),
        modeBarButtonsToAdd: [
          ...(TOUCH ? [] : [svgButton(words["Download plot as an SVG"])]),
          ...(figure.layout?.meta?.table === false ? [] : [tableButton(words)]),
        ],
        locale: "lab",
        locales: { lab: { dictionary: words } },
      };
      if (!hasWebGL()) figure.data.forEach(withoutWebGL);
      await window.labPlotly.react(box, figure.data, atHome(figure.layout ?? {}, box), config);
      if (first) listen();
      finish(box);
    } catch (error) {
      console.error("live_plot could not draw:", error);
    }
    drawn = wanted;
    busy = false;
    if (gone) window.labPlotly.purge(box); // the page was left while it drew
    if (latest !== drawn) schedule();
  }

  // A click tells which point it was on, by the whole number in its customdata.
  function listen() {
    const numberOf = ({ points }) =>
      latest.clickable ? points.find((p) => Number.isInteger(p.customdata))?.customdata : undefined;
    box.on("plotly_click", (event) => {
      const number = numberOf(event);
      if (number !== undefined) send(number);
    });
    box.on("plotly_hover", (event) => box.classList.toggle("on-point", numberOf(event) !== undefined));
    box.on("plotly_unhover", () => box.classList.remove("on-point"));
  }

  const resized = new ResizeObserver(() => {
    if (drawn === null) schedule();
    else if (box.clientWidth > 0 && !gone) {
      window.labPlotly.Plots.resize(box)?.then?.(() => finish(box), () => {});
    }
  });
  const seen = new IntersectionObserver((entries) => {
    onScreen = entries.at(-1).isIntersecting;
    if (onScreen) schedule();
  });
  resized.observe(box);
  seen.observe(box);
  window.addEventListener("lab-plotly-ready", schedule);

  return {
    update(text, newSend) {
      send = newSend;
      if (text === received) return;
      received = text;
      latest = JSON.parse(text);
      box.setAttribute("aria-label", latest.alt);
      // As high as the page's style sheet makes a pixel: less on a low screen, more for a projector.
      box.style.height = `calc(${latest.height} * var(--lab-pixel, 1px))`;
      schedule();
    },
    remove() {
      gone = true;
      cancelAnimationFrame(frame);
      resized.disconnect();
      seen.disconnect();
      window.removeEventListener("lab-plotly-ready", schedule);
      plots.delete(box);
      window.labPlotly?.purge(box); // frees the WebGL context, of which a tab has only a few
    },
  };
}

// The numbers behind a chart, for those who cannot see it or want to read them off.
const tableButton = (words) => ({
  name: "table",
  title: words["Show the numbers as a table"],
  icon: TABLE_ICON,
  click: showTable,
});

function showTable(plot) {
  const about = plot.labTable;
  const dialog = make("dialog", { className: "lab-table" });
  const close = make("button", { type: "button", textContent: about.words["Close"], autofocus: true });
  const head = make("header");
  head.append(make("strong", { textContent: about.alt }), close);
  const table = make("table");
  const { columns, rows } = numbersOf(plot, about.words);
  table.append(rowOf("th", columns), ...rows.slice(0, MOST_ROWS).map((row) => rowOf("td", row)));
  const body = make("div", { tabIndex: 0 });
  body.append(table);
  dialog.append(head, body);
  if (rows.length > MOST_ROWS) {
    dialog.append(make("p", { textContent: about.words["The first {n} of {all} rows."]
      .replace("{n}", MOST_ROWS).replace("{all}", rows.length) }));
  }
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  plot.parentElement.append(dialog);
  dialog.showModal();
}

const MOST_ROWS = 500;
const AXES = ["x", "y", "z"];

// One row per point: which series it belongs to, and where it lies.
function numbersOf(plot, words) {
  // Plotly keeps to itself what it fills in; without that, what it was given says nearly as much.
  const given = plot._fullData ?? plot.data;
  const layout = plot._fullLayout ?? plot.layout;
  const traces = given.filter(({ visible, x }) => (visible ?? true) === true && x?.length);
  const used = AXES.filter((axis) => traces.some((trace) => trace[axis]?.length));
  const named = traces.some((trace) => trace.name && !/^trace \d+$/.test(trace.name));
  const titles = used.map((axis) => {
    const shown = layout[`${axis}axis`] ?? layout.scene?.[`${axis}axis`];
    return shown?.title?.text?.replace(/<[^>]*>/g, "") || axis;
  });
  const rows = traces.flatMap((trace) =>
    pointsOf(trace).map((point) => [
      ...(named ? [trace.name ?? ""] : []),
      ...used.map((axis) => point[axis]),
    ]),
  );
  return { columns: [...(named ? [words["series"]] : []), ...titles], rows };
}

function pointsOf(trace) {
  const { x, y, z } = trace;
  if (trace.type === "heatmap") {
    return Array.from(y, (_, i) => Array.from(x, (_, j) => ({ x: x[j], y: y[i], z: z[i][j] }))).flat();
  }
  return Array.from(x, (_, i) => ({ x: x[i], y: y?.[i], z: z?.[i] }));
}

function rowOf(tag, values) {
  const row = make("tr");
  row.append(...values.map((value) => make(tag, { textContent: said(value) })));
  return row;
}

const said = (value) => (typeof value === "number" ? Number(value.toPrecision(5)) : (value ?? ""));

const make = (tag, more = {}) => Object.assign(document.createElement(tag), more);

// Remote desktops and old projector machines: slower points are better than none. (There is no
// third dimension without WebGL: such a chart then says so itself.)
function withoutWebGL(trace) {
  trace.type = trace.type?.replace(/gl$/, "");
}

let webGL;
function hasWebGL() {
  if (webGL === undefined) {
    const context = document.createElement("canvas").getContext("webgl");
    webGL = context !== null;
    context?.getExtension("WEBGL_lose_context")?.loseContext(); // gives the trial context back
  }
  return webGL;
}

// What Plotly leaves open in a chart that it has just drawn.
function finish(box) {
  fitTitles(box);
  // A sheet of paper is narrower than the screen that a chart was drawn for: it can be scaled then.
  for (const svg of box.querySelectorAll(".main-svg")) {
    const { width, height } = svg;
    svg.setAttribute("viewBox", `0 0 ${width.baseVal.value} ${height.baseVal.value}`);
  }
}

// The name of an axis is never longer than the chart: on a low screen its letters get smaller.
const SMALLEST_LETTERS = 9; // CSS pixels
function fitTitles(box) {
  for (const title of box.querySelectorAll(".ytitle, .xtitle")) {
    const room = title.matches(".ytitle") ? box.clientHeight : box.clientWidth;
    const size = parseFloat(getComputedStyle(title).fontSize);
    const wanted = title.getComputedTextLength?.() ?? 0;
    if (wanted > room - 4) {
      title.style.fontSize = `${Math.max(SMALLEST_LETTERS, (size * (room - 4)) / wanted)}px`;
    }
  }
}

// What a figure leaves open follows the page: font, background, buttons, the learner's zoom.
function atHome(layout, box) {
  delete layout.width; // the box decides, see autosize
  delete layout.height;
  layout.autosize = true;
  layout.paper_bgcolor ??= "rgba(0,0,0,0)";
  layout.uirevision ??= "keep";
  for (const [name, axis] of Object.entries(layout)) {
    // Else Plotly writes the names of axes larger than all the rest.
    if (/^[xy]axis/.test(name) && axis?.title?.text) axis.title.font ??= { size: layout.font?.size ?? 13 };
  }
  const { color } = getComputedStyle(box);
  // Left to itself, Plotly makes the bar a grey block on a transparent paper.
  layout.modebar ??= { bgcolor: "rgba(0,0,0,0)", color: fade(color, 0.6), activecolor: color };
  if (!layout.font?.family && !layout.template?.layout?.font?.family) {
    layout.font = { ...layout.font, family: getComputedStyle(box).fontFamily };
  }
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) delete layout.transition;
  return layout;
}

const fade = (rgb, alpha) => rgb.replace(/^rgb\((.*)\)$/, `rgba($1, ${alpha})`);
