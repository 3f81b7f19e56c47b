"""What the map of codes sends to the browser, and what it makes of the answer."""

import io
import json

import numpy as np
import pytest
from PIL import Image

from ui.kit.latent_pad import WORDS, LatentMap, pack, place_of

SIDE, COUNT = 3, 5
RANDOM = np.random.default_rng(0)
SPRITE = RANDOM.integers(0, 256, (SIDE, SIDE, 28, 28), dtype=np.uint8)
GRID = (-3.0, 3.0, -2.0, 2.0)
COORDINATES = RANDOM.normal(size=(COUNT, 2))
LABELS = np.array([0, 9, 3, 3, 1])
PARTS = {
    "sprite": SPRITE,
    "blend": True,
    "grid": GRID,
    "points": (COORDINATES, LABELS),
    "key": "pad",
    "words": {word: word.upper() for word in WORDS},
    "colours": [f"#00000{c}" for c in range(10)],
    "alt": "a map",
}


def packed(**changes):
    """The head as a dict, and what follows it."""
    head, body = pack(LatentMap(**{**PARTS, **changes})).split(b"\n", 1)
    return json.loads(head), body


def test_pack_keeps_each_digit_at_its_place():
    head, body = packed()
    sheet = np.asarray(Image.open(io.BytesIO(body[: head["size"]])))
    assert sheet.shape == (SIDE * 28, SIDE * 28)
    for row in range(SIDE):
        for column in range(SIDE):
            tile = sheet[row * 28 :, column * 28 :][:28, :28]
            assert np.array_equal(tile, SPRITE[row, column])


def test_pack_takes_coloured_pictures_of_any_size():
    sprite = RANDOM.integers(0, 256, (SIDE, SIDE, 5, 7, 3), dtype=np.uint8)
    head, body = packed(sprite=sprite, blend=False)
    assert (head["height"], head["width"], head["blend"]) == (5, 7, False)
    sheet = np.asarray(Image.open(io.BytesIO(body[: head["size"]])))
    assert sheet.shape == (SIDE * 5, SIDE * 7, 3)
    assert np.array_equal(sheet[5:10, 14:21], sprite[1, 2])


def test_pack_takes_points_without_labels_and_more_than_ten_classes():
    head, body = packed(points=(COORDINATES, None))
    assert (head["count"], head["labelled"]) == (COUNT, False)
    assert len(body) == head["size"] + 8 * COUNT
    many = np.array([0, 11, 30, 3, 1])
    head, body = packed(points=(COORDINATES, many), colours=["#000000"] * 31)
    assert head["labelled"]
    assert list(body[-COUNT:]) == list(many)


def test_pack_keeps_points_and_texts():
    head, body = packed()
    coordinates = np.frombuffer(body, "<f4", 2 * COUNT, head["size"]).reshape(COUNT, 2)
    assert np.allclose(coordinates, COORDINATES, atol=1e-6)
    assert list(body[head["size"] + 8 * COUNT :]) == list(LABELS)
    assert head["count"] == COUNT
    assert head["side"] == SIDE
    assert tuple(head["grid"]) == GRID
    assert [head[name] for name in ("key", "words", "colours", "alt")] == [
        PARTS[name] for name in ("key", "words", "colours", "alt")
    ]


def test_pack_takes_a_map_without_points():
    head, body = packed(points=(np.empty((0, 2)), np.empty(0, dtype=int)))
    assert len(body) == head["size"]


@pytest.mark.parametrize(
    "change",
    [
        {"sprite": SPRITE ^ np.uint8(1)},
        {"grid": (-3.0, 3.0, -2.0, 2.5)},
        {"points": (COORDINATES + 1, LABELS)},
        {"points": (COORDINATES, LABELS[::-1])},
        {"alt": "another map"},
        {"colours": [f"#00000{c}" for c in range(10)][::-1]},
    ],
    ids=lambda change: "-".join(change),
)
def test_digest_changes_with_what_is_shown(change):
    assert packed()[0]["digest"] == packed()[0]["digest"]
    assert packed(**change)[0]["digest"] != packed()[0]["digest"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"sprite": SPRITE.astype(np.float32)}, "float32"),
        ({"sprite": SPRITE[:, :2]}, r"\(3, 2, 28, 28\)"),
        ({"sprite": SPRITE[:1, :1]}, r"\(1, 1, 28, 28\)"),
        ({"sprite": SPRITE[..., :0]}, r"\(3, 3, 28, 0\)"),
        ({"sprite": np.stack([SPRITE] * 2, axis=-1)}, r"\(3, 3, 28, 28, 2\)"),
        ({"sprite": SPRITE.reshape(9, 28, 28)}, r"\(9, 28, 28\)"),
        ({"grid": (3.0, -3.0, -2.0, 2.0)}, "low below its high"),
        ({"grid": (-3.0, float("nan"), -2.0, 2.0)}, "finite"),
        ({"points": (COORDINATES[:, :1], LABELS)}, r"\(5, 1\)"),
        ({"points": (COORDINATES[:, :1], None)}, r"\(5, 1\)"),
        ({"points": (COORDINATES, None), "colours": []}, "one colour"),
        ({"colours": ["#000000"] * 257}, "at most 256"),
        ({"points": (COORDINATES, LABELS[:4])}, r"\(4,\)"),
        ({"points": (COORDINATES, LABELS + 1)}, "1 to 10"),
        ({"points": (COORDINATES, LABELS - 1)}, "-1 to 8"),
        ({"words": {}}, "digit, hint"),
    ],
)
def test_pack_refuses_what_it_cannot_show(change, message):
    with pytest.raises(ValueError, match=message):
        pack(LatentMap(**{**PARTS, **change}))


def test_place_is_none_off_the_map():
    assert place_of(None, GRID) is None
    for useless in ("pin", [1, 2], {}, {"x": 1}, {"x": "1", "y": 2}, {"x": None, "y": 0}):
        assert place_of(useless, GRID) is None
    assert place_of({"x": float("nan"), "y": 0.0}, GRID) is None
    assert place_of({"x": 3, "y": -2.0}, GRID) == (3.0, -2.0)
    assert place_of({"x": 0.0, "y": 2.1}, GRID) is None
    assert place_of({"x": -3.1, "y": 0.0}, GRID) is None
