"""How long the server takes to draw a page again, with nobody and with eight learners training.

    python -m benchmarks.rerun_under_load             # trained in the app's process
    python -m benchmarks.rerun_under_load --workers 2 # and in two worker processes as well

Each learner watches a training as a browser does: the part of the page that moves is asked for
every 0.4 s. Times are those of a further session, from asking to having all of the page, over the
websocket of this machine.
"""

import argparse
import asyncio
import shlex
import statistics
import sys
from collections.abc import Sequence

from benchmarks import results_file
from benchmarks.sessions import server, widgets
from benchmarks.sessions.log import FRAGMENT, FULL, Log, quantile
from benchmarks.sessions.tab import Tab

DUE = 0.1
"""Seconds, median of a page's reruns while all learners train."""

PAGES = ("", "train", "latent_space", "reconstructions")

TRAINED = "lang=en&epochs=1000&hidden=128,64&latent_dim=32"
"""The experiment that learners train: the usual one, for longer than the measurement takes."""

Times = dict[str, list[float]]


async def measure(url: str, n_learners: int, rounds: int) -> tuple[Times, Times]:
    """Seconds of each page's reruns with nobody training, and with that many learners."""
    idle = await reruns(url, rounds)
    log = Log()
    learners = [await learner(url, log) for _ in range(n_learners)]
    busy = await reruns(url, rounds)
    busy["their view"] = log.seconds(FRAGMENT)
    trained = sum(tab.named("pause") is not None for tab in learners)
    for tab in learners:
        await tab.close()
    if trained < n_learners or log.errors:
        raise SystemExit(f"{trained} of {n_learners} learners trained to the end: {log.errors[:5]}")
    return idle, busy


async def learner(url: str, log: Log) -> Tab:
    """A tab on the Train page with a training that goes on."""
    tab = await Tab.open(url, "train", TRAINED, log)
    for _ in range(200):
        play = tab.named("play")
        if play is not None:
            await tab.use(widgets.pressed(play), play.fragment_id)
        if tab.named("pause") is not None:
            return tab
        await asyncio.sleep(0.1)
    raise SystemExit("a learner's training did not start within 20 s")


async def reruns(url: str, rounds: int) -> Times:
    """Seconds of each page's reruns, in rounds over all pages."""
    logs = {page: Log() for page in PAGES}
    tabs = {page: await Tab.open(url, page, "lang=en", log) for page, log in logs.items()}
    await asyncio.sleep(3.0)  # the run of the Train page is prepared
    for log in logs.values():
        log.reruns.clear()
    for _ in range(rounds):
        for tab in tabs.values():
            await tab.again()
            await asyncio.sleep(0.05)
    for tab in tabs.values():
        await tab.close()
    errors = [error for log in logs.values() for error in log.errors]
    if errors:
        raise SystemExit(f"a page did not come: {errors[:5]}")
    return {page: log.seconds(FULL) for page, log in logs.items()}


def table(idle: Times, busy: Times, n_learners: int) -> tuple[list[str], bool]:
    """A line for each page, and whether all medians hold."""
    lines = [f"{'':18}{'nobody trains':>22}{f'{n_learners} learners train':>24}"]
    holds = True
    for page, seconds in busy.items():
        before = _pair(idle[page]) if page in idle else ""
        line = f"{page or 'home':18}{before:>22}{_pair(seconds):>24}"
        if page in idle:
            good = statistics.median(seconds) <= DUE
            holds &= good
            line += f"  {'holds' if good else 'MISSED'}"
        lines.append(line)
    return lines, holds


def _pair(seconds: Sequence[float]) -> str:
    if not seconds:
        return "–"
    return f"{1000 * statistics.median(seconds):,.0f} / {1000 * quantile(seconds, 0.95):,.0f} ms"


def main(arguments: list[str] | None = None) -> None:
    options = _options(arguments)
    lines, holds = [], True
    for workers in (0, options.workers) if options.workers else (0,):
        settings = {"AECORE_WORKERS": str(workers)} if workers else {}
        with server.running(settings) as running:
            idle, busy = asyncio.run(measure(running.url, options.learners, options.rounds))
        found, good = table(idle, busy, options.learners)
        where = f"trained in {workers} worker processes" if workers else "trained by the app itself"
        lines += [f"{where} (median / 95th percentile)", *found, ""]
        holds &= good
    command = ["python", "-m", "benchmarks.rerun_under_load", "--rounds", str(options.rounds)]
    command += ["--workers", str(options.workers)] if options.workers else []
    head = [shlex.join(command), f"{results_file.machine()}; sessions and server on it", ""]
    text = "\n".join([*head, *lines, f"due: at most {1000 * DUE:.0f} ms, median"])
    print(text)
    if options.write:
        results_file.write_section("rerun under load", f"```\n{text}\n```")
    sys.exit(0 if holds else 1)


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "benchmarks.rerun_under_load", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--rounds", type=int, default=30, help="reruns of each page")
    parser.add_argument("--learners", type=int, default=8)
    parser.add_argument("--workers", type=int, default=0, help="measure with these as well")
    parser.add_argument("--quick", action="store_true", help="5 rounds, 2 learners")
    parser.add_argument("--write", action="store_true", help="put the table into RESULTS.md")
    options = parser.parse_args(arguments)
    if options.quick:
        options.rounds, options.learners = 5, 2
    return options


if __name__ == "__main__":
    main()
