"""Checkpoints: a run that goes on elsewhere as if nothing had happened, and bytes that are no run."""

import dataclasses
import json
import threading

import numpy as np
import pytest
import safetensors.torch
import torch

from aecore.data import datasets
from aecore.engine import checkpoint, unstarted
from aecore.engine.host import Host
from aecore.errors import StoreError
from aecore.spec import variants
from aecore.training import resume
from aecore.training.loop import Training

SMALL = {"hidden": (16,), "latent_dim": 8, "batch_size": 20, "epochs": 5}  # 3 batches of `tiny`

KINDS = {
    "vanilla": {},
    "vae": {},
    "vq": {"latent_dim": 8, "vector_size": 4},
    "denoising": {},
    "top-k": {"k": 3},
    "stacked": {"layer_epochs": 1},
    "cvae": {},
    "sgd": {"variant": "vanilla", "optimizer": "sgd"},
    "rmsprop": {"variant": "vanilla", "optimizer": "rmsprop"},
    "adamw": {"variant": "vanilla", "optimizer": "adamw"},
}


@pytest.fixture(autouse=True)
def tiny_dataset(tiny, monkeypatch):
    monkeypatch.setattr(datasets, "load", lambda *args, **kwargs: tiny)


def experiment(kind):
    changes = {**SMALL, **KINDS[kind]}
    return variants.build(changes.pop("variant", kind), **changes)


def steps(training, n=1000):
    """For each epoch that ends within the next batches: batch, test error, training terms."""
    seen = []
    for snapshot in training:
        if snapshot.val is not None:
            seen.append((snapshot.step, snapshot.val.mse, snapshot.train))
        if snapshot.step >= n or snapshot.ended:
            break
    return seen


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("at", [3, 4, 8])  # at the end of an epoch, and in the midst of two
def test_restored_training_gives_the_numbers_of_one_never_interrupted(kind, at, tiny):
    whole = steps(Training(experiment(kind), tiny))
    first = Training(experiment(kind), tiny)
    steps(first, at)
    second = Training(experiment(kind), tiny)
    resume.restore(second, resume.capture(first))
    rest = steps(second)
    assert rest == [seen for seen in whole if seen[0] > at]


def test_captured_state_does_not_change_with_the_training(tiny):
    training = Training(experiment("vanilla"), tiny)
    steps(training, 2)
    state = resume.capture(training)
    before = {name: tensor.clone() for name, tensor in state.tensors.items()}
    steps(training, 5)
    assert all(torch.equal(before[name], tensor) for name, tensor in state.tensors.items())


def trained(kind="vanilla", at=4):
    """A host, and a run of it that has trained some batches and rests."""
    host = Host("cpu")
    run_id = host.create(experiment(kind))
    host.prepare(run_id)
    host.play(run_id, steps=at)
    while host.advance():
        pass
    return host, run_id


def moved(host, run_id, owner=""):
    data = checkpoint.to_bytes(host.capture(run_id))
    other = Host("cpu")
    assert other.restore(data, owner) == run_id
    return other


def curves(view):
    """The history without the NaN of epoch 0, which is not equal to itself."""
    return json.dumps(dataclasses.asdict(view.history))


@pytest.mark.parametrize("kind", ["vanilla", "vae", "vq", "stacked", "cvae"])
def test_run_that_moved_shows_what_it_had_shown_and_goes_on(kind):
    host, run_id = trained(kind)
    host.rename(run_id, "mine")
    host.keep(run_id, True)
    other = moved(host, run_id)
    early = other.view(run_id)
    assert (early.state, early.step, curves(early)) == ("preparing", 4, curves(host.view(run_id)))
    other.prepare(run_id)
    old, new = host.view(run_id), other.view(run_id)
    assert (new.state, new.name, new.kept) == ("paused", "mine", True)
    assert (new.epoch, new.step, new.epochs_stored) == (1, 4, old.epochs_stored)
    assert curves(new) == curves(old)
    assert new.references == old.references
    np.testing.assert_array_equal(new.moment.x_hat, old.moment.x_hat)
    np.testing.assert_array_equal(
        other.view(run_id, 0).moment.plane.points, host.view(run_id, 0).moment.plane.points
    )
    for lab in (host, other):
        lab.play(run_id)
        while lab.advance():
            pass
    assert curves(other.view(run_id)) == curves(host.view(run_id))
    assert other.view(run_id).ended == "epochs"


def test_running_run_goes_on_by_itself_and_an_ended_one_stays_ended():
    host, run_id = trained()
    host.play(run_id)
    other = moved(host, run_id)
    other.prepare(run_id)
    assert other.view(run_id).state == "running"
    host.stop(run_id)
    third = moved(host, run_id)
    third.prepare(run_id)
    assert (third.view(run_id).state, third.view(run_id).ended) == ("ended", "stopped")


def test_adjusted_learning_rate_moves_along():
    host, run_id = trained()
    host.adjust(run_id, learning_rate=0.01)
    other = moved(host, run_id)
    other.prepare(run_id)
    run = other._runs[run_id]
    assert run.view.experiment.learning_rate == 0.01
    assert [group["lr"] for group in run.work.training.optimizer.param_groups] == [0.01]
    assert run.view.history.learning_rates == {1: 0.01}


def test_reset_run_forgets_where_it_came_from():
    host, run_id = trained()
    other = moved(host, run_id)
    other.prepare(run_id)
    other.reset(run_id)
    other.prepare(run_id)
    assert (other.view(run_id).state, other.view(run_id).step) == ("ready", 0)


def test_untrained_run_has_no_checkpoint():
    host = Host("cpu")
    run_id = host.create(experiment("vanilla"))
    assert host.capture(run_id) is None
    host.prepare(run_id)
    assert host.capture(run_id) is None


def test_run_that_has_not_begun_starts_where_it_is_restored():
    host, run_id = Host("cpu"), "a" * 24
    data = unstarted.to_bytes(run_id, experiment("vae"), kept=True)
    found = checkpoint.from_bytes(data)
    assert (found.state, found.step, found.kept) == ("running", 0, True)
    assert host.restore(data) == run_id
    host.prepare(run_id)
    while host.advance():
        pass
    view = host.view(run_id)
    assert (view.ended, view.kept, view.experiment) == ("epochs", True, experiment("vae"))


def test_question_waits_for_a_run_that_is_on_its_way():
    host, run_id = trained()
    other = moved(host, run_id)
    threading.Timer(0.2, other.prepare, [run_id]).start()
    assert other.ask(run_id, lambda subject: subject.model.experiment.latent_dim) == 8


# ---- bytes that are no checkpoint


@pytest.fixture(scope="module")
def good(digits):
    """The bytes of a run with all that a checkpoint may hold."""
    with pytest.MonkeyPatch.context() as patch:
        few = dataclasses.replace(
            digits,
            x_train=digits.x_train[:60],
            y_train=digits.y_train[:60],
            x_test=digits.x_test[:30],
            y_test=digits.y_test[:30],
        )
        patch.setattr(datasets, "load", lambda *args, **kwargs: few)
        host, run_id = trained("vq")
        return checkpoint.to_bytes(host.capture(run_id))


def rewritten(data, change_card=None, change_tensors=None):
    length = int.from_bytes(data[:8], "little")
    metadata = json.loads(data[8 : 8 + length])["__metadata__"]
    tensors = safetensors.torch.load(data)
    card = json.loads(metadata[checkpoint._KEY])
    if change_card:
        change_card(card)
    if change_tensors:
        change_tensors(tensors)
    return safetensors.torch.save(tensors, {checkpoint._KEY: json.dumps(card)})


CARDS = {
    "no experiment": lambda card: card.pop("experiment"),
    "an unknown variant": lambda card: card["experiment"].update(variant="magic"),
    "a path as its id": lambda card: card.update(run_id="../../../etc/passwd"),
    "a state of its own": lambda card: card.update(state="preparing"),
    "ended without a reason": lambda card: card.update(state="ended", ended=None),
    "a reason without an end": lambda card: card.update(state="paused", ended="epochs"),
    "negative counts": lambda card: card["numbers"].update(step=-1),
    "no counts": lambda card: card["numbers"].pop("epoch"),
    "a count that is a text": lambda card: card["numbers"].update(epoch="1"),
    "too many moments": lambda card: card["moments"].append([9, 9, "codes", 1.0]),
    "an unknown plane": lambda card: card["moments"][0].__setitem__(2, "sphere"),
    "curves of another length": lambda card: card["history"]["val_mse"].append(0.1),
}


@pytest.mark.parametrize("what", CARDS)
def test_checkpoint_with_a_damaged_card_is_refused(what, good):
    checkpoint.from_bytes(rewritten(good))
    with pytest.raises(StoreError, match="read from disk"):
        checkpoint.from_bytes(rewritten(good, CARDS[what]))


@pytest.mark.parametrize("cut", [0, 7, 100, -1])
def test_truncated_checkpoint_is_refused(cut, good):
    with pytest.raises(StoreError):
        checkpoint.from_bytes(good[:cut])


TENSORS = {
    "a weight is missing": lambda t: t.pop("training.model.encoder.0.weight"),
    "a weight too many": lambda t: t.update({"training.model.extra": torch.zeros(3)}),
    "another shape": lambda t: t.update({"training.optimizer.0.exp_avg": torch.zeros(3)}),
    "an average of no weight": lambda t: t.update({"training.optimizer.999.step": torch.zeros(())}),
    "no random state": lambda t: t.pop("training.generator.noise"),
    "a short random state": lambda t: t.update(
        {"training.generator.order": torch.zeros(8, dtype=torch.uint8)}
    ),
}


@pytest.mark.parametrize("what", TENSORS)
def test_checkpoint_with_other_weights_fails_with_a_sentence(what, good):
    host = Host("cpu")
    run_id = host.restore(rewritten(good, change_tensors=TENSORS[what]))
    host.prepare(run_id)
    view = host.view(run_id)
    assert view.state == "failed"
    assert isinstance(view.error, StoreError)
