"""What Python does for the browser components."""

import base64
import io

import numpy as np
import plotly.graph_objects as go
import pytest
from PIL import Image

from aecore.figures.style import Translate
from aecore.parts.datasets import DIGIT
from ui.kit import charts, language
from ui.kit.components import CANVAS_SIDE, Row, encode_png, sample_rows, side_by_side, unpack_runs

PIXELS = CANVAS_SIDE**2


def packed(*runs: tuple[int, int]) -> str:
    return base64.b64encode(bytes(byte for run in runs for byte in run)).decode()


def whole(grey: int) -> list[tuple[int, int]]:
    """Runs of one grey that fill the sheet."""
    full, rest = divmod(PIXELS, 255)
    return [(255, grey)] * full + ([(rest, grey)] if rest else [])


def test_runs_become_the_picture_that_was_drawn():
    runs = whole(0)
    runs[0:1] = [(100, 0), (55, 200), (100, 0)]
    picture = unpack_runs(packed(*runs))
    assert picture.shape == (CANVAS_SIDE, CANVAS_SIDE)
    flat = picture.ravel()
    assert (flat[100:155] == 200).all()
    assert flat.sum() == 55 * 200


@pytest.mark.parametrize(
    "forged",
    [
        None,
        3,
        "",
        "not base64!",
        packed((255, 0)),
        packed(*whole(9), (1, 9)),
        packed(*whole(9))[:-4],
        "A" * 10_000_000,
        {"picture": 1},
    ],
    ids=lambda value: repr(value)[:20],
)
def test_forged_runs_are_nothing(forged):
    assert unpack_runs(forged) is None


def test_pictures_stand_side_by_side_and_survive_the_png():
    images = np.random.default_rng(0).integers(0, 256, (3, 28, 28), dtype=np.uint8)
    row = side_by_side(images)
    np.testing.assert_array_equal(row[:, 28:56], images[1])
    with Image.open(io.BytesIO(encode_png(row))) as png:
        np.testing.assert_array_equal(np.asarray(png), row)


@pytest.mark.parametrize("shape", [(0, 28, 28), (2, 0, 28), (2, 28, 28, 2), (2, 784)])
def test_pictures_of_another_shape_are_refused(shape):
    with pytest.raises(ValueError, match="must be uint8"):
        side_by_side(np.zeros(shape, np.uint8))


def test_rows_of_different_length_are_refused():
    rows = [Row("a", np.zeros((n, 28, 28), np.uint8)) for n in (2, 3)]
    with pytest.raises(ValueError, match="must have 2 pictures"):
        sample_rows(rows, shape=DIGIT, key="x", alt="x")


def test_rows_of_pictures_of_another_size_are_refused():
    rows = [Row("a", np.zeros((2, side, 28), np.uint8)) for side in (28, 14)]
    with pytest.raises(ValueError, match="28 x 28"):
        sample_rows(rows, shape=DIGIT, key="x", alt="x")


def test_figure_is_made_anew_for_other_arguments_or_another_language_only(monkeypatch):
    made = []

    def bars(values: np.ndarray, *, dark: bool = False, _: Translate = str) -> go.Figure:
        made.append(values)
        return go.Figure(go.Bar(y=values, name=_("name")))

    values = np.arange(3.0)
    first = charts.drawn(bars, values, _=str)
    assert first["data"][0]["type"] == "bar"
    assert charts.drawn(bars, values.copy(), _=lambda text: text) == first
    assert len(made) == 1
    charts.drawn(bars, values + 1, _=str)
    charts.drawn(bars, values, dark=True, _=str)
    monkeypatch.setattr(language, "current", lambda: "ko")
    assert charts.drawn(bars, values, _=str.upper)["data"][0]["name"] == "NAME"
    assert len(made) == 4
