"""The benchmark of published results: its table, its deformations, and the bound of the VAE row."""

import math
import re
from dataclasses import replace

import pytest
import torch
from torch import Generator, nn

from aecore.data import datasets
from aecore.model.autoencoder import Autoencoder
from aecore.spec.experiment import Experiment
from aecore.training.loop import Training
from benchmarks import published as command
from benchmarks import results_file
from benchmarks.protocols import (
    deep,
    few_labels,
    learning,
    one_class,
    pca,
    rows,
    sparse_features,
    vae,
)
from benchmarks.protocols.rows import Outcome, Result, Row, Setup


def a_result(value, seed=0, **changes):
    outcome = Outcome(value, "As always.", details={"by digit": [0.5, 0.25]})
    return Result(replace(outcome, **changes), seed, 12.3, "a CPU", "2026-01-02", "torch 2")


def a_row(name, *values, **changes):
    return Row(name, tuple(a_result(v, seed, **changes) for seed, v in enumerate(values)))


def row_of(text, protocol):
    (line,) = [line for line in text.splitlines() if line.startswith(f"| {protocol.what} ")]
    return [cell.strip() for cell in line.strip("|").split(" | ")]


@pytest.mark.parametrize(
    ("protocol", "values", "published", "due"),
    [
        (deep.PROTOCOL, (2.9, 3.1), "as good", "holds"),
        (deep.PROTOCOL, (2.9, 3.11), "**not as good**", "**MISSED**"),
        (pca.PROTOCOL, (13.874,), "as good", "holds"),
        (pca.PROTOCOL, (13.80,), "as good", "**MISSED**"),
        (one_class.PROTOCOL, (0.96, 0.961), "as good", "holds"),
        (one_class.PROTOCOL, (0.955,), "as good", "**MISSED**"),
        (one_class.PROTOCOL, (0.92,), "**not as good**", "**MISSED**"),
        (sparse_features.PROTOCOL, (1.61, 1.59, 1.58), "**not as good**", "holds"),
        (sparse_features.PROTOCOL, (1.61, 1.61), "**not as good**", "**MISSED**"),
        (sparse_features.PROTOCOL, (1.35,), "as good", "holds"),
        (vae.PROTOCOL, (86.79,), "**not as good**", "holds"),
        (vae.PROTOCOL, (88.4,), "**not as good**", "**MISSED**"),
        (vae.PROTOCOL, (86.7,), "as good", "holds"),
    ],
)
def test_as_published_and_as_due_are_two_verdicts_on_the_mean(protocol, values, published, due):
    text = rows.table([protocol], {protocol.name: a_row(protocol.name, *values)})
    cells = row_of(text, protocol)
    assert (cells[3], cells[5]) == (published, due)


def test_a_gain_counts_only_if_it_is_larger_than_its_largest_spread():
    protocol = command.PROTOCOLS["few-labels"]
    large, small = a_result(5.0, 0, spread=2.0), a_result(5.0, 1, spread=5.5)
    assert protocol.holds(Row("few-labels", (large,)))
    assert not protocol.holds(Row("few-labels", (large, small)))
    assert not protocol.holds(Row("few-labels", (a_result(5.0),)))
    assert rows.as_published(protocol, Row("few-labels", (large,))) == "–"


def test_a_quick_run_has_no_verdict():
    quick = replace(a_row("deep", 1.0), quick=True)
    assert "QUICK" in rows.as_due(deep.PROTOCOL, quick)
    assert "QUICK" in rows.as_published(deep.PROTOCOL, quick)


def test_seeds_of_separate_runs_make_one_row(tmp_path):
    Row("deep", ()).with_result(a_result(2.5, seed=2)).write(tmp_path)
    kept = rows.read_all(tmp_path)["deep"]
    for result in (a_result(9.0, seed=0), a_result(2.7, seed=1), a_result(2.6, seed=0)):
        kept = kept.with_result(result)
    kept.write(tmp_path)
    a_row("pca", 13.87).write(tmp_path)
    (tmp_path / "peers.json").write_text('{"dense": {}}')
    found = rows.read_all(tmp_path)
    assert found == {"deep": a_row("deep", 2.6, 2.7, 2.5), "pca": a_row("pca", 13.87)}
    assert found["deep"].value == pytest.approx(2.6)
    assert found["deep"].deviation == pytest.approx(0.1)
    text = rows.table(list(command.PROTOCOLS.values()), found)
    assert row_of(text, deep.PROTOCOL)[1] == "2.60 ± 0.10 (3 seeds)"
    assert row_of(text, pca.PROTOCOL)[1] == "13.87"
    assert row_of(text, vae.PROTOCOL)[3:] == ["not measured", "at most 86.8", "not measured"]
    assert "seed 1: 2.70; 12 s, a CPU, torch 2, 2026-01-02." in text


def test_seeds_with_other_settings_are_not_averaged():
    row = a_row("deep", 2.6, 2.7).with_result(a_result(1.0, seed=2, settings="Others."))
    assert row.values == (1.0,)


def test_a_single_seed_is_called_one():
    assert rows.ours(deep.PROTOCOL, a_row("deep", 2.5)) == "2.50 (one seed)"


def test_the_better_score_stands_beside_the_row_not_in_it():
    row = a_row("one-class", 0.96, 0.97, beside=("1 - SSIM", 0.98))
    said = rows.ours(one_class.PROTOCOL, row)
    assert said == "0.965 ± 0.007 (2 seeds); beside it 1 - SSIM: 0.980 ± 0.000"


def test_last_number_is_learned_from_all_published_pictures(digits):
    setup = Setup(digits)
    everything = setup.everything
    assert len(everything.x_train) == len(digits.x_train) + len(digits.x_val) == 4000
    assert torch.equal(everything.x_train[-len(digits.x_val) :], digits.x_val)
    assert torch.equal(everything.y_train[-len(digits.y_val) :], digits.y_val)
    assert len(everything.x_val) == 0
    assert everything.x_test is digits.x_test


@pytest.mark.parametrize("name", ["deep", "one-class", "sparse-features", "vae"])
def test_settings_do_not_depend_on_test_pictures(name, digits):
    """Other test pictures: another number, and the same model and choices."""
    seen = []
    for x_test in (digits.x_test, 1 - digits.x_test):
        data = rows.few(replace(digits, x_test=x_test), quick=True)
        seen.append(command.PROTOCOLS[name].run(Setup(data, 0, True, lambda line: None)))
    first, second = seen
    assert first.value != second.value
    assert first.settings == second.settings
    for key in first.details.keys() & second.details.keys():
        if key.startswith("held out"):
            assert first.details[key] == second.details[key]
    words = r"(Chosen: .*?\)|Penalty .*?%|held out.*)"
    assert re.findall(words, first.found) == re.findall(words, second.found)


def test_encoder_for_few_labels_is_chosen_on_validation_pictures(digits):
    trial = few_labels._held_out(digits)
    assert trial.x_train is digits.x_train
    assert trial.x_test is digits.x_val
    assert trial.y_test is digits.y_val


def test_seed_alone_and_seeds_from_nought(tmp_path, monkeypatch, capsys):
    ran = []

    def run(setup):
        ran.append(setup.seed)
        return Outcome(1.0, "As always.")

    monkeypatch.setitem(command.PROTOCOLS, "deep", replace(deep.PROTOCOL, run=run))
    monkeypatch.setitem(command.PROTOCOLS, "pca", replace(pca.PROTOCOL, run=run))
    monkeypatch.setattr(
        command.Setup, "prepare", classmethod(lambda cls, seed, *rest: cls(few_digits(), seed))
    )
    for arguments in (["--seed", "7"], ["--seeds", "2"], []):
        command.main(["--only", "deep", "--only", "pca", "--results", str(tmp_path), *arguments])
    assert ran == [7, 0, 0, 1, 0, 0, 1, 2, 0]
    assert [r.seed for r in rows.read_all(tmp_path)["deep"].results] == [0, 1, 2, 7]
    assert "1.00 ± 0.00 (4 seeds)" in capsys.readouterr().out


def few_digits():
    return rows.few(datasets.load("mnist-5k", "cpu"), quick=True)


def test_kept_rows_are_those_of_the_protocols():
    """The table in the report is what the kept results say."""
    kept = rows.read_all(rows.RESULTS)
    assert set(kept) == set(command.PROTOCOLS)
    text = rows.table(list(command.PROTOCOLS.values()), kept)
    assert f"<!-- table -->\n{text}\n<!-- end of table -->" in results_file.REPORT.read_text()


def test_average_of_weights_fades_old_ones(tiny):
    training = Training(Experiment(batch_size=20, dataset=tiny.key, hidden=(4,)), tiny)
    average = learning.Average(training, 0.5, 20, share=0.25)  # 60 steps: from the 30th on
    seen = []
    for _ in learning.epochs(training, 20, after_step=lambda: take(average, training, seen)):
        pass
    expected = seen[0]
    for weights in seen[1:]:
        expected = expected + 0.25 * (weights - expected)
    assert len(seen) == 4  # steps 30, 40, 50, 60
    average.put()
    torch.testing.assert_close(flat(training), expected)


def flat(training):
    return torch.cat([p.detach().flatten() for p in training.model.parameters()])


def take(average, training, seen):
    average.take()
    if training.step >= 30 and training.step % 10 == 0:
        seen.append(flat(training))


def test_heights_of_features_fade_to_nothing():
    model = Autoencoder(Experiment(network="linear", code="top_k", latent_dim=50, k=5, tied=True))
    x = torch.rand(7, 784, generator=Generator().manual_seed(0)) - 0.5
    h = model.hidden(x).detach()
    got = torch.from_numpy(sparse_features.encode(model, x, 8).toarray())
    ninth = h.sort(dim=1, descending=True).values[:, 8:9]
    expected = (h - ninth).clamp(min=0)
    torch.testing.assert_close(got, expected / expected.norm(dim=1, keepdim=True))


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
    assert "QUICK" in row_of(capsys.readouterr().out, pca.PROTOCOL)[5]
    assert not list(tmp_path.iterdir())


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
    y = deep.varied(x, Generator().manual_seed(0), 0.5)
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
