"""Hosts and their client: runs that take turns, pause, fail and go, each without the others."""

import dataclasses
import gc
import pickle
import threading
import weakref

import numpy as np
import pytest

from aecore.analysis.latent import ASPECT
from aecore.data import datasets
from aecore.engine import work
from aecore.engine.host import Host
from aecore.errors import DataError, ExperimentError, RunError
from aecore.spec import variants
from aecore.spec.experiment import Experiment
from aecore.spec.presets import PRESETS
from aecore.training.loop import train
from aecore.training.references import references

SMALL = Experiment(hidden=(16,), latent_dim=4, batch_size=20, epochs=5)  # 3 batches of `tiny`


class Clock:
    """Stands still, unless told to go on by `tick` at each look."""

    def __init__(self):
        self.now, self.tick = 0.0, 0.0

    def __call__(self):
        self.now += self.tick
        return self.now


@pytest.fixture(autouse=True)
def tiny_dataset(tiny, monkeypatch):
    """Whatever dataset a run asks for, it gets the handful of digits."""
    monkeypatch.setattr(datasets, "load", lambda *args, **kwargs: tiny)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def lab(clock):
    return Host("cpu", pause_after=10, expire_after=100, clock=clock)


def ready(lab, experiment=SMALL):
    run_id = lab.create(experiment)
    lab.prepare(run_id)
    return run_id


def finish(lab):
    for _ in range(1000):
        if not lab.advance():
            return
    raise AssertionError("the runs do not end")


def inside(lab, run_id):
    """The run itself, for tests that must reach into it."""
    return lab._runs[run_id]


def during_batch(lab, run_id, number, act):
    """Has `act` called in the midst of a batch, as another thread might."""
    training = inside(lab, run_id).work.training
    learn, done = training.train_batch, []

    def train_batch(batch):
        done.append(batch)
        if len(done) == number:
            act()
        return learn(batch)

    training.train_batch = train_batch


# ---- from nothing to ready


def test_new_run_is_known_at_once_and_has_nothing_to_show_yet(lab):
    run_id = lab.create(SMALL)
    view = lab.view(run_id)
    assert run_id in lab
    assert (view.run_id, view.state, view.experiment) == (run_id, "preparing", SMALL)
    assert (view.moment, view.probe, view.progress) == (None, None, 0.0)


def test_run_ids_cannot_be_guessed(lab):
    ids = {lab.create(SMALL) for _ in range(50)}
    assert len(ids) == 50
    assert min(map(len, ids)) >= 16


def test_prepared_run_shows_the_untrained_model_and_its_baselines(lab, tiny):
    view = lab.view(ready(lab))
    assert view.state == "ready"
    assert (view.epoch, view.step, view.moment.epoch, view.epochs_stored) == (0, 0, 0, (0,))
    assert view.history.epochs == (0,)
    assert view.history.val_mse[0] > view.references_mse["mean"]
    expected = references(SMALL, tiny)
    assert view.references == expected.loss
    assert view.references_mse == expected.mse
    assert (view.n_train, view.n_test, view.steps_per_epoch) == (60, 30, 3)
    assert view.n_parameters == sum(
        p.numel() for p in inside(lab, view.run_id).work.training.model.parameters()
    )


def test_probe_shows_one_validation_picture_of_each_class(lab, tiny):
    view = lab.view(ready(lab))
    assert view.probe.grid_labels.tolist() == list(range(10))
    assert view.probe.corrupted is None
    for c, picture in enumerate(view.probe.originals):
        first = tiny.x_val[(tiny.y_val == c).nonzero()[0, 0]]
        np.testing.assert_array_equal(picture, (first.view(28, 28) * 255).round().numpy())
    assert view.moment.x_hat.shape == (10, 28, 28)
    assert len(view.moment.plane.points) == len(view.probe.labels) == 30


def test_probe_shows_what_a_denoiser_is_given(lab):
    view = lab.view(ready(lab, variants.build("denoising", noise_level=0.9)))
    assert not np.array_equal(view.probe.corrupted, view.probe.originals)


def test_probe_errors_belong_to_the_pictures_shown(lab):
    view = lab.view(ready(lab))
    delta = view.moment.x_hat / 255 - view.probe.originals / 255
    np.testing.assert_allclose(view.moment.errors, (delta**2).mean(axis=(1, 2)), atol=1e-3)


def test_play_while_preparing_starts_by_itself(lab):
    run_id = lab.create(SMALL)
    lab.play(run_id)
    assert lab.view(run_id).state == "preparing"
    lab.prepare(run_id)
    assert lab.view(run_id).state == "running"
    finish(lab)
    assert lab.view(run_id).ended == "epochs"


def test_step_while_preparing_takes_one_step_when_ready(lab):
    run_id = lab.create(SMALL)
    lab.play(run_id, steps=1)
    lab.prepare(run_id)
    finish(lab)
    assert (lab.view(run_id).state, lab.view(run_id).step) == ("paused", 1)


def test_pause_while_preparing_takes_play_back(lab):
    run_id = lab.create(SMALL)
    lab.play(run_id)
    lab.pause(run_id)
    lab.prepare(run_id)
    assert lab.view(run_id).state == "ready"


# ---- play, pause, step, stop, reset


def test_played_run_trains_to_its_end(lab):
    run_id = ready(lab)
    lab.play(run_id)
    finish(lab)
    view = lab.view(run_id)
    assert (view.state, view.ended, view.epoch, view.step) == ("ended", "epochs", 5, 15)
    assert view.history.epochs == view.epochs_stored == (0, 1, 2, 3, 4, 5)
    assert view.history.val_mse[-1] < view.history.val_mse[0]
    assert view.progress == 1.0
    assert view.images_per_second > 0
    assert view.moment.epoch == 5


def test_host_trains_as_the_loop_itself_does(lab, tiny):
    run_id = ready(lab)
    lab.play(run_id)
    finish(lab)
    alone = tuple(s.val.mse for s in train(SMALL, tiny) if s.val)
    assert lab.view(run_id).history.val_mse == alone


def test_batch_step_takes_one_batch(lab):
    run_id = ready(lab)
    for step in (1, 2, 3, 4):
        lab.play(run_id, steps=1)
        finish(lab)
        assert (lab.view(run_id).state, lab.view(run_id).step) == ("paused", step)


def test_epoch_step_goes_to_the_end_of_the_epoch(lab):
    run_id = ready(lab)
    lab.play(run_id, steps=1)
    finish(lab)
    for epoch in (1, 2):
        lab.step_epoch(run_id)
        finish(lab)
        view = lab.view(run_id)
        assert (view.state, view.epoch, view.step) == ("paused", epoch, 3 * epoch)


def test_play_after_a_step_goes_on_to_the_end(lab):
    run_id = ready(lab)
    lab.play(run_id, steps=1)
    finish(lab)
    lab.play(run_id)
    finish(lab)
    assert lab.view(run_id).ended == "epochs"


def test_paused_run_waits_and_goes_on_where_it_was(lab):
    run_id = ready(lab)
    lab.play(run_id)
    during_batch(lab, run_id, 4, lambda: lab.pause(run_id))
    finish(lab)
    paused = lab.view(run_id)
    assert (paused.state, paused.step) == ("paused", 4)
    assert not lab.advance()
    assert lab.view(run_id).step == 4
    lab.play(run_id)
    finish(lab)
    assert lab.view(run_id).step == 15


@pytest.mark.parametrize("rest", ["pause", "stop"])
def test_run_that_rests_between_two_slices_shows_the_result_of_its_last_batch(
    rest, lab, clock, monkeypatch
):
    monkeypatch.setattr("aecore.engine.work.LOOK_EVERY", 100.0)
    run_id = ready(lab)
    clock.tick = 0.07  # a few batches per slice, and not whole epochs
    lab.play(run_id)
    lab.advance()
    training = lab.view(run_id)
    assert training.moment.step < training.step  # within an epoch, it is looked at now and then
    getattr(lab, rest)(run_id)
    lab.advance()
    rested = lab.view(run_id)
    assert rested.moment.step == rested.step == training.step


def test_play_while_the_test_error_is_measured_leaves_no_old_one_behind(lab, clock, monkeypatch):
    monkeypatch.setattr("aecore.engine.work.LOOK_EVERY", 100.0)
    run_id = ready(lab)
    clock.tick = 0.07
    lab.play(run_id)
    lab.advance()
    lab.pause(run_id)
    training = inside(lab, run_id).work.training
    with monkeypatch.context() as patch:
        measure = training.test
        patch.setattr(training, "test", lambda: (measure(), lab.play(run_id))[0])
        lab.advance()  # measures, and trains no further
    paused_at = lab.view(run_id).step
    lab.advance()
    lab.pause(run_id)
    lab.advance()
    view = lab.view(run_id)
    assert view.moment.step == view.step > paused_at
    assert view.test_mse == training.test().mse


def test_stopped_run_keeps_what_it_has_shown_and_cannot_go_on(lab):
    run_id = ready(lab)
    lab.play(run_id)
    during_batch(lab, run_id, 4, lambda: lab.stop(run_id))
    finish(lab)
    lab.play(run_id)
    finish(lab)
    view = lab.view(run_id)
    assert (view.state, view.ended, view.step) == ("ended", "stopped", 4)
    assert view.history.epochs == (0, 1)
    assert view.moment is not None


def same_moment(one, other):
    return np.array_equal(one.x_hat, other.x_hat) and np.array_equal(
        one.plane.points, other.plane.points
    )


def test_reset_gives_the_same_first_weights(lab):
    run_id = ready(lab)
    first = lab.view(run_id)
    lab.play(run_id)
    finish(lab)
    trained = lab.view(run_id)
    lab.reset(run_id)
    lab.prepare(run_id)
    again = lab.view(run_id)
    assert (again.state, again.epoch, again.step) == ("ready", 0, 0)
    assert again.history.epochs == again.epochs_stored == (0,)
    assert same_moment(again.moment, first.moment)
    assert not same_moment(trained.moment, first.moment)
    lab.play(run_id)
    finish(lab)
    assert lab.view(run_id).history.val_mse == trained.history.val_mse


def test_reset_in_the_midst_of_training_leaves_nothing_of_it(lab):
    run_id = ready(lab)
    lab.play(run_id)
    during_batch(lab, run_id, 6, lambda: lab.reset(run_id))  # the last batch of an epoch
    lab.advance()
    lab.prepare(run_id)
    view = lab.view(run_id)
    assert (view.state, view.ended, view.epoch, view.step) == ("ready", None, 0, 0)
    assert view.history.epochs == view.epochs_stored == (0,)
    assert view.findings == ()


def test_delete_in_the_midst_of_training_ends_it(lab):
    run_id = ready(lab)
    lab.play(run_id)
    during_batch(lab, run_id, 2, lambda: lab.delete(run_id))
    assert not lab.advance()
    assert run_id not in lab
    lab.delete(run_id)  # twice does no harm


def test_delete_while_preparing_does_no_harm(lab):
    run_id = lab.create(SMALL)
    lab.delete(run_id)
    lab.prepare(run_id)
    assert run_id not in lab


def test_delete_while_the_data_is_loaded_does_no_harm(lab, tiny, monkeypatch):
    monkeypatch.setattr(datasets, "load", lambda *args, **kwargs: (lab.delete(run_id), tiny)[1])
    run_id = lab.create(SMALL)
    lab.play(run_id)
    lab.prepare(run_id)
    assert run_id not in lab
    assert not lab.advance()


def test_pause_is_not_lost_while_the_run_shows_its_progress(lab, monkeypatch):
    run_id = ready(lab, SMALL.replace(epochs=300))
    lab.play(run_id)
    pausing, replace = threading.Thread(target=lab.pause, args=(run_id,)), dataclasses.replace

    def replace_slowly(value, **changes):
        if "epoch" in changes and not pausing.ident:
            pausing.start()
            pausing.join(0.2)
        return replace(value, **changes)

    monkeypatch.setattr(dataclasses, "replace", replace_slowly)
    finish(lab)
    pausing.join()
    assert lab.view(run_id).state == "paused"


@pytest.mark.parametrize("command", ["play", "pause", "stop", "reset", "step_epoch", "view"])
def test_unknown_run_is_named_with_what_to_do(command, lab):
    with pytest.raises(RunError, match=r"no run 'gone'.*Play starts a new one"):
        getattr(lab, command)("gone")


# ---- several runs


def test_two_runs_take_turns(lab, clock):
    runs = [ready(lab, SMALL.replace(epochs=20, seed=s)) for s in (0, 1)]
    for run_id in runs:
        lab.play(run_id)
    clock.tick = 0.05  # a few batches per slice
    for _ in range(8):
        lab.advance()
        steps = [lab.view(run_id).step for run_id in runs]
        assert abs(steps[0] - steps[1]) <= 4
        assert min(steps) > 0
    assert max(steps) < 60


def test_runs_that_take_turns_train_as_if_alone(lab, clock):
    alone = ready(lab)
    lab.play(alone)
    finish(lab)
    runs = [ready(lab), ready(lab, SMALL.replace(seed=1, code="gaussian"))]
    for run_id in runs:
        lab.play(run_id)
    clock.tick = 0.05
    finish(lab)
    assert lab.view(runs[0]).history.val_mse == lab.view(alone).history.val_mse


def test_run_that_breaks_off_says_so_and_the_others_go_on(lab):
    bad, good = ready(lab), ready(lab)

    def out_of_memory():
        raise RuntimeError("not enough memory: {you} tried")

    during_batch(lab, bad, 5, out_of_memory)
    lab.play(bad)
    lab.play(good)
    with pytest.raises(RuntimeError, match="not enough memory"):
        lab.advance()
    finish(lab)
    assert lab.view(bad).state == "failed"
    assert "not enough memory: {you} tried" in str(lab.view(bad).error)
    assert "Press Reset" in str(lab.view(bad).error)
    assert lab.view(good).ended == "epochs"


def test_play_between_two_preparations_is_not_lost(lab):
    run_id = lab.create(SMALL)
    lab.reset(run_id)  # while the first preparation is under way
    lab.prepare(run_id)
    lab.play(run_id)
    lab.prepare(run_id)
    assert lab.view(run_id).state == "running"


def test_play_at_the_moment_of_becoming_ready_is_not_lost(lab, monkeypatch):
    run_id = ready(lab)
    run = inside(lab, run_id)

    class JustBecomingReady:
        """Preparing at the first look, ready at every later one."""

        looks = 0

        def __get__(self, run, kind):
            type(self).looks += 1
            state = "preparing" if self.looks == 1 else run.shown.state
            return dataclasses.replace(run.shown, state=state)

        def __set__(self, run, view):
            run.shown = view

    view = run.view
    monkeypatch.setattr(type(run), "view", JustBecomingReady(), raising=False)
    run.view = view
    lab.play(run_id)
    assert run.view.state == "running"


def test_failed_run_can_be_reset(lab):
    run_id = ready(lab)
    during_batch(lab, run_id, 1, lambda: 1 / 0)
    lab.play(run_id)
    with pytest.raises(ZeroDivisionError):
        lab.advance()
    lab.reset(run_id)
    lab.prepare(run_id)
    lab.play(run_id)
    finish(lab)
    assert (lab.view(run_id).ended, lab.view(run_id).error) == ("epochs", None)


def test_run_without_data_fails_with_the_sentence_of_the_error(lab, monkeypatch):
    error = DataError("no server could be reached")

    def no_network(*args, **kwargs):
        raise error

    monkeypatch.setattr(datasets, "load", no_network)
    run_id = ready(lab)
    lab.play(run_id)
    view = lab.view(run_id)
    assert (view.state, view.error) == ("failed", error)
    assert not lab.advance()


def test_download_is_reported_while_it_goes_on(lab, tiny, monkeypatch):
    seen = []

    def slow(key, device, progress):
        progress(3, 10)
        seen.append(lab.view(run_id).fetched)
        return tiny

    monkeypatch.setattr(datasets, "load", slow)
    run_id = lab.create(SMALL)
    lab.prepare(run_id)
    assert seen == [(3, 10)]
    assert lab.view(run_id).fetched is None


def test_diverged_run_ends_with_its_reason(lab):
    run_id = ready(lab, PRESETS["too-fast"].experiment.replace(batch_size=10))
    lab.play(run_id)
    finish(lab)
    view = lab.view(run_id)
    assert (view.state, view.ended) == ("ended", "diverged")
    assert "learning rate (now 10)" in str(view.findings[0])
    lab.play(run_id)
    assert lab.view(run_id).state == "ended"


def test_diverging_run_can_be_watched_to_its_end(lab):
    run_id = ready(lab, PRESETS["too-fast"].experiment.replace(batch_size=10))
    for _ in range(60):
        lab.play(run_id, steps=1)
        lab.advance()
        assert lab.view(run_id).state != "failed", lab.view(run_id).error
        assert np.isfinite(lab.view(run_id).moment.plane.points).all()
    assert lab.view(run_id).ended == "diverged"


def test_findings_are_named_while_training(lab, clock):
    run_id = ready(lab, SMALL.replace(learning_rate=1e-6))
    lab.play(run_id)
    clock.tick = 0.05
    finish(lab)
    assert "no better than always showing the mean" in str(lab.view(run_id).findings[0])


# ---- time


def test_run_that_nobody_watches_pauses_and_is_then_forgotten(lab, clock):
    run_id = ready(lab)
    lab.set_pace(run_id, 0.001)
    lab.play(run_id)
    clock.now += 9
    lab.advance()
    assert inside(lab, run_id).view.state == "running"
    clock.now += 2
    lab.advance()
    assert (inside(lab, run_id).view.state, inside(lab, run_id).view.unwatched) == ("paused", True)
    clock.now += 88
    lab.advance()
    assert run_id in lab
    clock.now += 2
    lab.advance()
    assert run_id not in lab


def test_watched_run_goes_on(lab, clock):
    run_id = ready(lab)
    lab.set_pace(run_id, 0.001)
    lab.play(run_id)
    for _ in range(30):
        clock.now += 9
        lab.advance()
        assert lab.view(run_id).state == "running"


def test_play_wakes_an_unwatched_run(lab, clock):
    run_id = ready(lab)
    lab.set_pace(run_id, 0.001)
    lab.play(run_id)
    clock.now += 11
    lab.advance()
    lab.set_pace(run_id, None)
    lab.play(run_id)
    assert (lab.view(run_id).state, lab.view(run_id).unwatched) == ("running", False)
    finish(lab)
    assert lab.view(run_id).ended == "epochs"


@pytest.mark.parametrize("how", ["expire", "delete"])
def test_memory_of_a_forgotten_run_is_freed(how, lab, clock):
    run_id = ready(lab)
    lab.play(run_id, steps=4)
    finish(lab)
    model = weakref.ref(inside(lab, run_id).work.training.model)
    pictures = weakref.ref(lab.view(run_id).moment.x_hat)
    if how == "delete":
        lab.delete(run_id)
    clock.now += 101
    lab.advance()
    gc.collect()
    assert model() is None
    assert pictures() is None


def test_reset_frees_the_old_model(lab):
    run_id = ready(lab)
    model = weakref.ref(inside(lab, run_id).work.training.model)
    lab.reset(run_id)
    lab.prepare(run_id)
    gc.collect()
    assert model() is None


def test_pace_is_batches_per_second(lab, clock):
    run_id = ready(lab)
    lab.set_pace(run_id, 4)
    lab.play(run_id)
    steps = []
    for now in (0, 0.3, 1, 1.1, 2):
        clock.now = now
        lab.advance()
        steps.append(lab.view(run_id).step)
    assert steps == [0, 2, 4, 5, 8]
    lab.set_pace(run_id, None)
    finish(lab)
    assert lab.view(run_id).step == 15


def test_pause_is_not_made_up_for_by_haste(lab, clock):
    run_id = ready(lab)
    lab.set_pace(run_id, 1)
    lab.play(run_id)
    clock.now = 2
    lab.advance()
    lab.pause(run_id)
    clock.now = 7
    lab.play(run_id)
    lab.advance()
    assert lab.view(run_id).step == 2


def test_watched_run_shows_its_pictures_within_an_epoch(lab, clock):
    run_id = ready(lab, SMALL.replace(batch_size=1))
    before = lab.view(run_id).moment
    lab.play(run_id)
    clock.tick = 0.05
    for _ in range(10):
        lab.advance()
    view = lab.view(run_id)
    assert view.epoch == 0
    assert 0 < view.moment.step <= view.step
    assert not same_moment(view.moment, before)
    assert view.epochs_stored == (0,)  # only ends of epochs are kept


# ---- moments


def test_stored_moments_thin_out_and_keep_both_ends(lab, monkeypatch):
    monkeypatch.setattr(work, "MOST_MOMENTS", 8)
    run_id = ready(lab, SMALL.replace(epochs=40))
    lab.play(run_id)
    finish(lab)
    stored = lab.view(run_id).epochs_stored
    assert len(stored) <= 8
    assert list(stored) == sorted(stored)
    assert (stored[0], *stored[-3:]) == (0, 38, 39, 40)
    assert len(lab.view(run_id).history.epochs) == 41  # the curves stay whole


def test_view_of_an_epoch_is_the_nearest_stored_one(lab, monkeypatch):
    monkeypatch.setattr(work, "MOST_MOMENTS", 8)
    run_id = ready(lab, SMALL.replace(epochs=40))
    lab.play(run_id)
    finish(lab)
    stored = lab.view(run_id).epochs_stored
    for epoch in (-3, 0, 7, 20, 39, 40, 99):
        shown = lab.view(run_id, epoch).moment.epoch
        assert abs(shown - epoch) == min(abs(e - epoch) for e in stored)
    assert lab.view(run_id).moment.epoch == 40


def test_map_range_covers_the_points_and_moves_rarely(lab):
    run_id = ready(lab, SMALL.replace(epochs=30, learning_rate=0.01))
    ranges = set()
    for _ in range(30):
        lab.step_epoch(run_id)
        finish(lab)
        view = lab.view(run_id)
        shown = np.abs(view.moment.plane.points) <= view.map_range * np.array([ASPECT, 1])
        assert shown.mean() > 0.99
        ranges.add(view.map_range)
    assert 1 < len(ranges) <= 8


# ---- live changes


def test_codebook_uses_are_counted_over_the_pictures_of_the_map(lab, tiny):
    moment = lab.view(ready(lab, variants.build("vq", latent_dim=8, codebook_size=16))).moment
    assert moment.uses.shape == (16,)
    assert moment.uses.sum() == len(tiny.x_test) * 8 // 2
    assert lab.view(ready(lab)).moment.uses is None


def test_adjusted_learning_rate_takes_effect_and_is_marked(lab):
    run_id = ready(lab)
    lab.play(run_id, steps=6)
    finish(lab)
    lab.adjust(run_id, learning_rate=0.01)
    view = lab.view(run_id)
    assert view.experiment.learning_rate == 0.01
    assert view.history.learning_rates == {2: 0.01}
    assert inside(lab, run_id).work.training.optimizer.param_groups[0]["lr"] == 0.01


def test_adjusting_before_the_first_batch_leaves_no_mark(lab):
    run_id = ready(lab)
    lab.adjust(run_id, learning_rate=0.01)
    assert lab.view(run_id).experiment.learning_rate == 0.01
    assert lab.view(run_id).history.learning_rates == {}


def test_more_epochs_let_an_ended_run_go_on(lab):
    run_id = ready(lab)
    lab.play(run_id)
    finish(lab)
    lab.play(run_id)
    assert lab.view(run_id).state == "ended"  # nothing left to do
    lab.adjust(run_id, epochs=7)
    lab.play(run_id)
    finish(lab)
    view = lab.view(run_id)
    assert (view.ended, view.epoch) == ("epochs", 7)
    assert view.history.epochs == tuple(range(8))


def test_fewer_epochs_end_a_running_run(lab):
    run_id = ready(lab, SMALL.replace(epochs=1000))
    lab.play(run_id)
    during_batch(lab, run_id, 5, lambda: lab.adjust(run_id, epochs=3))
    finish(lab)
    assert (lab.view(run_id).ended, lab.view(run_id).epoch) == ("epochs", 3)


def test_adjust_refuses_values_outside_limits_and_keeps_the_old(lab):
    run_id = ready(lab)
    with pytest.raises(ExperimentError, match="epochs"):
        lab.adjust(run_id, epochs=0)
    assert lab.view(run_id).experiment == SMALL


def test_adjust_while_preparing_holds_for_the_run(lab):
    run_id = lab.create(SMALL)
    lab.adjust(run_id, epochs=2)
    lab.prepare(run_id)
    lab.play(run_id)
    finish(lab)
    assert lab.view(run_id).epoch == 2


# ---- views


def test_view_cannot_be_changed(lab):
    view = lab.view(ready(lab))
    for value in (view, view.moment, view.history, view.probe, view.moment.plane):
        name = dataclasses.fields(value)[0].name
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(value, name, None)


def test_view_stays_as_it_was_while_the_run_goes_on(lab):
    run_id = ready(lab)
    view = lab.view(run_id)
    before = pickle.dumps(view)
    lab.play(run_id)
    finish(lab)
    assert pickle.dumps(view) == before
    assert pickle.dumps(lab.view(run_id)) != before


@pytest.mark.parametrize("key", ["vanilla", "vae", "denoising"])
def test_view_is_plain_arrays_that_any_process_can_read(key, lab):
    run_id = ready(lab, variants.build(key, epochs=4, learning_rate=1e-6))
    lab.play(run_id)
    finish(lab)
    packed = pickle.dumps(lab.view(run_id))
    assert b"torch._" not in packed  # its version is named, but nothing of it is needed
    unpacked = pickle.loads(packed)  # noqa: S301
    assert unpacked.history.val == lab.view(run_id).history.val
    assert list(map(str, unpacked.findings)) == list(map(str, lab.view(run_id).findings))


def test_time_left_is_guessed_only_while_training(lab):
    run_id = ready(lab)
    assert lab.view(run_id).seconds_left is None
    lab.play(run_id)
    guesses = []
    during_batch(lab, run_id, 10, lambda: guesses.append(lab.view(run_id)))
    finish(lab)
    (guess,) = guesses
    assert lab.view(run_id).seconds_left is None
    running = dataclasses.replace(guess, step=5, seconds=2.0)
    assert running.seconds_left == pytest.approx(4.0)  # 10 of 15 batches to go
    assert running.progress == pytest.approx(1 / 3)


# ---- fair shares


def spend(lab, clock, rounds, costs):
    """Lets runs take turns, where each batch of a run costs some seconds. Returns seconds each."""
    spent = dict.fromkeys(costs, 0.0)

    def paying(run_id, learn):
        def train_batch(batch):
            clock.now += costs[run_id]
            spent[run_id] += costs[run_id]
            return learn(batch)

        return train_batch

    for run_id in costs:
        training = inside(lab, run_id).work.training
        training.train_batch = paying(run_id, training.train_batch)
        lab.play(run_id)
    for _ in range(rounds):
        for run_id in costs:
            lab.view(run_id)
        lab.advance()
    return spent


ENDLESS = SMALL.replace(epochs=1000)


def test_large_model_gets_no_more_time_than_a_small_one(lab, clock):
    large, small = ready(lab, ENDLESS), ready(lab, ENDLESS)
    spent = spend(lab, clock, 60, {large: 1.7, small: 0.05})
    assert spent[large] == pytest.approx(spent[small], rel=0.25)


def test_learner_with_three_runs_gets_no_more_time_than_one_with_one(lab, clock):
    mine = []
    for _ in range(3):
        mine.append(lab.create(ENDLESS, "me"))
        lab.prepare(mine[-1])
    theirs = lab.create(ENDLESS, "you")
    lab.prepare(theirs)
    spent = spend(lab, clock, 60, dict.fromkeys([*mine, theirs], 0.05))
    assert sum(spent[run] for run in mine) == pytest.approx(spent[theirs], rel=0.1)
    assert max(spent[run] for run in mine) == pytest.approx(
        min(spent[run] for run in mine), rel=0.2
    )


def test_lone_large_model_is_not_kept_waiting(lab, clock):
    large = ready(lab, ENDLESS)
    spent = spend(lab, clock, 10, {large: 1.7})
    assert spent[large] == pytest.approx(17)
