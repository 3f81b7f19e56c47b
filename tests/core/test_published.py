"""The benchmark of published results: its table, its deformations, and the bound of the VAE row."""

import math
from dataclasses import replace

import pytest
import torch
from torch import Generator, nn

from aecore.experiment import Experiment
from aecore.model import Autoencoder
from benchmarks import published as command
from benchmarks import results_file
from benchmarks.protocols import deep, learning, one_class, pca, rows, sparse_features, vae
from benchmarks.protocols.rows import Outcome, Result


def a_result(name, value, **changes):
    outcome = Outcome(value, "As always.", details={"by digit": [0.5, 0.25]})
    result = Result(name, outcome, f"python --only {name}", 0, 12.3, "a CPU", "2026-01-02")
    return replace(result, **changes)


def row_of(text, protocol):
    (line,) = [line for line in text.splitlines() if line.startswith(f"| {protocol.what} ")]
    return line


@pytest.mark.parametrize(
    ("protocol", "value", "word"),
    [
        (deep.PROTOCOL, 3.00, "holds"),
        (deep.PROTOCOL, 3.01, "**MISSED**"),
        (pca.PROTOCOL, 13.874, "holds"),
        (pca.PROTOCOL, 13.80, "**MISSED**"),
        (one_class.PROTOCOL, 0.96, "holds"),
        (one_class.PROTOCOL, 0.95, "**MISSED**"),
        (sparse_features.PROTOCOL, 1.61, "**MISSED**"),
        (vae.PROTOCOL, 90.5, "**MISSED**"),
    ],
)
def test_a_miss_is_called_a_miss(protocol, value, word):
    text = rows.table([protocol], {protocol.name: a_result(protocol.name, value)})
    assert row_of(text, protocol).endswith(f"| {word} |")


def test_a_gain_counts_only_if_it_is_larger_than_its_spread():
    protocol = command.PROTOCOLS["few-labels"]
    assert protocol.holds(Outcome(5.0, "", spread=2.0))
    assert not protocol.holds(Outcome(2.0, "", spread=2.5))
    assert not protocol.holds(Outcome(2.0, ""))


def test_a_quick_run_has_no_verdict():
    quick = a_result("deep", 1.0, quick=True)
    assert "QUICK" in rows.verdict(deep.PROTOCOL, quick)


def test_results_of_separate_runs_make_one_table(tmp_path):
    for result in (a_result("pca", 13.87), a_result("deep", 4.5), a_result("deep", 2.75)):
        result.write(tmp_path)
    kept = rows.read_all(tmp_path)
    assert kept == {"pca": a_result("pca", 13.87), "deep": a_result("deep", 2.75)}
    text = rows.table(list(command.PROTOCOLS.values()), kept)
    assert "| 13.87 | holds |" in row_of(text, pca.PROTOCOL)
    assert "| 2.75 | holds |" in row_of(text, deep.PROTOCOL)
    assert row_of(text, vae.PROTOCOL).endswith("|  | not measured |")
    assert "`python --only deep`, seed 0, 12 s, a CPU, 2026-01-02" in text


def test_only_the_table_of_the_report_is_renewed():
    begin, end = "<!-- table -->\n", "<!-- end of table -->\n"
    report = f"before\n{begin}old\n{end}after\n"
    assert results_file.renewed(report, "table", "new") == f"before\n{begin}new\n{end}after\n"


def test_new_section_goes_to_the_end_of_the_report():
    report = results_file.renewed("before\n", "load", "fast")
    assert report == "before\n\n<!-- load -->\nfast\n<!-- end of load -->\n"
    assert results_file.renewed(report, "load", "faster") == report.replace("fast", "faster")


def test_a_quick_run_prints_its_row_and_keeps_nothing(tmp_path, capsys):
    command.main(["--only", "pca", "--quick", "--results", str(tmp_path)])
    assert "QUICK" in row_of(capsys.readouterr().out, pca.PROTOCOL)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["deep", "one-class", "vae"])
def test_a_quick_run_of_other_rows(name, tmp_path, capsys):
    command.main(["--only", name, "--quick", "--results", str(tmp_path)])
    assert "QUICK" in capsys.readouterr().out


def test_the_learning_rate_rises_and_ends_at_nothing():
    rates = [learning.cosine(step, 1000) for step in range(1000)]
    assert max(rates) == pytest.approx(1, abs=0.02)
    assert rates[:50] == sorted(rates[:50])
    assert rates[50:] == sorted(rates[50:], reverse=True)
    assert rates[-1] < 1e-4


def test_k_falls_to_its_end_half_way():
    ks = [sparse_features.falling_k(epoch, 40) for epoch in range(41)]
    assert ks[0] == sparse_features.FIRST_K
    assert ks == sorted(ks, reverse=True)
    assert set(ks[20:]) == {sparse_features.K}
    assert ks[19] > sparse_features.K


def test_half_of_the_pictures_are_deformed_a_little(digits):
    x = digits.x_train[:200]
    before = x.clone()
    y = deep.varied(x, Generator().manual_seed(0))
    assert torch.equal(x, before), "the dataset itself has changed"
    changed = (y != x).any(dim=1)
    assert changed.sum() == 100
    assert y.min() >= 0
    assert y.max() <= 1
    error = (y - x)[changed].square().sum(dim=1).mean()
    other = (x.roll(1, 0) - x).square().sum(dim=1).mean()
    assert error < 0.3 * other, "another digit would be about as far away"


def test_binary_pictures_have_the_grey_values_as_means():
    grey = torch.tensor([[0.0, 0.25, 0.8, 1.0]]).repeat(20_000, 1)
    drawn = vae.binary(grey, Generator().manual_seed(0))
    assert set(drawn.unique().tolist()) == {0.0, 1.0}
    torch.testing.assert_close(drawn.mean(dim=0), grey[0], atol=0.015, rtol=0)


@pytest.fixture
def small_vae():
    experiment = Experiment(hidden=(8,), latent_dim=2, code="gaussian", recon_loss="bce")
    model = Autoencoder(experiment)
    with torch.no_grad():  # larger weights: the posterior shall not fit
        for parameter in model.decoder.parameters():
            parameter.mul_(2)
    return model


def test_one_sample_gives_the_elbo_that_is_trained(small_vae, digits):
    x = digits.x_test[:1].round()
    samples = vae.log_weights(small_vae, x[0], 4000, Generator().manual_seed(0))
    noise = Generator().manual_seed(1)
    many = x.expand(4000, -1)
    with torch.no_grad():
        losses = small_vae.losses(small_vae(many, noise), many)
    elbo = -784 * losses["total_loss"].item()
    # two means of 4,000 draws each, five standard errors apart at most
    error = samples.std().item() * math.sqrt(2 / 4000)
    assert samples.mean().item() == pytest.approx(elbo, abs=5 * error)


def test_the_bound_grows_with_the_number_of_samples(small_vae, digits):
    x = digits.x_test[0].round()
    log_w = vae.log_weights(small_vae, x, 6000, Generator().manual_seed(0))
    means = [
        torch.stack([vae.bound(part) for part in log_w.split(k)]).mean().item()
        for k in (1, 10, 100, 6000)
    ]
    assert means == sorted(means)
    assert means[-1] > means[0] + 0.1


def test_the_bound_reaches_a_likelihood_that_is_known():
    """One pixel, one latent unit, of which the decoder sees only the sign: p(x) is known."""

    class Sign(nn.Module):
        def forward(self, z):
            return torch.where(z > 0, math.log(4), -math.log(4))  # p(white) is 4/5 or 1/5

    class Shifted(nn.Module):
        def forward(self, x):
            return torch.tensor([[0.4, math.log(0.8)]])  # q is not the posterior

    model = nn.Module()
    model.encoder, model.decoder = Shifted(), Sign()
    log_w = vae.log_weights(model, torch.ones(1), 200_000, Generator().manual_seed(0))
    assert vae.bound(log_w).item() == pytest.approx(math.log(0.5), abs=0.01)
    assert log_w.mean().item() < math.log(0.5) - 0.05
