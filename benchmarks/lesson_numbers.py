"""Measures every number of the lessons again, over several seeds.

    python -m benchmarks.lesson_numbers                       # all, five seeds: half an hour
    python -m benchmarks.lesson_numbers --only features       # one lesson; repeatable
    python -m benchmarks.lesson_numbers --seeds 8 --failing   # more seeds; print only what fails
    python -m benchmarks.lesson_numbers --quick               # a minute: only whether it runs

A claim about a pretrained model is measured on the digits of the pages (seed 0) and on other digits
that the model has never seen; one about a training, on trainings with other seeds. It holds if the
mean over the seeds lies in the range that the text gives, and at most one seed in five does not.
"""

import argparse
import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from aecore.analysis import intervals
from benchmarks.lesson_claims import CLAIMS
from benchmarks.lesson_claims.claim import Bench, Claim

SEEDS = 5

TOLERATED = 0.2
"""Share of the seeds that may lie outside: no range that is worth saying holds all of them."""


@dataclass(frozen=True)
class Measured:
    """A claim with what was measured, one value for each seed."""

    claim: Claim
    values: tuple[float, ...]

    @property
    def mean(self) -> float:
        return sum(self.values) / len(self.values)

    @property
    def holds(self) -> bool:
        low, high = self.claim.low, self.claim.high
        outside = sum(not low <= value <= high for value in self.values)
        return low <= self.mean <= high and outside <= TOLERATED * len(self.values)

    def line(self) -> str:
        found = intervals.of_seeds(self.values)
        half = f" ± {found.half_width:.3g}" if math.isfinite(found.half_width) else ""
        ends = f"{min(self.values):.4g} to {max(self.values):.4g}"
        said = f"{self.claim.low:g} to {self.claim.high:g}"
        mark = "ok  " if self.holds else "FAIL"
        return f"{mark} {self.claim.name} | said {said} | {found.value:.4g}{half} ({ends})"


def measure(claims: Sequence[Claim], seeds: int, bench: Bench) -> list[Measured]:
    """Each claim with every seed from 0 on, as they become known printed to stderr."""
    found = []
    for claim in claims:
        values = tuple(float(claim.measure(bench, seed)) for seed in range(seeds))
        found.append(Measured(claim, values))
        print(found[-1].line(), file=sys.stderr, flush=True)
    return found


def main(arguments: list[str] | None = None) -> int:
    """Returns 1 if a claim does not hold, else 0; with --quick always 0."""
    options = _options(arguments)
    claims = [c for c in CLAIMS if not options.only or c.lesson in options.only]
    found = measure(claims, options.seeds, Bench(options.quick))
    failed = [measured for measured in found if not measured.holds]
    for measured in failed if options.failing else found:
        print(f"{measured.line()}\n     {measured.claim.what}")
    print(f"{len(failed)} of {len(found)} claims lie outside what the text says.")
    return int(bool(failed)) if not options.quick else 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    lessons = sorted({claim.lesson for claim in CLAIMS})
    parser = argparse.ArgumentParser("benchmarks.lesson_numbers", description=__doc__)
    parser.add_argument("--seeds", type=int, default=SEEDS, help=f"seeds 0 to n - 1 [{SEEDS}]")
    parser.add_argument("--only", choices=lessons, action="append", help="this lesson; repeatable")
    parser.add_argument("--failing", action="store_true", help="print only what does not hold")
    parser.add_argument("--quick", action="store_true", help="two epochs; the numbers mean nothing")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    raise SystemExit(main())
