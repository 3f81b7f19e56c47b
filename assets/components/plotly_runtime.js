// Turns the gzipped plotly.min.js that Python sent as bytes into window.labPlotly, once per tab.
//
// As bytes and not as this component's `js`: 1.5 instead of 4.8 MB on the wire, and a rerun of
// the script costs Python 2 ms for the hash instead of 36 ms. live_plot.js waits for the event.

export default function ({ data, parentElement }) {
  takeNoRoom(parentElement);
  if (window.labPlotlyLoading) return; // this function runs again on every rerun of the script
  window.labPlotlyLoading = true;
  load(data).catch((error) => {
    window.labPlotlyLoading = false; // the next rerun may try again
    console.error("Plotly could not be started:", error);
  });
}

async function load(gzipped) {
  const stream = new Blob([gzipped]).stream().pipeThrough(new DecompressionStream("gzip"));
  const source = await new Response(stream).blob();
  const script = document.createElement("script");
  script.src = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  await new Promise((resolve, reject) => {
    script.onload = resolve;
    script.onerror = () => reject(new Error("the script did not load"));
    document.head.append(script);
  });
  URL.revokeObjectURL(script.src);
  script.remove();
  // Our own name: st.plotly_chart brings another version that may write window.Plotly too.
  window.labPlotly = window.Plotly;
  window.dispatchEvent(new Event("lab-plotly-ready"));
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
