"""Charts that stand still, from Plotly figures."""

import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, ParamSpec

import streamlit as st

from aecore.figures.style import Figure
from ui.kit import components, language

if TYPE_CHECKING:
    import plotly.graph_objects as go

P = ParamSpec("P")


def drawn(make: "Callable[P, go.Figure]", *args: "P.args", **kwargs: "P.kwargs") -> Figure:
    """What a function of `aecore.figures` makes of these arguments; remembered.

    Plotly takes 10 to 20 ms to check a figure's parts, and most runs of a page draw the same.

    Args:
        make: returns the figure.
        args, kwargs: its arguments: arrays, numbers, texts, and containers of these; `_` is known
            by the language of now.
    """
    known = {name: value for name, value in kwargs.items() if name != "_"}
    told: Callable[..., go.Figure] = make
    if "_" in kwargs:
        told = partial(told, _=kwargs["_"])
    name = f"{make.__module__}.{make.__qualname__}"
    return _drawn(name, language.current(), args, known, told)


@st.cache_data(max_entries=128, show_spinner=False)
def _drawn(
    name: str,
    spoken: str,
    args: tuple[Any, ...],
    kwargs: Mapping[str, Any],
    _make: "Callable[..., go.Figure]",
) -> Figure:
    return json.loads(str(_make(*args, **kwargs).to_json()))


def show(figure: Figure, *, key: str, alt: str, height: int = 300) -> None:
    """A chart in the lab's own colours.

    Not `st.plotly_chart`: its own copy of Plotly takes a browser that comes for the first time
    more than a second, in which it draws nothing else.

    Args:
        figure: what to draw, from `drawn`; the page must mount Plotly's runtime.
        key: identifies the chart on the page.
        alt: what it shows, for those who cannot see it; Markdown's stars are left out.
        height: in CSS pixels.
    """
    components.live_plot(figure, key=key, height=height, alt=alt.replace("*", ""))
