"""PCA and the baselines, against scikit-learn."""

import numpy as np
import pytest
import torch
from skimage.metrics import structural_similarity
from sklearn import decomposition

from aecore.data import datasets
from aecore.errors import ExperimentError
from aecore.model import pca
from aecore.spec import variants
from aecore.spec.experiment import Experiment
from aecore.training.loop import corrupt_fixed
from aecore.training.references import fitted_pca, references


@pytest.fixture(scope="module")
def ours(digits):
    return pca.fit(digits.x_train)


@pytest.fixture(scope="module")
def theirs(digits):
    return decomposition.PCA(60, svd_solver="full").fit(digits.x_train.double().numpy())


def their_reconstruction(theirs, x, k):
    x, components = x.double().numpy(), theirs.components_[:k]
    return (x - theirs.mean_) @ components.T @ components + theirs.mean_


@pytest.mark.parametrize("k", [1, 2, 30, 60])
def test_error_equals_that_of_scikit_learn(k, ours, theirs, digits):
    x = digits.x_test
    expected = ((their_reconstruction(theirs, x, k) - x.numpy()) ** 2).mean()
    found = (ours.reconstruct(x, k) - x).square().mean().item()
    assert found == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("k", [1, 2, 30, 60])
def test_subspace_equals_that_of_scikit_learn(k, ours, theirs):
    cosines = np.linalg.svd(ours.components[:k].double().numpy() @ theirs.components_[:k].T)[1]
    np.testing.assert_allclose(cosines, 1, atol=1e-5)


def test_components_are_orthonormal_with_the_most_variance_first(ours, digits):
    torch.testing.assert_close(
        ours.components @ ours.components.T, torch.eye(784), atol=1e-5, rtol=0
    )
    variances = ours.encode(digits.x_train, 784).var(dim=0)
    assert (variances.diff() <= 1e-5).all()


def test_codes_have_one_number_per_component(ours, digits):
    assert ours.encode(digits.x_test, 5).shape == (1000, 5)
    torch.testing.assert_close(ours.decode(torch.zeros(1, 5))[0], digits.x_train.mean(dim=0))


def test_all_components_lose_nothing(ours, digits):
    torch.testing.assert_close(
        ours.reconstruct(digits.x_test, 784), digits.x_test, atol=1e-4, rtol=0
    )


def test_fewer_pictures_than_pixels_will_do(tiny):
    fitted = pca.fit(tiny.x_train)  # 60 pictures span 59 directions
    error = (fitted.reconstruct(tiny.x_train, 59) - tiny.x_train).square().mean().item()
    assert error < 1e-9


@pytest.mark.parametrize("k", [0, -1, 785])
def test_code_size_outside_its_limits_is_refused(k, ours, digits):
    with pytest.raises(ExperimentError, match=f"latent_dim .* from 1 to 784, but was {k}"):
        ours.encode(digits.x_test, k)


# ---- baselines


def error_by_hand(loss, x_hat, x):
    if loss == "mse":
        return ((x_hat - x) ** 2).mean()
    if loss == "l1":
        return np.abs(x_hat - x).mean()
    if loss == "bce":
        p = x_hat.clip(1e-4, 1 - 1e-4)
        return -(x * np.log(p) + (1 - x) * np.log(1 - p)).mean()
    pairs = zip(x_hat.reshape(-1, 28, 28), x.reshape(-1, 28, 28), strict=True)
    settings = {"gaussian_weights": True, "use_sample_covariance": False, "data_range": 1}
    return 1 - np.mean([structural_similarity(a, b, sigma=1.5, **settings) for a, b in pairs])


@pytest.mark.parametrize("loss", ["mse", "l1", "bce", "ssim"])
def test_baselines_are_measured_in_the_loss_of_the_experiment(loss, tiny):
    found = references(Experiment(recon_loss=loss, latent_dim=5), tiny)
    x_train, x = tiny.x_train.double().numpy(), tiny.x_val.double().numpy()
    theirs = decomposition.PCA(5, svd_solver="full").fit(x_train)
    x_hats = {
        "mean": np.broadcast_to(x_train.mean(axis=0), x.shape),
        "pca": theirs.inverse_transform(theirs.transform(x)),
    }
    assert found.mse.keys() == x_hats.keys()
    assert found.loss.keys() - {"floor"} == x_hats.keys()
    for name, x_hat in x_hats.items():
        assert found.loss[name] == pytest.approx(error_by_hand(loss, x_hat, x), rel=2e-3)
        assert found.mse[name] == pytest.approx(error_by_hand("mse", x_hat, x), rel=1e-4)


def test_baselines_get_the_corrupted_input_and_the_clean_target(tiny):
    noisy = variants.build("denoising", corruption="masking", latent_dim=5)
    fitted = pca.fit(tiny.x_train)
    x_hat = fitted.reconstruct(corrupt_fixed(noisy, tiny.x_val), 5)
    expected = (x_hat - tiny.x_val).square().mean().item()
    assert references(noisy, tiny).mse["pca"] == pytest.approx(expected, rel=1e-5)
    assert expected > 1.05 * references(Experiment(latent_dim=5), tiny).mse["pca"]


def test_baselines_see_only_the_training_pictures_of_the_experiment(tiny):
    found = references(Experiment(n_train=20, latent_dim=3), tiny)
    mean = tiny.x_train[:20].mean(dim=0)
    assert found.mse["mean"] == pytest.approx((mean - tiny.x_val).square().mean().item(), rel=1e-5)
    tested = references(Experiment(n_train=20, latent_dim=3), tiny, "test")
    expected = (mean - tiny.x_test).square().mean().item()
    assert tested.mse["mean"] == pytest.approx(expected, rel=1e-5)


def test_floor_of_bce_is_the_entropy_of_grey_pixels(digits):
    """46.1 nats per picture on the test digits: what a perfect reconstruction would still cost."""
    found = references(Experiment(recon_loss="bce"), digits, "test").loss["floor"]
    x = digits.x_test.double()
    perfect = torch.nn.functional.binary_cross_entropy(x, x).item()
    assert found == pytest.approx(perfect, rel=1e-5)
    assert 784 * found == pytest.approx(46.1, abs=0.05)
    assert "floor" not in references(Experiment(), digits).loss


def test_pca_is_fitted_once_for_all_runs(tiny):
    assert fitted_pca(tiny, 60) is fitted_pca(tiny, 60_000)
    assert fitted_pca(tiny, 59) is not fitted_pca(tiny, 60)


@pytest.mark.full_mnist
def test_thirty_components_of_the_full_mnist_leave_the_published_error():
    found = references(Experiment(latent_dim=30), datasets.load("mnist", "cpu"), "test")
    assert 784 * found.mse["pca"] == pytest.approx(13.87, abs=0.03)  # Hinton & Salakhutdinov 2006
