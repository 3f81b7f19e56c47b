"""Charts that stand still. One that changes while a run trains is a `components.live_plot`."""

from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    import plotly.graph_objects as go

CHART = {
    "displaylogo": False,
    "plotlyServerURL": "",
    "modeBarButtonsToRemove": ["sendChartToCloud", "lasso2d", "select2d"],
}


def show(figure: "go.Figure", *, key: str, height: int = 300) -> None:
    """A chart in the lab's own colours, without Plotly's way to its cloud."""
    figure.update_layout(height=height)
    st.plotly_chart(figure, key=key, theme=None, config=CHART)
