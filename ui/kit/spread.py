"""How the interval of a figure is written, on every page alike."""

import math

from aecore.analysis.intervals import Interval
from aecore.errors import N_
from ui.kit.language import _

HELP = N_(
    "The range in brackets, or after ±, is a **95% interval**: with other test pictures, other "
    "draws or another seed the figure would come out elsewhere, mostly within this range. A "
    "difference is called one only if its own interval lies on one side of zero."
)

NO_DIFFERENCE = N_("no difference that could be seen")

NO_DIFFERENCE_SENTENCE = N_("**No difference that could be seen.**")


def percent(share: Interval, digits: int = 0, *, bold: bool = False) -> str:
    """A share from 0 to 1 as in 82% (64–92)."""
    i = share.times(100)
    value = f"{i.value:.{digits}f}%"
    return f"{f'**{value}**' if bold else value} {_brackets(i, digits)}"


def plus_minus(i: Interval, digits: int, unit: str = "") -> str:
    """A figure as in 18.4 ± 0.3 dB: for intervals of nearly the same length to both sides."""
    half = f" ±\u00a0{i.half_width:.{digits}f}" if math.isfinite(i.half_width) else ""
    return f"{i.value:.{digits}f}{half}{unit}"


def number(i: Interval, digits: int) -> str:
    """A figure as in 0.967 (0.951–0.981)."""
    return f"{i.value:.{digits}f} {_brackets(i, digits)}".rstrip()


def signed(i: Interval, digits: int) -> str:
    """A difference, as in −0.6 (from −2.4 to +1.2)."""
    value = f"{i.value:+.{digits}f}".replace("-", "−")
    if not (math.isfinite(i.low) and math.isfinite(i.high)):
        return value
    low, high = (f"{end:+.{digits}f}".replace("-", "−") for end in (i.low, i.high))
    return _("{value} (from {low} to {high})").format(value=value, low=low, high=high)


def _brackets(i: Interval, digits: int) -> str:
    if not (math.isfinite(i.low) and math.isfinite(i.high)):
        return ""
    return f"({i.low:.{digits}f}–{i.high:.{digits}f})"
