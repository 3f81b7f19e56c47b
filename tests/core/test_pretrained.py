"""The models that come with the lab."""

import dataclasses
import json
import re

import numpy as np
import pytest
import torch

from aecore.data import datasets
from aecore.errors import DataError, RunError, ShapeError
from aecore.files import pretrained
from aecore.spec.experiment import Experiment
from aecore.training.evaluation import evaluate
from aecore.training.loop import corrupt_fixed

KEYS = list(pretrained.RECIPES)


def rows(x: torch.Tensor) -> set[bytes]:
    return {row.tobytes() for row in (x * 255).round().byte().numpy()}


def test_every_recipe_is_there_and_all_are_small():
    assert list(pretrained.available()) == KEYS
    total = sum(path.stat().st_size for path in pretrained.FOLDER.iterdir())
    assert total <= 6_000_000


@pytest.mark.parametrize("key", KEYS)
def test_card_says_what_the_recipe_says(key):
    card = pretrained.card(key)
    assert Experiment.from_json(json.dumps(card["experiment"])) == pretrained.RECIPES[key]
    chosen = pretrained.RECIPES[key].classes
    assert card["training_pictures"] == (5_487 if chosen == (3,) else 53_633)


@pytest.mark.parametrize("key", KEYS)
def test_card_tells_the_error_on_the_bundled_test_digits(key, digits):
    model = pretrained.load(key)
    x_input = corrupt_fixed(model.experiment, digits.x_test)
    measured = evaluate(model, x_input, digits.x_test, digits.y_test).mse
    assert measured == pytest.approx(pretrained.card(key)["test_mse_bundled"], rel=1e-3)


def test_models_that_come_one_by_one_are_found(tmp_path):
    for n, key in enumerate(KEYS):
        assert list(pretrained.available(tmp_path)) == KEYS[:n]
        (tmp_path / f"{key}.safetensors").touch()
    assert list(pretrained.available(tmp_path)) == KEYS


def test_unknown_model_is_a_sentence():
    with pytest.raises(RunError, match="nonsense"):
        pretrained.load("nonsense")


def test_held_out_pictures_are_removed_and_no_others(digits):
    everything = torch.cat([digits.x_train, digits.x_val, digits.x_test])
    labels = torch.cat([digits.y_train, digits.y_val, digits.y_test])
    mixed = dataclasses.replace(digits, x_train=everything, y_train=labels)
    kept = pretrained.without(mixed, digits)
    assert torch.equal(kept.x_train, digits.x_train)
    assert torch.equal(kept.y_train, digits.y_train)


@pytest.mark.full_mnist
def test_no_digit_to_choose_by_or_test_with_is_left_to_train_on(digits):
    full = datasets.load("mnist")
    kept = pretrained.without(full, digits)
    forbidden = torch.cat([digits.x_val, digits.x_test, full.x_val, full.x_test])
    assert rows(kept.x_train) & rows(forbidden) == set()
    assert rows(full.x_train) - rows(forbidden) == rows(kept.x_train)


def test_make_writes_what_load_reads(monkeypatch, tmp_path, digits):
    tiny = pretrained.RECIPES["vanilla-2"].replace(epochs=1, n_train=300)
    monkeypatch.setitem(pretrained.RECIPES, "vanilla-2", tiny)
    monkeypatch.setattr(datasets, "load", lambda key, device="cpu": digits)
    *steps, card = pretrained.make("vanilla-2", tmp_path)
    assert steps[-1] == (2, 2)
    model = pretrained.load("vanilla-2", tmp_path)
    assert evaluate(model, digits.x_test, digits.x_test).mse == pytest.approx(
        card["test_mse_bundled"], rel=1e-6
    )
    assert all(np.isfinite(w.numpy()).all() for w in model.state_dict().values())


# ---- pictures that are none


@pytest.mark.parametrize(
    ("x", "said"),
    [
        (torch.full((2, 784), 255.0), "were float32 from 255 to 255: divide"),
        (torch.full((2, 784), 255, dtype=torch.uint8), "were uint8 from 255"),
        (torch.zeros(2, 784, dtype=torch.int64), "were int64 from 0 to 0"),
        (torch.full((2, 784), -0.5), "from -0.5 to -0.5"),
        (torch.full((2, 784), torch.nan), "from nan to nan"),
        (torch.full((2, 784), 1.001), "from 1.001"),
    ],
)
def test_pixels_out_of_range_are_refused(x, said):
    with pytest.raises(DataError, match=re.escape(said)) as refused:
        pretrained.load("vanilla-2").reconstruct(x)
    assert str(refused.value).startswith(
        "A sample's numbers must be floating-point ones from 0 to 1"
    )


@pytest.mark.parametrize("shape", [(784,), (2, 783), (2, 28, 28), (0,)])
def test_pictures_of_another_shape_are_refused(shape):
    with pytest.raises(ShapeError, match=re.escape(f"784 numbers, but the shape was {shape}")):
        pretrained.load("vanilla-2").reconstruct(torch.zeros(shape))


def test_pixels_at_the_limits_are_pictures():
    x = torch.tensor([[0.0], [1.0], [1.00001]]).expand(3, 784)
    assert pretrained.load("vanilla-2").reconstruct(x).shape == (3, 784)
    assert pretrained.load("vanilla-2").reconstruct(torch.zeros(0, 784)).shape == (0, 784)
