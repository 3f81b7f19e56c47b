"""Models that are told the class, and what can be asked of them."""

import numpy as np
import pytest
import torch

from aecore.files import pretrained
from aecore.model.autoencoder import UNTOLD, Autoencoder
from aecore.spec import variants
from aecore.spec.experiment import Experiment
from aecore.topics.generate import conditional
from aecore.training.loop import UNTOLD_SHARE, Training
from aecore.training.subject import Subject

NETWORKS = (
    {"hidden": (16,)},
    {"network": "linear"},
    {"network": "conv", "hidden": (4, 8)},
)


def conditional_model(**changes):
    return Autoencoder(
        variants.build("cvae", **({"hidden": (16,), "latent_dim": 3, "seed": 1} | changes))
    )


@pytest.fixture(scope="module")
def example(digits):
    return Subject(pretrained.load("cvae-8"), digits)


@pytest.mark.parametrize("network", NETWORKS, ids=str)
def test_encoder_and_decoder_are_told_the_class(network, tiny):
    model, x = conditional_model(**network), tiny.x_test
    zeros, ones = torch.zeros(len(x), dtype=torch.int64), torch.ones(len(x), dtype=torch.int64)
    z = model.encode(x, zeros)
    assert not torch.allclose(z, model.encode(x, ones))
    assert not torch.allclose(model.decode(z, zeros), model.decode(z, ones))


@pytest.mark.parametrize("network", NETWORKS, ids=str)
def test_untold_class_is_the_same_as_none(network, tiny):
    model, x = conditional_model(**network), tiny.x_test
    untold = torch.full((len(x),), UNTOLD)
    torch.testing.assert_close(model.reconstruct(x, untold), model.reconstruct(x))


def test_model_that_is_not_conditional_ignores_the_class(tiny):
    model = Autoencoder(Experiment(hidden=(16,)))
    x, y = tiny.x_test, tiny.y_test
    torch.testing.assert_close(model.reconstruct(x, y), model.reconstruct(x))


def test_one_picture_in_ten_is_learned_from_without_its_class(digits):
    training = Training(variants.build("cvae", hidden=(4,), batch_size=4000), digits)
    told = training.told(torch.arange(3500))
    assert (told == UNTOLD).float().mean().item() == pytest.approx(UNTOLD_SHARE, abs=0.02)
    kept = told != UNTOLD
    assert torch.equal(told[kept], digits.y_train[:3500][kept])


@pytest.mark.parametrize("part", ["val", "test"])
def test_error_is_measured_with_the_class_told(part, tiny):
    training = Training(variants.build("cvae", hidden=(16,)), tiny)
    x, y = getattr(tiny, f"x_{part}"), getattr(tiny, f"y_{part}")
    found = training.evaluate() if part == "val" else training.test()
    expected = (training.model.reconstruct(x, y) - x).square().mean()
    assert found.mse == pytest.approx(expected.item(), rel=1e-5)


def test_being_told_the_class_lowers_the_error(example):
    x, y, model = example.dataset.x_test, example.dataset.y_test, example.model
    error = [
        (x_hat - x).square().mean() for x_hat in (model.reconstruct(x, y), model.reconstruct(x))
    ]
    assert error[0] < 0.85 * error[1]


def test_drawn_styles_mostly_become_the_class_asked_for(example):
    answer = conditional.drawn(example, 4, seed=0)
    assert answer.pictures.shape == (4, 10, 28, 28)
    assert answer.obeyed.low > 0.7
    again, other = conditional.drawn(example, 4, seed=0), conditional.drawn(example, 4, seed=1)
    assert np.array_equal(answer.pictures, again.pictures)
    assert not np.array_equal(answer.pictures, other.pictures)


def test_borrowed_style_keeps_the_slant(example):
    found = [conditional.borrowed(example, index) for index in range(60)]
    original = np.array([answer.slant for answer in found])
    written = np.array([answer.slants.mean() for answer in found])
    assert np.corrcoef(original, written)[0, 1] > 0.7


def test_own_digit_is_what_the_learner_says_it_is(example):
    index, label = 5, int(example.dataset.y_test[5])
    pixels = example.dataset.x_test[index : index + 1].numpy()
    as_test, as_own = (
        conditional.borrowed(example, index),
        conditional.borrowed_from_own(example, pixels, label),
    )
    assert np.array_equal(as_test.pictures, as_own.pictures)
    assert np.array_equal(as_own.x_hat[0], as_own.pictures[label])
    other = conditional.borrowed_from_own(example, pixels, (label + 1) % 10)
    assert not np.array_equal(other.pictures, as_own.pictures)
