"""The parts of an experiment: each said once, in a file of its own, without torch at import."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F

from aecore.model.autoencoder import Autoencoder
from aecore.parts.codes import CODES
from aecore.parts.penalties import PENALTIES, Penalised, differentiates
from aecore.parts.penalties.adversarial import adversarial
from aecore.parts.penalties.mmd import mmd
from aecore.spec.anatomy import loss_terms
from aecore.spec.experiment import SPECS, Experiment

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "aecore" / "parts").rglob("*.py"))
LATER = {"_cross_entropy"}
"""Files that are imported inside functions themselves."""

NEEDS = {"kl_sparsity": {"code_activation": "sigmoid"}}
"""What an experiment must have besides a penalty."""


def with_penalty(key, **more):
    return Experiment(hidden=(16,), latent_dim=4, penalty=key, **NEEDS.get(key, {}), **more)


@pytest.mark.parametrize(
    "file", [f for f in FILES if f.stem not in LATER], ids=lambda file: file.stem
)
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
    alone = penalty.function(Penalised(e, output.code.z, x, encode, model.code))
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


def with_code(key, **more):
    return Experiment(hidden=(16,), latent_dim=8, k=2, code=key, **more)


@pytest.mark.parametrize("key", CODES)
def test_code_is_what_its_record_says(key, digits):
    kind = CODES[key]
    e = with_code(key)
    model, x = Autoencoder(e), digits.x_test[:20]
    seen = model.code(model.hidden(x), None)
    assert seen.z.shape == seen.mean.shape == (20, 8)
    torch.testing.assert_close(seen.z, seen.mean)  # nothing is drawn without a generator
    assert sum(p.numel() for p in model.code.parameters()) == kind.n_parameters(e)
    assert model.code.width == 8 * kind.widths
    assert (seen.indices is not None) is kind.codebook
    assert (model.code.penalty(seen) is None) is (kind.penalty is None)
    seen.z.sum().backward()
    assert any(weight.grad.abs().sum() > 0 for weight in model.encoder.parameters())


@pytest.mark.parametrize("key", CODES)
def test_code_takes_random_numbers_only_if_its_record_says_so(key, digits):
    model, random = Autoencoder(with_code(key)), torch.Generator().manual_seed(1)
    before = random.get_state()
    z = model.code(model.hidden(digits.x_test[:20]), random).z
    assert torch.equal(before, random.get_state()) is not CODES[key].draws
    if CODES[key].drawn:
        assert not torch.equal(z, model.code(model.hidden(digits.x_test[:20]), random).z)


@pytest.mark.parametrize("key", CODES)
def test_fields_of_a_code_matter_with_it_alone(key):
    for field in ("beta", "k", "codebook_size", "vector_size"):
        assert with_code(key).matters(field) is (field in CODES[key].fields)
    assert set(CODES[key].in_formula) <= set(CODES[key].fields)


@pytest.mark.parametrize("key", PENALTIES)
def test_penalty_takes_random_numbers_and_holds_parameters_only_as_its_record_says(key, digits):
    e = with_penalty(key)
    model, random = Autoencoder(e), torch.Generator().manual_seed(1)
    before = random.get_state()
    model.losses(model(digits.x_test[:20]), digits.x_test[:20], random)
    assert torch.equal(before, random.get_state()) is not PENALTIES[key].draws
    n_parameters = sum(p.numel() for p in model.code.parameters())
    assert n_parameters == PENALTIES[key].n_parameters(e)


def test_mmd_is_small_for_draws_of_the_prior_and_large_for_anything_else():
    def draws(seed, n=500):
        return torch.randn(n, 4, generator=torch.Generator().manual_seed(seed))

    alike = mmd(draws(7)).item()
    assert 0 <= alike < 0.01
    for other in (draws(7) + 1, 3 * draws(7), 0.1 * draws(7), torch.zeros(500, 4)):
        assert mmd(other).item() > 5 * alike


def test_mmd_is_the_mean_over_pairs():
    z = torch.randn(5, 3, generator=torch.Generator().manual_seed(1))
    prior = torch.randn(5, 3, generator=torch.Generator().manual_seed(0))
    k = lambda a, b: 6 / (6 + (a - b).square().sum().item())  # noqa: E731
    mean = lambda a, b: sum(k(p, q) for p in a for q in b) / 25  # noqa: E731
    by_hand = mean(z, z) + mean(prior, prior) - 2 * mean(z, prior)
    assert mmd(z).item() == pytest.approx(by_hand, abs=1e-6)


def test_both_players_learn_each_from_its_own_loss():
    model = Autoencoder(with_penalty("adversarial"))
    judge = model.code.discriminator
    z = torch.randn(30, 4, generator=torch.Generator().manual_seed(3)).add(2).requires_grad_()
    adversarial(z, judge).backward()
    prior = torch.randn(30, 4, generator=torch.Generator().manual_seed(0))
    told = judge(prior), judge(z.detach())
    own = F.binary_cross_entropy_with_logits(told[0], torch.ones(30, 1))
    own = own + F.binary_cross_entropy_with_logits(told[1], torch.zeros(30, 1))
    expected = torch.autograd.grad(own, list(judge.parameters()))
    for weight, gradient in zip(judge.parameters(), expected, strict=True):
        torch.testing.assert_close(weight.grad, gradient)
    fooled = F.binary_cross_entropy_with_logits(judge(z), torch.ones(30, 1))
    torch.testing.assert_close(z.grad, torch.autograd.grad(fooled, z)[0])
    torch.testing.assert_close(adversarial(z, judge), fooled)


def test_only_a_known_penalty_can_hold_a_gradient():
    assert not differentiates("none")
    assert differentiates("contractive")
