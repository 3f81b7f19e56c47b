"""Samples of each kind as small pictures."""

import numpy as np
import pytest

from aecore.figures import samples
from aecore.figures.pictures import diverging
from aecore.figures.samples import differences, drawn, in_colour, inks, signed
from aecore.figures.tiles import DENSITY, HEIGHT, WIDTH, Bars
from aecore.shapes import Feature, Picture, Row, Series
from tests.core.test_figures import contrast

SERIES = Series(("flow",), 24, "hour")
TWO = Series(("flow", "pressure"), 24, "hour")
ROW = Row(tuple(Feature(f"feature {i}") for i in range(30)))
COLOURED = Picture(3, 5, 7)
SHAPES = {"picture": Picture(1, 8, 8), "colours": COLOURED, "series": TWO, "row": ROW}
MEASURED = {"series": SERIES, "two series": TWO, "row": ROW}
RANDOM = np.random.default_rng(0)


def some(shape, n=3):
    return RANDOM.integers(0, 256, (n, *shape.seen), dtype=np.uint8)


def level(shape, value, n=1):
    return np.full((n, *shape.seen), value, np.uint8)


def saturation(tiles):
    """How far each pixel is from grey."""
    return tiles.max(axis=-1).astype(int) - tiles.min(axis=-1)


def top(tile, dark=False):
    """The highest row with the ink of curves and bars, from the lower edge."""
    away = np.abs(tile.astype(int) - inks(dark)[0]).sum(axis=-1)
    return len(tile) - np.flatnonzero((away < 90).any(axis=1))[0]


def hexed(colour):
    return "#" + bytes(colour).hex()


@pytest.mark.parametrize("shape", [SHAPES["picture"], COLOURED], ids=["grey", "coloured"])
def test_pictures_stay_as_they_are(shape):
    values = some(shape)
    assert drawn(values, shape) is values


@pytest.mark.parametrize("shape", MEASURED.values(), ids=MEASURED.keys())
def test_a_tile_is_as_large_as_its_kind_says(shape):
    tiles = drawn(some(shape), shape)
    width = Bars(30, (0, 0, 0)).width if shape is ROW else WIDTH
    assert tiles.shape == (3, DENSITY * HEIGHT, DENSITY * width, 3)
    assert tiles.dtype == np.uint8
    assert drawn(some(shape), shape, density=1).shape == (3, HEIGHT, width, 3)


@pytest.mark.parametrize("shape", [SERIES, ROW], ids=["series", "row"])
@pytest.mark.parametrize("dark", [False, True])
def test_a_higher_value_is_drawn_higher_whatever_else_is_in_the_sample(shape, dark):
    tops = [top(drawn(level(shape, v), shape, dark=dark)[0], dark) for v in (30, 90, 150, 255)]
    assert tops == sorted(set(tops))
    among = some(shape, 1)
    among[..., 3] = 255
    found = top(drawn(among, shape, dark=dark)[0], dark)
    assert tops[-1] - 3 <= found <= tops[-1]  # the axis is a fixed one; a peak is a little rounded


@pytest.mark.parametrize("shape", MEASURED.values(), ids=MEASURED.keys())
def test_tiles_are_the_same_each_time_alone_or_with_others_and_differ_by_theme(shape):
    values = some(shape)
    tiles = drawn(values, shape)
    assert np.array_equal(tiles, drawn(values, shape))
    assert np.array_equal(tiles[1:2], drawn(values[1:2], shape))
    assert not np.array_equal(tiles, drawn(values, shape, dark=True))


@pytest.mark.parametrize("dark", [False, True])
def test_inks_are_readable_on_their_ground(dark):
    ground = diverging(dark).zero
    for ink in inks(dark):
        assert contrast(hexed(ink), hexed(ground)) >= 4.5, hexed(ink)
    assert len(set(inks(dark))) == len(inks(dark))
    bar = [round(g + samples.BAR * (i - g)) for i, g in zip(inks(dark)[0], ground, strict=True)]
    assert contrast(hexed(bar), hexed(ground)) >= 4.5


def test_a_curve_for_each_channel_in_its_own_colour():
    values = level(TWO, 0)
    values[0, 0], values[0, 1] = 60, 200
    tile = drawn(values, TWO)[0]
    middle = tile[:, tile.shape[1] // 2]
    rows = [np.flatnonzero((middle == ink).all(axis=-1)) for ink in inks(False)[:2]]
    assert all(len(found) for found in rows)
    assert rows[1].max() < rows[0].min()  # the second is higher


def test_bars_stand_in_the_order_of_the_features():
    ground = Bars(30, (0, 0, 0))
    places = []
    for feature in range(30):
        values = level(ROW, 0)
        values[0, feature] = 255
        tile = drawn(values, ROW)[0]
        away = np.abs(tile[DENSITY * HEIGHT // 2].astype(int) - diverging(False).zero).sum(axis=-1)
        places.append(np.flatnonzero(away > 300).mean())
    steps = np.diff(places)
    assert np.allclose(steps, DENSITY * ground.pitch)


def test_one_wild_value_of_a_long_series_is_seen():
    shape = Series(("x",), 5000, "hour")
    for place in (17, 2499, 4990):
        values = level(shape, 0)
        values[0, 0, place] = 255
        assert top(drawn(values, shape)[0]) > 0.7 * DENSITY * HEIGHT


@pytest.mark.parametrize(
    "shape",
    [Series(("x",), 1, "hour"), Series(("x",), 2, "hour"), Row((Feature("one"),))],
    ids=["a value", "two values", "a feature"],
)
def test_the_smallest_samples_are_drawn(shape):
    values = level(shape, 255)
    assert top(drawn(values, shape)[0]) > 0.8 * DENSITY * HEIGHT
    assert saturation(differences(values, level(shape, 0), shape)).max() > 100


def test_a_row_of_very_many_features_keeps_a_column_for_each():
    shape = Row(tuple(Feature(str(i)) for i in range(200)))
    values = level(shape, 0)
    values[0, 150] = 255
    tile = drawn(values, shape)[0]
    assert tile.shape[1] < 1000
    assert top(tile) > 0.8 * DENSITY * HEIGHT


# ---- differences


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())
@pytest.mark.parametrize("dark", [False, True])
def test_equal_samples_have_a_difference_without_colour(shape, dark):
    one = Series(("x",), 24, "hour") if shape is TWO else shape  # the second ink is a colour
    values = some(one)
    assert saturation(differences(values, values, one, dark=dark)).max() < 25


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())
@pytest.mark.parametrize("dark", [False, True])
def test_too_much_is_red_and_missing_is_blue(shape, dark):
    low, high = level(shape, 40), level(shape, 160)
    colours = diverging(dark)
    for first, second, has, lacks in (
        (low, high, colours.above, colours.below),
        (high, low, colours.below, colours.above),
    ):
        pixels = differences(first, second, shape, dark=dark).reshape(-1, 3).astype(int)
        vivid = pixels[pixels.max(axis=1) - pixels.min(axis=1) > 60]
        assert len(vivid) >= len(pixels) / 20
        near = [np.abs(vivid - colour).sum(axis=1) for colour in (has, lacks)]
        assert (near[0] < near[1]).mean() > 0.9


def test_only_the_part_of_a_curve_that_differs_is_shaded():
    values = level(SERIES, 100)
    x_hat = values.copy()
    x_hat[..., 16:] = 200
    colour = saturation(differences(values, x_hat, SERIES))[0] > 60
    half = colour.shape[1] // 2
    assert not colour[:, :half].any()
    assert colour[:, half:].any()


def test_bars_of_a_difference_go_up_and_down_from_the_middle_on_a_fixed_scale():
    values, x_hat = level(ROW, 100), level(ROW, 100)
    x_hat[0, :15], x_hat[0, 15:] = 130, 70
    red, blue = (differences(values, x_hat, ROW)[0] == c for c in ((178, 24, 43), (5, 80, 170)))
    rows = [np.flatnonzero(found.all(axis=-1).any(axis=1)) for found in (red, blue)]
    middle = DENSITY * HEIGHT / 2
    assert rows[0].max() < middle < rows[1].min()
    reach = samples.REACH * 255
    edge = differences(level(ROW, 0), level(ROW, round(reach) + 1), ROW)
    assert np.array_equal(edge, differences(level(ROW, 0), level(ROW, 255), ROW))
    assert not np.array_equal(edge, differences(level(ROW, 0), level(ROW, round(reach / 2)), ROW))


def test_difference_of_coloured_pictures_is_the_mean_over_the_channels():
    values = level(COLOURED, 100)
    red = values.copy()
    red[..., 0] = 190
    grey = differences(level(Picture(1, 5, 7), 100), level(Picture(1, 5, 7), 130), Picture(1, 5, 7))
    assert np.array_equal(differences(values, red, COLOURED), grey)


# ---- numbers around zero


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())
def test_signed_samples_have_a_scale_of_their_own_or_a_common_one(shape):
    values = RANDOM.normal(size=(2, *shape.seen)).astype(np.float32)
    values[1] = values[0] / 3
    own = signed(values, shape)
    assert np.array_equal(own[0], own[1])
    common = signed(values, shape, 5.0)
    assert not np.array_equal(common[0], common[1])
    each = np.array([6.0, 2.0]).reshape(2, 1, 1)  # as many axes as a grey picture has
    given = signed(values, shape, each)
    assert np.array_equal(given[0], given[1])


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())
@pytest.mark.parametrize("dark", [False, True])
def test_signed_zeros_have_no_colour(shape, dark):
    one = SERIES if shape is TWO else shape
    zeros = np.zeros((1, *one.seen), np.float32)
    for scale in (None, 1.0):
        assert saturation(signed(zeros, one, scale, dark=dark)).max() < 25


@pytest.mark.parametrize("shape", [SERIES, ROW], ids=["series", "row"])
def test_signed_values_lie_above_and_below_the_middle(shape):
    for sign, colour in ((1, diverging(False).above), (-1, diverging(False).below)):
        tile = signed(np.full((1, *shape.seen), sign, np.float32), shape, 1.0)[0].astype(int)
        rows = np.flatnonzero((np.abs(tile - colour).sum(axis=-1) < 60).any(axis=1))
        above = (rows < len(tile) / 2).mean()
        assert above > 0.98 if sign > 0 else above < 0.02


def test_grey_and_coloured_pictures_become_one_row():
    grey = some(SHAPES["picture"])
    coloured = in_colour(grey)
    assert coloured.shape == (3, 8, 8, 3)
    assert (coloured == grey[..., np.newaxis]).all()
    assert in_colour(coloured) is coloured
