"""What several challenges need to look at a model."""

import math

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
