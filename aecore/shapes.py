"""What one sample looks like, whatever the model makes of its numbers."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aecore.errors import N_, ShapeError

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class Picture:
    """Pixels from 0 (black) to 1 (white), in channels (one for grey), rows and columns."""

    channels: int
    height: int
    width: int

    @property
    def axes(self) -> tuple[int, int, int]:
        return self.channels, self.height, self.width

    @property
    def size(self) -> int:
        """Numbers in a sample."""
        return math.prod(self.axes)


DIGIT = Picture(1, 28, 28)
"""One sample of MNIST, and of those that were made in its form."""


def check_same_shape(a: "Tensor", b: "Tensor") -> None:
    """Raises ShapeError unless both have the same shape."""
    if a.shape != b.shape:
        raise ShapeError(
            N_("Both arrays must have one shape, but were {first} and {second}."),
            first=tuple(a.shape),
            second=tuple(b.shape),
        )
