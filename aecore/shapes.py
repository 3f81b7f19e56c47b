"""What one sample looks like, whatever the model makes of its numbers.

A model gets every sample as a row of numbers in [0, 1]. What these are, its shape says: the pixels
of a picture, the values of a series, one after another in time, or the features of a table's row.
"""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from aecore.errors import N_, ShapeError

if TYPE_CHECKING:
    from torch import Tensor

Kind = Literal["picture", "series", "row"]

KINDS: tuple[Kind, ...] = ("picture", "series", "row")


@dataclass(frozen=True)
class Picture:
    """Pixels from 0 (black) to 1 (white), in channels (one for grey, three for colours)."""

    channels: int
    height: int
    width: int

    kind: ClassVar[Kind] = "picture"

    @property
    def axes(self) -> tuple[int, ...]:
        """(channels, height, width): how a model's row of numbers is laid out."""
        return self.channels, self.height, self.width

    @property
    def seen(self) -> tuple[int, ...]:
        """(height, width), for colours (height, width, 3): how viewers are given one."""
        grey = self.channels == 1
        return (self.height, self.width) if grey else (self.height, self.width, self.channels)

    @property
    def size(self) -> int:
        """Numbers in a sample."""
        return math.prod(self.axes)


@dataclass(frozen=True)
class Series:
    """Values one after another in time, of one or more sensors.

    Attributes:
        names: of each channel, what is measured; English ones are translation ids.
        length: values in a sample.
        step: the time from one value to the next, as the axis says it: a translation id.
        unit: of the values; empty for none.
    """

    names: tuple[str, ...]
    length: int
    step: str
    unit: str = ""

    kind: ClassVar[Kind] = "series"

    @property
    def channels(self) -> int:
        return len(self.names)

    @property
    def axes(self) -> tuple[int, ...]:
        """(channels, length)."""
        return self.channels, self.length

    @property
    def seen(self) -> tuple[int, ...]:
        """(channels, length)."""
        return self.axes

    @property
    def size(self) -> int:
        """Numbers in a sample."""
        return math.prod(self.axes)


@dataclass(frozen=True)
class Feature:
    """A column of a table.

    Attributes:
        name: a translation id.
        unit: of its numbers; empty for none.
    """

    name: str
    unit: str = ""


@dataclass(frozen=True)
class Row:
    """One row of a table: a number for each of its features."""

    features: tuple[Feature, ...]

    kind: ClassVar[Kind] = "row"

    @property
    def axes(self) -> tuple[int, ...]:
        """(features,)."""
        return (len(self.features),)

    @property
    def seen(self) -> tuple[int, ...]:
        """(features,)."""
        return self.axes

    @property
    def size(self) -> int:
        """Numbers in a sample."""
        return len(self.features)


Shape = Picture | Series | Row


def check_same_shape(a: "Tensor", b: "Tensor") -> None:
    """Raises ShapeError unless both have the same shape."""
    if a.shape != b.shape:
        raise ShapeError(
            N_("Both arrays must have one shape, but were {first} and {second}."),
            first=tuple(a.shape),
            second=tuple(b.shape),
        )
