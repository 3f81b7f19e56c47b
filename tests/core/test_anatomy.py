"""What is drawn of a model is what torch builds."""

from itertools import pairwise

import pytest
import torch
from torch import nn

from aecore.model.autoencoder import Autoencoder
from aecore.model.networks import Tied
from aecore.parts.codes import CODES
from aecore.parts.losses import LOSSES
from aecore.spec import schedule
from aecore.spec.anatomy import anatomy, loss_terms
from aecore.spec.experiment import SPECS, Experiment
from aecore.spec.variants import VARIANTS
from tests.core.test_variants import COMBINATIONS

EXPERIMENTS = {key: variant.experiment for key, variant in VARIANTS.items()} | {
    name: Experiment(**fields) for name, fields in COMBINATIONS.items()
}
KINDS = {nn.Linear: "dense", Tied: "dense", nn.Conv2d: "conv", nn.ConvTranspose2d: "conv_transpose"}


@pytest.fixture(params=EXPERIMENTS.values(), ids=EXPERIMENTS.keys())
def experiment(request):
    return request.param


def layers_of(part, x):
    """(kind, numbers in, shape out, parameters) of each layer that torch runs, in order."""
    found = []
    for layer in part:
        y = layer(x)
        kind = next((kind for cls, kind in KINDS.items() if isinstance(layer, cls)), None)
        if kind is not None:
            n = sum(p.numel() for p in layer.parameters())
            found.append((kind, x[0].numel(), tuple(y.shape[1:]), n))
        x = y
    return found


def described(layers):
    return [
        (
            layer.kind,
            torch.Size(layer.shape_in).numel()
            + layer.told * torch.Size(layer.shape_in[1:]).numel(),
            torch.Size(layer.shape_out).numel(),
            layer.parameters,
        )
        for layer in layers
    ]


def flat(layers):
    return [(kind, n_in, torch.Size(out).numel(), n) for kind, n_in, out, n in layers]


@torch.no_grad()
def test_layers_are_those_of_torch(experiment):
    model, drawn = Autoencoder(experiment), anatomy(experiment)
    x = torch.zeros(1, 784 + experiment.label_width)
    assert described(drawn.encoder) == flat(layers_of(model.encoder, x))
    z = torch.zeros(1, experiment.latent_dim + experiment.label_width)
    assert described(drawn.decoder) == flat(layers_of(model.decoder, z))
    assert drawn.code.shape_in == (model.code.width,)
    assert drawn.code.parameters == sum(p.numel() for p in model.code.parameters())


@torch.no_grad()
def test_convolutions_have_the_shapes_of_torch():
    e = Experiment(network="conv", hidden=(3, 4, 5))
    model, drawn = Autoencoder(e), anatomy(e)
    shapes = [out for _, _, out, _ in layers_of(model.encoder, torch.zeros(1, 784))]
    assert [layer.shape_out for layer in drawn.encoder] == shapes
    up = [out for _, _, out, _ in layers_of(model.decoder, torch.zeros(1, 32))]
    assert [layer.shape_out for layer in drawn.decoder][1:] == up[1:]


def test_parameters_are_those_of_torch(experiment):
    assert anatomy(experiment).parameters == Autoencoder(experiment).n_parameters


def test_each_layer_takes_what_the_one_before_gives(experiment):
    layers = anatomy(experiment).layers
    for before, after in pairwise(layers):
        assert torch.Size(before.shape_out).numel() == torch.Size(after.shape_in).numel()


def test_activations_follow_the_experiment():
    e = Experiment(activation="tanh", code_activation="relu", output="identity")
    drawn = anatomy(e)
    assert [layer.activation for layer in drawn.encoder] == ["tanh", "tanh", "relu"]
    assert [layer.activation for layer in drawn.decoder] == ["tanh", "tanh", "identity"]


def test_stages_are_those_of_the_schedule():
    e = VARIANTS["stacked"].experiment
    drawn = anatomy(e)
    planned = {stage.layer: stage.widths for stage in schedule.stages(e) if stage.layer}
    assert {x.stage: (*x.shape_in, *x.shape_out) for x in drawn.encoder} == planned
    assert {x.stage: (*x.shape_out, *x.shape_in) for x in drawn.decoder} == planned
    assert all(layer.stage is None for layer in anatomy(Experiment()).layers)


def test_loss_terms_are_those_of_torch(experiment):
    model, x = Autoencoder(experiment), torch.rand(4, 784, generator=torch.manual_seed(0))
    has_more = "penalty" in model.losses(model(x), x)
    terms = loss_terms(experiment)
    assert (len(terms) > 1) is has_more
    assert len({term.latex for term in terms}) == len(terms)


def test_every_choice_has_its_term():
    assert list(LOSSES) == list(SPECS["recon_loss"].choices)
    for kind in CODES.values():
        assert (kind.term is None) is (kind.penalty is None)
