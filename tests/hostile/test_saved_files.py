"""Saved runs and progress files that somebody tampered with: taken over, or one sentence why not."""

import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from aecore.engine.host import Host
from aecore.errors import StoreError
from aecore.files import store
from aecore.model.autoencoder import Autoencoder
from aecore.spec.experiment import SPECS, Experiment
from aecore.spec.view import History, RunView
from aecore.topics import progress
from aecore.topics.challenges import CHALLENGES
from aecore.topics.train.take_home import saved_run
from tests.hostile import strategies
from tests.hostile.limits import comes_back, takes_at_most
from tests.hostile.strategies import (
    RAW,
    TEXTS,
    examples,
    header_of,
    text_with,
    with_card,
    with_header,
)
from ui.kit.language import catalogue

SMALL = Experiment(hidden=(4,), latent_dim=2, batch_size=500, epochs=3)
MOST_MEGABYTES = 64
"""That reading a small file may take, whatever it claims; most of it is the decoder of JSON."""

LONGEST_SENTENCE = 1500
"""Characters: some name every field there is."""

TERMS = {"recon_loss": 0.2, "total_loss": 0.2}
FILE = store.to_bytes(
    Autoencoder(SMALL),
    SMALL,
    History().extended(0, None, TERMS, 0.25).extended(1, TERMS, TERMS, 0.1),
    {"name": "mine", "steps": 8, "train_seconds": 1.5},
)
CARD = json.loads(header_of(FILE)[0]["__metadata__"]["autoencoder-lab"])
PROGRESS = progress.write(dict.fromkeys(list(CHALLENGES)[:3], "right"))


def changed(*path, raw):
    """The file with JSON text in place of a node of its card."""
    return with_card(FILE, text_with(CARD, path, raw))


def header_with(name, raw):
    header, body = header_of(FILE)
    return with_header(text_with(header, ("encoder.0.weight", name), raw), body)


def is_said(error):
    """Whether an error is a sentence of bearable length that can be shown, in both languages."""
    for language in (str, lambda message: catalogue("ko").get(message, message)):
        sentence = error.say(language)
        sentence.encode()
        assert 0 < len(sentence) <= LONGEST_SENTENCE
        assert "Traceback" not in sentence
    assert any("가" <= letter <= "힣" for letter in sentence)


@given(strategies.damaged_files(FILE))
@example(with_card(FILE, '{"experiment": "\ud800"}'))
@example(changed("result", "name", raw='"\\ud800"'))
@example(header_with("dtype", "[]"))
@example(header_with("dtype", "{}"))
@example(changed("experiment", "variant", raw=RAW[-2]))
@example(changed("experiment", "latent_dim", raw=RAW[-2]))
@example(changed("experiment", "latent_dim", raw="[" * 900 + "]" * 900))
@example(changed("experiment", raw='{"self": 1}'))
@example(changed("history", "train", raw="[1]"))
@settings(max_examples=examples(250))
def test_tampered_file_is_a_run_or_a_sentence(data):
    with comes_back():
        try:
            saved = store.from_bytes(data)
        except StoreError as error:
            is_said(error)
        else:
            assert isinstance(saved.experiment, Experiment)
            json.dumps(dict(saved.result), ensure_ascii=False).encode()


@pytest.mark.parametrize("raw", RAW, ids=lambda raw: raw[:12])
@pytest.mark.parametrize("path", [(), *[(key,) for key in CARD], ("result", "name")], ids=str)
def test_odd_json_in_a_card_is_a_run_or_a_sentence(path, raw):
    try:
        store.to_bytes(*parts(store.from_bytes(changed(*path, raw=raw))))
    except StoreError as error:
        is_said(error)


def parts(saved):
    return saved.model, saved.experiment, saved.history, dict(saved.result)


def large(body):
    """A file that claims the largest experiment, with all shapes right and hardly a weight."""
    experiment = Experiment(hidden=(2048,) * 6, latent_dim=1024)
    import torch

    with torch.device("meta"):
        weights = Autoencoder(experiment).state_dict()
    header, start = {}, 0
    for name, weight in weights.items():
        stop = start + 4 * weight.numel()
        header[name] = {
            "dtype": "F32",
            "shape": list(weight.shape),
            "data_offsets": [start, stop],
        }
        start = stop
    card = json.dumps({"experiment": json.loads(experiment.to_json())})
    header["__metadata__"] = {"autoencoder-lab": card}
    return with_header(json.dumps(header), body)


@pytest.mark.parametrize(
    "data",
    [
        large(b"\0" * 1000),
        header_with("shape", f"[{2**40}, 784]"),
        header_with("data_offsets", f"[0, {2**50}]"),
        with_header("{}", b"", length=2**63),
        *[changed("result", raw=raw) for raw in RAW],
    ],
    ids=lambda data: f"{len(data)} bytes",
)
def test_small_file_takes_little_memory_whatever_it_claims(data):
    with takes_at_most(MOST_MEGABYTES):
        try:
            store.from_bytes(data)
        except StoreError as error:
            is_said(error)


@given(strategies.damaged_files(FILE))
@settings(max_examples=examples(40))
def test_tampered_files_on_disk_are_a_run_or_a_sentence(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("run")
    (folder / store.WEIGHTS).write_bytes(data)
    (folder / store.CARD).write_text(json.dumps(CARD), encoding="utf-8")
    for path in (folder, folder / store.WEIGHTS):
        try:
            store.read(path)
        except StoreError as error:
            error.say().encode()


@given(strategies.changed_json(CARD))
@settings(max_examples=examples(40))
def test_tampered_card_on_disk_is_a_run_or_a_sentence(tmp_path_factory, card):
    folder = tmp_path_factory.mktemp("run")
    (folder / store.WEIGHTS).write_bytes(FILE)
    (folder / store.CARD).write_text(card, encoding="utf-8")
    try:
        store.read(folder)
    except StoreError as error:
        error.say().encode()


@pytest.mark.parametrize("text", [text for text in TEXTS if len(text) < 1000])
def test_odd_path_is_a_sentence(text, tmp_path):
    from pathlib import Path

    with pytest.raises(StoreError):
        store.read(tmp_path / "nothing" / Path(text).name)


# ---- a run that was taken over can be looked at


def card_changes():
    """Changes that have a chance to load: of the curves, the result, and single settings."""
    parts = {name: CARD[name] for name in ("history", "result")}
    inner = strategies.changed_json(parts).map(lambda text: f"{text[:-1]}, {EXPERIMENT}}}")
    return inner.filter(lambda text: text.startswith("{") and not text.startswith("{,"))


EXPERIMENT = f'"experiment": {json.dumps(CARD["experiment"])}'


def weights_of(bits):
    """The file with the same 32 bits in all its weights: NaN, infinity, tiny or huge numbers."""
    header, body = header_of(FILE)
    return with_header(json.dumps(header), bits * (len(body) // 4))


def look_at(data):
    """What the Train page sees of a file that somebody opens; None for one that does not load."""
    try:
        saved = store.from_bytes(data)
    except StoreError:
        return None
    host = Host("cpu")
    run_id = host.adopt(saved)
    host.prepare(run_id)
    view = host.view(run_id)
    view.name.encode()
    again = store.from_bytes(host.ask(run_id, saved_run, view))
    assert again.experiment == saved.experiment
    return view


@given(card_changes())
@example(text_with(CARD, ("result", "steps"), "1e999"))
@example(text_with(CARD, ("result", "steps"), "9" * 400))
@example(text_with(CARD, ("result", "name"), "[" * 300 + "]" * 300))
@example(text_with(CARD, ("history", "val_mse"), "[1e999, -Infinity]"))
@example(text_with(CARD, ("history", "learning_rates"), '{"0": 1e999, "-5": NaN}'))
@settings(max_examples=examples(12))
def test_run_with_a_tampered_card_can_be_looked_at(card):
    view = look_at(with_card(FILE, card))
    assert view is None or view.state == "ended"


@pytest.mark.parametrize("bits", ["0000c07f", "0000807f", "000080ff", "ffff7f7f", "01000000"])
def test_run_with_odd_weights_can_be_looked_at(bits):
    view = look_at(weights_of(bytes.fromhex(bits)))
    assert isinstance(view, RunView)
    assert view.state == "ended"


# ---- progress files


@given(
    strategies.changed_json(json.loads(PROGRESS)).map(lambda text: text.encode())
    | strategies.changed_bytes(PROGRESS.encode())
    | st.sampled_from(RAW).map(str.encode)
    | st.binary(max_size=100)
)
@example(text_with(json.loads(PROGRESS), ("done",), '{"\\ud800": "right"}').encode())
@example(
    text_with(json.loads(PROGRESS), ("done",), '{"x": ' + "[" * 900 + "]" * 900 + "}").encode()
)
@settings(max_examples=examples(150))
def test_tampered_progress_is_progress_or_a_sentence(data):
    try:
        found = progress.read(data, CHALLENGES)
    except StoreError as error:
        is_said(error)
    else:
        assert set(found) <= set(CHALLENGES)
        assert set(found.values()) <= set(progress.OUTCOMES)


@given(strategies.changed_json(json.loads(SMALL.to_json())))
@example('{"self": 1}')
@example('{"latent_dim": ' + "9" * 5000 + "}")
@example("[" * 100_000)
@settings(max_examples=examples(150))
def test_tampered_experiment_is_an_experiment_or_a_sentence(text):
    from aecore.errors import ExperimentError

    try:
        value = Experiment.from_json(text)
    except ExperimentError as error:
        is_said(error)
    else:
        assert Experiment.from_json(value.to_json()) == value
        assert set(json.loads(value.to_json())) == {"variant", *SPECS}
