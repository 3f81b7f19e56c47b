"""A run on disk: it comes back whole, or one sentence says why not."""

import json

import pytest
import torch
from safetensors.torch import load_file, save_file

from aecore.errors import StoreError
from aecore.files import store
from aecore.model.autoencoder import Autoencoder
from aecore.spec import variants
from aecore.spec.experiment import Experiment
from aecore.spec.view import History

SMALL = Experiment(hidden=(8,), latent_dim=3)
NAN = float("nan")


@pytest.fixture
def model():
    return Autoencoder(SMALL)


@pytest.fixture
def folder(tmp_path, model):
    folder = tmp_path / "runs" / "one"
    history = History().extended(0, None, {"recon_loss": 0.2}, 0.2)
    history = history.extended(1, {"recon_loss": 0.15}, {"recon_loss": NAN}, NAN)
    store.save(folder, model, SMALL, history, {"test_mse": NAN, "terms": {"recon_loss": 0.5}})
    return folder


def card_of(folder):
    def refuse(constant):
        raise AssertionError(f"{constant} is not JSON")

    return json.loads((folder / store.CARD).read_text("utf-8"), parse_constant=refuse)


def test_run_comes_back_bit_for_bit(folder, model, tiny):
    loaded = store.load(folder)
    assert loaded.experiment == SMALL
    for name, weight in model.state_dict().items():
        assert torch.equal(loaded.state_dict()[name], weight)
    assert torch.equal(loaded.reconstruct(tiny.x_test), model.reconstruct(tiny.x_test))


def test_card_is_valid_json_even_with_nan(folder):
    card = card_of(folder)
    assert card["history"]["train"]["recon_loss"] == [None, 0.15]
    assert card["history"]["val_mse"] == [0.2, None]
    assert card["result"] == {"test_mse": None, "terms": {"recon_loss": 0.5}}


def test_run_in_the_folder_is_replaced(folder):
    other = Autoencoder(variants.build("vae"))
    store.save(folder, other, other.experiment, History(), {})
    assert store.load(folder).experiment == other.experiment


def test_run_on_disk_is_weights_and_json_and_never_pickle(folder):
    assert {path.name for path in folder.iterdir()} == {"model.safetensors", "run.json"}
    assert load_file(folder / store.WEIGHTS).keys() == Autoencoder(SMALL).state_dict().keys()


def damage(folder, how):
    card, weights = folder / store.CARD, folder / store.WEIGHTS
    if how == "no card":
        card.unlink()
    elif how == "no weights":
        weights.unlink()
    elif how == "empty card":
        card.write_text("")
    elif how == "binary card":
        card.write_bytes(b"\xff\xfe\x00")
    elif how == "card is a list":
        card.write_text("[1]")
    elif how == "card without experiment":
        card.write_text("{}")
    elif how == "experiment outside limits":
        card.write_text(card.read_text().replace('"latent_dim": 3', '"latent_dim": 0'))
    elif how == "weights of another experiment":
        card.write_text(card.read_text().replace('"latent_dim": 3', '"latent_dim": 4'))
    elif how == "cut weights":
        weights.write_bytes(weights.read_bytes()[:-100])
    elif how == "foreign weights":
        save_file({"layer": torch.zeros(2)}, weights)
    elif how == "empty weights":
        weights.write_bytes(b"")
    elif how == "pickled weights":
        torch.save({"layer": torch.zeros(2)}, weights)


@pytest.mark.parametrize(
    "how",
    [
        "no card", "no weights", "empty card", "binary card", "card is a list",
        "card without experiment", "experiment outside limits", "weights of another experiment",
        "cut weights", "foreign weights", "empty weights", "pickled weights",
    ],
)  # fmt: skip
def test_damaged_run_is_named_in_one_sentence(how, folder):
    before = {path: path.read_bytes() for path in folder.iterdir()}
    damage(folder, how)
    assert before != {path: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(StoreError) as caught:
        store.load(folder)
    assert str(folder) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_missing_folder_is_refused(tmp_path):
    with pytest.raises(StoreError, match="does not hold a run"):
        store.load(tmp_path / "nowhere")


def test_folder_that_cannot_be_made_is_refused(tmp_path, model):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match="choose a folder"):
        store.save(tmp_path / "file", model, SMALL, History(), {})


def test_without_nan_reaches_into_everything():
    value = {"a": [1.5, NAN, (float("inf"), "x")], "b": {"c": -float("inf")}, "d": True}
    assert store.without_nan(value) == {"a": [1.5, None, [None, "x"]], "b": {"c": None}, "d": True}
