"""A run as one file: it comes back whole, or one sentence says why not; nothing in it runs."""

import json
import os
import pickle
import time

import pytest
import safetensors.torch
import torch

from aecore.data import datasets
from aecore.engine.client import Client
from aecore.engine.host import Host
from aecore.errors import StoreError
from aecore.files import store
from aecore.model.autoencoder import Autoencoder
from aecore.spec import variants
from aecore.spec.experiment import Experiment
from aecore.spec.view import History
from aecore.topics.train.take_home import saved_run
from aecore.training.evaluation import evaluate
from aecore.training.loop import Training

SMALL = Experiment(hidden=(8,), latent_dim=3, batch_size=20, epochs=3)
HISTORY = (
    History()
    .extended(0, None, {"recon_loss": 0.2, "total_loss": 0.2}, 0.25)
    .extended(
        1, {"recon_loss": 0.1, "total_loss": 0.1}, {"recon_loss": 0.1, "total_loss": 0.1}, 0.1
    )
)


@pytest.fixture
def model():
    return Autoencoder(SMALL)


@pytest.fixture
def file(model):
    return store.to_bytes(model, SMALL, HISTORY, {"name": "mine", "steps": 3})


def rewritten(file, *, card=None, header=None):
    """The file with another card, or with something changed in its header."""
    length = int.from_bytes(file[:8], "little")
    values = json.loads(file[8 : 8 + length])
    if card is not None:
        old = json.loads(values["__metadata__"]["autoencoder-lab"])
        values["__metadata__"]["autoencoder-lab"] = json.dumps(card(old))
    if header is not None:
        header(values)
    text = json.dumps(values).encode()
    return len(text).to_bytes(8, "little") + text + file[8 + length :]


@pytest.mark.parametrize("variant", variants.VARIANTS)
def test_file_brings_every_variant_back_bit_for_bit(variant, tiny):
    model = Autoencoder(variants.build(variant))
    saved = store.from_bytes(store.to_bytes(model, model.experiment, HISTORY, {}))
    assert saved.experiment == model.experiment
    assert torch.equal(saved.model.reconstruct(tiny.x_test), model.reconstruct(tiny.x_test))


def test_file_brings_curves_and_result_back(file):
    saved = store.from_bytes(file)
    assert saved.history.epochs == (0, 1)
    assert saved.history.val == HISTORY.val
    assert saved.history.val_mse == HISTORY.val_mse
    assert saved.result["name"] == "mine"


def test_weights_of_a_folder_alone_are_such_a_file(model, tmp_path):
    store.save(tmp_path, model, SMALL, HISTORY, {})
    assert store.from_bytes((tmp_path / store.WEIGHTS).read_bytes()).experiment == SMALL
    assert store.read(tmp_path / store.WEIGHTS).experiment == SMALL


class Boom:
    """Leaves a trace if anything ever unpickles it."""

    def __reduce__(self):
        return os.mkdir, ("executed",)


def _pickled():
    return pickle.dumps(Boom())


def _huge_header():
    return (2**40).to_bytes(8, "little") + b"{}"


def _deep_header():
    text = b"[" * 200_000
    return len(text).to_bytes(8, "little") + text


def _long_header():
    text = b" " * (store.MOST_HEADER + 1)
    return len(text).to_bytes(8, "little") + text


def _many_shapes(values):
    values["encoder.0.weight"]["shape"] = [2**40, 784]


def _offsets(values):
    values["encoder.0.weight"]["data_offsets"] = [0, 2**50]


def _whole_numbers(values):
    values["encoder.0.weight"]["dtype"] = "I32"


def _with(part, value):
    return lambda card: card | {part: value}


def _large(card):
    return card | {"experiment": card["experiment"] | {"hidden": [2048] * 6, "latent_dim": 1024}}


BROKEN = {
    "empty": lambda file: b"",
    "text": lambda file: b"hello, this is no model",
    "zip": lambda file: b"PK\x03\x04" + b"\0" * 100,
    "pickle": lambda file: _pickled(),
    "cut header": lambda file: file[:40],
    "cut weights": lambda file: file[:-7],
    "more behind it": lambda file: file + b"\0" * 9,
    "huge header": lambda file: _huge_header(),
    "long header": lambda file: _long_header(),
    "deep header": lambda file: _deep_header(),
    "foreign weights": lambda file: safetensors.torch.save({"w": torch.zeros(3)}),
    "no card": lambda file: rewritten(file, header=lambda values: values.pop("__metadata__")),
    "other shapes": lambda file: rewritten(file, header=_many_shapes),
    "other offsets": lambda file: rewritten(file, header=_offsets),
    "other types": lambda file: rewritten(file, header=_whole_numbers),
    "no experiment": lambda file: rewritten(file, card=_with("experiment", None)),
    "experiment of lists": lambda file: rewritten(
        file, card=_with("experiment", {"latent_dim": [[]]})
    ),
    "unknown variant": lambda file: rewritten(file, card=_with("experiment", {"variant": "x"})),
    "large experiment": lambda file: rewritten(file, card=_large),
    "curves of text": lambda file: rewritten(file, card=_with("history", "curves")),
    "curves of other lengths": lambda file: rewritten(
        file, card=lambda card: card | {"history": card["history"] | {"val_mse": [0.1]}}
    ),
    "curves of foreign terms": lambda file: rewritten(
        file,
        card=lambda card: (
            card
            | {"history": card["history"] | {"test": {"<b>": [0, 1]}, "train": {"<b>": [0, 1]}}}
        ),
    ),
}


@pytest.mark.parametrize("how", BROKEN)
def test_damaged_or_foreign_file_is_named_in_one_sentence(how, file, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(StoreError) as caught:
        store.from_bytes(BROKEN[how](file))
    assert "does not hold a run of this lab" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "executed").exists()


def test_file_larger_than_the_limit_is_refused_unread(file, monkeypatch):
    monkeypatch.setattr(store, "MOST_BYTES", len(file) - 1)
    with pytest.raises(StoreError, match="more than"):
        store.from_bytes(file)


def test_claimed_size_makes_no_large_arrays(file, monkeypatch):
    made = []
    monkeypatch.setattr(safetensors.torch, "load", lambda data: made.append(data))
    for how in ("large experiment", "other shapes"):
        with pytest.raises(StoreError):
            store.from_bytes(BROKEN[how](file))
    assert not made


# ---- a saved run among the others


@pytest.fixture
def trained(tiny, monkeypatch):
    monkeypatch.setattr(datasets, "load", lambda *args, **kwargs: tiny)
    host = Host("cpu")
    run_id = host.create(SMALL)
    host.prepare(run_id)
    host.rename(run_id, "mine")
    host.play(run_id)
    while host.advance():
        pass
    return host, run_id


def test_saved_run_comes_back_as_it_was(trained, tiny):
    host, run_id = trained
    data = host.ask(run_id, saved_run, host.view(run_id))
    other = Host("cpu")
    copy = other.adopt(store.from_bytes(data))
    other.prepare(copy)
    old, new = host.view(run_id), other.view(copy)
    assert (new.state, new.ended, new.can_go_on) == ("ended", "loaded", False)
    assert (new.name, new.epoch, new.step, new.experiment) == ("mine", old.epoch, old.step, SMALL)
    assert new.history.val_mse == old.history.val_mse
    assert new.moment.x_hat.tolist() == old.moment.x_hat.tolist()
    assert new.references == old.references

    def codes(subject):
        return subject.model.encode(tiny.x_test)

    assert torch.equal(host.ask(run_id, codes), other.ask(copy, codes))


def test_reset_of_a_saved_run_trains_it_anew(trained):
    host, run_id = trained
    copy = host.adopt(store.from_bytes(host.ask(run_id, saved_run, host.view(run_id))))
    host.prepare(copy)
    host.reset(copy)
    host.prepare(copy)
    assert (host.view(copy).state, host.view(copy).step) == ("ready", 0)


def test_saved_run_cut_short_while_built_up_looks_as_deep_as_it_was(tiny, monkeypatch):
    monkeypatch.setattr(datasets, "load", lambda *args, **kwargs: tiny)
    experiment = SMALL.replace(schedule="layer_by_layer", layer_epochs=2, epochs=2, hidden=(8, 6))
    training = Training(experiment, tiny)
    history = History()
    for snapshot in training:
        if snapshot.val is not None:
            val = snapshot.val
            history = history.extended(snapshot.epoch, snapshot.train, val.terms, val.mse)
    host = Host("cpu")
    run_id = host.adopt(store.from_bytes(store.to_bytes(training.model, experiment, history, {})))
    host.prepare(run_id)

    def error(subject):
        return evaluate(subject.model, tiny.x_val, tiny.x_val).mse

    assert host.ask(run_id, error) == pytest.approx(history.val_mse[-1])


def test_client_adopts_bytes_or_says_why_not(trained):
    host, run_id = trained
    data = host.ask(run_id, saved_run, host.view(run_id))
    client = Client(n_hosts=1)
    try:
        copy = client.adopt(data)
        deadline = time.monotonic() + 120
        while client.view(copy).state == "preparing" and time.monotonic() < deadline:
            time.sleep(0.01)
        assert client.view(copy).ended == "loaded"
        with pytest.raises(StoreError):
            client.adopt(data[:100])
    finally:
        client.close()
