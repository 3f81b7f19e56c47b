"""Whose turn it is: one slice for each learner who trains, and no more time for one than for others.

Source: deficit round robin, Shreedhar & Varghese 1995.
"""

from collections.abc import Sequence

from aecore.engine.run import Run

SLICE = 0.2
"""Seconds that a run may train before the next one's turn."""


class Turns:
    """The turns of the runs of a host."""

    def __init__(self) -> None:
        self._credit: dict[str, float] = {}  # owner -> seconds of training that are left

    def next(self, runs: Sequence[Run]) -> list[Run]:
        """One run of each learner who trains, if that learner has time left.

        A slice may overrun, as a batch of a large model may take seconds. Its learner then sits
        out until the others have had as much, so that large models cannot starve small ones.
        """
        running: dict[str, list[Run]] = {}
        for run in runs:
            if run.view.state == "running":
                running.setdefault(run.owner, []).append(run)
        credit = {owner: min(self._credit.get(owner, 0.0) + SLICE, SLICE) for owner in running}
        missing = -max(credit.values(), default=SLICE) + SLICE / 2
        if missing > 0:  # nobody has any left: nobody else is kept waiting either
            credit = {owner: left + missing for owner, left in credit.items()}
        self._credit = credit
        return [
            min(mine, key=lambda run: run.turns)
            for owner, mine in running.items()
            if credit[owner] > 0
        ]

    def took(self, run: Run, seconds: float) -> None:
        """Takes note of a turn that a run has had."""
        self._credit[run.owner] -= seconds
        run.turns += 1
