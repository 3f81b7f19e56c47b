"""Background work: a job, and all jobs of a process."""

import threading
import time

import pytest

from aecore.engine import job as jobs_module
from aecore.engine.job import RESTS_AFTER, Job, Step, counted
from aecore.engine.jobs import EXPIRE_AFTER, IN_ALL, KEPT_PER_LEARNER, PER_LEARNER, Jobs
from aecore.errors import LabError


def wait(done, seconds=60):
    deadline = time.monotonic() + seconds
    while not done() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert done()


class Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


def steps(*found):
    return lambda: counted(found, len(found))


class Gate:
    """Work whose steps are let through one by one, and that says when it has been closed."""

    def __init__(self):
        self.open, self.closed, self.begun = threading.Semaphore(0), False, 0

    def __call__(self):
        try:
            while True:
                self.begun += 1
                self.open.acquire(timeout=60)
                yield Step(0.5, self.begun)
        finally:
            self.closed = True


# ---- one job


def test_job_brings_everything_in_order_and_is_over():
    job = Job(steps("a", "b"), known=["earlier"])
    job.look()
    wait(lambda: job.over)
    assert job.found == ["earlier", "a", "b"]
    assert (job.newest, job.share, job.error, job.cancelled) == ("b", 1.0, None, False)


def test_job_of_which_the_newest_is_enough_keeps_no_more():
    job = Job(steps(*range(50)), keeps=1)
    job.look()
    wait(lambda: job.over)
    assert job.found == [49]


def test_job_works_only_while_watched_and_goes_on_after_a_rest():
    clock = Clock()

    def count():
        for i in range(1000):
            clock.now += RESTS_AFTER / 3
            time.sleep(0.001)
            yield Step(i / 1000, i)

    job = Job(count, clock=clock)
    assert job.look() == []
    wait(lambda: not job._busy)
    rested = len(job.found)
    assert 0 < rested < 10
    time.sleep(0.05)
    assert len(job.found) == rested
    job.look()
    wait(lambda: len(job.found) > rested)
    assert job.found == list(range(len(job.found)))


def test_cancelled_job_ends_after_its_step_keeps_what_it_has_and_lets_its_work_go():
    gate = Gate()
    job = Job(gate)
    job.look()
    gate.open.release()
    wait(lambda: gate.begun == 2)
    job.cancel()
    assert job.over
    assert job.cancelled
    assert not gate.closed  # a step is under way
    gate.open.release()
    wait(lambda: gate.closed)
    assert job.found[:1] == [1]
    job.look()
    time.sleep(0.05)
    assert gate.begun == 2


def test_job_that_is_cancelled_before_it_begins_never_does():
    gate = Gate()
    job = Job(gate)
    job.cancel()
    assert job.look() == []
    time.sleep(0.05)
    assert gate.begun == 0


def test_job_that_is_over_cannot_be_cancelled_any_more():
    job = Job(steps(1))
    job.look()
    wait(lambda: job.over)
    job.cancel()
    assert not job.cancelled


@pytest.mark.parametrize("error", [LabError("so it is"), ValueError("no such thing")])
def test_job_that_fails_says_why_and_keeps_what_it_has(error):
    def fails():
        yield Step(0.5, 1)
        raise error

    job = Job(fails)
    job.look()
    wait(lambda: job.over)
    assert str(error) in str(job.error)
    assert job.found == [1]


def test_thread_of_jobs_survives_a_job_that_fails():
    def fails():
        raise ValueError
        yield

    for work in (fails, steps(1)):
        job = Job(work)
        job.look()
        wait(lambda job=job: job.over)
    assert job.found == [1]


def test_job_that_waits_takes_a_step_for_each_look_in_the_thread_that_looks():
    threads = []

    def waits():
        for n in range(3):
            threads.append(threading.current_thread())
            yield Step(n / 3, n)
            yield None

    job = Job(waits, waits=True)
    for n in range(3):
        assert job.look() == list(range(n + 1))
    job.look()
    assert job.over
    assert set(threads) == {threading.current_thread()}


def test_jobs_take_turns():
    order = []

    def worker(name):
        def work():
            for _ in range(3):
                time.sleep(jobs_module.SLICE)
                order.append(name)
                yield Step(0.0, name)

        return work

    both = [Job(worker("a")), Job(worker("b"))]
    for job in both:
        job.look()
    wait(lambda: [job.look() for job in both] and all(job.over for job in both))
    assert order == ["a", "b"] * 3


# ---- all jobs


def test_job_is_found_again_by_the_session_that_has_the_link():
    jobs, job = Jobs(), Job(steps(1), owner="before")
    jobs.start("before", ("page", "x"), job)
    jobs.share("before", "after")
    assert jobs.get("after", ("page", "x")) is job
    assert jobs.names("after") == [("page", "x")]
    assert jobs.get("stranger", ("page", "x")) is None
    assert jobs.names("stranger") == []


def test_button_that_is_pressed_twice_does_its_work_once():
    jobs, gate = Jobs(), Gate()
    first = Job(gate, owner="me")
    jobs.start("me", "x", first)
    jobs.start("me", "x", Job(steps(2), owner="me"))
    assert jobs.get("me", "x") is first
    first.cancel()
    gate.open.release()
    again = Job(steps(2), owner="me")
    jobs.start("me", "x", again)
    assert jobs.get("me", "x") is again


def test_somebody_else_who_cancels_ends_nothing_but_their_own_look():
    jobs, gate = Jobs(), Gate()
    job = Job(gate, owner="teacher")
    jobs.start("teacher", "x", job)
    gate.open.release()
    wait(lambda: job.found)
    jobs.share("teacher", "learner")
    jobs.cancel("learner", "x")
    assert not job.over
    mine = jobs.get("learner", "x")
    assert mine.cancelled
    assert mine.found == [1]
    jobs.forget("learner", "x")
    assert not job.over
    jobs.cancel("teacher", "x")
    assert job.cancelled
    gate.open.release()


def test_few_compute_at_a_time_and_the_others_begin_by_themselves():
    jobs, gates = Jobs(), [Gate() for _ in range(IN_ALL + 2)]
    line = [Job(gate, owner=f"learner {n}") for n, gate in enumerate(gates)]
    for n, job in enumerate(line):
        jobs.start(f"learner {n}", "x", job)
    assert [job.queue_place for job in line] == [0] * IN_ALL + [1, 2]
    line[0].cancel()
    for job in line:
        jobs.look(job)
    assert [job.queue_place for job in line] == [0] * (IN_ALL + 1) + [1]
    for job, gate in zip(line, gates, strict=True):
        job.cancel()
        gate.open.release()


def test_one_learner_leaves_room_for_others():
    jobs, gates = Jobs(), [Gate() for _ in range(PER_LEARNER + 2)]
    mine = [Job(gate, owner="me") for gate in gates[:-1]]
    other = Job(gates[-1], owner="other")
    for n, job in enumerate(mine):
        jobs.start("me", n, job)
    jobs.start("other", 0, other)
    assert [job.queue_place for job in mine] == [0] * PER_LEARNER + [1]
    assert other.queue_place == 0
    for job, gate in zip([*mine, other], gates, strict=True):
        job.cancel()
        gate.open.release()


def test_job_that_nobody_watches_keeps_nobody_waiting():
    clock = Clock()
    jobs, gates = Jobs(clock), [Gate() for _ in range(IN_ALL + 1)]
    line = [Job(gate, owner=str(n), clock=clock) for n, gate in enumerate(gates)]
    for n, job in enumerate(line):
        jobs.start(str(n), "x", job)
    assert line[-1].queue_place == 1
    clock.now += RESTS_AFTER + 1
    jobs.look(line[-1])
    assert line[-1].queue_place == 0
    for job, gate in zip(line, gates, strict=True):
        job.cancel()
        gate.open.release()


def test_jobs_are_forgotten_after_an_hour_and_let_go_of_their_work():
    clock = Clock()
    jobs = Jobs(clock)
    closed = []

    def waits():
        try:
            while True:
                yield None
        finally:
            closed.append(True)

    jobs.start("me", "old", Job(waits, owner="me", waits=True, clock=clock))
    clock.now += EXPIRE_AFTER + 1
    jobs.start("you", "new", Job(steps(1), owner="you", clock=clock))
    assert jobs.get("me", "old") is None
    assert closed == [True]


def test_job_of_two_sessions_is_ended_when_the_last_of_them_is_forgotten():
    jobs, gate = Jobs(), Gate()
    job = Job(gate, owner="a")
    jobs.start("a", "x", job)
    jobs.share("a", "b")
    jobs.forget("a", "x")
    assert not job.over
    jobs.forget("b", "x")
    assert job.over
    gate.open.release()


def test_those_seen_least_lately_are_forgotten_when_there_are_too_many():
    jobs = Jobs()
    for n in range(KEPT_PER_LEARNER):
        jobs.start("me", n, Job(steps(n), owner="me"))
    jobs.get("me", 0)  # somebody looks at it
    jobs.start("me", "new", Job(steps(1), owner="me"))
    assert len(jobs.names("me")) == KEPT_PER_LEARNER
    assert 0 in jobs.names("me")
    assert 1 not in jobs.names("me")
