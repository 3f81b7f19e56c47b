"""On a GPU: what only a GPU can tell. Everything here is skipped without one."""

import threading

import pytest
import torch

from aecore.data import datasets
from aecore.engine.host import Host
from aecore.spec import variants
from aecore.training import resume
from aecore.training.loop import Training, train

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device here")

SMALL = {"hidden": (32,), "latent_dim": 8, "n_train": 1000, "batch_size": 64, "epochs": 2}


def small(variant, **changes):
    settings = {**SMALL, **changes}
    if variants.VARIANTS[variant].experiment.network == "conv":
        settings["hidden"] = (8, 16)
    return variants.build(variant, **{"k": 4, **settings})


@pytest.fixture(scope="module")
def on_gpu():
    return datasets.load("mnist-5k", "cuda")


@pytest.mark.parametrize("variant", variants.VARIANTS)
def test_variant_learns_on_a_gpu_as_well_as_on_a_cpu(variant, on_gpu, digits):
    errors = {}
    for data in (on_gpu, digits):
        training = Training(small(variant, epochs=6), data)
        first = training.evaluate().mse
        for _ in training:
            pass
        assert training.ended == "epochs"
        errors[data.device.type] = training.test().mse
        assert errors[data.device.type] < 0.9 * first
    assert errors["cuda"] == pytest.approx(errors["cpu"], rel=0.15)  # other random numbers


def test_same_seed_gives_the_same_numbers(on_gpu):
    ends = [[s.val.mse for s in train(small("vae"), on_gpu) if s.val][-1] for _ in range(2)]
    assert ends[0] == pytest.approx(ends[1], rel=1e-5)


@pytest.mark.parametrize("first", ["cuda", "cpu"])
def test_run_moves_between_a_gpu_and_a_cpu(first, on_gpu, digits):
    here, there = (on_gpu, digits) if first == "cuda" else (digits, on_gpu)
    e = small("vae", epochs=10)
    one, two = Training(e, here), Training(e, there)
    for snapshot in one:
        if snapshot.step == 20:
            break
    resume.restore(two, resume.capture(one))
    assert two.evaluate().mse == pytest.approx(one.evaluate().mse, rel=1e-3)
    before = two.evaluate().mse
    for _ in two:
        pass
    assert two.evaluate().mse < before


def test_runs_in_threads_record_their_graphs_beside_one_another(on_gpu):
    """Each learner's run trains in a thread of its own, and all of them are asked questions."""
    trainings = [Training(small(v, epochs=4), on_gpu) for v in ("vanilla", "vae", "denoising")]
    failures = []

    def learn(training):
        try:
            for _ in training:
                training.model(training.x_val[:5])
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=learn, args=(training,)) for training in trainings]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert [training.ended for training in trainings] == ["epochs"] * 3
    assert [training.update.graph.captures for training in trainings] == [1] * 3


def test_host_trains_and_shows_runs_on_a_gpu():
    host = Host("cuda")
    ids = [host.create(small(variant)) for variant in ("vanilla", "vae")]
    for run_id in ids:
        host.prepare(run_id)
        host.play(run_id)
    while host.advance():
        pass
    for run_id in ids:
        view = host.view(run_id)
        assert view.ended == "epochs"
