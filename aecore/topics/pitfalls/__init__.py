"""Mistakes that are easily made with autoencoders: each with the trial that shows it, and its cure.

What a pitfall says stands here and needs no torch; what its trials do is in `trials`. Every number
in a sentence is measured by the trial itself.
"""

from aecore.topics.pitfalls import measuring, settings
from aecore.topics.pitfalls.pitfall import Pitfall, Trial

PITFALLS: dict[str, Pitfall] = {
    pitfall.key: pitfall for pitfall in (*settings.PITFALLS, *measuring.PITFALLS)
}

__all__ = ["PITFALLS", "Pitfall", "Trial"]
