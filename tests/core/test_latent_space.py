"""Maps of codes, neighbours, codes in between, and what slants and strokes measure."""

import numpy as np
import plotly.graph_objects as go
import pytest
import torch
from sklearn.neighbors import NearestNeighbors

from aecore.analysis import neighbours, shape
from aecore.analysis.latent import project
from aecore.errors import ShapeError
from aecore.files import pretrained
from aecore.parts.datasets import DIGIT
from aecore.topics.latent_space import ask as latent_map
from aecore.topics.latent_space import figures as figures
from aecore.topics.reconstructions import ask as reconstruction
from aecore.training.monitor import seen
from aecore.training.subject import Subject

LABELS = np.arange(90) % 10


@pytest.fixture(scope="module", params=["vae-2", "convolutional-32", "denoising-32"])
def subject(request, digits) -> Subject:
    return Subject(pretrained.load(request.param), digits)


@pytest.fixture
def codes():
    return np.random.default_rng(0).standard_normal((90, 5)).astype(np.float32)


def bar(width: float, length: float, turn: float = 0.0, shear: float = 0.0):
    """An upright bar in the middle, antialiased; turned clockwise by degrees, then sheared."""
    y, x = np.indices((28, 28)) - 13.5
    x = x + shear * y
    angle = np.radians(turn)
    along, across = y * np.cos(angle) - x * np.sin(angle), y * np.sin(angle) + x * np.cos(angle)
    inside = np.clip(width / 2 - np.abs(across) + 0.5, 0, 1)
    ends = np.clip(length / 2 - np.abs(along) + 0.5, 0, 1)
    return (255 * inside * ends).round().astype(np.uint8)


# ---- slant and stroke


@pytest.mark.parametrize("shear", [-0.6, -0.25, 0.0, 0.1, 0.5])
def test_slant_of_a_sheared_bar_is_its_shear(shear):
    # Rows end at the same height, so each is the row of an upright bar, pushed sideways.
    measured = shape.slants(bar(4, 18, shear=shear)[np.newaxis])
    assert measured[0] == pytest.approx(np.degrees(np.arctan(shear)), abs=0.3)


def test_slant_does_not_depend_on_place_and_changes_sign_in_a_mirror():
    leaning = bar(3, 16, shear=0.4)
    pictures = np.stack([leaning, np.roll(leaning, (3, -4), axis=(0, 1)), leaning[:, ::-1]])
    here, moved, mirrored = shape.slants(pictures)
    assert here > 15
    assert moved == pytest.approx(here)
    assert mirrored == pytest.approx(-here)


@pytest.mark.parametrize("width", [2, 3, 4])
def test_thickness_of_a_bar_is_its_width_however_it_lies(width):
    bars = np.stack([bar(width, 20, turn) for turn in range(0, 180, 10)])
    measured = shape.stroke_thickness(bars)
    assert measured.mean() == pytest.approx(width, rel=0.05)
    np.testing.assert_allclose(measured, width, rtol=0.2)  # a skeleton may end in a corner


def test_thickness_of_a_ring_is_its_width():
    y, x = np.indices((28, 28)) - 13.5
    ring = np.clip(1.5 - np.abs(np.hypot(x, y) - 8) + 0.5, 0, 1)
    measured = shape.stroke_thickness((255 * ring).astype(np.uint8)[np.newaxis])
    assert measured[0] == pytest.approx(3, rel=0.1)


def test_pictures_are_measured_on_their_own(digits):
    pictures = seen(digits.x_test[:20], DIGIT)
    for measure in (shape.slants, shape.stroke_thickness):
        alone = [measure(picture[np.newaxis])[0] for picture in pictures]
        np.testing.assert_allclose(measure(pictures), alone)


def test_empty_picture_has_neither_slant_nor_stroke():
    empty = np.zeros((1, 28, 28), np.uint8)
    assert shape.slants(empty).tolist() == shape.stroke_thickness(empty).tolist() == [0.0]


# ---- neighbours and maps


def test_nearest_are_those_of_scikit_learn(codes):
    theirs = NearestNeighbors(n_neighbors=7).fit(codes).kneighbors(codes)
    for index in range(len(codes)):
        which, distances = neighbours.nearest(codes, index, 6)
        np.testing.assert_array_equal(which, theirs[1][index, 1:])
        np.testing.assert_allclose(distances, theirs[0][index, 1:], rtol=1e-5)


def test_nearest_leaves_itself_out_even_among_equals():
    which, distances = neighbours.nearest(np.ones((4, 2), np.float32), 2, 6)
    assert which.tolist() == [0, 1, 3]
    assert distances.tolist() == [0, 0, 0]


def test_same_class_share_is_the_score_of_one_neighbour(codes):
    which = [neighbours.nearest(codes, i, 1)[0][0] for i in range(len(codes))]
    expected = (LABELS[which] == LABELS).mean()
    assert neighbours.same_class_share(codes + 1000, LABELS) == pytest.approx(expected)
    assert neighbours.same_class_share(codes[:20], np.arange(20) // 20) == 1


def test_tsne_is_the_same_twice():
    # So many directions alike that the start itself is drawn at random.
    shapeless = np.random.default_rng(1).standard_normal((150, 784)).astype(np.float32)
    np.testing.assert_array_equal(neighbours.tsne(shapeless), neighbours.tsne(shapeless))


def test_tsne_keeps_groups_together(codes):
    groups = codes + 30 * np.eye(5, dtype=np.float32)[LABELS % 3]
    assert neighbours.same_class_share(neighbours.tsne(groups), LABELS % 3) == 1


@pytest.mark.parametrize("scale", [0.0, 1e-8, 1e10])
def test_tsne_of_codes_of_any_size_is_finite(scale, codes):
    assert np.isfinite(neighbours.tsne(codes * np.float32(scale))).all()


@pytest.mark.parametrize("latent_dim", [1, 2, 3, 5])
def test_each_way_lays_out_the_codes_that_it_says(latent_dim, codes):
    codes = codes[:, :latent_dim]
    for way in neighbours.ways(latent_dim):
        laid_out = neighbours.lay_out(codes, LABELS, way)
        assert laid_out.way == way
        assert laid_out.indices.tolist() == list(range(90))
        assert laid_out.points.shape == (90, 3 if (way, latent_dim) == ("codes", 3) else 2)
        if way == "codes":
            np.testing.assert_array_equal(laid_out.points, codes)
        elif way == "pca":
            np.testing.assert_array_equal(laid_out.points, project(codes, LABELS).points)


def test_large_tsne_takes_a_seeded_part(monkeypatch, codes):
    monkeypatch.setattr(neighbours, "MOST", 40)
    laid_out = neighbours.lay_out(codes, LABELS, "tsne")
    assert laid_out.points.shape == (40, 2)
    assert len(set(laid_out.indices.tolist())) == 40
    np.testing.assert_array_equal(laid_out.points, neighbours.tsne(codes[laid_out.indices]))


# ---- codes of a model, and codes in between


def test_decoded_codes_are_the_reconstructions(subject):
    codes = latent_map.test_codes(subject)
    assert codes.finite
    decoded = latent_map.decode(subject, codes.z[[5, 3]])
    expected = reconstruction.reconstruct_test(subject, (5, 3)).x_hat
    assert np.abs(decoded.astype(int) - expected).max() <= 1  # batches of other sizes round anew


def test_walk_starts_and_ends_at_the_reconstructions(subject):
    answer = latent_map.walk(subject, 5, 3, steps=9)
    ends = reconstruction.reconstruct_test(subject, (5, 3))
    np.testing.assert_allclose(answer.decoded[[0, -1]].astype(int), ends.x_hat, atol=1)
    np.testing.assert_array_equal(answer.faded[[0, -1]], ends.originals)
    codes = latent_map.test_codes(subject).z[[5, 3]]
    assert answer.distance == pytest.approx(np.linalg.norm(codes[0] - codes[1]), rel=1e-4)
    middle = latent_map.decode(subject, codes.mean(axis=0, keepdims=True))
    np.testing.assert_allclose(answer.decoded[4].astype(int), middle[0], atol=1)
    np.testing.assert_allclose(answer.faded[4], ends.originals.mean(axis=0), atol=1)


def test_ranges_hold_nearly_all_codes_and_the_order_falls(subject):
    codes = latent_map.test_codes(subject)
    inside = (codes.z >= codes.low) & (codes.z <= codes.high)
    assert inside.mean(axis=0).min() >= 0.99
    assert (np.diff(codes.z.std(axis=0)[codes.order]) <= 1e-5).all()


def test_codes_that_no_chart_can_hold_are_told_and_replaced(digits):
    class Diverged(torch.nn.Module):
        experiment = pretrained.load("vanilla-2").experiment

        def encode(self, x):
            z = x[:, :2].clone()
            z[0, 0], z[1, 0], z[2, 1] = torch.nan, torch.inf, -1e30
            return z

    codes = latent_map.test_codes(Subject(Diverged(), digits))
    assert not codes.finite
    assert np.isfinite(codes.z).all()
    assert (codes.high > codes.low).all()  # though these codes are all alike


def test_codes_of_another_size_are_refused(subject):
    with pytest.raises(ShapeError, match=r"\(1, 7\)"):
        latent_map.decode(subject, np.zeros((1, 7), np.float32))


# ---- the figure


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("size", [1, 2, 3, 5])
@pytest.mark.parametrize("tinted", [False, True])
def test_map_has_every_code_once_with_its_number(size, tinted, dark, codes):
    laid_out = neighbours.lay_out(codes[:, :size], LABELS, neighbours.ways(size)[0])
    values = np.linspace(-3, 9, 90) if tinted else None
    dots = figures.Dots(laid_out.points, LABELS, laid_out.indices, values, "degrees", 4, (5, 6))
    names = [f"class {c}" for c in range(10)]
    figure = figures.code_map(dots, laid_out.way, class_names=names, dark=dark)
    told = [i for trace in figure["data"] for i in trace.get("customdata", [])]
    assert sorted(told) == list(range(90))
    for trace in figure["data"][:10]:
        np.testing.assert_array_equal(trace["x"], laid_out.points[trace["customdata"], 0])
        assert {str(LABELS[i]) for i in trace["customdata"]} == {trace["text"]}
    rings = [t for t in figure["data"] if t["marker"].get("symbol") == "circle-open"]
    assert [len(ring["x"]) for ring in rings] == [2, 1]
    bars = [t for t in figure["data"] if t["marker"].get("showscale")]
    assert len(bars) == tinted
    go.Figure(figure)  # Plotly knows every property


def test_map_of_two_numbers_has_equal_scales(codes):
    dots = figures.Dots(codes[:, :2], LABELS, np.arange(90))
    layout = figures.code_map(dots, "codes", class_names=[str(c) for c in range(10)])["layout"]
    assert layout["yaxis"]["scaleanchor"] == "x"


def test_samples_without_labels_are_dots_of_one_colour():
    dots = figures.Dots(np.zeros((4, 2), np.float32), np.zeros(4, np.int64), np.arange(4))
    (marks, *_rings) = figures.code_map(dots, "codes", class_names=())["data"]
    assert marks["text"] == figures.DOT
    assert marks["hovertemplate"] == "#%{customdata}<extra></extra>"
    strip = figures.code_map(dots, "strip", class_names=())["layout"]
    assert strip["yaxis"]["title"]["text"] == ""


def test_chance_of_the_same_class_is_the_sum_of_squared_shares():
    assert neighbours.chance_of_same_class(np.arange(10)) == pytest.approx(0.1)
    assert neighbours.chance_of_same_class(np.array([0, 1, 1, 1])) == pytest.approx(10 / 16)
