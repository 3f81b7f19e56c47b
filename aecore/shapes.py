"""What one sample looks like, whatever the model makes of its numbers."""

import math
from dataclasses import dataclass


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
