"""The quick transposed convolution to one plane, against PyTorch's own."""

import pytest
import torch
from torch import nn

from aecore.model import one_plane
from aecore.model.autoencoder import Autoencoder
from aecore.model.one_plane import OnePlane
from aecore.spec import variants


def plain(channels=5):
    torch.manual_seed(0)
    return nn.ConvTranspose2d(channels, 1, 3, stride=2, padding=1, output_padding=1)


@pytest.mark.parametrize("shape", [(3, 5, 14, 14), (1, 5, 1, 1), (2, 5, 2, 3)])
def test_it_paints_the_same_picture(shape):
    layer = plain()
    x = torch.randn(shape)
    with torch.no_grad():
        assert torch.allclose(OnePlane(layer)(x), layer(x), atol=1e-6)


def test_gradients_are_the_slopes():
    layer = OnePlane(plain(2).double())
    x = torch.randn(2, 2, 3, 2, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(layer, (x,))


def test_gradients_of_weights_are_those_of_the_plain_layer():
    layer = plain()
    x = torch.randn(4, 5, 7, 7)
    aim = torch.randn(4, 1, 14, 14)
    found = []
    for one in (layer, OnePlane(layer)):
        layer.zero_grad()
        (one(x) - aim).square().mean().backward()
        found.append([layer.weight.grad.clone(), layer.bias.grad.clone()])
    for ours, theirs in zip(*found, strict=True):
        assert torch.allclose(ours, theirs, atol=1e-6)


def test_weights_are_shared_and_keep_their_names():
    layer = plain()
    quick = OnePlane(layer)
    assert list(quick.state_dict()) == list(layer.state_dict())
    assert quick.weight is layer.weight
    assert quick.bias is layer.bias


def test_products_in_another_precision_stay_with_pytorch():
    layer = plain()
    x = torch.randn(2, 5, 4, 4)
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        quick, own = OnePlane(layer)(x), layer(x)
    assert quick.dtype == own.dtype == torch.bfloat16
    assert torch.equal(quick, own)


@pytest.mark.parametrize(
    "other",
    [
        nn.ConvTranspose2d(5, 2, 3, stride=2, padding=1, output_padding=1),
        nn.ConvTranspose2d(5, 1, 3, stride=2, padding=1),
        nn.ConvTranspose2d(5, 1, 5, stride=2, padding=1, output_padding=1),
        nn.Conv2d(5, 1, 3, stride=2, padding=1),
        nn.Linear(5, 1),
    ],
)
def test_other_layers_stay_as_they_are(other):
    network = nn.Sequential(other)
    assert one_plane.substitute(network)[0] is other


def test_convolutional_model_ends_with_it():
    model = Autoencoder(variants.build("convolutional"))
    assert [type(layer) for layer in model.decoder].count(OnePlane) == 1
