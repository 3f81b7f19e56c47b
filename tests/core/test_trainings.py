"""Jobs that consist of runs: trainings one after another, and one that is watched."""

import dataclasses
import time

import pytest

from aecore.engine.client import Client
from aecore.engine.trainings import Trainings, watched
from aecore.errors import RunError, unknown_run
from aecore.spec import variants
from aecore.spec.experiment import Experiment
from aecore.spec.view import History, RunView

SMALL = Experiment(hidden=(16,), latent_dim=4, epochs=1)


class Desk:
    """Runs that do what they are told to, without training."""

    def __init__(self):
        self.views, self.deleted, self.played, self.paces = {}, [], [], {}

    def create(self, experiment, owner=""):
        run_id = f"run {len(self.views) + len(self.deleted)}"
        self.views[run_id] = RunView(run_id=run_id, experiment=experiment, state="preparing")
        return run_id

    def play(self, run_id):
        self.played.append(run_id)
        self.change(run_id, state="running")

    def set_pace(self, run_id, pace):
        self.paces[run_id] = pace

    def ask(self, run_id, question, *args):
        return question(self.view(run_id), *args)

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
    job = Trainings(desk, sizes(2, 4, 8))
    for i, mse in enumerate((0.06, 0.05, 0.04)):
        job.look()
        assert len(desk.views) == 1
        assert job.current.latent_dim == (2, 4, 8)[i]
        assert job.share == pytest.approx(i / 3)
        desk.finish(mse)
    job.look()
    assert [r.experiment.latent_dim for r in job.results] == [2, 4, 8]
    assert [r.val_mse for r in job.results] == [0.06, 0.05, 0.04]
    assert [r.test_mse for r in job.results] == pytest.approx([0.066, 0.055, 0.044])
    assert [r.seconds for r in job.results] == [2.0] * 3
    assert (job.current, job.share, job.over) == (None, 1.0, True)
    assert not desk.views


def test_next_training_starts_in_the_look_that_sees_the_last_one_end(desk):
    job = Trainings(desk, sizes(2, 4))
    job.look()
    desk.finish()
    job.look()
    assert desk.view(desk.only).experiment.latent_dim == 4
    assert desk.view(desk.only).state == "running"


def test_each_trained_model_is_asked_before_it_is_deleted(desk):
    job = Trainings(desk, sizes(2, 4), question=lambda view: view.experiment.latent_dim * 10)
    for _ in range(2):
        job.look()
        desk.finish()
    job.look()
    assert [r.answer for r in job.results] == [20, 40]
    assert len(desk.deleted) == 2


def test_earlier_results_stand_before_new_ones(desk):
    first = Trainings(desk, sizes(2))
    first.look()
    desk.finish()
    first.look()
    job = Trainings(desk, sizes(4), known=first.found)
    job.look()
    assert job.current.latent_dim == 4
    desk.finish()
    job.look()
    assert [r.experiment.latent_dim for r in job.found] == [2, 4]
    assert [r.experiment.latent_dim for r in job.results] == [4]


def test_cancelling_ends_and_forgets_the_training_and_keeps_the_results(desk):
    job = Trainings(desk, sizes(2, 4, 8))
    job.look()
    desk.finish()
    job.look()
    job.cancel()
    assert not desk.views
    assert len(desk.deleted) == 2
    job.look()
    assert len(job.results) == 1
    assert job.current is None
    assert job.over
    assert not desk.views


@pytest.mark.parametrize("kind", ["failed", "diverged", "nan"])
def test_training_that_goes_wrong_is_reported_and_the_rest_goes_on(kind, desk):
    job = Trainings(desk, sizes(2, 4), question=lambda view: "asked")
    job.look()
    if kind == "failed":
        desk.change(desk.only, state="failed", error=RunError("no memory"))
    else:
        desk.finish(float("nan") if kind == "nan" else 9.9, "diverged" if kind != "nan" else kind)
    job.look()
    desk.finish()
    job.look()
    bad, good = job.results
    assert bad.test_mse is None
    assert ("no memory" if kind == "failed" else "diverged") in str(bad.error)
    assert bad.answer is None
    assert (good.val_mse, good.error, good.answer) == (0.05, None, "asked")


def test_training_that_paused_unwatched_goes_on(desk):
    job = Trainings(desk, sizes(2))
    job.look()
    desk.change(desk.only, state="paused", unwatched=True)
    job.look()
    assert desk.view(desk.only).state == "running"


def test_training_that_expired_is_made_again(desk):
    job = Trainings(desk, sizes(2))
    job.look()
    desk.delete(desk.only)
    job.look()
    assert job.current.latent_dim == 2
    assert desk.view(desk.only).state == "running"


def test_training_is_not_over_before_its_test_error_is_measured(desk):
    job = Trainings(desk, sizes(2))
    job.look()
    desk.change(desk.only, state="ended", ended="epochs", n_test=10, step=5)
    job.look()
    assert not job.results
    desk.finish()
    job.look()
    assert job.results[0].test_mse is not None


def test_nothing_to_train_is_done_at_once(desk):
    job = Trainings(desk, [])
    job.look()
    assert (job.results, job.current, job.over) == ([], None, True)


def test_run_that_is_slowed_down_waits_until_it_is_played(desk):
    looks = watched(desk, SMALL, pace=40.0)
    run_id, _view = next(looks)
    assert desk.paces[run_id] == 40.0
    assert not desk.played
    desk.play(run_id)
    next(looks)
    looks.close()
    assert desk.deleted == [run_id]


def test_real_client_trains_what_is_planned():
    client = Client(n_hosts=1)
    try:
        planned = [
            variants.build("linear", latent_dim=size, epochs=1, n_train=500) for size in (2, 4)
        ]
        diverging = planned[0].replace(optimizer="sgd", learning_rate=10, epochs=40)
        job = Trainings(client, [*planned, diverging])
        deadline = time.monotonic() + 120
        while not job.over and time.monotonic() < deadline:
            job.look()
            time.sleep(0.02)
        small, large, bad = job.results
        assert small.experiment.latent_dim == 2
        assert 0.04 < large.test_mse < 0.2
        assert bad.test_mse is None
        assert "diverged" in str(bad.error)
    finally:
        client.close()
