"""One sample and its reconstruction, large."""

import json

import numpy as np
import plotly.graph_objects as go
import pytest

from aecore.analysis.scaling import Scale
from aecore.figures.sample_charts import row_chart, row_height, series_chart, series_height
from aecore.shapes import Feature, Row, Series

ROW = Row((Feature("radius", "mm"), Feature("area", "mm²"), Feature("number")))
SERIES = Series(("flow", "pressure"), 5, "hour", "bar")
ORIGINAL = np.array([0, 255, 51], np.uint8)
X_HAT = np.array([51, 204, 51], np.uint8)
ROW_SCALE = Scale(np.array([10.0, 0, -1]), np.array([20.0, 2000, 4]))
SERIES_SCALE = Scale(np.array([100.0, 0]), np.array([200.0, 5]))
FIRST = np.array([[0, 100, 100, 100, 0], [9, 9, 9, 9, 9]], np.uint8)
SECOND = np.array([[0, 100, 200, 50, 50], [9, 9, 9, 9, 9]], np.uint8)


def checked(figure):
    """The same, if Plotly knows all of it."""
    plain = json.loads(json.dumps(figure, default=lambda array: array.tolist()))
    go.Figure(plain)
    return figure


def named(figure, name):
    return [trace for trace in figure["data"] if trace.get("name") == name]


def test_row_has_a_bar_of_each_for_every_feature_in_order():
    figure = checked(row_chart(ORIGINAL, X_HAT, ROW))
    before, after = figure["data"]
    assert before["y"] == after["y"] == ["radius", "area", "number"]
    assert before["x"].tolist() == pytest.approx([0, 1, 0.2])
    assert after["x"].tolist() == pytest.approx([0.2, 0.8, 0.2])
    assert figure["layout"]["xaxis"]["range"] == [0, 1]
    assert figure["layout"]["yaxis"]["autorange"] == "reversed"  # the first one on top
    assert list(before["customdata"]) == ["0.00", "1.00", "0.20"]


def test_row_says_its_measurements_in_their_own_units():
    before, after = row_chart(ORIGINAL, X_HAT, ROW, ROW_SCALE.to_units)["data"]
    assert before["customdata"] == ["10 mm", "2,000 mm²", "0"]
    assert after["customdata"] == ["12 mm", "1,600 mm²", "0"]
    assert before["x"].tolist() == pytest.approx([0, 1, 0.2])


def test_series_has_a_panel_for_each_channel_over_its_steps():
    figure = checked(series_chart(FIRST, SECOND, SERIES, SERIES_SCALE.to_units))
    lines = named(figure, "original")
    assert [trace["yaxis"] for trace in lines] == ["y", "y2"]
    assert lines[0]["x"].tolist() == [0, 1, 2, 3, 4]
    assert lines[0]["y"][1] == pytest.approx(100 + 100 * 100 / 255)
    assert lines[1]["y"][0] == pytest.approx(5 * 9 / 255)
    layout = figure["layout"]
    assert layout["xaxis"]["title"]["text"] == "hour"
    assert layout["yaxis"]["title"]["text"] == "flow (bar)"
    assert layout["yaxis2"]["title"]["text"] == "pressure (bar)"
    low, high = layout["yaxis"]["range"]
    assert low < 100
    assert high > 200
    assert layout["yaxis"]["domain"][0] > layout["yaxis2"]["domain"][1]
    assert sum(trace.get("showlegend", True) for trace in figure["data"]) == 4


def test_areas_end_where_the_curves_cross():
    figure = series_chart(FIRST, SECOND, SERIES)
    over, under = (named(figure, name)[0] for name in ("too much", "missing"))
    crossings = set(np.round(over["x"], 4)) - {0, 1, 2, 3, 4}
    assert crossings == {round(2 + 100 / 150, 4), round(3 + 50 / 100, 4)}
    original = np.interp(over["x"], np.arange(5), FIRST[0] / 255)
    x_hat = np.interp(over["x"], np.arange(5), SECOND[0] / 255)
    assert np.allclose(over["y"], np.maximum(original, x_hat), atol=1e-6)
    assert np.allclose(under["y"], np.minimum(original, x_hat), atol=1e-6)


@pytest.mark.parametrize("dark", [False, True])
def test_curves_that_agree_enclose_nothing(dark):
    figure = series_chart(FIRST, FIRST, SERIES, dark=dark)
    for name in ("too much", "missing"):
        for trace in named(figure, name):
            edge = figure["data"][figure["data"].index(trace) - 1]["y"]
            assert np.array_equal(trace["y"], edge)


def test_words_names_and_units_are_translated():
    said = [
        json.dumps(make, default=str, ensure_ascii=False)
        for make in (
            row_chart(ORIGINAL, X_HAT, ROW, ROW_SCALE.to_units, _=lambda text: f"«{text}»"),
            series_chart(FIRST, SECOND, SERIES, _=lambda text: f"«{text}»"),
        )
    ]
    for word in ("original", "reconstruction", "radius", "mm²"):
        assert f"«{word}»" in said[0]
    for word in ("too much", "missing", "hour", "flow", "bar", "reconstruction"):
        assert f"«{word}»" in said[1]


def test_charts_are_high_enough_for_their_names():
    assert row_height(Row(ROW.features * 10)) - row_height(ROW) == 27 * 20
    assert series_height(SERIES) > series_height(Series(("x",), 5, "hour"))
