"""Measurements as numbers from 0 to 1, and back."""

import numpy as np
import pytest

from aecore.analysis.scaling import fit_scale
from aecore.data import datasets
from aecore.shapes import Feature, Row, Series

ROW = Row((Feature("a"), Feature("b"), Feature("c")))
SERIES = Series(("a", "b"), 5, "hour")


def measured(shape, n=400, seed=0):
    """Measurements whose channels or columns have a size of their own."""
    random = np.random.RandomState(seed)
    sizes = 10.0 ** np.arange(shape.axes[0]).reshape(-1, *[1] * (len(shape.axes) - 1))
    return random.standard_normal((n, *shape.axes)) * sizes + 3 * sizes


@pytest.mark.parametrize("shape", [ROW, SERIES])
def test_way_back_is_the_inverse_within_the_range(shape):
    x = measured(shape)
    scale = fit_scale(x, shape)
    unit = scale.to_unit(x)
    inside = (unit > 0) & (unit < 1)
    assert inside.mean() > 0.97
    assert np.allclose(scale.to_units(unit)[inside], x[inside], rtol=1e-5)
    shares = np.random.RandomState(1).random_sample((50, *shape.axes)).astype(np.float32)
    assert np.allclose(scale.to_unit(scale.to_units(shares)), shares, atol=1e-6)


@pytest.mark.parametrize("shape", [ROW, SERIES])
def test_each_channel_has_one_scale_whatever_the_size_of_the_others(shape):
    x = measured(shape)
    scale = fit_scale(x, shape)
    for channel, (low, high) in enumerate(zip(scale.low, scale.high, strict=True)):
        assert (low, high) == pytest.approx(np.quantile(x[:, channel], (0.005, 0.995)))
    assert scale.low.shape == (shape.axes[0],)


@pytest.mark.parametrize("wild", [1e6, -1e6, 1e300])
def test_a_wild_value_is_cut_off_and_squeezes_nobody(wild):
    x = measured(ROW)
    usual = fit_scale(x, ROW).to_unit(x)
    x[7, 1] = wild
    unit = fit_scale(x, ROW).to_unit(x)
    assert unit.min() >= 0
    assert unit.max() <= 1
    assert np.abs(np.delete(unit - usual, 7, axis=0)).max() < 0.05
    assert unit[7, 1] == (wild > 0)


def test_values_beyond_those_learned_from_are_cut_off():
    scale = fit_scale(measured(ROW), ROW)
    beyond = scale.to_unit(np.array([[-1e9, 1e9, 0.0], [1e9, -1e9, 0.0]]))
    assert beyond[:, :2].tolist() == [[0, 1], [1, 0]]


def test_a_constant_column_is_0_and_comes_back():
    x = measured(ROW)
    x[:, 1] = 42
    scale = fit_scale(x, ROW)
    assert np.isfinite(scale.to_unit(x)).all()
    assert (scale.to_unit(x)[:, 1] == 0).all()
    assert (scale.to_units(scale.to_unit(x))[:, 1] == 42).all()


def test_a_column_that_hardly_varies_keeps_what_varies():
    """One in 400 differs: no share is cut off that would make a constant of it."""
    x = measured(ROW)
    x[:, 1] = 7
    x[3, 1] = 3
    unit = fit_scale(x, ROW).to_unit(x)
    assert unit[3, 1] == 0
    assert (np.delete(unit[:, 1], 3) == 1).all()


def test_whole_numbers_are_measurements_too():
    x = np.arange(300).reshape(100, 3)
    unit = fit_scale(x, ROW).to_unit(x)
    assert unit.dtype == np.float32
    assert (np.diff(unit[2:-2], axis=0) > 0).all()


def test_only_measurements_have_a_scale_and_those_learned_from_make_it():
    assert datasets.load("digits-8x8").scale is None
    data = datasets.load("breast-cancer")
    raw = datasets._parts(data.spec.source.read(), data.spec.n_val)
    low, high = np.quantile(raw[0][0], (0.005, 0.995), axis=0)
    assert data.scale.low == pytest.approx(low)
    assert data.scale.high == pytest.approx(high)
    unclipped = (data.x_test > 0) & (data.x_test < 1)
    back = data.scale.to_units(data.x_test.numpy())
    assert np.allclose(back[unclipped], raw[2][0][unclipped], rtol=1e-4)
