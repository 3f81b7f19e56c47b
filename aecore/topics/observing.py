"""What several challenges need to look at a model."""

import math
from collections.abc import Mapping

from numpy.typing import ArrayLike

from aecore.analysis import intervals
from aecore.analysis.intervals import Interval, verdict
from aecore.errors import N_, LabError


def usable(*numbers: float) -> None:
    """Raises LabError if one of them is no finite number: nothing can be decided by it."""
    if not all(map(math.isfinite, numbers)):
        raise LabError(
            N_(
                "The output of this model is not a number: its training diverged. Choose "
                "another one in the sidebar and check again."
            )
        )


def band(value: float, limits: tuple[float, ...], keys: tuple[str, ...]) -> str:
    """The key of the band that a value lies in; a limit belongs to the band above it."""
    return keys[sum(value >= limit for limit in limits)]


def bands(found: Interval, limits: tuple[float, ...], keys: tuple[str, ...]) -> frozenset[str]:
    """The keys of all bands that an interval reaches into."""
    first, last = (sum(end >= limit for limit in limits) for end in (found.low, found.high))
    return frozenset(keys[first : last + 1])


def least(errors: Mapping[str, ArrayLike]) -> tuple[str, frozenset[str]]:
    """Whose mean error is the least, and whose cannot be told from it.

    Args:
        errors: key -> (n,), of the same pictures in the same order.
    """
    means = {key: intervals.of_mean(values) for key, values in errors.items()}
    best = min(means, key=lambda key: means[key].value)
    rivals = {
        key
        for key, values in errors.items()
        if verdict(intervals.of_difference(values, errors[best])) != "better"
    }
    return best, frozenset(rivals)


def sides(gain: Interval, above: str, below: str) -> tuple[str, frozenset[str]]:
    """The option for a gain above zero or below, and both where it cannot be told which."""
    answer = above if gain.value > 0 else below
    return answer, frozenset({above, below} if verdict(gain) == "unclear" else {answer})
