"""Figures and coloured pictures: what is drawn, where, and in colours that can be told apart."""

import dataclasses
import json

import numpy as np
import plotly.graph_objects as go
import pytest

from aecore.analysis.latent import ASPECT, Plane
from aecore.figures import live
from aecore.figures.pictures import diverging, signed
from aecore.figures.samples import differences
from aecore.figures.style import DARK, LIGHT, palette
from aecore.parts.datasets import DIGIT
from aecore.spec.view import History

BACKGROUND = {"light": (LIGHT, "#ffffff"), "dark": (DARK, "#0e1117")}
REFERENCES = {"mean": 0.067, "pca": 0.02}
LABELS = np.array([0, 1, 1, 7])
POINTS = np.array([[0, 0], [1, 2], [-3, 0.5], [2, -1]], dtype=np.float32)
CLASSES = [f"class {c}" for c in range(10)]


def loss_curves(*arguments, **settings):
    """The figure, with every property checked by Plotly."""
    return go.Figure(live.loss_curves(*arguments, **settings))


def latent_map(*arguments, **settings):
    """The figure, with every property checked by Plotly."""
    return go.Figure(live.latent_map(*arguments, **settings))


def history(epochs=3, *, penalty=False):
    found = History()
    for epoch in range(epochs + 1):
        terms = {"recon_loss": 0.2 / (epoch + 1)}
        if penalty:
            terms["penalty"] = 0.01 * (epoch + 1)
        terms["total_loss"] = sum(terms.values())
        found = found.extended(epoch, terms if epoch else None, terms, 0.2)
    return found


def drawn(figure):
    """Name of each line -> its (x, y)."""
    return {trace.name: (list(trace.x), list(trace.y)) for trace in figure.data}


# ---- curves


def test_curves_show_training_and_validation_loss_of_every_epoch():
    lines = drawn(loss_curves(history(), {}, loss_name="MSE"))
    assert lines.keys() == {"validation", "training"}
    assert lines["validation"][0] == [0, 1, 2, 3]
    assert lines["validation"][1] == pytest.approx([0.2, 0.1, 0.2 / 3, 0.05])
    assert np.isnan(lines["training"][1][0])  # nothing was trained before epoch 1
    assert lines["training"][1][1:] == pytest.approx([0.1, 0.2 / 3, 0.05])


def test_curves_split_the_loss_into_its_terms():
    figure = loss_curves(history(penalty=True), REFERENCES, loss_name="BCE")
    reconstruction, penalty = (
        {trace.name: list(trace.y) for trace in figure.data if trace.yaxis == panel}
        for panel in ("y", "y2")
    )
    assert reconstruction["validation"][0] == pytest.approx(0.2)
    assert penalty["validation"] == pytest.approx([0.01, 0.02, 0.03, 0.04])
    assert penalty.keys() == {"validation", "training"}  # the baselines have no penalty
    assert reconstruction.keys() == penalty.keys() | {"mean picture", "PCA"}
    assert figure.layout.yaxis.title.text == "BCE"
    assert figure.layout.yaxis2.title.text == "penalty"


def test_baselines_run_through_all_epochs_at_their_error():
    lines = drawn(loss_curves(history(), REFERENCES, loss_name="MSE"))
    assert lines["mean picture"] == ([0, 3], [0.067, 0.067])
    assert lines["PCA"] == ([0, 3], [0.02, 0.02])


def test_curves_of_drawn_codes_say_so_and_the_floor_is_a_line():
    references = REFERENCES | {"floor": 0.0588}
    lines = drawn(loss_curves(history(), references, loss_name="BCE", drawn=True))
    assert {"validation, z drawn", "training, z drawn"} <= lines.keys()
    assert lines["floor of BCE"] == ([0, 3], [0.0588, 0.0588])


def test_curves_can_be_drawn_before_there_are_any():
    lines = drawn(loss_curves(History(), REFERENCES, loss_name="MSE"))
    assert lines["validation"] == ([], [])
    assert lines["PCA"] == ([0, 1], [0.02, 0.02])


def test_curves_say_what_their_axes_measure():
    figure = loss_curves(history(), REFERENCES, loss_name="MSE per pixel", revision="run-1")
    assert figure.layout.xaxis.title.text == "epoch"
    assert figure.layout.yaxis.title.text == "MSE per pixel"
    assert figure.layout.uirevision == "run-1"


def test_marked_epoch_is_a_line_in_the_colour_of_the_code():
    assert not loss_curves(history(), {}, loss_name="MSE").layout.shapes
    (mark,) = loss_curves(history(), {}, loss_name="MSE", marked_epoch=2).layout.shapes
    assert (mark.x0, mark.x1, mark.line.color) == (2, 2, LIGHT.code)


# ---- the map


def codes_map(kind="pca", half_height=5.0, **settings):
    plane = Plane(POINTS, kind, 1.0)
    return latent_map(plane, LABELS, class_names=CLASSES, half_height=half_height, **settings)


def test_map_draws_every_picture_as_its_digit_in_the_colour_of_its_class():
    traces = {trace.name: trace for trace in codes_map().data}
    assert traces.keys() == {"class 0", "class 1", "class 7"}
    assert list(traces["class 1"].text) == ["1", "1"]
    assert list(traces["class 1"].x) == [1, -3]
    assert list(traces["class 1"].y) == [2, 0.5]
    assert traces["class 7"].textfont.color == LIGHT.classes[7]


@pytest.mark.parametrize("half_height", [1.5, 30.0])
@pytest.mark.parametrize("kind", ["pca", "codes"])
def test_map_keeps_to_its_range_on_both_axes(kind, half_height):
    layout = codes_map(kind, half_height).layout
    assert layout.yaxis.range == (-half_height, half_height)
    assert layout.xaxis.range == (-ASPECT * half_height, ASPECT * half_height)
    assert layout.yaxis.scaleanchor == "x"  # distances are the same in both directions


def test_strip_has_a_lane_for_every_class():
    layout = codes_map("strip", 2.0).layout
    assert layout.xaxis.range == (-2 * ASPECT, 2 * ASPECT)
    low, high = layout.yaxis.range
    assert low < 0
    assert high > 9
    assert layout.yaxis.title.text == "class"


def test_map_without_codes_has_the_same_axes():
    empty = latent_map(None, LABELS, class_names=CLASSES, half_height=5.0)
    assert not empty.data
    assert empty.layout.xaxis.range == codes_map().layout.xaxis.range


# ---- both


FIGURES = {
    "curves": lambda **s: loss_curves(
        history(penalty=True), REFERENCES, loss_name="MSE", marked_epoch=1, **s
    ),
    "map": codes_map,
    "strip": lambda **s: codes_map("strip", **s),
}


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("draw", FIGURES.values(), ids=FIGURES.keys())
def test_figure_becomes_valid_json(draw, dark):
    def refuse(constant):
        raise AssertionError(f"{constant} is not JSON")

    found = json.loads(draw(dark=dark).to_json(), parse_constant=refuse)
    assert len(found["data"]) == len(draw().data) > 0


@pytest.mark.parametrize("draw", FIGURES.values(), ids=FIGURES.keys())
def test_figure_wears_the_colours_of_its_theme(draw):
    light, dark = (draw(dark=dark).to_json() for dark in (False, True))
    assert palette(True) is DARK
    assert f'"{DARK.text}"' in dark
    for colour in dataclasses.asdict(LIGHT).values():
        for one in [colour] if isinstance(colour, str) else colour:
            assert one not in dark
    assert f'"{LIGHT.text}"' in light


@pytest.mark.parametrize("draw", FIGURES.values(), ids=FIGURES.keys())
def test_words_of_a_figure_are_translated(draw):
    marked = draw(_=lambda text: f"«{text}»").to_json()
    for word in ("epoch", "penalty", "test", "training", "PCA", "class", "1st principal component"):
        assert f'"{word}"' not in marked
    assert "«" in marked or "\\u00ab" in marked


# ---- differences


def grey(value):
    return np.full((1, 28, 28), value, dtype=np.uint8)


@pytest.mark.parametrize("value", [0, 100, 255])
def test_equal_pictures_have_a_white_difference(value):
    found = differences(grey(value), grey(value), DIGIT)
    assert found.shape == (1, 28, 28, 3)
    assert found.dtype == np.uint8
    assert len(np.unique(found)) == 1  # no colour
    assert found.min() >= 245


def test_missing_ink_is_blue_and_too_much_is_red():
    black, white = grey(0), grey(255)
    missing, extra = (
        differences(white, black, DIGIT)[0, 0, 0],
        differences(black, white, DIGIT)[0, 0, 0],
    )
    assert missing.argmax() == 2
    assert extra.argmax() == 0
    assert missing.max() - missing.min() > 100
    assert extra.max() - extra.min() > 100


def test_larger_differences_are_darker():
    shades = [
        differences(grey(0), grey(v), DIGIT).astype(int).sum() for v in (0, 60, 120, 180, 255)
    ]
    assert shades == sorted(shades, reverse=True)
    assert len(set(shades)) == 5


def test_equal_differences_have_equal_colours_wherever_they_are():
    assert np.array_equal(
        differences(grey(0), grey(50), DIGIT), differences(grey(200), grey(250), DIGIT)
    )


@pytest.mark.parametrize("dark", [False, True])
def test_one_scale_is_centred_at_zero_and_does_not_glare_in_either_theme(dark):
    scale = diverging(dark)
    level, missing, extra = (
        differences(grey(a), grey(b), DIGIT, dark=dark)[0, 0, 0]
        for a, b in ((9, 9), (255, 0), (0, 255))
    )
    assert tuple(level) == scale.zero
    assert tuple(missing) == scale.below
    assert tuple(extra) == scale.above
    ground = np.array((23, 22, 20) if dark else (255, 255, 255))  # of Streamlit's themes
    assert np.abs(level.astype(int) - ground).max() < 24
    assert np.array_equal(signed(np.full((1, 28, 28), -3.0), dark=dark)[0, 0, 0], missing)


# ---- contrast


def luminance(colour):
    """Relative luminance, WCAG 2.1."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_measured_as_wcag_does():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", BACKGROUND)
def test_text_stands_out(theme):
    palette, background = BACKGROUND[theme]
    assert contrast(palette.text, background) >= 4.5


@pytest.mark.parametrize("theme", BACKGROUND)
@pytest.mark.parametrize(
    "name", [f.name for f in dataclasses.fields(LIGHT) if f.name not in ("grid", "text")]
)
def test_colour_stands_out(theme, name):
    palette, background = BACKGROUND[theme]
    colours = getattr(palette, name)
    for colour in [colours] if isinstance(colours, str) else colours:
        assert contrast(colour, background) >= 3, colour


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_ten_classes_have_ten_colours(palette):
    assert len(set(palette.classes)) == 10


@pytest.mark.parametrize("theme", BACKGROUND)
def test_grid_is_fainter_than_anything_drawn_on_it(theme):
    palette, background = BACKGROUND[theme]
    assert 1.1 < contrast(palette.grid, background) < 2


# ---- data of any kind


def test_map_of_samples_without_labels_is_dots_in_one_colour():
    plane = Plane(POINTS, "codes", 1.0)
    (dots,) = latent_map(plane, np.zeros(4, int), class_names=(), half_height=3.0).data
    assert dots.mode == "markers"
    assert dots.marker.color == LIGHT.code
    np.testing.assert_array_equal(dots.x, POINTS[:, 0])


@pytest.mark.parametrize("classes", [0, 2, 12])
def test_strip_has_a_lane_for_each_class_however_many_there_are(classes):
    labels = np.array([0, 0, 1, max(classes - 1, 0)]) if classes else np.zeros(4, int)
    names = [f"class {c}" for c in range(classes)]
    plane = Plane(POINTS, "strip", 1.0)
    figure = latent_map(plane, labels, class_names=names, half_height=3.0)
    low, high = figure.layout.yaxis.range
    assert low < 0
    assert high == pytest.approx(max(classes, 1) - 0.3)
    assert figure.layout.yaxis.showticklabels == bool(classes)
    assert len(figure.data) == max(len(np.unique(labels)), 1)


@pytest.mark.parametrize(("kind", "name"), live.MEANS.items())
def test_curves_name_the_mean_of_their_kind_of_data(kind, name):
    lines = drawn(loss_curves(history(), REFERENCES, loss_name="MSE", kind=kind))
    assert lines[name] == ([0, 3], [0.067, 0.067])
