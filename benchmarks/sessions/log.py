"""What sessions saw: how long each rerun took, and everything that went wrong."""

import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

FULL, FRAGMENT = "page", "fragment"
"""The two kinds of reruns: the whole script, or a part of it."""


@dataclass(frozen=True)
class Rerun:
    """One rerun: from the message that asked for it to the one that says it has finished.

    Attributes:
        page: the page's part of the path; empty for the home page.
        kind: `FULL` or `FRAGMENT`.
        seconds: how long it took, as the browser sees it.
    """

    page: str
    kind: str
    seconds: float


@dataclass
class Log:
    """Shared by all sessions of a wave."""

    reruns: list[Rerun] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def error(self, page: str, what: str) -> None:
        self.errors.append(f"{page or 'home'}: {what}")

    def seconds(self, kind: str, page: str | None = None) -> list[float]:
        """All times of a kind, on one page or on all."""
        return [r.seconds for r in self.reruns if r.kind == kind and page in (None, r.page)]


def quantile(values: Sequence[float], share: float) -> float:
    """The value that this share of all lies at or below; NaN for no values."""
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)] if ordered else float("nan")


def spread(values: Sequence[float]) -> str:
    """Number, median, 95th percentile and largest, in the columns of `HEADER`."""
    if not values:
        return f"{0:8,}{'–':>10}{'–':>10}{'–':>10}"
    shown = (statistics.median(values), quantile(values, 0.95), max(values))
    return f"{len(values):8,}" + "".join(f"{1000 * value:7,.0f} ms" for value in shown)


HEADER = f"{'n':>8}{'p50':>10}{'p95':>10}{'max':>10}"
