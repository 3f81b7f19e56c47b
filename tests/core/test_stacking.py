"""A deep autoencoder built up layer by layer."""

import pytest
import torch
import torch.nn.functional as F

from aecore.engine.host import Host
from aecore.model.autoencoder import Autoencoder
from aecore.model.stacking import forward, layer_losses
from aecore.spec.experiment import Experiment
from aecore.spec.schedule import Stage, stage_at, stages
from aecore.training.evaluation import look
from aecore.training.loop import Training

STACKED = Experiment(
    schedule="layer_by_layer",
    hidden=(30, 12),
    latent_dim=4,
    layer_epochs=2,
    epochs=8,
    n_train=300,
    batch_size=50,
)


def test_stages_are_the_layers_and_then_all_together():
    assert stages(STACKED) == (
        Stage(0, 1, (784, 30)),
        Stage(2, 2, (30, 12)),
        Stage(4, 3, (12, 4)),
        Stage(6),
    )
    assert [stage_at(STACKED, epoch).layer for epoch in range(8)] == [1, 1, 2, 2, 3, 3, None, None]


def test_plain_training_has_one_stage():
    assert stages(Experiment()) == (Stage(0),)
    assert stage_at(Experiment(), 1000).layer is None


def test_last_layer_is_the_whole_model(digits):
    model = Autoencoder(STACKED.replace(code_activation="tanh"))
    x = digits.x_test[:5]
    torch.testing.assert_close(forward(model, x, 3).x_hat, model(x).x_hat)
    torch.testing.assert_close(forward(model, x, 3).code.z, model(x).code.z)


def test_each_layer_goes_up_and_straight_back(digits):
    model = Autoencoder(STACKED)
    x = digits.x_test[:5]
    one, two = forward(model, x, 1), forward(model, x, 2)
    assert (one.code.z.shape, two.code.z.shape) == ((5, 30), (5, 12))
    h = model.encoder[:2](x)
    torch.testing.assert_close(one.x_hat, torch.sigmoid(model.decoder[-1](h)))
    torch.testing.assert_close(two.code.z, model.encoder[2:4](h))


def test_layer_loss_compares_with_the_layer_below(digits):
    model = Autoencoder(STACKED)
    x = digits.x_test[:5]
    h1, h2 = model.encoder[:2](x), model.encoder[:4](x)
    back = model.decoder[2:4](h2)
    loss = layer_losses(model, x, x, 2)["total_loss"]
    torch.testing.assert_close(loss, F.mse_loss(back, h1))
    pixels = layer_losses(model, x, x, 1)["total_loss"]
    torch.testing.assert_close(pixels, F.mse_loss(forward(model, x, 1).x_hat, x))


@pytest.mark.parametrize("layer", [1, 2, 3])
def test_layer_loss_moves_its_own_layer_and_mirror_alone(digits, layer):
    model = Autoencoder(STACKED)
    layer_losses(model, digits.x_test[:5], digits.x_test[:5], layer)["total_loss"].backward()
    moved = {name for name, p in model.named_parameters() if p.grad is not None}
    own = {f"encoder.{2 * (layer - 1)}", f"decoder.{2 * (3 - layer)}"}
    assert {name.rsplit(".", 1)[0] for name in moved} == own


def test_training_goes_through_the_stages(digits):
    training = Training(STACKED, digits)
    before = {name: p.detach().clone() for name, p in training.model.named_parameters()}
    in_use, moved = [], []
    for snapshot in training:
        if snapshot.val is None:
            continue
        now = {name: p.detach().clone() for name, p in training.model.named_parameters()}
        changed = {
            name.split(".w")[0].split(".b")[0]
            for name in now
            if not torch.equal(now[name], before[name])
        }
        before = now
        in_use.append(training.model.layers_in_use)
        moved.append(sorted(changed))
        assert snapshot.val.sample.code.mean.shape[1] == {1: 30, 2: 12}.get(in_use[-1], 4)
    assert in_use == [1, 1, 1, 2, 2, 3, 3, None, None]
    assert moved[1] == ["decoder.4", "encoder.0"]
    assert moved[3] == ["decoder.2", "encoder.2"]
    assert moved[5] == ["decoder.0", "encoder.4"]
    assert len(moved[7]) == 6


def test_new_layer_makes_the_error_jump_and_fine_tuning_wins_it_back(digits):
    e = STACKED.replace(n_train=2000, layer_epochs=3, epochs=20)
    errors = [s.val.mse for s in Training(e, digits) if s.val]
    assert errors[4] > errors[3]  # the second layer, after one epoch of it
    assert errors[-1] < errors[9]  # the end of fine-tuning against the end of the layers


def test_targets_and_patience_wait_for_the_whole_model(digits):
    e = STACKED.replace(target_mse=0.9, patience=1)
    last = list(Training(e, digits))[-1]
    assert (last.ended, last.epoch) == ("target", 7)


def test_viewers_see_the_layers_in_use(digits):
    model = Autoencoder(STACKED)
    model.layers_in_use = 2
    assert look(model, digits.x_test[:3]).code.mean.shape == (3, 12)
    model.layers_in_use = None
    assert look(model, digits.x_test[:3]).code.mean.shape == (3, 4)


def test_host_shows_a_run_through_all_its_stages(digits, monkeypatch):
    from aecore.data import datasets

    monkeypatch.setattr(datasets, "load", lambda *args, **kwargs: digits)
    lab = Host("cpu")
    run_id = lab.create(STACKED)
    lab.prepare(run_id)
    lab.play(run_id)
    while lab.advance():
        pass
    view = lab.view(run_id)
    assert (view.state, view.ended, view.error) == ("ended", "epochs", None)
    assert len(view.history.epochs) == 9
