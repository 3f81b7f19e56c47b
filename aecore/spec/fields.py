"""The kinds of fields an experiment is made of, and how each checks, reads and writes its values."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from numbers import Integral, Real
from typing import Any

from aecore.errors import N_, ExperimentError

LONGEST_QUOTE = 80
"""Characters of a useless value that are repeated to the learner."""

Value = bool | int | float | str | tuple[int, ...]

MOST_CLASSES = 100
"""More classes than any dataset has."""


def quoted(value: object) -> str:
    """A value that came from outside, for a sentence: its beginning, whatever it is."""
    try:
        text = repr(value)
    except (ValueError, RecursionError):  # a number without end, a list in a list in a list
        text = type(value).__name__
    return text if len(text) <= LONGEST_QUOTE else text[:LONGEST_QUOTE] + "…"


def plain(value: object) -> object:
    """A number of NumPy or PyTorch, or an array of them, as Python's own; all else as it came.

    A scalar of NumPy, an array without axes and a tensor without axes are numbers to whoever wrote
    them, and so is a row of them a list.
    """
    axes = getattr(value, "ndim", None)
    return value.tolist() if axes in (0, 1) and hasattr(value, "tolist") else value


def is_whole(value: object) -> bool:
    """Whether it is an integer of Python's; true and false are none."""
    return isinstance(value, Integral) and not isinstance(value, bool)


def _wholes(value: object) -> tuple[int, ...] | None:
    """The integers in a list, a tuple or an array; None if it is none of these or holds others."""
    row = plain(value)
    if not isinstance(row, (list, tuple)):
        return None
    numbers = [plain(number) for number in row]
    if not all(is_whole(number) for number in numbers):
        return None
    return tuple(int(number) for number in numbers)  # type: ignore[call-overload]


@dataclass(frozen=True, kw_only=True)
class Spec:
    """What is known of a field besides its name and default.

    Attributes:
        title: what the learner calls it.
        help: one sentence on what it does.
        part: the choice it belongs to: data, network, code, corruption, penalty, training or stop.
        unit: what its number counts, or empty.
        when: (field, values): it matters only while that field has one of those values.
        live: it can be changed while a run is training.
    """

    title: str
    help: str
    part: str
    unit: str = ""
    when: tuple[str, tuple[str, ...]] | None = None
    live: bool = False

    def check(self, name: str, value: Any) -> Value:
        """The value in its proper type. Raises ExperimentError outside the limits."""
        raise NotImplementedError

    def parse(self, name: str, text: str) -> Value:
        """The value written as `text` in a link or on the command line."""
        return self.check(name, text)

    def format(self, value: Any) -> str:
        """The text that `parse` reads back."""
        return str(value)


@dataclass(frozen=True, kw_only=True)
class Number(Spec):
    """A number within limits, both included.

    Attributes:
        low, high: the limits, in `unit`.
        whole: only integers.
        log: a slider should move by factors, not by steps.
    """

    low: float
    high: float
    whole: bool = False
    log: bool = False

    def check(self, name: str, value: Any) -> int | float:
        number = self._number(value)
        if number is None or not self.low <= number <= self.high:
            template = (
                N_("{parameter} must be a whole number from {low} to {high}, but was {received}.")
                if self.whole
                else N_("{parameter} must be a number from {low} to {high}, but was {received}.")
            )
            raise ExperimentError(
                template,
                parameter=name,
                low=f"{self.low:g}",
                high=f"{self.high:.15g}",
                received=quoted(value),
            )
        return number

    def _number(self, value: Any) -> int | float | None:
        value = plain(value)
        if isinstance(value, bool) or not isinstance(value, (Real, str)):
            return None
        try:
            number = float(value)
        except (ValueError, OverflowError):
            return None
        if not math.isfinite(number):
            return None
        if not self.whole:
            return number
        return int(number) if number == int(number) else None

    def count(self, name: str, text: str) -> int:
        """The same as `parse` for a field that is `whole`, and said to be an integer."""
        return int(self.check(name, text))

    def clamp(self, value: float) -> int | float:
        """The nearest value within the limits."""
        number = min(max(value, self.low), self.high)
        return round(number) if self.whole else float(number)

    def format(self, value: Any) -> str:
        # repr() is the shortest text that reads back as exactly this number.
        return str(value) if self.whole else repr(float(value)).removesuffix(".0")


@dataclass(frozen=True, kw_only=True)
class Choice(Spec):
    """One of a few named possibilities.

    Attributes:
        choices: key -> what the learner calls it.
        says: key -> what it does, in a sentence or two, for those that say more than their name.
    """

    choices: Mapping[str, str]
    says: Mapping[str, str] = field(default_factory=dict)

    def check(self, name: str, value: Any) -> str:
        if not isinstance(value, str) or value not in self.choices:
            raise ExperimentError(
                N_("{parameter} must be one of {choices}, but was {received}."),
                parameter=name,
                choices=", ".join(self.choices),
                received=quoted(value),
            )
        return str(value)  # a string of NumPy's is one too, but not to JSON's readers


@dataclass(frozen=True, kw_only=True)
class Switch(Spec):
    """Something that is on or off; written `true` and `false`."""

    def check(self, name: str, value: Any) -> bool:
        if isinstance(value, str):
            value = {"true": True, "false": False}.get(value.strip().lower(), value)
        if not isinstance(value, bool):
            raise ExperimentError(
                N_("{parameter} must be true or false, but was {received}."),
                parameter=name,
                received=quoted(value),
            )
        return value

    def format(self, value: Any) -> str:
        return "true" if value else "false"


@dataclass(frozen=True, kw_only=True)
class Classes(Spec):
    """Some of the classes of a dataset, in ascending order; written `3,5`.

    Which there are, the dataset says, not the field.
    """

    def check(self, name: str, value: Any) -> tuple[int, ...]:
        classes = self._classes(value)
        if classes is None or not classes <= set(range(MOST_CLASSES)):
            raise ExperimentError(
                N_(
                    "{parameter} must be class numbers from 0 on, separated by commas, but was "
                    "{received}."
                ),
                parameter=name,
                received=quoted(value),
            )
        return tuple(sorted(classes))

    @staticmethod
    def _classes(value: Any) -> set[int] | None:
        if isinstance(value, str):
            try:
                return {int(part) for part in value.split(",") if part.strip()}
            except ValueError:
                return None
        return None if (labels := _wholes(value)) is None else set(labels)

    def format(self, value: Any) -> str:
        return ",".join(map(str, value))


@dataclass(frozen=True, kw_only=True)
class Widths(Spec):
    """The widths of a stack of layers, from the input towards the code; written `128,64`.

    Attributes:
        most: the largest number of layers.
        high: the largest width; the smallest is 1.
    """

    most: int
    high: int

    def check(self, name: str, value: Any) -> tuple[int, ...]:
        widths = self._widths(value)
        if (
            widths is None
            or len(widths) > self.most
            or not all(1 <= w <= self.high for w in widths)
        ):
            raise ExperimentError(
                N_(
                    "{parameter} must be at most {most} whole numbers from 1 to {high}, "
                    "separated by commas, but was {received}."
                ),
                parameter=name,
                most=self.most,
                high=self.high,
                received=quoted(value),
            )
        return widths

    @staticmethod
    def _widths(value: Any) -> tuple[int, ...] | None:
        if isinstance(value, str):
            # A hyphen after a digit separates, as in 128-64; any other is a sign.
            parts = re.sub(r"(?<=\d)\s*-", ",", value).split(",")
            try:
                return tuple(int(part) for part in parts if part.strip())
            except ValueError:
                return None
        return _wholes(value)

    def format(self, value: Any) -> str:
        return ",".join(map(str, value))
