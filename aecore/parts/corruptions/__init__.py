"""What is done to the input before encoding; the target stays clean. One small file each.

A file defines `CORRUPTION`. Adding one more is adding one file.
"""

from typing import TYPE_CHECKING

from aecore.parts._records import found_in
from aecore.parts.corruptions._corruption import Corruption
from aecore.shapes import Shape

if TYPE_CHECKING:
    from torch import Generator, Tensor

CORRUPTIONS: dict[str, Corruption] = found_in(__name__, __path__, "CORRUPTION")
"""By the name that an experiment's field `corruption` gives them; none leaves all as it is."""


def corrupted(
    name: str, x: "Tensor", level: float, generator: "Generator", shape: Shape
) -> "Tensor":
    """What a corruption of this name, or "none", makes of samples.

    Args:
        name: of `CORRUPTIONS`, or "none".
        x: (batch, numbers), in [0, 1]; it stays as it is.
        level: how much, from 0 (nothing) to 1.
        generator: draws what is random.
        shape: of a sample.

    Returns:
        (batch, numbers), in [0, 1]; x itself for none.
    """
    return x if name == "none" else CORRUPTIONS[name].function(x, level, generator, shape)


def waits(name: str) -> bool:
    """Whether a corruption of this name, or "none", makes a GPU wait: see `Corruption`."""
    return name in CORRUPTIONS and CORRUPTIONS[name].waits


__all__ = ["CORRUPTIONS", "Corruption", "corrupted", "waits"]
