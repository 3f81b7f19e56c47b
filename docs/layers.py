"""Draws docs/layers.svg, who may import whom, from the import contract: `python -m docs.layers`.

The rows are the contract's own, in pyproject.toml, and what is said of a folder is what the map in
`aecore` says, so that the picture shows what is checked.
"""

import re
import tomllib
from html import escape
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import aecore
from aecore.figures.style import DARK, LIGHT, Palette

ROOT = Path(__file__).parents[1]
PICTURE = ROOT / "docs" / "layers.svg"

INTERFACE = (
    ("pages", "one file = one page = one address; lays out widgets"),
    ("ui/<page>", "what one page alone needs"),
    ("ui/kit", "what pages share: frame, state, live view, components"),
)

WIDTH, ROW, GAP, LEFT, NAMES = 760, 26, 6, 24, 206


class Row(NamedTuple):
    """One layer of the picture: its names, what it is for, and the colour that it has."""

    names: str
    says: str
    part: str


def rows() -> list[Row]:
    """From the pages down to what imports nothing of the project."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    layers = _contract(contracts, containers=["aecore"])["layers"]
    light = _contract(contracts, forbidden_modules=["torch", "torchvision"], beyond={"ui"})
    told = dict(re.findall(r"^ {4}(\w+) {2,}(.+)$", aecore.__doc__ or "", flags=re.MULTILINE))
    found = [Row(names, says, "interface") for names, says in INTERFACE]
    is_light = False
    for layer in layers:
        if layer == "__main__":
            continue
        names = [name.strip(" ()") for name in layer.split("|")]
        # What it imports is held without torch as well, and that stands below it.
        is_light |= any(f"aecore.{name}" in light["source_modules"] for name in names)
        says = told.get(names[0], "").replace("`", "") or _about(names)
        found.append(Row(", ".join(names), says, "light" if is_light else "library"))
    return found


def _about(names: list[str]) -> str:
    """What a module that is no folder says of itself; several of them are the ground of it all."""
    if len(names) > 1:
        return "what stands below all of it"
    said = import_module(f"aecore.{names[0]}").__doc__ or ""
    first = re.split(r"[.:;]\s", said + " ")[0].strip()
    return first[:1].lower() + first[1:]


def _contract(
    contracts: dict[str, Any], *, beyond: set[str] | None = None, **wanted: list[str]
) -> dict[str, Any]:
    """The one contract with these values, and of other source modules than those in `beyond`."""
    (found,) = (
        contract
        for contract in contracts["contracts"]
        if all(contract.get(name) == value for name, value in wanted.items())
        and not (beyond or set()) & set(contract.get("source_modules", ()))
    )
    contract: dict[str, Any] = found
    return contract


def svg() -> str:
    """The picture, in the colours of the reader's own theme."""
    drawn, y = [], 44
    for row in rows():
        drawn.append(_row(row, y))
        y += ROW + GAP
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y + 34}" role="img" '
        'aria-label="The folders of the project, from the pages down: each imports only what '
        'stands below it." font-family="sans-serif" font-size="14">'
    )
    notes = [
        f'<text x="{LEFT}" y="24">imports go down only, and a test holds it</text>',
        f'<text x="{LEFT}" y="{y + 20}"><tspan class="interface">■ with Streamlit</tspan>'
        '<tspan dx="24" class="library">■ aecore, the library</tspan>'
        '<tspan dx="24" class="light">■ in it, what is there before torch is</tspan></text>',
        f'<path class="arrow" d="M12 36V{y - 10}m-5-9l5 9l5-9"/>',
    ]
    return "\n".join([head, _style(), *notes, *drawn, "</svg>"]) + "\n"


def _row(row: Row, y: int) -> str:
    middle = y + ROW // 2 + 5
    return (
        f'<rect class="{row.part}" x="{LEFT}" y="{y}" width="{WIDTH - LEFT - 2}" height="{ROW}" '
        f'rx="5"/><text class="{row.part}" x="{LEFT + 10}" y="{middle}">{escape(row.names)}</text>'
        f'<text x="{LEFT + NAMES}" y="{middle}">{escape(row.says)}</text>'
    )


def _style() -> str:
    dark = f"@media (prefers-color-scheme: dark) {{ {_colours(DARK)} }}"
    fixed = "rect { fill-opacity: .13; stroke-width: 1.5 } text.interface, text.library, "
    fixed += "text.light { font-weight: 600 } .arrow { fill: none; stroke-width: 2 }"
    return f"<style>{fixed} {_colours(LIGHT)} {dark}</style>"


def _colours(palette: Palette) -> str:
    parts = {
        "interface": palette.encoder,
        "light": palette.code,
        "library": palette.decoder,
    }
    rules = [f".{name} {{ fill: {c}; stroke: {c} }}" for name, c in parts.items()]
    own = f"text {{ fill: {palette.text} }} .arrow {{ stroke: {palette.text} }}"
    letters = [f"text.{name} {{ fill: {c}; stroke: none }}" for name, c in parts.items()]
    keys = [f"tspan.{name} {{ stroke: none }}" for name in parts]
    return " ".join([own, *rules, *letters, *keys])


if __name__ == "__main__":
    PICTURE.write_text(svg(), encoding="utf-8")
    print(f"{PICTURE.relative_to(ROOT)} is drawn.")
