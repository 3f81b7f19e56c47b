"""Validation and test pictures: what is chosen by which, and what older files say."""

import dataclasses
import json

import pytest
import torch
from torch import Generator

from aecore.data import datasets
from aecore.engine.host import Host
from aecore.files import store
from aecore.spec import variants
from aecore.spec.experiment import MOST_TRAINING, Experiment
from aecore.spec.links import read_experiment
from aecore.topics.train.take_home import saved_run
from aecore.training import provenance
from aecore.training.evaluation import evaluate
from aecore.training.loop import Training, train

SMALL = Experiment(hidden=(8,), latent_dim=2, epochs=3, batch_size=20)


@pytest.fixture
def host(tiny, monkeypatch):
    monkeypatch.setattr(datasets, "load", lambda *args, **kwargs: tiny)
    return Host("cpu")


def prepared(host, experiment=SMALL):
    run_id = host.create(experiment)
    host.prepare(run_id)
    return run_id


def to_rest(host, run_id):
    while host.advance() or host.view(run_id).state == "running":
        pass
    return host.view(run_id)


# ---- what is looked at while training


def test_no_test_picture_is_looked_at_while_training(tiny):
    """Test pictures that are no numbers change nothing: neither the curve nor when it stops."""
    spoilt = dataclasses.replace(tiny, x_test=torch.full_like(tiny.x_test, torch.nan))
    e = SMALL.replace(epochs=30, patience=2, learning_rate=0.03)
    found = [[(s.val.mse, s.ended) for s in train(e, data) if s.val] for data in (tiny, spoilt)]
    assert found[0] == found[1]
    assert found[0][-1][1] == "patience"


def test_target_is_reached_on_validation_pictures(tiny):
    curve = [s.val.mse for s in train(SMALL.replace(epochs=6), tiny) if s.val]
    target = (curve[3] + curve[4]) / 2
    *_, last = train(SMALL.replace(epochs=6, target_mse=target), tiny)
    assert (last.ended, last.epoch) == ("target", 4)


def test_test_error_is_that_of_the_test_pictures(tiny):
    training = Training(SMALL, tiny)
    for _ in training:
        pass
    expected = (training.model.reconstruct(tiny.x_test) - tiny.x_test).square().mean().item()
    assert training.test().mse == pytest.approx(expected, rel=1e-5)
    assert training.test().mse != pytest.approx(training.evaluate().mse, rel=1e-3)


def test_run_shows_its_test_error_at_rest_alone(host):
    run_id = prepared(host)
    assert host.view(run_id).test_mse is None
    host.play(run_id, steps=4)  # into the second epoch
    paused = to_rest(host, run_id)
    assert (paused.state, paused.is_measuring) == ("paused", False)
    assert 0 < paused.test_mse < 0.5
    host.play(run_id)
    assert host.view(run_id).test_mse is None
    ended = to_rest(host, run_id)
    assert ended.state == "ended"
    assert ended.test_mse < paused.test_mse
    assert ended.test_mse != ended.val_mse


def test_run_that_was_stopped_is_tested_too(host):
    run_id = prepared(host)
    host.play(run_id)
    host.advance()
    host.stop(run_id)
    host.advance()
    assert host.view(run_id).test_mse is not None


# ---- a stochastic model: training and validation measure the same


def test_both_curves_of_a_vae_are_of_drawn_codes(digits):
    vae = variants.build("vae", dataset="mnist-5k", n_train=1000, epochs=15, batch_size=50)
    training = Training(vae, digits)
    for _ in training:
        pass
    model, x = training.model, training.x_train
    random = Generator().manual_seed(1)
    with torch.no_grad():
        drawn = model.losses(model(x, random), x)
        mean = model.losses(model(x), x)
    found = evaluate(model, x, x)
    assert found.terms["total_loss"] == pytest.approx(drawn["total_loss"].item(), rel=0.003)
    assert found.terms["total_loss"] > 1.003 * mean["total_loss"].item()
    assert found.mse == pytest.approx((model.reconstruct(x) - x).square().mean().item(), rel=1e-5)
    assert found.terms == evaluate(model, x, x).terms  # the draws are the same every time
    torch.testing.assert_close(found.sample.code.z, found.sample.code.mean)


# ---- what older labs wrote


def test_experiment_of_an_older_lab_is_read():
    old = json.loads(Experiment().to_json())
    del old["target_mse"]
    old |= {"n_train": 60_000, "target_test_mse": 0.02}
    found = Experiment.from_json(json.dumps(old))
    assert (found.n_train, found.target_mse) == (MOST_TRAINING, 0.02)


def test_link_of_an_older_lab_is_read():
    found, said = read_experiment({"target_test_mse": "0.02"})
    assert (found.target_mse, said) == (0.02, ())


def test_saved_run_of_an_older_lab_opens_and_says_so(host, tmp_path):
    run_id = prepared(host)
    host.play(run_id)
    view = to_rest(host, run_id)
    data = host.ask(run_id, saved_run, view)
    folder = tmp_path / "run"
    saved = store.from_bytes(data)
    store.save(folder, saved.model, saved.experiment, saved.history, dict(saved.result))
    assert not store.read(folder).is_old
    card = json.loads((folder / store.CARD).read_text("utf-8"))
    history = card["history"]
    history["test"], history["test_mse"] = history.pop("val"), history.pop("val_mse")
    card["experiment"]["target_test_mse"] = card["experiment"].pop("target_mse")
    (folder / store.CARD).write_text(json.dumps(card), "utf-8")
    old = store.read(folder)
    assert old.is_old
    assert old.history == saved.history
    opened = host.adopt(old)
    host.prepare(opened)
    assert "kept validation pictures apart" in str(host.view(opened).incidents[0])
    assert host.view(opened).test_mse == pytest.approx(view.test_mse, rel=1e-5)


# ---- what a run was made with


def test_saved_run_says_what_it_was_made_with(host, tiny):
    run_id = prepared(host)
    made = store.from_bytes(host.ask(run_id, saved_run, host.view(run_id))).result["made_with"]
    assert set(made) == set(provenance.NAMES)
    assert made["torch"] == torch.__version__
    assert made["threads"] == str(torch.get_num_threads())
    assert made["data_sha256"] == provenance.data_hash(tiny)


def test_hash_of_the_data_knows_a_single_pixel(tiny):
    x = tiny.x_val.clone()
    x[3, 300] = 1 - x[3, 300].round()
    assert provenance.data_hash(dataclasses.replace(tiny, x_val=x)) != provenance.data_hash(tiny)
    assert len(provenance.data_hash(tiny)) == 64
