"""Trainings one after another."""

import dataclasses
import time

import numpy as np
import pytest

from aecore.engine import sweep
from aecore.engine.client import Client
from aecore.engine.sweep import Sweep
from aecore.errors import ExperimentError, RunError, unknown_run
from aecore.spec import variants
from aecore.spec.experiment import Experiment
from aecore.spec.variants import VARIANTS
from aecore.spec.view import History, RunView

SMALL = Experiment(hidden=(16,), latent_dim=4, epochs=1)


class Desk:
    """Runs that do what they are told to, without training."""

    def __init__(self):
        self.views, self.deleted, self.played, self.outcomes = {}, [], [], {}

    def create(self, experiment, owner=""):
        run_id = f"run {len(self.views) + len(self.deleted)}"
        self.views[run_id] = RunView(run_id=run_id, experiment=experiment, state="preparing")
        return run_id

    def play(self, run_id):
        self.played.append(run_id)
        self.change(run_id, state="running")

    def view(self, run_id):
        if run_id not in self.views:
            raise unknown_run(run_id)
        return self.views[run_id]

    def delete(self, run_id):
        del self.views[run_id]
        self.deleted.append(run_id)

    def change(self, run_id, **changes):
        self.views[run_id] = dataclasses.replace(self.views[run_id], **changes)

    @property
    def only(self):
        (run_id,) = self.views
        return run_id

    def finish(self, mse=0.05, ended="epochs"):
        history = History().extended(1, None, {"recon_loss": mse}, mse)
        self.change(
            self.only, state="ended", ended=ended, history=history, seconds=2.0, test_mse=1.1 * mse
        )


def sizes(*latent_dims):
    return [SMALL.replace(latent_dim=d) for d in latent_dims]


@pytest.fixture
def desk():
    return Desk()


def test_everything_is_trained_in_order_and_one_at_a_time(desk):
    found = Sweep(desk, sizes(2, 4, 8))
    for i, mse in enumerate((0.06, 0.05, 0.04)):
        progress = found.poll()
        assert len(desk.views) == 1
        assert progress.current.latent_dim == (2, 4, 8)[i]
        assert progress.share == pytest.approx(i / 3)
        desk.finish(mse)
    progress = found.poll()
    assert [r.experiment.latent_dim for r in progress.results] == [2, 4, 8]
    assert [r.val_mse for r in progress.results] == [0.06, 0.05, 0.04]
    assert [r.test_mse for r in progress.results] == pytest.approx([0.066, 0.055, 0.044])
    assert [r.seconds for r in progress.results] == [2.0] * 3
    assert (progress.current, progress.share, found.is_running) == (None, 1.0, False)
    assert not desk.views


def test_next_training_starts_in_the_poll_that_sees_the_last_one_end(desk):
    found = Sweep(desk, sizes(2, 4))
    found.poll()
    desk.finish()
    found.poll()
    assert desk.view(desk.only).experiment.latent_dim == 4
    assert desk.view(desk.only).state == "running"


def test_cancelling_ends_and_forgets_the_training_and_keeps_the_results(desk):
    found = Sweep(desk, sizes(2, 4, 8))
    found.poll()
    desk.finish()
    found.poll()
    found.cancel()
    assert not desk.views
    assert len(desk.deleted) == 2
    progress = found.poll()
    assert len(progress.results) == 1
    assert progress.current is None
    assert not found.is_running
    assert not desk.views


@pytest.mark.parametrize("kind", ["failed", "diverged", "nan"])
def test_training_that_goes_wrong_is_reported_and_the_rest_goes_on(kind, desk):
    found = Sweep(desk, sizes(2, 4))
    found.poll()
    if kind == "failed":
        desk.change(desk.only, state="failed", error=RunError("no memory"))
    else:
        desk.finish(float("nan") if kind == "nan" else 9.9, "diverged" if kind != "nan" else kind)
    found.poll()
    desk.finish()
    bad, good = found.poll().results
    assert bad.test_mse is None
    assert ("no memory" if kind == "failed" else "diverged") in str(bad.error)
    assert (good.val_mse, good.error) == (0.05, None)


def test_training_that_paused_unwatched_goes_on(desk):
    found = Sweep(desk, sizes(2))
    found.poll()
    desk.change(desk.only, state="paused", unwatched=True)
    found.poll()
    assert desk.view(desk.only).state == "running"


def test_training_that_expired_is_made_again(desk):
    found = Sweep(desk, sizes(2))
    found.poll()
    desk.delete(desk.only)
    assert found.poll().current.latent_dim == 2
    assert len(desk.views) == 1


def test_nothing_to_train_is_done_at_once(desk):
    progress = Sweep(desk, []).poll()
    assert (progress.total, progress.results, progress.current) == (0, (), None)


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_variant_can_be_planned_with_every_code_size_that_fits_it(variant):
    planned = sweep.plan([variant], [32, 1, 1024], epochs=3)
    fitting = [e.latent_dim for e in planned.experiments]
    assert fitting == ([1, 32, 1024] if not planned.refused else fitting)
    assert {32, 1024} <= set(fitting)
    assert len(fitting) + len(planned.refused) == 3
    assert {e.epochs for e in planned.experiments} == {3}
    assert {e.network for e in planned.experiments} == {variants.get(variant).experiment.network}


def test_small_code_takes_the_active_units_along():
    (planned,) = sweep.plan(["top-k"], [2]).experiments
    assert planned.k == 2


def test_code_size_that_does_not_fit_is_left_out_and_said():
    planned = sweep.plan(["vanilla"], [9999, 4])
    assert [e.latent_dim for e in planned.experiments] == [4]
    assert "9999" in str(planned.refused[0])


def test_unknown_variant_is_refused():
    with pytest.raises(ExperimentError, match="nonsense"):
        sweep.plan(["nonsense"], [2])


def test_real_client_trains_what_is_planned():
    client = Client(n_hosts=1)
    try:
        planned = sweep.plan(["linear"], [4, 2], epochs=1, n_train=500).experiments
        diverging = planned[0].replace(optimizer="sgd", learning_rate=10, epochs=40)
        found = Sweep(client, [*planned, diverging])
        deadline = time.monotonic() + 120
        while found.is_running and time.monotonic() < deadline:
            found.poll()
            time.sleep(0.02)
        small, large, bad = found.results
        assert small.experiment.latent_dim == 2
        assert 0.04 < large.test_mse < 0.2
        assert bad.test_mse is None
        assert "diverged" in str(bad.error)
    finally:
        client.close()


# ---- several seeds


def result(size: int, seed: int, mse: float | None, val: float | None = None) -> sweep.Result:
    e = variants.build("vanilla", latent_dim=size, seed=seed)
    return sweep.Result(e, mse if val is None else val, mse, 1.0)


def test_group_is_chosen_on_validation_pictures():
    """The luckiest on test pictures is not taken for the best."""
    flat = np.full(785, 0.1)
    results = [result(2, 0, 0.04, val=0.06), result(4, 0, 0.05, val=0.05)]
    assert sweep.chosen(results, flat) == ("vanilla", 4)


def test_every_size_is_planned_with_every_seed():
    planned = sweep.plan(["vanilla"], [4, 2], 3).experiments
    wanted = [(size, seed) for size in (2, 4) for seed in (0, 1, 2)]
    assert [(e.latent_dim, e.seed) for e in planned] == wanted


def test_seeds_are_one_group_with_an_interval():
    curve = np.linspace(0.1, 0.001, 785)
    found = sweep.shares_of_pca(
        [result(2, 1, 0.06), result(2, 0, 0.05), result(2, 2, None), result(4, 0, 0.04)], curve
    )
    two, seeds = found["vanilla", 2]
    assert seeds == 2
    assert two.value == pytest.approx(0.055 / curve[2])
    assert two.low < two.value < two.high < np.inf
    assert found["vanilla", 4][1] == 1
    assert found["vanilla", 4][0].high == np.inf


@pytest.mark.parametrize(("own", "others"), [(0, [1, 2]), (1, [0, 2]), (7, [0, 1])])
def test_a_run_is_joined_by_as_many_other_seeds_as_are_wanted(own, others):
    experiment = variants.build("vanilla", seed=own)
    found = sweep.with_other_seeds(experiment, 3)
    assert [e.seed for e in found] == others
    assert {e.replace(seed=own) for e in found} == {experiment}
