"""Checkpoints that somebody tampered with, or that a dying disk did: read, or left out with a sentence."""

import json

import pytest
from hypothesis import given, settings

from aecore.engine import checkpoint
from aecore.errors import StoreError
from aecore.spec.experiment import Experiment
from aecore.spec.view import History
from aecore.training import resume
from aecore.training.loop import Training
from tests.hostile import strategies
from tests.hostile.limits import comes_back, takes_at_most
from tests.hostile.strategies import RAW, examples, header_of, with_card, with_header

MOST_MEGABYTES = 64
KEY = "autoencoder-lab-checkpoint"
SMALL = Experiment(hidden=(4,), latent_dim=2, n_train=50, batch_size=25, epochs=2)


@pytest.fixture(scope="module")
def training(tiny):
    """A training in the middle of its first epoch."""
    training = Training(SMALL, tiny)
    snapshots = iter(training)
    next(snapshots), next(snapshots)
    return training


@pytest.fixture(scope="module")
def file(training):
    return checkpoint.to_bytes(
        checkpoint.Checkpoint(
            run_id="0123456789abcdef01234567",
            experiment=SMALL,
            state="paused",
            ended=None,
            name="mine",
            kept=True,
            history=History(),
            moments={},
            training=resume.capture(training),
        )
    )


def is_read_or_left_out(data, tiny):
    """Whether the bytes are a checkpoint that a fresh training can take, or a sentence says why not."""
    with comes_back():
        try:
            found = checkpoint.from_bytes(data)
            found.name.encode()
            fresh = Training(found.experiment, tiny)
            checkpoint.check_fits(found, fresh)
        except StoreError as error:
            error.say().encode()
            return


def test_whole_checkpoint_is_read(file):
    assert checkpoint.from_bytes(file).experiment == SMALL


@given(data=strategies.st.data())
@settings(max_examples=examples(200))
def test_tampered_checkpoint_is_read_or_left_out(file, tiny, data):
    is_read_or_left_out(data.draw(strategies.damaged_files(file, KEY)), tiny)


def test_odd_json_in_a_card_is_read_or_left_out(file, tiny):
    card = json.loads(header_of(file)[0]["__metadata__"][KEY])
    for raw in RAW:
        for path in [(), *((key,) for key in card)]:
            is_read_or_left_out(with_card(file, strategies.text_with(card, path, raw), KEY), tiny)


CLAIMS = [{"shape": [2**40, 784]}, {"data_offsets": [0, 2**50]}, {"dtype": []}]


@pytest.mark.parametrize("claim", CLAIMS, ids=str)
def test_small_file_takes_little_memory_whatever_it_claims(file, claim):
    header, body = header_of(file)
    name = next(name for name in header if name.startswith("training.model"))
    lying = json.dumps(header | {name: header[name] | claim})
    with takes_at_most(MOST_MEGABYTES), pytest.raises(StoreError):
        checkpoint.from_bytes(with_header(lying, body))
