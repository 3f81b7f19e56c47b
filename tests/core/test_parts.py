"""The parts of an experiment: each said once, in a file of its own, without torch at import."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from aecore.model.autoencoder import Autoencoder
from aecore.parts.penalties import PENALTIES, Penalised, differentiates
from aecore.spec.anatomy import loss_terms
from aecore.spec.experiment import SPECS, Experiment

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "aecore" / "parts").rglob("*.py"))

NEEDS = {"kl_sparsity": {"code_activation": "sigmoid"}}
"""What an experiment must have besides a penalty."""


def with_penalty(key, **more):
    return Experiment(hidden=(16,), latent_dim=4, penalty=key, **NEEDS.get(key, {}), **more)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_torch_is_imported_inside_functions_only(file):
    tree = ast.parse(file.read_text(encoding="utf-8"))
    for node in tree.body:
        names = [alias.name for alias in getattr(node, "names", [])]
        assert "torch" not in {getattr(node, "module", ""), *names}


def test_all_parts_are_known_before_torch_is_loaded():
    program = (
        "import sys; from aecore.parts.penalties import PENALTIES; assert PENALTIES;"
        "print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout == "False\n", done.stderr


@pytest.mark.parametrize("key", PENALTIES)
def test_penalty_is_what_its_record_says(key, digits):
    penalty = PENALTIES[key]
    e = with_penalty(key, penalty_weight=0.5)
    model, x = Autoencoder(e), digits.x_test[:20]
    output = model(x)
    terms = model.losses(output, x)
    encode = lambda x: model.code(model.hidden(x), None).mean  # noqa: E731
    alone = penalty.function(Penalised(e, output.code.z, x, encode))
    assert alone.item() >= 0
    torch.testing.assert_close(terms["penalty"], 0.5 * alone)
    terms["penalty"].backward()
    assert any(weight.grad.abs().sum() > 0 for weight in model.encoder.parameters())
    assert all(SPECS[field] for field in penalty.fields)
    assert penalty.term in loss_terms(e)
    assert SPECS["penalty"].choices[key] == penalty.title


@pytest.mark.parametrize("key", PENALTIES)
def test_fields_of_a_penalty_matter_with_it_alone(key):
    for field in ("penalty_weight", "rho"):
        assert with_penalty(key).matters(field) == (field in PENALTIES[key].fields)
        assert not Experiment().matters(field)


def test_only_a_known_penalty_can_hold_a_gradient():
    assert not differentiates("none")
    assert differentiates("contractive")
