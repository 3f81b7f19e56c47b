"""Starts the app as the README does, and a Chromium to drive it; for tests and benchmarks.

What is read from a page is read once it has come to rest, or again and again until it is what it
should be: never after a guess at how long a machine needs.
"""

import asyncio
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Coroutine, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, TypeVar

from playwright.sync_api import Page, expect

T = TypeVar("T")

ROOT = Path(__file__).parents[2]
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium_path(own: str) -> str | None:
    """The browser to drive: CHROMIUM, Debian's, or Playwright's own."""
    for path in (os.environ.get("CHROMIUM"), "/usr/bin/chromium", own):
        if path and (Path(path).exists() or shutil.which(path)):
            return path
    return None


class App:
    """The app on a port of its own, started as the README does, that can be killed and come back.

    Args:
        log: takes what the app prints; None leaves its errors on the screen.
        environment: variables besides those of this process.
    """

    def __init__(
        self, log: IO[bytes] | None = None, environment: Mapping[str, str] | None = None
    ) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]
        self._log = log
        self._environment = {**os.environ, **(environment or {})}
        self.url = f"http://127.0.0.1:{self._port}"
        self.start()

    def start(self) -> None:
        """Starts it, and waits until it answers."""
        command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless=true"]
        command += ["--server.address=127.0.0.1", f"--server.port={self._port}"]
        out = subprocess.DEVNULL if self._log is None else self._log
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=self._environment,
            stdout=out,
            stderr=None if self._log is None else subprocess.STDOUT,
        )
        try:
            _wait_for(f"{self.url}/_stcore/health", self.process)
        except RuntimeError:
            self.stop()
            raise

    def kill(self) -> None:
        """Ends it without a chance of a last word, as kill -9 does."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()


@contextmanager
def running_app(
    log: IO[bytes] | None = None, environment: Mapping[str, str] | None = None
) -> Iterator[str]:
    """The app on a free port of this machine; it ends with the block. Yields its address.

    Args:
        log, environment: see `App`.
    """
    app = App(log, environment)
    try:
        yield app.url
    finally:
        app.stop()


def run_apart(work: Coroutine[Any, Any, T]) -> T:
    """What a coroutine returns, from a thread of its own: in this one Playwright has its loop."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=1):
                return
        except OSError:
            time.sleep(0.02)
    raise RuntimeError(f"the server did not come up at {url}")


LOOK = """async () => {
    await new Promise((done) => setTimeout(done, 200));
    const app = document.querySelector('[data-testid=stApp]')?.dataset;
    const idle = app?.testScriptState === 'notRunning' && app.testConnectionState === 'CONNECTED';
    const within = (node) => [...node.querySelectorAll('*')].flatMap(
        (each) => [each, ...(each.shadowRoot ? within(each.shadowRoot) : [])]);
    const shown = within(document.body).filter((each) => each.checkVisibility());
    const still = (each) =>
        !each.matches('[data-testid=stSpinner], [data-testid=stSkeleton], [aria-busy=true]') &&
        (!each.matches('.lab-live-plot') || each.querySelector('.main-svg')) &&
        (!each.matches('.samples') || each.querySelector('canvas')) &&
        (!each.matches('img') || each.complete);
    if (!idle || !shown.every(still)) return null;
    const pictures = shown.filter((each) => each.matches('canvas:not(.lab-live-plot *)'));
    return [document.body.innerText, ...pictures.map((each) => each.toDataURL())].join();
}"""
"""All that a page shows, once its script is idle and each of its parts has been drawn.

A slider tells of its move after 0.15 s, so the page is looked at no earlier than that.
"""


def settle(page: Page) -> None:
    """Until the script has run, everything is drawn, and the page looks the same twice.

    Not for a page with a training on it: that never comes to rest.
    """
    before: list[str | None] = [None]

    def same_twice() -> bool:
        now: str | None = page.evaluate(LOOK)
        rests = now is not None and now == before[0]
        before[0] = now
        return rests

    ask_until(page, same_twice, bool, seconds=180)  # a server's first page imports all it needs


def go_to(page: Page, path: str) -> None:
    """Follows the sidebar's link, as a learner does: a tenth of the work of opening a page anew.

    Args:
        page: on any page of the lab; the sidebar may be closed.
        path: of the page to go to; empty for the first.
    """
    sidebar = page.get_by_test_id("stSidebar")
    sidebar.locator(f"a[href='{path}'], a[href^='{path}?']").first.dispatch_event("click")
    expect(page).to_have_url(re.compile(rf"//[^/]+/{path}(\?|$)"))
    settle(page)
    expect(page.get_by_test_id("stException")).to_have_count(0)


def what_remains(page: Page, look: Callable[[], list[str]], pause: float) -> list[str]:
    """What a look at a page still finds once every part has drawn itself: 15 looks at most.

    Args:
        page: what is looked at.
        look: what is wrong with it now.
        pause: milliseconds between two looks.
    """
    found = look()
    for _ in range(14):
        if not found:
            break
        page.wait_for_timeout(pause)
        found = look()
    return found


def ask_until(
    page: Page, ask: Callable[[], T], good: Callable[[T], object], seconds: float = 60
) -> T:
    """Asks a page again and again until the answer is good; returns that answer.

    Raises:
        AssertionError: it was not in that time; the message has the last answer.
    """
    deadline = time.monotonic() + seconds
    while not good(answer := ask()):
        if time.monotonic() > deadline:
            raise AssertionError(f"after {seconds:g} s still {answer!r:.300}, at {page.url}")
        page.wait_for_timeout(50)
    return answer
