// An SVG as part of the page, so that its letters are the page's own. It comes from the lab itself.

const drawn = new WeakMap();

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".drawing");
  const text = new TextDecoder().decode(data);
  if (drawn.get(root) === text) return; // most reruns of a page bring the same again
  drawn.set(root, text);
  const { svg, width } = JSON.parse(text);
  root.style.setProperty("--width", width);
  root.innerHTML = svg;
}
