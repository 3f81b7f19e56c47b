"""Charts from Plotly figures, in one component that stays while its data change."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import TYPE_CHECKING, Any, ParamSpec

import numpy as np
import streamlit as st

from aecore.errors import N_
from aecore.figures import style
from aecore.figures.style import Figure
from ui.kit import language, state
from ui.kit.components import register
from ui.kit.language import _

if TYPE_CHECKING:
    import plotly.graph_objects as go

P = ParamSpec("P")

_plotly_runtime = register("plotly_runtime")
_live_plot = register("live_plot", isolate_styles=False)  # Plotly styles the page, not a shadow


@cache
def _packed_plotly() -> bytes:
    """The ``plotly.min.js`` of the installed Python package, gzipped (4.8 -> 1.5 MB, 0.13 s)."""
    from plotly.offline import get_plotlyjs

    return gzip.compress(get_plotlyjs().encode(), compresslevel=6, mtime=0)


def mount_plotly_runtime() -> None:
    """Brings Plotly's JavaScript into the browser for every ``live_plot`` of the page.

    Call it once per page, outside fragments and as the last statement: what comes before it is on
    screen while the 1.5 MB travel. Later runs of the script send a hash only (Streamlit's message
    cache, which forgets what two runs in a row did not mention: call it on every page to keep it).
    """
    _plotly_runtime(key="plotly_runtime", data=_packed_plotly())


def live_plot(
    figure: dict[str, Any],
    *,
    key: str,
    height: int,
    alt: str,
    on_pick: Callable[[int], None] | None = None,
) -> None:
    """A Plotly chart for data that changes several times a second, or whose points can be clicked.

    Mounted once and then updated in place: no blank frame, and the learner's zoom stays as long as
    ``layout.uirevision`` does. Updates that come faster than the browser draws are skipped, as are
    those of a chart that is scrolled out of sight. The page must call ``mount_plotly_runtime``.

    Args:
        figure: Data and layout in the current theme's colours; arrays travel in binary.
        key: Identifies the chart on the page.
        height: In CSS pixels on a desk; the style sheet makes them smaller on a low screen.
        alt: What the chart shows, for those who cannot see it.
        on_pick: Called before the page runs again with the whole number in the ``customdata`` of
            the point that was clicked.
    """

    def tell() -> None:
        picked = st.session_state[key].get("picked")
        if on_pick is not None and isinstance(picked, int):  # it comes from a browser
            on_pick(picked)

    if state.is_big():
        figure = style.enlarged(figure, state.LARGER)
    about = {"alt": alt, "height": height, "words": plot_words(), "clickable": bool(on_pick)}
    head = json.dumps(about)
    text = f'{head[:-1]}, "figure": {figure_json(figure)}}}'
    # Bytes: a dict would become JSON twice.
    _live_plot(key=key, height="content", data=text.encode(), on_picked_change=tell)


def plot_words() -> dict[str, str]:
    """Plotly's own words, in the learner's language."""
    return {word: _(word) for word in PLOT_WORDS}


PLOT_WORDS = (
    N_("Zoom"),
    N_("Pan"),
    N_("Zoom in"),
    N_("Zoom out"),
    N_("Reset axes"),
    N_("Download plot as a PNG"),
    N_("Download plot as an SVG"),
    N_("Show the numbers as a table"),
    N_("Close"),
    N_("series"),
    N_("The first {n} of {all} rows."),
)


def figure_json(figure: dict[str, Any]) -> str:
    """A figure as Plotly.js takes it, arrays in binary."""
    return json.dumps(figure, default=_binary)


def _binary(array: object) -> object:
    """An array as Plotly.js reads it without parsing numbers; a NumPy number as a number."""
    if isinstance(array, np.ndarray):
        packed = base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()
        return {"dtype": f"{array.dtype.kind}{array.dtype.itemsize}", "bdata": packed}
    if isinstance(array, np.generic):
        return array.item()
    raise TypeError(f"a figure holds numbers, texts and arrays, not {type(array).__name__}")


def drawn(make: Callable[P, go.Figure], *args: P.args, **kwargs: P.kwargs) -> Figure:
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
    _make: Callable[..., go.Figure],
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
    live_plot(figure, key=key, height=height, alt=alt.replace("*", ""))
