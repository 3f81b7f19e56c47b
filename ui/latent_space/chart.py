"""Mounts the map whose points can be clicked."""

import json
from collections.abc import Callable

import streamlit as st

from aecore.figures.style import Figure
from ui.components import _register, figure_json, plot_words

_latent_map = _register("latent_map", isolate_styles=False)  # Plotly styles the page, not a shadow


def clickable(
    figure: Figure, *, key: str, height: int, alt: str, on_pick: Callable[[int], None]
) -> None:
    """A Plotly chart that tells which point was clicked. The page must mount Plotly's runtime.

    Args:
        figure: data and layout; the `customdata` of a point is the whole number it stands for.
        key: identifies the chart on the page.
        height: in CSS pixels.
        alt: what the chart shows, for those who cannot see it.
        on_pick: called with the number of the clicked point before the page runs again.
    """

    def tell() -> None:
        picked = st.session_state[key].get("picked")
        if isinstance(picked, int):  # it comes from a browser
            on_pick(picked)

    head = json.dumps({"alt": alt, "height": height, "words": plot_words()})
    text = f'{head[:-1]}, "figure": {figure_json(figure)}}}'
    _latent_map(key=key, height=height, data=text.encode(), on_picked_change=tell)
