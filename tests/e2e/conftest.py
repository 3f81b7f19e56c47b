"""A server and a browser for journeys through the app, and what both have said when one fails."""

import tempfile
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from os import environ
from typing import IO, Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from playwright.sync_api import Error as BrowserError

from tests.e2e.driver import FLAGS, chromium_path, running_app

PATIENCE = 60_000
"""Milliseconds that an expectation waits: nothing when all is well, and enough where all is slow."""

expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        path = chromium_path(playwright.chromium.executable_path)
        if path is None:
            reason = "no Chromium: install Debian's package, or name one in CHROMIUM"
            if environ.get("AECORE_REQUIRE_BROWSER"):
                pytest.fail(reason)
            pytest.skip(reason)
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def server_log() -> Iterator[IO[bytes]]:
    """A nameless file: it is gone with the tests."""
    with tempfile.TemporaryFile() as log:
        yield log


@pytest.fixture(scope="session")
def server(browser: Browser, server_log: IO[bytes]) -> Iterator[str]:
    left = {"AECORE_PAUSE_AFTER": "20"}  # seconds: what a journey leaves behind shall not train on
    with running_app(server_log, left) as url:
        yield url


@dataclass
class Witness:
    """What one test has opened, and what was said there."""

    server_log: IO[bytes]
    contexts: list[BrowserContext] = field(default_factory=list)
    console: deque[str] = field(default_factory=lambda: deque(maxlen=20))
    errors: list[str] = field(default_factory=list)

    def watch(self, context: BrowserContext) -> None:
        self.contexts.append(context)
        context.on("weberror", lambda found: self.errors.append(str(found.error)))
        context.on(
            "console",
            lambda said: self.console.append(said.text[:300]) if said.type == "error" else None,
        )

    def tell(self) -> str:
        """Where every page is and what it shows, the errors, and the end of the server's log."""
        pages = [page for context in self.contexts for page in context.pages]
        self.server_log.seek(0)
        log = self.server_log.read().decode(errors="replace").splitlines()
        return "\n".join(
            [
                *(_looks(page) for page in pages),
                *(f"page error: {error}" for error in self.errors),
                *(f"console error: {line}" for line in self.console),
                *(f"server: {line}" for line in log[-20:]),
            ]
        )


def _looks(page: Page) -> str:
    try:
        state = page.get_by_test_id("stApp").get_attribute("data-test-script-state", timeout=2_000)
        text = page.get_by_test_id("stMain").inner_text(timeout=2_000)
    except BrowserError as error:
        return f"page: {page.url}, of which nothing can be read: {error}"
    return f"page: {page.url}\nits script: {state}\nit shows: {' | '.join(text.split())[:1500]}"


WITNESS = pytest.StashKey[Witness]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[Any]:
    report = yield
    if report.failed and WITNESS in item.stash:
        report.sections.append(("browser and server", item.stash[WITNESS].tell()))
    elif report.failed:  # a page that several tests look at
        shared = [page for page in item.funcargs.values() if isinstance(page, Page)]
        report.sections += [("browser", _looks(page)) for page in shared]
    return report


@pytest.fixture
def open_page(
    browser: Browser, server_log: IO[bytes], request: pytest.FixtureRequest
) -> Iterator[Callable[..., Page]]:
    """Opens a page in a fresh profile, with options of Playwright's; a page error fails the test."""
    witness = Witness(server_log)
    request.node.stash[WITNESS] = witness

    def opened(**options: Any) -> Page:
        context = browser.new_context(**options)
        context.set_default_timeout(PATIENCE)
        witness.watch(context)
        return context.new_page()

    yield opened
    for context in witness.contexts:
        context.close()
    assert witness.errors == []


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    """A fresh profile on a desktop."""
    return open_page(viewport={"width": 1440, "height": 900}, locale="en-US")
