"""Codes as points on a plane: the right plane, and one that does not flip."""

import numpy as np
import pytest
from sklearn.decomposition import PCA

from aecore.analysis.latent import ASPECT, Plane, held_range, project

LABELS = np.arange(200) % 10


@pytest.fixture
def codes():
    """200 codes of 6 numbers, most variance along two slanted directions."""
    random = np.random.default_rng(0)
    spread = np.diag([5, 3, 1, 0.5, 0.2, 0.1])
    turn = np.linalg.qr(random.standard_normal((6, 6)))[0]
    return (random.standard_normal((200, 6)) @ spread @ turn + 4).astype(np.float32)


def test_one_number_becomes_a_strip_with_a_lane_per_class(codes):
    plane = project(codes[:, :1], LABELS)
    assert (plane.kind, plane.explained) == ("strip", 1.0)
    np.testing.assert_array_equal(plane.points[:, 0], codes[:, 0])
    assert (np.abs(plane.points[:, 1] - LABELS) < 0.5).all()


def test_two_numbers_are_the_plane_itself(codes):
    plane = project(codes[:, :2], LABELS, previous=-codes[:, :2])
    assert (plane.kind, plane.explained) == ("codes", 1.0)
    np.testing.assert_array_equal(plane.points, codes[:, :2])


@pytest.mark.parametrize("dimensions", [3, 6])
def test_many_numbers_show_their_principal_plane(dimensions, codes):
    codes = codes[:, :dimensions]
    plane = project(codes, LABELS)
    theirs = PCA(2, svd_solver="full").fit(codes.astype(np.float64))
    assert plane.kind == "pca"
    assert plane.explained == pytest.approx(theirs.explained_variance_ratio_.sum(), rel=1e-5)
    expected = theirs.transform(codes.astype(np.float64))
    np.testing.assert_allclose(np.abs(plane.points), np.abs(expected), rtol=1e-3, atol=1e-3)


def test_map_does_not_flip_from_one_moment_to_the_next(codes):
    before = project(codes, LABELS).points
    drift = 0.05 * np.random.default_rng(1).standard_normal(codes.shape).astype(np.float32)
    for flipped in (-before, before * [1, -1], before * [-1, 1]):  # what eigenvectors may do
        after = project(codes + drift, LABELS, previous=flipped.astype(np.float32)).points
        assert np.abs(after - flipped).max() < 0.05 * np.abs(before).max()


def test_axes_stay_the_principal_ones_whatever_lay_there_before(codes):
    free = project(codes, LABELS).points
    random = np.random.default_rng(2).standard_normal(free.shape).astype(np.float32)
    held = project(codes, LABELS, previous=random).points
    np.testing.assert_allclose(np.abs(held), np.abs(free), rtol=1e-6)


@pytest.mark.parametrize("scale", [0.0, 1e-30, 1e10, 1e30, 1e38])
def test_codes_of_any_size_give_finite_points(scale):
    codes = np.random.default_rng(3).uniform(-1, 1, (50, 8)).astype(np.float32)
    plane = project(codes * np.float32(scale), LABELS[:50])
    assert np.isfinite(plane.points).all()
    assert 0 <= plane.explained <= 1


# ---- the range of the map


def held(points, before=0.0, kind="codes"):
    return held_range(Plane(points, kind, 1.0), before)


def spread(reach):
    return np.full((10, 2), reach)


@pytest.mark.parametrize("reach", [1e-4, 0.3, 1.0, 4.2, 9.7, 123.0])
def test_map_shows_nearly_all_points_and_little_more(reach):
    points = np.random.default_rng(0).uniform(-reach, reach, (1000, 2))
    shown = held(points)
    assert (np.abs(points) <= shown).mean() >= 0.99
    assert shown < 2.5 * reach


def test_map_is_wider_than_high():
    assert held(spread([ASPECT * 8.0, 0])) == held(spread([0, 8.0])) == 10


def test_lanes_of_a_strip_have_no_say_in_how_far_it_goes():
    points = np.column_stack([np.full(10, 0.5), np.arange(10.0)])
    assert held(points, kind="strip") == 0.5
    assert held(points) == 10


def test_map_moves_only_for_points_outside_or_in_less_than_a_third():
    before = held(spread(8.0))
    assert before == 10
    for reach in (3.1, 5, 9):
        assert held(spread(reach), before) == before
    assert held(spread(80.0), before) > 80
    assert 0.1 < held(spread(0.1), before) < 0.3


def test_map_rests_while_points_drift():
    assert len({held(spread(reach)) for reach in np.linspace(2, 2.6, 20)}) == 1


def test_map_is_not_stretched_by_a_stray_point():
    points = np.random.default_rng(0).uniform(-1, 1, (1000, 2))
    assert held(np.vstack([points, [[1000, 1000]]])) == held(points)


@pytest.mark.parametrize("points", [np.empty((0, 2)), np.full((5, 2), np.nan), np.zeros((5, 2))])
def test_map_keeps_still_without_points(points):
    assert held(points, 3.0) == 3.0
