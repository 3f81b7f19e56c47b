"""Every number that a lesson claims, and how it is measured again."""

from benchmarks.lesson_claims import models, training
from benchmarks.lesson_claims.claim import Claim

CLAIMS: tuple[Claim, ...] = (*models.CLAIMS, *training.CLAIMS)
"""All of them, in the order of the lessons' names."""
