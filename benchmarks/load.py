"""A classroom on one server: browser-like sessions over the websocket, and what they cost.

    python -m benchmarks.load                         # 30 sessions, 10 minutes
    python -m benchmarks.load --workers 2             # the same, trained in two worker processes
    python -m benchmarks.load --quick                 # 4 sessions, half a minute

It starts a server of its own on 127.0.0.1, with the bundled digits alone, and stops it at the end.
Identical waves of learners come and go: what the first ones leave behind may be caches, what the
later ones add may not. Who leaves deletes what she has kept; a wave's other runs expire, and pools
of threads shrink, before anything is measured. Needs Linux' /proc.
"""

import argparse
import asyncio
import shlex
import statistics
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from benchmarks import results_file
from benchmarks.sessions import fetch, server, widgets
from benchmarks.sessions import log as seen
from benchmarks.sessions.learner import Learner
from benchmarks.sessions.log import FRAGMENT, FULL, Log
from benchmarks.sessions.server import Server
from benchmarks.sessions.tab import Tab

EXPIRE_AFTER, FORGET_AFTER = 30, 10
"""Seconds until a run without a viewer expires (it pauses after half of them), and until the server
forgets the session of a closed tab: short, so that a wave is over when it is measured."""

WAVES = 4

GROWTH = 0.05
"""Share of its memory by which the server may be larger after the later half of the waves than
after the earlier half, on average.

After each wave no run of it is left, and no open session. What may still come are answers that
pages remember (at most 128, 7 MB when measured). What comes and goes is freed memory that malloc
holds on to: the same wave was seen to leave 1,085 MB or 1,151 with the same number of bytes in use,
so that two waves alone would measure malloc."""

THREADS_REST_AFTER = 11.0
"""Seconds after which a thread that sends files is let go; AnyIO says 10."""

PATHS = ["", *sorted(path.stem for path in (server.ROOT / "pages").glob("*.py"))]
"""Of all pages; the home page's is empty."""


@dataclass
class Use:
    """What the server uses.

    Attributes:
        megabytes: resident memory of all its processes.
        threads: of the process that serves pages.
        processes: those that run.
        kept: runs on disk.
    """

    megabytes: float
    threads: int
    processes: int
    kept: int


class Observer:
    """Looks at the server once a second and keeps its largest memory."""

    def __init__(self, watched: Server, expire_after: int) -> None:
        self._server, self._expire_after = watched, expire_after
        self.peak = 0.0

    async def watch(self) -> None:
        while True:
            self.peak = max(self.peak, self._server.megabytes())
            await asyncio.sleep(1.0)

    async def at_rest(self) -> Use:
        """What it uses once all that learners left has had the time to expire."""
        await asyncio.sleep(max(self._expire_after, FORGET_AFTER) + 3.0)
        # Streamlit lets go of expired sessions when the next one is closed.
        tab = await Tab.open(self._server.url, "glossary", "", Log())
        await tab.close()
        # The one pool of threads that shrinks does so with the first file after a while.
        await asyncio.sleep(THREADS_REST_AFTER)
        await fetch.get(int(self._server.url.rpartition(":")[2]), "/")
        await asyncio.sleep(0.5)
        looks = []
        for _ in range(5):
            looks.append(self._server.megabytes())
            await asyncio.sleep(0.5)
        return Use(
            statistics.median(looks),
            self._server.n_threads(),
            len(self._server.processes()),
            self._server.n_kept(),
        )


async def wave(url: str, options: argparse.Namespace, log: Log, seconds: float) -> None:
    """All learners at once, each with a seed of her own."""
    learners = [
        Learner(url, options.only or PATHS, log, options.seed + n, options.hurry)
        for n in range(options.sessions)
    ]
    await asyncio.gather(*(learner.learn(seconds) for learner in learners))


async def warm_up(url: str) -> None:
    """Somebody sees every page, and a few train."""
    log = Log()
    for path in PATHS:
        tab = await Tab.open(url, path, "lang=en", log)
        await tab.close()
    # One thread of the server is for mistakes that somebody wants to see.
    tab = await Tab.open(url, "pitfalls", "lang=en", log)
    button = tab.named("pitfall_wrong")
    if button is not None:
        await tab.use(widgets.pressed(button), button.fragment_id)
    await tab.close()
    # So many at once that the server's pools of threads are as large as they get.
    learners = [Learner(url, ["train"], log, seed, hurry=4) for seed in range(6)]
    await asyncio.gather(*(learner.learn(10) for learner in learners))


async def visit(watched: Server, options: argparse.Namespace) -> tuple[Log, float, list[Use]]:
    """Warm-up and all waves. Returns the log, the peak, and the use before and after each wave."""
    log, observer = Log(), Observer(watched, options.expire_after)
    say(f"server up after {watched.started:.1f} s; warming up")
    await warm_up(watched.url)
    watching = asyncio.ensure_future(observer.watch())
    uses = [await observer.at_rest()]
    seconds = options.minutes * 60 / WAVES
    for n in range(1, WAVES + 1):
        say(f"wave {n}: {options.sessions} learners, {seconds:.0f} s")
        await wave(watched.url, options, log, seconds)
        uses.append(await observer.at_rest())
    watching.cancel()
    return log, observer.peak, uses


def report(
    options: argparse.Namespace,
    log: Log,
    peak: float,
    uses: list[Use],
    left: list[int],
) -> tuple[str, bool]:
    """The table, and whether all that is due holds."""
    start, *after = uses
    end, half = after[-1], WAVES // 2
    wrong = Counter(log.errors)
    earlier, later = after[:half], after[half:]
    growth = sum(use.megabytes for use in later) / sum(use.megabytes for use in earlier) - 1
    most_threads = max(start.threads, *(use.threads for use in earlier))
    lines = [f"{'reruns':22}{seen.HEADER}"]
    lines += [f"{kind:22}{seen.spread(log.seconds(kind))}" for kind in (FULL, FRAGMENT)]
    lines += [f"  {path or 'home':20}{seen.spread(log.seconds(FULL, path))}" for path in PATHS]
    lines += [
        "",
        f"memory: {peak:,.0f} MB at most; {start.megabytes:,.0f} MB after warm-up, then after each "
        f"wave {', '.join(f'{use.megabytes:,.0f}' for use in after)} MB",
        f"threads: {start.threads} after warm-up, then after each wave "
        f"{', '.join(str(use.threads) for use in after)}; "
        f"processes: {start.processes}, at the end {end.processes}",
        "done: " + ", ".join(f"{n:,} {what}" for what, n in sorted(log.counts.items())),
        "",
    ]
    dues = [
        (not wrong, f"{len(log.errors)} errors, due 0"),
        (
            growth <= GROWTH,
            f"memory {growth:+.1%} from the earlier waves to the later, due at most {GROWTH:.0%}",
        ),
        (
            end.threads <= most_threads,
            f"{end.threads - most_threads:+} threads since the earlier waves, due 0 more",
        ),
        (
            end.processes <= start.processes,
            f"{end.processes - start.processes:+} processes while it runs, due 0 more",
        ),
        (not end.kept, f"{end.kept} kept runs left on disk at the end, due 0"),
        (not left, f"{len(left)} processes left over after the server has stopped, due 0"),
    ]
    if options.quick:
        dues.pop(1)  # half a minute does not fill the caches
    lines += [f"{'holds' if holds else 'MISSED':8}{what}" for holds, what in dues]
    lines += [f"  {n} x {what[:300]}" for what, n in wrong.most_common(20)]
    return "\n".join(lines), all(holds for holds, _ in dues)


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def main(arguments: list[str] | None = None) -> None:
    options = _options(arguments)
    settings = {
        "AECORE_PAUSE_AFTER": str(options.expire_after // 2),
        "AECORE_EXPIRE_AFTER": str(options.expire_after),
        "STREAMLIT_SERVER_DISCONNECTED_SESSION_TTL": str(FORGET_AFTER),
    }
    if options.workers:
        settings["AECORE_WORKERS"] = str(options.workers)
    began = time.perf_counter()
    with (
        tempfile.TemporaryDirectory(prefix="lab_data_") as no_data,
        server.running(settings | {"AECORE_DATA": no_data}) as watched,
    ):
        log, peak, uses = asyncio.run(visit(watched, options))
        left = watched.stop()
        if options.log:
            options.log.write_text(watched.log(), encoding="utf-8")
        log.errors += [f"in the server's log: {line}" for line in watched.tracebacks()]
    text, holds = report(options, log, peak, uses, left)
    text = (
        f"{_command(options)}\n{results_file.machine()}; sessions and server on it; "
        f"{time.perf_counter() - began:,.0f} s\n\n{text}"
    )
    print(text)
    if options.write:
        results_file.write_section("load", f"```\n{text}\n```")
    sys.exit(0 if holds else 1)


def _command(options: argparse.Namespace) -> str:
    words = ["python", "-m", "benchmarks.load"]
    words += ["--sessions", str(options.sessions), "--minutes", f"{options.minutes:g}"]
    words += ["--seed", str(options.seed)]
    words += ["--workers", str(options.workers)] if options.workers else []
    words += ["--hurry", f"{options.hurry:g}"] if options.hurry != 1 else []
    words += [word for page in options.only or [] for word in ("--only", page)]
    return shlex.join(words)


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser("benchmarks.load", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sessions", type=int, default=30, help="learners at once, at most 100")
    parser.add_argument("--minutes", type=float, default=10, help="all waves together, at most 60")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--hurry", type=float, default=1.0, help="learners that look less long")
    parser.add_argument("--workers", type=int, default=0, help="worker processes that train")
    parser.add_argument("--only", choices=PATHS, action="append", help="this page; repeatable")
    parser.add_argument("--log", type=Path, help="keeps what the server printed in this file")
    parser.add_argument("--quick", action="store_true", help="4 sessions, half a minute")
    parser.add_argument("--write", action="store_true", help="put the table into RESULTS.md")
    options = parser.parse_args(arguments)
    if options.quick:
        options.sessions, options.minutes = 4, 0.5
    options.expire_after = EXPIRE_AFTER // 3 if options.quick else EXPIRE_AFTER
    if not (1 <= options.sessions <= 100 and 0 < options.minutes <= 60):
        parser.error("1 to 100 sessions, at most 60 minutes")
    return options


if __name__ == "__main__":
    main()
