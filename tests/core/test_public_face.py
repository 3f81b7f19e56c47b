"""What `import aecore` gives: a few names, and torch only with those that need it."""

import subprocess
import sys

import pytest

import aecore


@pytest.mark.parametrize("name", aecore.__all__)
def test_every_public_name_is_there(name):
    assert getattr(aecore, name) is not None


def test_an_unknown_name_is_named():
    with pytest.raises(AttributeError, match="'autoencoder'"):
        aecore.autoencoder  # noqa: B018


def test_an_experiment_can_be_said_without_torch():
    program = (
        "import sys, aecore; e = aecore.variants.build('vae', latent_dim=2);"
        "assert isinstance(e, aecore.Experiment); print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout == "False\n", done.stderr


def test_a_few_lines_train(digits):
    e = aecore.variants.build("linear", epochs=1, n_train=100)
    last = list(aecore.train(e, digits))[-1]
    assert last.epoch == 1
    assert last.ended == "epochs"
