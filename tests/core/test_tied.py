"""Tied weights: the decoder computes with the encoder's matrices, and both uses teach them."""

import dataclasses
import json

import pytest
import torch
from torch import Generator

from aecore.model.autoencoder import Autoencoder
from aecore.model.networks import Tied, numbers_of
from aecore.model.pca import fit
from aecore.spec import anatomy, variants
from aecore.spec.experiment import Experiment
from aecore.topics.pretraining.gradients import layer_gradients
from aecore.training import resume
from aecore.training.loop import Training
from ui.one_step.lines import lines

KINDS = {
    "vanilla": {},
    "vae": {"code": "gaussian"},
    "vq": {"code": "vq", "codebook_size": 8},
    "top-k": {"code": "top_k", "k": 3},
    "linear": {"network": "linear", "output": "identity"},
}


def pair(**fields):
    """A model with tied weights, and one whose own decoder weights are equal to them."""
    tied = Autoencoder(Experiment(tied=True, **fields))
    plain = Autoencoder(Experiment(**fields))
    plain.encoder.load_state_dict(tied.encoder.state_dict())
    plain.code.load_state_dict(tied.code.state_dict())
    with torch.no_grad():
        for own, shared in zip(plain.decoder, tied.decoder, strict=True):
            if isinstance(shared, Tied):
                own.weight.copy_(shared.weight)
    return tied, plain


@pytest.mark.parametrize("fields", KINDS.values(), ids=KINDS.keys())
def test_shared_matrix_gets_the_sum_of_what_both_uses_give(fields, tiny):
    tied, plain = pair(**fields)
    for model in (tied, plain):
        output = model(tiny.x_train, Generator().manual_seed(0))
        model.losses(output, tiny.x_train)["total_loss"].backward()
    layers = [layer for layer in plain.encoder if hasattr(layer, "weight")]
    mirrors = [layer for layer in plain.decoder if hasattr(layer, "weight")][::-1]
    shared = [layer for layer in tied.encoder if hasattr(layer, "weight")]
    for layer, mirror, both in zip(layers, mirrors, shared, strict=True):
        expected = layer.weight.grad.clone()
        expected[: mirror.in_features] += mirror.weight.grad.t()
        assert mirror.weight.grad.abs().max() > 0
        torch.testing.assert_close(both.weight.grad, expected, rtol=1e-4, atol=1e-8)


@pytest.mark.parametrize("fields", KINDS.values(), ids=KINDS.keys())
def test_decoder_stays_the_encoder_transposed_while_training(fields, tiny):
    training = Training(Experiment(tied=True, batch_size=20, **fields), tiny)
    first = training.model.encoder[0].weight.detach().clone()
    for batch in torch.arange(60).split(20):
        training.train_batch(batch)
    encoder = [layer for layer in training.model.encoder if hasattr(layer, "weight")]
    decoder = [layer for layer in training.model.decoder if hasattr(layer, "weight")]
    assert not torch.equal(encoder[0].weight, first)
    for mine, mirror in zip(decoder, encoder[::-1], strict=True):
        assert torch.equal(mine.weight, mirror.weight[: mine.n_in].t())


def test_conditional_model_keeps_weights_of_its_own_for_the_class(tiny):
    model = Autoencoder(Experiment(tied=True, condition="label"))
    told = model.decoder[0].told
    assert told.weight.shape == (64, 10)
    threes, sevens = (torch.full((5,), label) for label in (3, 7))
    z = model.encode(tiny.x_train[:5], threes)
    assert not torch.equal(model.decode(z, threes), model.decode(z, sevens))


def test_convolutions_ignore_it():
    e = variants.build("convolutional", tied=True)
    assert not e.shares_weights
    assert e.canonical() == variants.build("convolutional")
    assert Autoencoder(e).n_parameters == Autoencoder(e.replace(tied=False)).n_parameters


def test_only_the_biases_of_the_decoder_are_weights_more():
    tied = Autoencoder(Experiment(tied=True))
    plain = Autoencoder(Experiment())
    matrices = 784 * 128 + 128 * 64 + 64 * 32
    assert plain.n_parameters - tied.n_parameters == matrices
    assert {name for name in tied.state_dict() if name.startswith("decoder")} == {
        f"decoder.{i}.bias" for i in (0, 2, 4)
    }
    # whoever decodes needs the matrices all the same
    assert numbers_of(tied.decoder) == numbers_of(plain.decoder) == matrices + 64 + 128 + 784
    assert all(layer.tied for layer in anatomy.anatomy(tied.experiment).decoder)
    assert not any(layer.tied for layer in anatomy.anatomy(tied.experiment).encoder)


def test_experiment_of_before_there_was_the_field_is_untied():
    fields = dataclasses.asdict(Experiment())
    del fields["tied"]
    assert Experiment.from_json(json.dumps(fields)) == Experiment()


@pytest.mark.parametrize("schedule", ["end_to_end", "layer_by_layer"])
def test_training_goes_on_from_what_was_kept(schedule, tiny):
    e = Experiment(
        tied=True, schedule=schedule, layer_epochs=1, epochs=6, batch_size=20, dataset=tiny.key
    )
    whole, half = Training(e, tiny), Training(e, tiny)
    *_, last = whole
    for snapshot in half:
        if snapshot.step == 7:
            break
    again = Training(e, tiny)
    resume.restore(again, resume.capture(half))
    *_, resumed = again
    assert resumed.val.mse == last.val.mse


def test_gradient_norms_of_a_layer_and_its_mirror_are_one(tiny):
    norms = layer_gradients(Autoencoder(Experiment(tied=True)), tiny.x_train)
    assert len(norms) == 6
    assert norms == norms[::-1]
    assert min(norms) > 0


def test_linear_tied_autoencoder_finds_the_span_of_pca(digits):
    """Tied or not, the best linear reconstruction is PCA's (Baldi & Hornik 1989)."""
    x = digits.x_train[:1000]
    e = Experiment(tied=True, network="linear", output="identity", latent_dim=4, learning_rate=0.01)
    centred = x - x.mean(dim=0)
    data = dataclasses.replace(digits, x_train=centred, x_val=centred, y_val=digits.y_train[:1000])
    training = Training(e.replace(epochs=150), data)
    *_, last = training
    fitted = fit(x)
    best = (fitted.reconstruct(x, 4) - x).square().mean().item()
    assert last.val.mse == pytest.approx(best, rel=0.01)
    weight = training.model.encoder[0].weight.detach()
    torch.testing.assert_close(weight @ weight.t(), torch.eye(4), rtol=0, atol=0.1)


@pytest.mark.parametrize("code", ["deterministic", "gaussian"])
def test_lines_of_a_step_name_the_encoders_matrix(code):
    written = {line.part: line for line in lines(Experiment(tied=True, code=code), 3, 3)}
    assert "W</i><sub>e1</sub><sup>T</sup>" in written["d3"].html
    assert written["d3"].code == "x_hat = torch.sigmoid(g2 @ encoder1.weight + b_d3)"
    rows = "[:32]" if code == "gaussian" else ""
    assert f"z @ encoder3.weight{rows} + b_d1" in written["d1"].code
    assert "decoder1(z)" in {x.part: x for x in lines(Experiment(), 3, 3)}["d1"].code
