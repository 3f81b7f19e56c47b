"""CUDA graphs: where they may be used, what they do from batch to batch, and a run that moves.

What only a GPU can tell is skipped without one; the order of things is tested with a stand-in that
calls the update again instead of replaying it.
"""

import dataclasses

import pytest
import torch
from torch import Generator

from aecore.spec import variants
from aecore.training import resume
from aecore.training.fast import cuda_graph
from aecore.training.fast.cuda_graph import WARM_UP, StepGraph
from aecore.training.loop import Training
from benchmarks import cuda_step

CUDA = torch.device("cuda")
NOT_ALLOWED = {"vq", "contractive", "stacked", "super-resolution"}

needs_cuda = pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device here")


class StandIn(StepGraph):
    """Learns anew where a graph would be replayed, on any device."""

    def __init__(self, *args):
        super().__init__(*args)
        self.warm_ups = self.replays = 0

    def _warm_up(self, batch, update):
        self.warm_ups += 1
        return update(batch)

    def _capture(self, update):
        self.again = update

    def replay(self):
        self.replays += 1
        terms = self.again(self._batch)
        self._names = tuple(terms)
        values = torch.stack(tuple(terms.values()))
        if self._values.shape != values.shape:
            self._values = torch.zeros_like(values)
        self._values.copy_(values)  # in place, as a replay does


def with_stand_in(experiment, dataset):
    training = Training(experiment, dataset)
    e = training.experiment
    training.update.graph = StandIn(
        training.optimizer, training.noise, e.batch_size, training.device
    )
    return training


def small(variant="vanilla", **changes):
    settings = {"hidden": (16,), "latent_dim": 4, "batch_size": 25, "epochs": 1000, **changes}
    return variants.build(variant, **settings)


def losses(training, n):
    """The total loss of each of the next n batches, read only when all of them are done."""
    terms = []
    for snapshot in training:
        if snapshot.terms:
            terms.append(snapshot.terms["total_loss"])
        if len(terms) == n:
            break
    return [term.item() for term in terms]


# ---- where


@pytest.mark.parametrize("variant", variants.VARIANTS)
def test_cpu_allows_no_graph(variant):
    assert not cuda_graph.allows(variants.build(variant), torch.device("cpu"))


@pytest.mark.parametrize("variant", variants.VARIANTS)
def test_cuda_allows_every_variant_that_never_waits_for_the_device(variant):
    assert cuda_graph.allows(variants.build(variant), CUDA) == (variant not in NOT_ALLOWED)


def test_what_waits_for_the_device_is_not_allowed_in_any_variant():
    assert not cuda_graph.allows(variants.build("vae", corruption="low_resolution"), CUDA)
    assert not cuda_graph.allows(variants.build("deep", schedule="layer_by_layer"), CUDA)


@pytest.mark.parametrize("asked", ["", "0", "1"])
def test_training_on_a_cpu_never_has_a_graph(asked, tiny, monkeypatch):
    monkeypatch.setenv("AECORE_CUDA_GRAPH", asked)
    assert cuda_graph.asked_for() == (asked != "0")
    assert Training(small(), tiny).update.graph is None


# ---- what happens from batch to batch


@pytest.mark.parametrize("variant", ["vanilla", "vae", "denoising", "cvae"])
def test_full_batches_go_through_the_graph_and_give_the_same_losses(variant, tiny):
    plain, graphed = Training(small(variant), tiny), with_stand_in(small(variant), tiny)
    assert losses(graphed, 12) == losses(plain, 12)  # 25, 25 and 10 pictures, four times
    assert (graphed.step, graphed.images) == (plain.step, plain.images) == (12, 240)
    graph = graphed.update.graph
    assert (graph.warm_ups, graph.captures, graph.replays) == (WARM_UP, 1, 8 - WARM_UP)


def test_new_learning_rate_is_recorded_once(tiny):
    plain, graphed = Training(small(), tiny), with_stand_in(small(), tiny)
    for training in (plain, graphed):
        losses(training, 9)
        training.adjust(learning_rate=0.01)
    assert losses(graphed, 9) == losses(plain, 9)
    assert graphed.update.graph.captures == 2


def test_stop_rules_record_nothing_anew(tiny):
    training = with_stand_in(small(), tiny)
    losses(training, 9)
    training.adjust(patience=7)
    losses(training, 9)
    assert training.update.graph.captures == 1


def test_loaded_optimizer_state_is_warmed_up_with_again(tiny):
    whole, first = Training(small("vae"), tiny), with_stand_in(small("vae"), tiny)
    expected = losses(whole, 20)
    assert losses(first, 7) == expected[:7]  # in the midst of an epoch
    second = with_stand_in(small("vae"), tiny)
    losses(second, 4)
    resume.restore(second, resume.capture(first))
    assert losses(second, 13) == expected[7:]
    assert second.update.graph.warm_ups == 3 + WARM_UP


def test_autocast_is_left_to_ordinary_updates(tiny):
    graph = with_stand_in(small(), tiny).update.graph
    batch = torch.arange(25)
    assert graph.takes(batch)
    assert not graph.takes(batch[:-1])
    with torch.autocast("cpu", torch.bfloat16):
        assert not graph.takes(batch)


# ---- a run that moves between a CPU and a GPU


def moved(training, n_bytes):
    """Its state as another kind of device would have left it."""
    state = resume.capture(training)
    others = {
        name: torch.arange(n_bytes, dtype=torch.uint8) for name in (resume.ORDER, resume.NOISE)
    }
    return resume.State({**state.tensors, **others}, state.numbers)


def shapes(state):
    return {
        name: (tuple(tensor.shape), "U8" if tensor.dtype == torch.uint8 else "")
        for name, tensor in state.tensors.items()
    }


def test_random_state_of_a_gpu_does_not_keep_a_run_from_going_on(tiny):
    first = Training(small("vae"), tiny)
    losses(first, 4)
    ends = []
    for _ in range(2):
        state, training = moved(first, 16), Training(small("vae"), tiny)
        assert resume.fits(training, shapes(state))
        resume.restore(training, state)
        assert (training.step, training.batches_done) == (4, 1)
        ends.append(losses(training, 10))
    assert ends[0] == ends[1]


def test_random_state_of_no_device_does_not_fit(tiny):
    training = Training(small(), tiny)
    losses(training, 4)
    assert not resume.fits(training, shapes(moved(training, 17)))


# ---- on a GPU


@pytest.fixture
def on_gpu(digits):
    parts = ("x_train", "y_train", "x_val", "y_val", "x_test", "y_test")
    moved_parts = {name: getattr(digits, name)[:1000].to(CUDA) for name in parts}
    return dataclasses.replace(digits, **moved_parts)


@pytest.fixture
def pair(on_gpu, monkeypatch):
    """Makes a training without a graph and one with it."""

    def make(variant, **changes):
        made = []
        for asked in ("0", "1"):
            monkeypatch.setenv("AECORE_CUDA_GRAPH", asked)
            made.append(Training(small(variant, batch_size=64, **changes), on_gpu))
        assert made[0].update.graph is None
        assert made[1].update.graph is not None
        return made

    return make


@needs_cuda
@pytest.mark.parametrize("optimizer", ["adam", "adamw", "sgd", "rmsprop"])
@pytest.mark.parametrize("variant", ["vanilla", "vae", "denoising"])
def test_graph_gives_the_losses_of_ordinary_updates(variant, optimizer, pair):
    plain, graphed = pair(variant, optimizer=optimizer)
    assert losses(graphed, 30) == pytest.approx(losses(plain, 30), rel=1e-4)
    assert graphed.update.graph.captures == 1
    assert torch.equal(graphed.noise.get_state(), plain.noise.get_state())


@needs_cuda
@pytest.mark.parametrize("variant", ["convolutional", "cvae", "top-k", "sparse-kl"])
def test_graph_can_be_recorded_of_other_models(variant, on_gpu, monkeypatch):
    monkeypatch.setenv("AECORE_CUDA_GRAPH", "1")
    training = Training(variants.build(variant, batch_size=64), on_gpu)
    assert all(loss == loss for loss in losses(training, 20))  # numbers
    assert training.update.graph.captures == 1


@needs_cuda
@pytest.mark.parametrize("variant", ["denoising", "vae"])
def test_noise_differs_from_replay_to_replay(variant, pair):
    _, training = pair(variant, learning_rate=1e-6)
    batch = torch.arange(64, device=CUDA)
    terms = [training.train_batch(batch)["recon_loss"] for _ in range(20)]
    assert len({term.item() for term in terms[WARM_UP:]}) == 20 - WARM_UP


@needs_cuda
def test_new_learning_rate_reaches_the_graph(pair):
    plain, graphed = pair("vanilla")
    for training in (plain, graphed):
        losses(training, 10)
        training.adjust(learning_rate=0.02)
    changed = losses(graphed, 10)
    assert changed == pytest.approx(losses(plain, 10), rel=1e-3)
    assert graphed.update.graph.captures == 2


@needs_cuda
def test_run_goes_on_within_an_epoch_with_a_graph(pair, on_gpu):
    plain, first = pair("vae")
    expected = losses(plain, 40)
    losses(first, 20)
    second = Training(first.experiment, on_gpu)
    resume.restore(second, resume.capture(first))
    assert losses(second, 20) == pytest.approx(expected[20:], rel=1e-3)
    assert second.update.graph.captures == 1


@needs_cuda
def test_size_of_a_generators_state_is_the_known_one():
    assert len(Generator(CUDA).get_state()) in resume.GENERATOR_BYTES


# ---- the benchmark


def test_benchmark_says_in_one_line_that_there_is_no_gpu(capsys, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    cuda_step.main(["--quick"])
    assert capsys.readouterr().out == "No CUDA device found: nothing to measure.\n"
