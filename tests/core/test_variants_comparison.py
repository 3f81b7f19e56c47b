"""Every model is compared on the same digits, whatever it has learned from."""

import numpy as np
import pytest

from aecore.files import pretrained
from aecore.topics.variants import ask as variants
from aecore.training.subject import Subject


@pytest.mark.parametrize("key", pretrained.available())
def test_error_is_that_of_the_card_whatever_the_subjects_pictures(key, tiny):
    answer = variants.bundled_errors(Subject(pretrained.load(key), tiny))
    assert answer.errors.mean() == pytest.approx(pretrained.card(key)["test_mse_bundled"], rel=1e-3)


@pytest.mark.parametrize("key", ["vanilla-32", "denoising-32"])
def test_pictures_are_the_bundled_ones_in_order(key, tiny, digits):
    passed = variants.pass_bundled(Subject(pretrained.load(key), tiny), (5, 2))
    expected = (digits.x_test[[5, 2]].reshape(-1, 28, 28) * 255).round().numpy()
    np.testing.assert_array_equal(passed.originals, expected.astype(np.uint8))
    noisy = not np.array_equal(passed.x_input, passed.originals)
    assert noisy is (key == "denoising-32")
    assert passed.x_hat.shape == (2, 28, 28)


def test_noise_of_a_digit_does_not_depend_on_the_others_shown(digits):
    subject = Subject(pretrained.load("denoising-32"), digits)
    alone, among = (variants.pass_bundled(subject, i) for i in ((7,), (3, 7)))
    np.testing.assert_array_equal(alone.x_input[0], among.x_input[1])
