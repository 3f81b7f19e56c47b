"""What is done to the input: in range, as strong as asked for, and never to the target."""

import pytest
import torch
from torch import Generator

from aecore.parts.corruptions import CORRUPTIONS, corrupted
from aecore.parts.corruptions.low_resolution import shrink, small_side
from aecore.parts.datasets import DIGIT
from aecore.spec.experiment import SPECS

RANDOM = [name for name, corruption in CORRUPTIONS.items() if corruption.draws]
N = 400
GREY = 0.5


def corrupt(name, x, level, seed=0):
    return corrupted(name, x, level, Generator().manual_seed(seed), DIGIT)


def grey():
    return torch.full((N, 784), GREY)


def test_corruptions_are_those_an_experiment_can_name():
    assert ["none", *CORRUPTIONS] == list(SPECS["corruption"].choices)
    assert list(CORRUPTIONS) == list(SPECS["noise_level"].when[1])


def test_no_corruption_leaves_the_very_same_pictures(tiny):
    assert corrupt("none", tiny.x_train, 1.0) is tiny.x_train


@pytest.mark.parametrize("level", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("name", CORRUPTIONS)
def test_corruption_keeps_shape_type_and_range(name, level, tiny):
    x_tilde = corrupt(name, tiny.x_train, level)
    assert x_tilde.shape == tiny.x_train.shape
    assert x_tilde.dtype == torch.float32
    assert x_tilde.min() >= 0
    assert x_tilde.max() <= 1


@pytest.mark.parametrize("level", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("name", CORRUPTIONS)
def test_corruption_leaves_the_target_clean(name, level, tiny):
    target = tiny.x_train.clone()
    corrupt(name, target, level)
    assert torch.equal(target, tiny.x_train)


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_level_zero_changes_nothing(name, tiny):
    assert torch.equal(corrupt(name, tiny.x_train, 0.0), tiny.x_train)


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_level_changes_pictures(name, tiny):
    assert not torch.equal(corrupt(name, tiny.x_train, 0.3), tiny.x_train)


@pytest.mark.parametrize("name", RANDOM)
def test_same_generator_gives_the_same_noise_and_another_seed_other(name, tiny):
    x = tiny.x_train
    assert torch.equal(corrupt(name, x, 0.4, seed=5), corrupt(name, x, 0.4, seed=5))
    assert not torch.equal(corrupt(name, x, 0.4, seed=5), corrupt(name, x, 0.4, seed=6))


@pytest.mark.parametrize("name", RANDOM)
def test_every_picture_gets_noise_of_its_own(name):
    rows = corrupt(name, grey(), 0.4)
    assert len(rows.unique(dim=0)) > N / 4  # a block has 18 x 18 places


@pytest.mark.parametrize("level", [0.05, 0.1])  # so small that nothing is clipped
def test_gaussian_has_the_level_as_standard_deviation(level):
    noise = corrupt("gaussian", grey(), level) - GREY
    assert noise.std().item() == pytest.approx(level, rel=0.01)
    assert noise.mean().item() == pytest.approx(0, abs=level / 100)


@pytest.mark.parametrize("level", [0.1, 0.3])
def test_speckle_grows_with_the_pixel(level):
    assert corrupt("speckle", torch.zeros(N, 784), level).abs().max() == 0
    noise = corrupt("speckle", grey(), level) - GREY
    assert noise.std().item() == pytest.approx(level * GREY, rel=0.01)


@pytest.mark.parametrize("level", [0.1, 0.5, 1.0])
def test_salt_pepper_sets_the_share_to_black_or_white_alike(level):
    x_tilde = corrupt("salt_pepper", grey(), level)
    assert (x_tilde == 0).float().mean().item() == pytest.approx(level / 2, abs=0.005)
    assert (x_tilde == 1).float().mean().item() == pytest.approx(level / 2, abs=0.005)
    assert ((x_tilde == GREY) | (x_tilde == 0) | (x_tilde == 1)).all()


@pytest.mark.parametrize("level", [0.1, 0.5, 1.0])
def test_masking_sets_the_share_to_zero(level):
    x_tilde = corrupt("masking", grey(), level)
    assert (x_tilde == 0).float().mean().item() == pytest.approx(level, abs=0.005)
    assert ((x_tilde == 0) | (x_tilde == GREY)).all()


@pytest.mark.parametrize("level", [0.25, 0.5, 1.0])
def test_block_hides_one_square_of_the_level_times_28_pixels(level):
    side = round(28 * level)
    hidden = (corrupt("block", grey(), level) == 0).view(N, 28, 28)
    assert (hidden.any(dim=2).sum(dim=1) == side).all()  # rows touched
    assert (hidden.any(dim=1).sum(dim=1) == side).all()  # columns touched
    assert (hidden.sum(dim=(1, 2)) == side**2).all()


def test_block_reaches_every_edge():
    hidden = (corrupt("block", grey(), 0.75) == 0).view(N, 28, 28)
    assert hidden[:, 0].any()
    assert hidden[:, -1].any()
    assert hidden[:, :, 0].any()
    assert hidden[:, :, -1].any()


@pytest.mark.parametrize("side", [7, 14])
def test_low_resolution_repeats_the_means_of_blocks(side, tiny):
    x, factor = tiny.x_train[:5], 28 // side
    means = x.view(5, side, factor, side, factor).mean(dim=(2, 4))
    expected = means.repeat_interleave(factor, 1).repeat_interleave(factor, 2)
    torch.testing.assert_close(
        corrupt("low_resolution", x, 1 - side / 28), expected.view(5, 784), atol=1e-6, rtol=0
    )


@pytest.mark.parametrize("side", [1, 3, 20, 27, 28])
def test_shrinking_pools_to_any_side_and_the_level_names_it(side, tiny):
    x = tiny.x_train[:5]
    small = torch.nn.functional.adaptive_avg_pool2d(x.view(5, 28, 28), side)
    torch.testing.assert_close(shrink(x, side, DIGIT), small, atol=1e-6, rtol=0)
    assert small_side(1 - side / 28, DIGIT.height) == side
    blown_up = corrupt("low_resolution", x, 1 - side / 28)
    assert len(blown_up[0].view(28, 28).unique(dim=0)) <= side


def test_smallest_picture_is_one_grey(tiny):
    assert small_side(1.0, DIGIT.height) == 1
    blown_up = corrupt("low_resolution", tiny.x_train, 1.0)
    torch.testing.assert_close(blown_up, tiny.x_train.mean(1, keepdim=True).expand_as(blown_up))


def test_low_resolution_is_the_same_whatever_the_seed(tiny):
    first, other = (corrupt("low_resolution", tiny.x_train, 0.6, seed) for seed in (1, 2))
    assert torch.equal(first, other)
