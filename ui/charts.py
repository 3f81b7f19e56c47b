"""Charts that stand still, from Plotly figures."""

import json
from typing import TYPE_CHECKING

from ui import components

if TYPE_CHECKING:
    import plotly.graph_objects as go


def show(figure: "go.Figure", *, key: str, alt: str, height: int = 300) -> None:
    """A chart in the lab's own colours.

    Not `st.plotly_chart`: its own copy of Plotly takes a browser that comes for the first time
    more than a second, in which it draws nothing else.

    Args:
        figure: what to draw; the page must mount Plotly's runtime.
        key: identifies the chart on the page.
        alt: what it shows, for those who cannot see it; Markdown's stars are left out.
        height: in CSS pixels.
    """
    components.live_plot(
        json.loads(str(figure.to_json())),
        key=key,
        height=height,
        alt=alt.replace("*", ""),
    )
