"""Where runs can live."""

from typing import Any, NamedTuple, Protocol

QUESTIONS = ("ask", "ask_pretrained")
"""Commands that may take long, and that can cost a process its life."""


class Captured(NamedTuple):
    """A run at one moment, as the command `checkpoint` answers.

    Attributes:
        data: its bytes; None before its first batch.
        step: batches done.
        seconds: of computing that it took.
    """

    data: bytes | None
    step: int
    seconds: float


class PlaceLostError(Exception):
    """A process that trained is gone, or does not answer any more."""


class Place(Protocol):
    """A station, here or elsewhere."""

    def call(self, command: str, /, *args: Any, **kwargs: Any) -> Any:
        """A command of the station's host.

        Raises:
            PlaceLostError: the process is gone.
            LabError: what the command itself raises.
        """
        ...

    def holds(self, run_id: str) -> bool:
        """Whether it has not forgotten a run, as far as can be told without asking."""
        ...
