"""Where runs can live."""

from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from aecore.engine.host import Host

P = ParamSpec("P")
T = TypeVar("T")

QUESTIONS: tuple[Callable[..., Any], ...] = (Host.ask, Host.ask_pretrained)
"""Commands that may take long, and that can cost a process its life."""


class PlaceLostError(Exception):
    """A process that trained is gone, or does not answer any more."""


class Place(Protocol):
    """A host with its threads, here or in another process."""

    def call(
        self, command: Callable[Concatenate[Host, P], T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """What a method of `Host` answers: `place.call(Host.play, run_id)`.

        Raises:
            PlaceLostError: the process is gone.
            LabError: what the command itself raises.
        """
        ...

    def holds(self, run_id: str) -> bool:
        """Whether it has not forgotten a run, as far as can be told without asking."""
        ...
