"""Which questions of a tab the server has answered, and how long each took."""

import asyncio
import time

from benchmarks.sessions.log import FRAGMENT, FULL, Log, Rerun

PATIENCE = 60.0
"""Seconds after which a page that has not answered counts as an error."""


class Answers:
    """Measures from the message that asks to the one that says that the script has finished.

    Asked again before the answer, as by a slider that is dragged, it measures from the first time
    on: so long the learner has waited for a page that agrees with her. A page that is drawn for a
    reason of its own while a link leads to another one is no answer.

    Args:
        log: takes the times, and what was never answered.

    Attributes:
        is_answering: whether the page is being drawn that answers the last question about it.
    """

    def __init__(self, log: Log) -> None:
        self._log = log
        self._asked: float | None = None
        self._page_hash = ""  # of the page that a link leads to; else empty, for whichever comes
        self.is_answering = False
        self._asked_parts: dict[str, float] = {}
        self._done = asyncio.Event()
        self._done.set()

    def ask_page(self, page_hash: str = "") -> None:
        self._done.clear()
        self._page_hash = page_hash
        if self._asked is None:
            self._asked, self.is_answering = time.perf_counter(), False

    def ask_part(self, fragment_id: str) -> None:
        self._asked_parts.setdefault(fragment_id, time.perf_counter())

    def page_begins(self, page_hash: str) -> None:
        """A whole page is drawn, and with it all its parts."""
        is_it = self._page_hash in ("", page_hash)
        self.is_answering = self._asked is not None and is_it
        self._asked_parts.clear()

    def page_done(self, page: str) -> None:
        if self._asked is not None and self.is_answering:
            self._took(page, FULL, self._asked)
            self._asked = None
            self._done.set()

    def part_done(self, page: str, fragment_id: str) -> None:
        asked = self._asked_parts.pop(fragment_id, None)
        if asked is not None:
            self._took(page, FRAGMENT, asked)

    def give_up(self) -> None:
        """There is nobody to answer any more."""
        self._asked, self.is_answering = None, False
        self._asked_parts.clear()
        self._done.set()

    async def page(self, page: str, asked: str) -> None:
        """Waits for the answer to the last question about the whole page.

        Args:
            page: which.
            asked: what the learner did, for whoever looks for the error.
        """
        try:
            await asyncio.wait_for(self._done.wait(), PATIENCE)
        except TimeoutError:
            self._log.error(page, f"no answer to {asked} within {PATIENCE:.0f} s")

    async def part(self, page: str, fragment_id: str) -> None:
        """Waits for the answer to the last question about a part of the page."""
        deadline = time.perf_counter() + PATIENCE
        while fragment_id in self._asked_parts:
            if time.perf_counter() > deadline:
                self._log.error(page, f"a part gave no answer within {PATIENCE:.0f} s")
                return
            await asyncio.sleep(0.01)

    def _took(self, page: str, kind: str, asked: float) -> None:
        self._log.reruns.append(Rerun(page, kind, time.perf_counter() - asked))
