"""Inside a contestant's process: trains when it is asked to, waits when it is not.

Most trainers own their loop and do not hand it out. So a contestant calls its `Pace` after each
update, and the pace keeps it waiting there until it has its next turn. Nothing else happens in the
process meanwhile, and the trainer notices nothing of it.
"""

import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection

import torch
from torch import Tensor

CHECK_EVERY = 24
"""Updates between two looks at the test error in a race, a tenth of an epoch of MNIST."""


@dataclass(frozen=True)
class Turn:
    """Train for so many seconds. The answer: the number of pictures, and the seconds it took."""

    seconds: float


@dataclass(frozen=True)
class Race:
    """Train from the first weights until the test error is `target`, or give up after so many
    updates. The answer: `Reached`."""

    target: float
    updates: int


@dataclass(frozen=True)
class Reached:
    """How a race ended.

    Attributes:
        seconds: since the first update, without the time of looking; None where it was given up.
        updates: how many.
        error: the test error then.
    """

    seconds: float | None
    updates: int
    error: float


@dataclass(frozen=True)
class Failed:
    """What went wrong in a contestant's process."""

    text: str


class Over(BaseException):
    """Leaves a training from within; no trainer catches it, as it is no `Exception`."""


class Pace:
    """What a contestant calls after each update, with the number of pictures of the batch.

    Attributes:
        weights: the contestant sets it before its first update: the model's present weights, under
            our names for them. Only a race asks.

    Args:
        connection: where questions come from and answers go to.
        device: where the training runs.
        error: the test error of weights.
    """

    weights: Callable[[], Mapping[str, Tensor]]

    def __init__(
        self,
        connection: Connection,
        device: torch.device,
        error: Callable[[Mapping[str, Tensor]], float],
    ) -> None:
        self._connection = connection
        self._device = device
        self._error = error
        self._question: Turn | Race | None = None
        self._images = self._updates = 0
        self._started = self._end = 0.0

    def serve(self, train: Callable[["Pace"], None]) -> None:
        """Calls `train` for turns and races until there are no more."""
        try:
            self._next()
            while self._question is not None:
                try:
                    train(self)
                except Over:
                    continue
        except Exception:
            self._connection.send(Failed(traceback.format_exc()))

    def __call__(self, images: int) -> None:
        self._images += images
        self._updates += 1
        if isinstance(self._question, Turn):
            if time.perf_counter() >= self._end:
                self._end_turn()
        elif self._updates == 1:  # what comes before, and compiling, is start-up
            self._synchronise()
            self._started = time.perf_counter()
        elif self._updates % CHECK_EVERY == 0:
            self._look()

    def _end_turn(self) -> None:
        self._synchronise()  # a GPU may still be at work on what was asked for
        self._connection.send((self._images, time.perf_counter() - self._started))
        self._next()
        if not isinstance(self._question, Turn):
            raise Over

    def _look(self) -> None:
        assert isinstance(self._question, Race)
        self._synchronise()
        paused = time.perf_counter()
        error = self._error(self.weights())
        if error <= self._question.target or self._updates >= self._question.updates:
            reached = error <= self._question.target
            seconds = paused - self._started if reached else None
            self._connection.send(Reached(seconds, self._updates, error))
            self._next()
            raise Over
        self._started += time.perf_counter() - paused

    def _next(self) -> None:
        self._question = self._connection.recv()
        self._images = self._updates = 0
        self._started = time.perf_counter()
        if isinstance(self._question, Turn):
            self._end = self._started + self._question.seconds

    def _synchronise(self) -> None:
        if self._device.type == "cuda":
            torch.cuda.synchronize(self._device)
