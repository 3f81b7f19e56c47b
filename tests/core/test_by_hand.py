"""The written-out gradients and the lean optimiser step, against autograd and torch.optim."""

import math

import pytest
import torch
import torch.nn.functional as F
from torch import Generator

from aecore.parts.datasets import DIGIT
from aecore.parts.losses.bce import bce
from aecore.parts.optimizers import OPTIMIZERS
from aecore.spec import variants
from aecore.spec.experiment import SPECS
from aecore.training.fast import adam, by_hand
from aecore.training.loop import Training

CASES = {
    **{key: (key, {}) for key in variants.VARIANTS if key != "contractive"},
    **{
        f"activation {a}": ("vanilla", {"activation": a})
        for a in by_hand.ACTIVATE
        if a != "identity"
    },
    "BCE": ("vanilla", {"recon_loss": "bce"}),
    "no output activation": ("vanilla", {"output": "identity"}),
    "AdamW": ("vanilla", {"optimizer": "adamw"}),
    **{
        f"tied {key}": (key, {"tied": True})
        for key in variants.VARIANTS
        if key not in ("contractive", "convolutional")
    },
    "tied BCE, no hidden layer": ("vae", {"tied": True, "recon_loss": "bce", "hidden": ()}),
    "tied, SGD, no output activation": (
        "vanilla",
        {"tied": True, "optimizer": "sgd", "output": "identity", "network": "linear"},
    ),
}


def pair(case, data):
    """Two trainings of one experiment: as it is, and by autograd and torch.optim alone."""
    key, changes = CASES[case]
    experiment = variants.build(key, dataset=data.key, batch_size=20, **changes)
    ours, plain = Training(experiment, data), Training(experiment, data)
    plain.update = Training.learn_from
    for training in (ours, plain):
        training.enter_stage()
    return ours, plain


@pytest.mark.parametrize("case", CASES)
def test_steps_by_hand_are_those_of_autograd(case, tiny):
    ours, plain = pair(case, tiny)
    random = Generator().manual_seed(0)
    for size in (20, 20, 7, 20):  # memory is kept for each size
        batch = torch.randperm(len(tiny.x_train), generator=random)[:size]
        terms, expected = ours.train_batch(batch), plain.train_batch(batch)
        assert terms.keys() == expected.keys()
        for name, term in terms.items():
            assert not term.requires_grad
            torch.testing.assert_close(term, expected[name], rtol=2e-5, atol=1e-7)
    for p, q in zip(ours.model.parameters(), plain.model.parameters(), strict=True):
        torch.testing.assert_close(p.grad, q.grad, rtol=1e-4, atol=5e-7)
        torch.testing.assert_close(p, q, rtol=1e-4, atol=1e-6)


def test_most_dense_variants_are_written_out():
    written = {
        key
        for key in variants.VARIANTS
        if by_hand.applies(variants.build(key), torch.device("cpu"))
    }
    assert {"linear", "vanilla", "deep", "denoising", "vae", "vq"} <= written
    assert written.isdisjoint({"convolutional", "contractive", "stacked"})


def test_tied_weights_are_written_out_unless_the_class_is_told():
    cpu = torch.device("cpu")
    assert by_hand.applies(variants.build("vae", tied=True), cpu)
    assert not by_hand.applies(variants.build("vae", tied=True, condition="label"), cpu)
    assert by_hand.applies(variants.build("vae", condition="label"), cpu)


def test_activation_without_a_slope_from_its_output_is_left_to_autograd():
    assert not by_hand.applies(variants.build("vanilla", activation="gelu"), torch.device("cpu"))
    assert set(SPECS["activation"].choices) - set(by_hand.ACTIVATE) == {"gelu"}


def test_bce_from_the_sigmoid_equals_pytorchs_in_value_and_gradient():
    logits = torch.cat([torch.linspace(-30, 30, 201), torch.zeros(3)]).requires_grad_()
    x = torch.linspace(0, 1, 204).roll(50)
    value = bce(logits, logits.sigmoid(), x, DIGIT)
    (gradient,) = torch.autograd.grad(3 * value, logits)
    expected = F.binary_cross_entropy_with_logits(logits, x)
    (expected_gradient,) = torch.autograd.grad(3 * expected, logits)
    torch.testing.assert_close(value, expected)
    torch.testing.assert_close(gradient, expected_gradient, rtol=1e-5, atol=1e-8)


def test_bce_of_a_saturated_sigmoid_is_finite():
    logits = torch.tensor([-200.0, 200.0])
    assert math.isclose(bce(logits, logits.sigmoid(), torch.tensor([1.0, 0.0]), DIGIT).item(), 200)


@pytest.mark.parametrize("optimizer", ["adam", "adamw"])
def test_adam_goes_on_from_a_loaded_state(optimizer, tiny):
    experiment = variants.build("vanilla", dataset=tiny.key, optimizer=optimizer, batch_size=20)
    whole, first, second = (Training(experiment, tiny) for _ in range(3))
    batches = torch.arange(60).split(10)
    for batch in batches:
        whole.train_batch(batch)
    for batch in batches[:3]:
        first.train_batch(batch)
    second.model.load_state_dict(first.model.state_dict())
    second.optimizer.load_state_dict(first.optimizer.state_dict())
    for batch in batches[3:]:
        second.train_batch(batch)
    for p, q in zip(second.model.parameters(), whole.model.parameters(), strict=True):
        assert torch.equal(p, q)


def test_adam_step_reads_its_settings_anew(tiny):
    training = Training(variants.build("vanilla", dataset=tiny.key, batch_size=20), tiny)
    training.train_batch(torch.arange(20))
    before = [p.clone() for p in training.model.parameters()]
    training.optimizer.param_groups[0]["lr"] = 0.0
    training.train_batch(torch.arange(20))
    assert all(torch.equal(p, q) for p, q in zip(training.model.parameters(), before, strict=True))


def test_layers_that_train_in_turn_keep_pytorchs_own_step():
    stacked = variants.build("stacked")
    weight = torch.nn.Parameter(torch.zeros(1))
    optimizer = OPTIMIZERS[stacked.optimizer].make([weight], stacked.learning_rate)
    assert not isinstance(adam.stepper(stacked, optimizer), adam.AdamStep)
