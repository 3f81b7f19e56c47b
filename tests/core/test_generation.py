"""Codes that belong to no picture: drawn, moved, added; and what each number of a code carries."""

import copy
import json

import numpy as np
import pytest
import torch
from PIL import Image
from torch.distributions import Normal, kl_divergence

from aecore.__main__ import main
from aecore.files import pretrained, store
from aecore.model.autoencoder import Autoencoder
from aecore.parts.datasets import DIGIT
from aecore.spec.variants import VARIANTS, build
from aecore.spec.view import History
from aecore.topics.generate import ask as generation
from aecore.topics.generate import figures as figures
from aecore.topics.generate import measure as maths
from aecore.topics.generate.ask import FITTED, PRIOR
from aecore.topics.generate.challenges import CHALLENGES
from aecore.topics.generate.posterior import posteriors
from aecore.topics.latent_space import ask as latent_map
from aecore.training.diagnosis import COLLAPSED
from aecore.training.monitor import seen
from aecore.training.subject import Subject
from ui.generate.sampling import CLEAR_HELP

PLAIN = ("vanilla-2", "vanilla-32", "convolutional-32", "sparse-128", "top-k-128")


def subject_of(key, digits) -> Subject:
    return Subject(pretrained.load(key), digits)


def heads(model, x):
    with torch.no_grad():
        mu, log_var = model.encoder(x).chunk(2, dim=1)
    return mu, (0.5 * log_var).exp()


def with_collapsed(key: str, dims: list[int]) -> Autoencoder:
    """A pretrained VAE whose encoder gives N(0, 1) in some dimensions, whatever the picture."""
    model = copy.deepcopy(pretrained.load(key))
    last = [layer for layer in model.encoder.modules() if isinstance(layer, torch.nn.Linear)][-1]
    size = model.experiment.latent_dim
    with torch.no_grad():
        for row in [*dims, *(dim + size for dim in dims)]:
            last.weight[row] = 0
            last.bias[row] = 0
    return model


def test_kl_and_sigma_of_each_dimension_are_those_of_the_distributions(digits):
    subject = subject_of("vae-16", digits)
    found = posteriors(subject)
    mu, sigma = heads(subject.model, digits.x_test)
    expected = kl_divergence(Normal(mu, sigma), Normal(0.0, 1.0)).mean(dim=0)
    np.testing.assert_allclose(found.kl, expected.numpy(), rtol=1e-4)
    np.testing.assert_allclose(found.sigma, sigma.numpy(), rtol=1e-5)
    assert (np.diff(found.kl[found.order]) <= 0).all()


def test_dimensions_forced_to_the_prior_are_called_collapsed(digits):
    before = posteriors(subject_of("vae-16", digits))
    forced = sorted(before.order[[0, 3]].tolist())
    found = posteriors(Subject(with_collapsed("vae-16", forced), digits))
    assert np.flatnonzero(found.collapsed & ~before.collapsed).tolist() == forced
    assert (found.collapsed == (found.kl < COLLAPSED)).all()
    assert set(forced) <= set(found.order[-found.collapsed.sum() :].tolist())


def test_plain_code_has_variances_and_no_widths(digits):
    found = posteriors(subject_of("vanilla-32", digits))
    assert found.sigma is None
    assert found.kl is None
    assert not found.collapsed.any()
    np.testing.assert_allclose(found.variance, found.mu.var(axis=0), rtol=1e-4)
    assert (np.diff(found.variance[found.order]) <= 0).all()


def test_diverged_model_is_told_and_gives_zeros(digits):
    model = copy.deepcopy(pretrained.load("vae-2"))
    with torch.no_grad():
        next(model.parameters()).fill_(float("nan"))
    subject = Subject(model, digits)
    found = posteriors(subject)
    assert not found.finite
    assert np.isfinite(found.mu).all()
    assert np.isfinite(found.kl).all()
    assert generation.samples(subject, FITTED, 10, 0).pictures.shape == (10, 28, 28)


def test_samples_are_decoded_draws_of_the_prior(digits):
    subject = subject_of("vae-16", digits)
    drawn = np.random.default_rng(3).standard_normal((generation.N_SCORED, 16))
    expected = subject.model.decode(torch.from_numpy(0.5 * drawn[:12]).float())
    found = generation.samples(subject, PRIOR, 12, 3, 0.5).pictures
    assert np.abs(found.astype(int) - seen(expected, DIGIT)).max() <= 1


def test_samples_are_the_same_for_a_seed_and_others_for_another(digits):
    subject = subject_of("vae-16", digits)
    one, again, other = (generation.samples(subject, PRIOR, 10, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one.pictures, again.pictures)
    assert one.clear == again.clear
    assert (one.pictures != other.pictures).mean() > 0.05


def test_samples_without_temperature_are_all_the_mean(digits):
    subject = subject_of("vanilla-32", digits)
    known = digits.x_train[: generation.N_FITTED]
    mean = subject.model.encode(known).mean(dim=0, keepdim=True)
    found = generation.samples(subject, FITTED, 3, 0, 0.0).pictures
    assert np.abs(found.astype(int) - seen(subject.model.decode(mean), DIGIT)).max() <= 1


def test_fitted_gaussian_has_mean_and_covariance_of_the_codes():
    rng = np.random.default_rng(0)
    codes = rng.normal(size=(500, 3)) @ rng.normal(size=(3, 3)) + 5
    codes = np.column_stack([codes, np.full(500, 2.0)])  # a dead unit: singular
    fitted = maths.fit(codes)
    np.testing.assert_allclose(fitted.factor @ fitted.factor.T, np.cov(codes.T), atol=1e-9)
    drawn = fitted.draw(200_000, 0)
    np.testing.assert_allclose(drawn.mean(axis=0), codes.mean(axis=0), atol=0.03)
    np.testing.assert_allclose(np.cov(drawn.T), np.cov(codes.T), atol=0.1)


def test_vae_gives_more_clear_digits_than_a_plain_autoencoder_and_fewer_than_nature(digits):
    vae, plain = subject_of("vae-16", digits), subject_of("vanilla-32", digits)
    real = generation.real_samples(vae, 1).clear.value
    shares = [
        generation.samples(subject, source, 1, 0).clear.value
        for subject, source in ((vae, PRIOR), (plain, FITTED), (plain, PRIOR))
    ]
    assert [real, *shares] == sorted([real, *shares], reverse=True)
    assert real > 2 * shares[1]


def test_clear_share_counts_pictures_whose_neighbours_agree():
    known = np.repeat([[0.0, 0.0], [1.0, 0.0]], 20, axis=0)
    labels = np.repeat([0, 1], 20)
    labels[5:20] = 2  # around the first corner classes are mixed
    found = maths.are_clear(np.array([[1.0, 0.1], [0.0, 0.1]]), known, labels)
    assert found.tolist() == [True, False]


def test_the_share_of_clear_samples_is_of_a_thousand_and_has_an_interval(digits):
    found = generation.samples(subject_of("vae-16", digits), PRIOR, 3, 0)
    assert len(found.flags) == 1000
    assert found.clear.value == found.flags.mean()
    assert found.clear.low < found.clear.value < found.clear.high
    assert found.clear.half_width < 0.032
    assert "10 real training samples" in CLEAR_HELP  # as many as `NEIGHBOURS`
    assert maths.NEIGHBOURS == 10
    how = next(c.how for c in CHALLENGES if c.key == "generate-clear")
    assert "the 10 nearest" in how


def test_a_gaussian_is_fitted_to_what_the_model_learned_from(digits):
    """A model that knows threes alone gives threes; fitted to all digits, it would not."""
    threes = subject_of("anomaly-3", digits)
    known = digits.x_train[:4000].numpy(), digits.y_train[:4000].numpy()

    def share(subject):
        drawn = generation.samples(subject, FITTED, 200, 0).pictures.reshape(200, -1) / 255
        return (maths.classify(drawn, *known) == 3).mean()

    assert share(threes) > 0.8
    everything = threes.model.experiment.replace(classes=())
    forgetful = Autoencoder(everything)
    forgetful.load_state_dict(threes.model.state_dict())
    assert share(Subject(forgetful.eval(), digits)) < 0.5


def test_a_gaussian_is_fitted_to_no_more_pictures_than_there_were(digits):
    experiment = build("vanilla", dataset="mnist-5k", n_train=20, latent_dim=8)
    subject = Subject(Autoencoder(experiment).eval(), digits)
    codes = generation._training_codes(subject)
    torch.testing.assert_close(torch.from_numpy(codes), subject.model.encode(digits.x_train[:20]))


def test_samples_of_a_codebook_consist_of_its_entries(tiny):
    model = Autoencoder(build("vq", dataset="mnist-5k"))
    z = generation._possible(Subject(model, tiny), torch.randn(20, model.experiment.latent_dim))
    entries = model.code.codebook.weight
    distance = torch.cdist(z.view(-1, entries.shape[1]), entries).min(dim=1).values
    assert distance.max() < 1e-3


def test_samples_of_a_top_k_code_have_k_units(digits):
    subject = subject_of("top-k-128", digits)
    z = generation._possible(subject, torch.randn(20, 128))
    assert (z != 0).sum(dim=1).max() <= subject.model.experiment.k


def test_traversal_moves_one_number_through_three_sigmas(digits):
    subject = subject_of("vae-16", digits)
    found = generation.traversal(subject, (4, 7), 11)
    z = subject.model.encode(digits.x_test)[[11]]
    np.testing.assert_array_equal(found.start, seen(subject.model.decode(z), DIGIT))
    assert (found.values[0, 0], found.values[1, -1]) == (-3, 3)
    z[0, 7] = 3.0
    expected = seen(subject.model.decode(z), DIGIT)[0].astype(int)
    assert np.abs(found.rows[1, -1] - expected).max() <= 1


def test_traversal_of_a_plain_code_is_in_its_own_standard_deviations(digits):
    subject = subject_of("vanilla-32", digits)
    values = generation.traversal(subject, (5,)).values[0]
    z = subject.model.encode(digits.x_test)[:, 5].numpy()
    ends = [z.mean() - 3 * z.std(), z.mean() + 3 * z.std()]
    np.testing.assert_allclose(values[[0, -1]], ends, rtol=1e-3)


@pytest.mark.parametrize("key", ["vae-16", "vanilla-32"])
def test_arithmetic_decodes_the_sum_of_codes(key, digits):
    subject = subject_of(key, digits)
    found = generation.arithmetic(subject, (3, 4), (5,), (6, 7), 0.7)
    z = subject.model.encode(digits.x_test)
    moved = z[[6, 7]] + 0.7 * (z[[3, 4]].mean(dim=0) - z[5])
    expected = seen(subject.model.decode(moved), DIGIT).astype(int)
    assert np.abs(found.results - expected).max() <= 1
    faded = digits.x_test[[6]] + 0.7 * (digits.x_test[[3, 4]].mean(dim=0) - digits.x_test[5])
    assert np.abs(found.pixels[:1] - seen(faded, DIGIT).astype(int)).max() <= 1


def test_adding_a_difference_of_nothing_changes_nothing(digits):
    found = generation.arithmetic(subject_of("vae-16", digits), (3,), (3,), (6,))
    np.testing.assert_array_equal(found.results, found.x_hat)
    assert found.length == 0


def test_arithmetic_changes_what_it_says_and_reads_as_it_is_measured(digits):
    subject = subject_of("vae-16", digits)
    slants = latent_map.slants(subject)
    order = np.argsort(slants)
    left, right = tuple(order[:100].tolist()), tuple(order[-100:].tolist())
    one_way, other = (
        generation.arithmetic(subject, *ends, tuple(range(200)), 0.5)
        for ends in ((right, left), (left, right))
    )
    assert one_way.slant > 5
    assert other.slant < -5
    assert (one_way.classes_before == digits.y_test[:200].numpy()).mean() > 0.85
    assert one_way.classes.shape == (200,)
    assert one_way.results.shape == (10, 28, 28)


def test_a_difference_of_classes_turns_one_into_the_other(digits):
    subject, labels = subject_of("vae-16", digits), digits.y_test.numpy()
    sevens, ones = (tuple(np.flatnonzero(labels == c).tolist()) for c in (7, 1))
    found = generation.arithmetic(subject, sevens, ones, ones)
    assert (found.classes_before == 1).mean() > 0.9
    assert (found.classes == 7).mean() > 0.9


def test_balance_agrees_with_the_card_and_the_distributions(digits):
    subject = subject_of("vae-2", digits)
    found = generation.balance(subject)
    assert found.mse == pytest.approx(pretrained.card("vae-2")["test_mse_bundled"], rel=1e-3)
    mu, sigma = heads(subject.model, digits.x_test)
    kl = kl_divergence(Normal(mu, sigma), Normal(0.0, 1.0)).sum(dim=1).mean()
    assert found.kl == pytest.approx(float(kl), rel=1e-4)
    assert found.collapsed == 0
    assert found.samples.pictures.shape == (10, 28, 28)


@pytest.mark.parametrize("key", PLAIN)
def test_every_question_is_answered_by_plain_models(key, digits):
    subject = subject_of(key, digits)
    found = posteriors(subject)
    assert found.mu.shape == (1000, subject.model.experiment.latent_dim)
    for source in (PRIOR, FITTED):
        assert 0 <= generation.samples(subject, source, 5, 0).clear.value <= 1
    assert generation.traversal(subject, (0, 1)).rows.shape == (2, generation.STEPS, 28, 28)
    assert generation.arithmetic(subject, (0,), (1,), (2,)).results.shape == (1, 28, 28)


@pytest.mark.parametrize("key", VARIANTS)
def test_every_variant_can_be_sampled_untrained(key, tiny):
    subject = Subject(Autoencoder(VARIANTS[key].experiment), tiny)
    for source in (PRIOR, FITTED):
        assert generation.samples(subject, source, 4, 0).pictures.shape == (4, 28, 28)


def test_axes_of_an_ellipse_are_the_standard_deviations():
    centres, sigma = np.array([[1.0, 2.0], [0, 0]]), np.array([[0.5, 0.1], [2, 1]])
    curves = maths.ellipses(centres, sigma)
    np.testing.assert_allclose(np.ptp(curves, axis=1) / 2, sigma, rtol=1e-5)
    np.testing.assert_allclose((curves.max(axis=1) + curves.min(axis=1)) / 2, centres, atol=1e-6)
    np.testing.assert_allclose(curves[:, 0], curves[:, -1], atol=1e-6)


def test_bars_are_in_order_and_the_collapsed_ones_stand_out():
    values = np.array([0.5, 0.001, 2.0])
    figure = figures.per_dimension(values, np.array([2, 0, 1]), values < 0.01, unit="nats")
    bars = figure.data[0]
    assert list(bars.x) == ["z₃", "z₁", "z₂"]
    assert bars.marker.color[2] != bars.marker.color[0]
    assert [note.x for note in figure.layout.annotations] == ["z₂"]


def test_map_draws_ellipses_only_where_codes_have_a_width():
    points, labels = np.arange(8.0).reshape(4, 2), np.array([0, 0, 1, 1])
    shown = {"axes": ("a", "b"), "class_names": [str(c) for c in range(10)]}
    picked = np.array([0, 1, 2])
    plain = figures.posterior_map(points, None, labels, picked, **shown)
    wide = figures.posterior_map(points, np.ones((4, 2)), labels, picked, **shown)
    lines = [[t for t in figure.data if t.mode == "lines"] for figure in (plain, wide)]
    assert [len(found) for found in lines] == [0, 2]
    assert np.nanmax(lines[1][0].x) == pytest.approx(points[1, 0] + 1)
    larger = figures.posterior_map(points, np.ones((4, 2)), labels, picked, times=3, **shown)
    assert np.nanmax(larger.data[2].x) == pytest.approx(points[1, 0] + 3)


# ---- the command


@pytest.fixture
def generate(capsys, monkeypatch):
    """Runs the command. Returns its exit code, its object and what it said in errors."""
    monkeypatch.setenv("AECORE_DEVICE", "cpu")

    def run(*arguments):
        code = main(["generate", *arguments, "--json"])
        out, err = capsys.readouterr()
        return code, json.loads(out) if out else None, err

    return run


def test_command_measures_and_writes_the_samples(generate, digits, tmp_path):
    path = tmp_path / "samples.png"
    code, result, _err = generate("--n=12", "--seed=3", "--temperature=0.5", f"--out={path}")
    assert code == 0
    expected = generation.samples(subject_of("vae-16", digits), PRIOR, 12, 3, 0.5)
    assert result["clear_share"] == expected.clear.value
    assert result["clear_share_interval"] == [expected.clear.low, expected.clear.high]
    assert result["collapsed"] == [10]
    sheet = np.array(Image.open(path))
    assert sheet.shape == (2 * 28, 10 * 28)
    np.testing.assert_array_equal(sheet[28:, 28:56], expected.pictures[11])


def test_command_samples_a_plain_model_and_a_saved_run(generate, tmp_path):
    code, result, _err = generate("--model=vanilla-2", "--source=fitted")
    assert (code, result["kl_per_dimension"]) == (0, None)
    model = Autoencoder(build("vae", dataset="mnist-5k", latent_dim=3))
    store.save(tmp_path, model, model.experiment, History(), {})
    code, result, _err = generate(f"--model={tmp_path}")
    assert (code, len(result["kl_per_dimension"])) == (0, 3)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--n=0"], 2, "--n"),
        (["--temperature=hot"], 2, "--temperature"),
        (["--source=nowhere"], 2, "prior, fitted"),
        (["--model=nonsense"], 1, "nonsense"),
        (["--out=/dev/null/x.png"], 1, "cannot be written"),
    ],
)
def test_command_refuses_in_one_sentence(generate, arguments, code, said):
    found, result, err = generate(*arguments)
    assert (found, result) == (code, None)
    assert said in err
    assert len(err.splitlines()) == 1
