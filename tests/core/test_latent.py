"""Codes as points on a plane: the right plane, and one that does not turn."""

import numpy as np
import pytest
from scipy.spatial import procrustes
from sklearn.decomposition import PCA

from aecore.analysis.latent import held_range, project

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


def test_map_neither_flips_nor_turns_from_one_moment_to_the_next(codes):
    before = project(codes, LABELS).points
    drift = 0.05 * np.random.default_rng(1).standard_normal(codes.shape).astype(np.float32)
    for turned in (-before, before[:, ::-1], before * [1, -1]):  # what eigenvectors may do
        after = project(codes + drift, LABELS, previous=turned.astype(np.float32)).points
        assert np.abs(after - turned).max() < 0.05 * np.abs(before).max()


def test_turning_keeps_all_distances(codes):
    free = project(codes, LABELS).points
    random = np.random.default_rng(2).standard_normal(free.shape).astype(np.float32)
    turned = project(codes, LABELS, previous=random).points
    assert procrustes(free, turned)[2] == pytest.approx(0, abs=1e-6)
    np.testing.assert_allclose(
        np.linalg.norm(turned, axis=1), np.linalg.norm(free, axis=1), rtol=1e-4
    )


@pytest.mark.parametrize("scale", [0.0, 1e-30, 1e10, 1e30, 1e38])
def test_codes_of_any_size_give_finite_points(scale):
    codes = np.random.default_rng(3).uniform(-1, 1, (50, 8)).astype(np.float32)
    plane = project(codes * np.float32(scale), LABELS[:50])
    assert np.isfinite(plane.points).all()
    assert 0 <= plane.explained <= 1


# ---- the range of the map


@pytest.mark.parametrize("reach", [1e-4, 0.3, 1.0, 4.2, 9.7, 123.0])
def test_held_range_covers_nearly_all_points_and_little_more(reach):
    points = np.random.default_rng(0).uniform(-reach, reach, (1000, 2))
    held = held_range(points)
    assert (np.abs(points) <= held).mean() >= 0.99
    assert held < 2.5 * reach


def spread(reach):
    return np.full((10, 2), reach)


def test_held_range_moves_only_for_points_outside_or_in_less_than_a_third():
    held = held_range(spread(8.0))
    assert held == 10
    for reach in (3.1, 5, 9):
        assert held_range(spread(reach), held) == held
    assert held_range(spread(80.0), held) > 80
    assert 0.1 < held_range(spread(0.1), held) < 0.3


def test_held_range_rests_while_points_drift():
    ranges = [held_range(spread(reach)) for reach in np.linspace(2, 2.6, 20)]
    assert len(set(ranges)) == 1


def test_held_range_is_not_stretched_by_a_stray_point():
    points = np.random.default_rng(0).uniform(-1, 1, (1000, 2))
    assert held_range(np.vstack([points, [[1000, 1000]]])) == held_range(points)


@pytest.mark.parametrize("points", [np.empty((0, 2)), np.full((5, 2), np.nan), np.zeros((5, 2))])
def test_held_range_keeps_still_without_points(points):
    assert held_range(points, 3.0) == 3.0
