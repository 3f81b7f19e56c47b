"""What a host says of a run to those who share out turns and rescue runs."""

from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True)
class Standing:
    """How a run stands: what a client must know to share out turns and to rescue it.

    Attributes:
        active: it trains, or will as soon as it is ready.
        step: batches done.
    """

    active: bool
    step: int


class Captured(NamedTuple):
    """A run at one moment.

    Attributes:
        data: its bytes; None before its first batch.
        step: batches done.
        seconds: of computing that it took.
    """

    data: bytes | None
    step: int
    seconds: float
