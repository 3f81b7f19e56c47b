"""The trainer of this library."""

from aecore.training.loop import Training
from benchmarks.contestants.task import Entry, Task
from benchmarks.pace import Pace


def headless(task: Task, pace: Pace) -> None:
    """As it is used from Python (`train`): with the whole test set after each epoch."""
    training = Training(task.experiment, task.dataset)
    pace.weights = training.model.state_dict
    sizes = [len(batch) for batch in next(task.epochs())]
    for snapshot in training:
        if snapshot.step:
            pace(sizes[(snapshot.step - 1) % len(sizes)])


def updates_only(task: Task, pace: Pace) -> None:
    """The update without anything around it."""
    training = Training(task.experiment, task.dataset)
    pace.weights = training.model.state_dict
    for epoch in task.epochs():
        for batch in epoch:
            training.train_batch(batch)
            pace(len(batch))


OURS = Entry("this library, train()", {"tested after each epoch": headless})
UPDATES = Entry("this library, updates only", {"Training.train_batch": updates_only})
