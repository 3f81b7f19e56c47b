// A Plotly map whose points can be clicked. It stays mounted: a click that comes back with another
// ring on the map keeps the learner's zoom, which st.plotly_chart would lose with every click.
//
// Streamlit calls the function below on every update and runs only the last function it returned,
// when the element goes. So the map is kept by its box, and every call hands back one clean-up.

const maps = new WeakMap();
const decoder = new TextDecoder();

export default function ({ data, parentElement, setTriggerValue }) {
  const box = parentElement.querySelector(".lab-latent-map");
  if (!maps.has(box)) maps.set(box, mount(box));
  const map = maps.get(box);
  map.update(decoder.decode(data), (index) => setTriggerValue("picked", index));
  return map.remove;
}

function mount(box) {
  let received = ""; // the newest data as text: most reruns of a page bring the same again
  let latest = null;
  let drawn = null; // what is on screen
  let busy = false;
  let gone = false;
  let send = () => {};

  async function draw() {
    // A first drawing needs a width: a closed tab or a folded panel has none.
    if (!window.labPlotly || busy || gone || latest === drawn || box.clientWidth === 0) return;
    busy = true;
    const first = drawn === null;
    const wanted = latest;
    try {
      const { figure, words } = wanted;
      const config = {
        displaylogo: false,
        plotlyServerURL: "", // nothing leaves the app
        modeBarButtonsToRemove: ["sendChartToCloud", "select2d", "lasso2d", "autoScale2d"],
        locale: "lab",
        locales: { lab: { dictionary: words } },
      };
      if (!hasWebGL()) figure.data.forEach(withoutWebGL);
      await window.labPlotly.react(box, figure.data, atHome(figure.layout, box), config);
      if (first) listen();
    } catch (error) {
      console.error("latent_map could not draw:", error);
    }
    drawn = wanted;
    busy = false;
    if (gone) window.labPlotly.purge(box); // the page was left while it drew
    draw();
  }

  function listen() {
    box.on("plotly_click", ({ points }) => {
      const index = points.find((point) => Number.isInteger(point.customdata))?.customdata;
      if (index !== undefined) send(index);
    });
    box.on("plotly_hover", () => box.classList.add("on-point"));
    box.on("plotly_unhover", () => box.classList.remove("on-point"));
  }

  const resized = new ResizeObserver(() => {
    if (drawn === null) draw();
    else if (box.clientWidth > 0 && !gone) window.labPlotly.Plots.resize(box)?.catch?.(() => {});
  });
  resized.observe(box);
  window.addEventListener("lab-plotly-ready", draw);

  return {
    update(text, newSend) {
      send = newSend;
      if (text === received) return;
      received = text;
      latest = JSON.parse(text);
      box.setAttribute("aria-label", latest.alt);
      box.style.height = `${latest.height}px`;
      draw();
    },
    remove() {
      gone = true;
      resized.disconnect();
      window.removeEventListener("lab-plotly-ready", draw);
      maps.delete(box);
      window.labPlotly?.purge(box); // frees the WebGL context, of which a tab has only a few
    },
  };
}

// Remote desktops and old projector machines: slower points are better than none. There is no
// third dimension without WebGL: its chart then says so itself.
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

function atHome(layout, box) {
  layout.autosize = true;
  const { color } = getComputedStyle(box);
  // Left to itself, Plotly makes the bar a grey block on a transparent paper.
  layout.modebar ??= { bgcolor: "rgba(0,0,0,0)", color: fade(color, 0.6), activecolor: color };
  return layout;
}

const fade = (rgb, alpha) => rgb.replace(/^rgb\((.*)\)$/, `rgba($1, ${alpha})`);
