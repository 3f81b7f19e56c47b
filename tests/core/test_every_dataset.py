"""What holds for a model of any dataset that comes with a package, whatever its samples look like."""

import numpy as np
import pytest
import torch

from aecore.data import datasets
from aecore.errors import ExperimentError
from aecore.files import store
from aecore.files.export.script import to_script
from aecore.model.autoencoder import Autoencoder
from aecore.parts.corruptions import CORRUPTIONS, corrupted
from aecore.parts.datasets import DATASETS
from aecore.parts.losses import LOSSES
from aecore.spec import variants
from aecore.spec.anatomy import anatomy
from aecore.spec.fitting import NETWORKS
from aecore.spec.links import read_experiment
from aecore.spec.view import History
from aecore.training.evaluation import look
from aecore.training.loop import Training
from aecore.training.monitor import GRID, Monitor
from aecore.training.references import references
from tests.core.test_export import run_code as run_code  # a fixture

BUNDLED = [key for key, spec in DATASETS.items() if spec.is_bundled]
HIDDEN = {"linear": (), "dense": (24,), "conv": (4, 8)}


@pytest.fixture(params=BUNDLED)
def data(request):
    return datasets.load(request.param)


def small(data, network="dense", **changes):
    """A quick training on a dataset."""
    base = variants.build("vanilla", dataset=data.key, epochs=2, n_train=300, latent_dim=2)
    return base.replace(network=network, hidden=HIDDEN[network], batch_size=16, **changes)


def networks(data):
    return [name for name, kinds in NETWORKS.items() if data.shape.kind in kinds]


def test_networks_take_and_give_its_samples(data):
    for network in networks(data):
        model = Autoencoder(small(data, network))
        x = data.x_test[:3]
        assert model.reconstruct(x).shape == x.shape
        assert model.encode(x).shape == (3, 2)
        assert anatomy(model.experiment).parameters == model.n_parameters


def test_training_makes_something_of_it(data):
    """On samples that were not learned from it does better than their mean."""
    size = min(8, data.shape.size // 4)
    experiment = small(data, epochs=12, learning_rate=0.005, latent_dim=size)
    *_, last = Training(experiment, data)
    assert last.val.mse < 0.98 * references(experiment, data).mse["mean"]


def test_every_loss_and_corruption_takes_it_or_is_refused(data):
    kind, generator = data.shape.kind, torch.Generator().manual_seed(0)
    x = data.x_train[:5]
    for name, loss in LOSSES.items():
        if kind in loss.kinds:
            x_hat = x.clamp(0.1, 0.9)
            assert loss.function(x_hat.logit(), x_hat, x, data.shape).isfinite()
        else:
            with pytest.raises(ExperimentError, match=name):
                small(data, recon_loss=name)
    for name, corruption in CORRUPTIONS.items():
        if kind in corruption.kinds:
            noisy = corrupted(name, x, 0.5, generator, data.shape)
            assert noisy.shape == x.shape
            assert 0 <= noisy.min() <= noisy.max() <= 1
            assert not torch.equal(noisy, x)
        else:
            with pytest.raises(ExperimentError, match=name):
                small(data, corruption=name)


@pytest.mark.parametrize("variant", variants.VARIANTS)
def test_link_leads_to_the_very_same_experiment(data, variant):
    """With sizes that fit the dataset, and with those of the variant itself."""
    base = variants.get(variant).experiment
    try:
        moved = [base.replace(dataset=data.key, seed=3), base.moved_to(data.key)]
    except ExperimentError:
        return  # what it is about cannot go with this kind of data
    for experiment in moved:
        link = experiment.differences(base)
        assert read_experiment({"variant": variant, **link}) == (experiment, ())
        assert variants.build(variant, link) == experiment


def test_what_viewers_see_are_its_samples(data):
    training = Training(small(data), data)
    monitor = Monitor(training.experiment, data)
    output = look(training.model, monitor.x_input)
    moment = monitor.look(output, 0, 0, None)
    n = max(GRID, len(data.spec.classes))
    assert monitor.probe.originals.shape == moment.x_hat.shape == (n, *data.shape.seen)
    shown = np.unique(monitor.probe.grid_labels)
    assert shown.tolist() == list(range(max(1, len(data.spec.classes))))


def test_kept_run_is_the_same_when_it_is_opened(data, tmp_path):
    training = Training(small(data, epochs=1), data)
    *_, _last = training
    store.save(tmp_path / "run", training.model, training.experiment, History(), {})
    model = store.load(tmp_path / "run")
    x = data.x_test[:4]
    assert model.experiment == training.experiment
    assert torch.equal(model.reconstruct(x), training.model.reconstruct(x))


def test_exported_program_reaches_the_error_of_the_lab(data, run_code, mnist_folder):
    experiment = small(data, corruption="gaussian", noise_level=0.2)
    got = run_code(to_script(experiment), "--data", str(mnist_folder.root))
    training = Training(experiment, data)
    *_, last = training
    assert got == pytest.approx([last.val.mse, training.test().mse], rel=1e-4)
