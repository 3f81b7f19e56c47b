"""What tests ask of workers, in a module that these can import."""

import os
import signal


def process_of(subject):
    """The id of the process that answers."""
    return os.getpid()


def loud(subject):
    raise ValueError("a question that goes wrong")


def deadly(subject):
    os.kill(os.getpid(), signal.SIGKILL)
