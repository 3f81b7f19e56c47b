// A text to take along: shown whole, selected with a click, copied with a button that says whether it
// worked. Where the browser does not let a page copy (plain http), the text is selected instead.

export default function ({ data: json, parentElement }) {
  const { text, words } = JSON.parse(new TextDecoder().decode(json));
  const root = parentElement.querySelector(".copy");
  const [area, button, said] = ["textarea", "button", "output"].map((tag) => root.querySelector(tag));
  if (area.value !== text) {
    area.value = text;
    said.textContent = "";
  }
  area.setAttribute("aria-label", words.label);
  area.style.height = "auto";
  area.style.height = `${area.scrollHeight + 2}px`;
  button.textContent = words.copy;
  area.onfocus = () => area.select();
  button.onclick = async () => {
    const copied = await copy(area);
    said.textContent = copied ? words.copied : words.by_hand;
    if (!copied) area.focus(); // selects it
  };
}

async function copy(area) {
  try {
    await navigator.clipboard.writeText(area.value);
    return true;
  } catch {
    area.select();
    const copied = document.execCommand("copy");
    return copied;
  }
}
