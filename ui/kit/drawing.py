"""Drawings as part of the page, so that their letters are the page's own."""

import json

from ui.kit.components import register

_drawing = register("drawing")


def show(svg: str, *, width: int, key: str) -> None:
    """Draws an SVG, no wider than there is room.

    Args:
        svg: with `role="img"` and an `aria-label`, and `font-family="sans-serif"` where its letters
            are to be those of the page: as a picture of its own it would have no access to them.
        width: in CSS pixels, at most; it grows with large type.
        key: identifies the drawing on the page.
    """
    inside = svg.replace('font-family="sans-serif"', 'font-family="inherit"')
    _drawing(key=key, data=json.dumps({"svg": inside, "width": f"{width / 16:g}rem"}).encode())
