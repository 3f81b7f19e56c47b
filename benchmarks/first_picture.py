"""How long a newcomer waits: from launch to a page, from Play to the first changed picture.

    python -m benchmarks.first_picture [--rounds 5]

That torch is not needed before a page stands is a test: `tests/app/test_cold_start.py`.
"""

import argparse
import shlex
import statistics
import sys
import time

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks import results_file
from tests.e2e.driver import FLAGS, chromium_path, running_app

PAGE_DUE, CHANGE_DUE = 2.5, 1.0
"""Seconds from launch to a painted page, and from Play to the first changed reconstruction."""

CLICK_TO_CHANGE = """
    canvas => new Promise(done => {
        const before = canvas.toDataURL();
        const start = performance.now();
        document.querySelector('.st-key-play button').click();
        const look = () => canvas.toDataURL() === before
            ? requestAnimationFrame(look) : done((performance.now() - start) / 1000);
        look();
    })
"""


def open_train_page(browser: Browser, url: str) -> Page:
    page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
    page.set_default_timeout(120_000)
    page.goto(f"{url}/train?lang=en")
    page.locator(".st-key-play button").wait_for()
    return page


def wait_until_ready(page: Page) -> None:
    page.get_by_test_id("stProgress").get_by_text("Ready").wait_for()
    page.wait_for_timeout(500)


def seconds_to_page(browser: Browser) -> tuple[float, float, float]:
    """From launch to the server's first answer, to the Train page, and to a run that is ready."""
    launched = time.perf_counter()
    with running_app() as url:
        up = time.perf_counter() - launched
        page = open_train_page(browser, url)
        visible = time.perf_counter() - launched
        wait_until_ready(page)
        ready = time.perf_counter() - launched
        page.context.close()
    return up, visible, ready


def seconds_to_change(browser: Browser, rounds: int) -> list[float]:
    """From Play to the first changed reconstruction, on a server that has trained before."""
    waits = []
    with running_app() as url:
        for _ in range(rounds + 1):
            page = open_train_page(browser, url)
            wait_until_ready(page)
            row = page.locator(".digits .row", has_text="reconstruction")
            waits.append(float(row.locator("canvas").first.evaluate(CLICK_TO_CHANGE)))
            page.locator(".st-key-stop button:visible").click()
            page.context.close()
    return waits[1:]  # the first one warms up


def report(cold: list[tuple[float, float, float]], waits: list[float]) -> tuple[str, bool]:
    """The lines, and whether both dues hold."""
    up, visible, ready = (statistics.median(times) for times in zip(*cold, strict=True))
    change, slowest = statistics.median(waits), max(waits)
    dues = [
        (visible <= PAGE_DUE, f"launch to Train page {visible:.2f} s, due {PAGE_DUE:g} s"),
        (
            change <= CHANGE_DUE,
            f"Play to first changed reconstruction, warm, {change:.2f} s, due {CHANGE_DUE:g} s",
        ),
    ]
    lines = [
        f"cold: server up after {up:.2f} s, run ready to train after {ready:.2f} s "
        f"(medians of {len(cold)}); warm: slowest of {len(waits)} {slowest:.2f} s",
        *(f"{'holds' if holds else 'MISSED':8}{what}" for holds, what in dues),
    ]
    return "\n".join(lines), all(holds for holds, _ in dues)


def main() -> None:
    options = _options()
    with sync_playwright() as playwright:
        path = chromium_path(playwright.chromium.executable_path)
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        cold = [seconds_to_page(browser) for _ in range(options.rounds)]
        waits = seconds_to_change(browser, options.rounds)
        browser.close()
    found, holds = report(cold, waits)
    command = ["python", "-m", "benchmarks.first_picture", "--rounds", str(options.rounds)]
    text = f"{shlex.join(command)}\n{results_file.machine()}; browser and server on it\n\n{found}"
    print(text)
    if options.write:
        results_file.write_section("first picture", f"```\n{text}\n```")
    sys.exit(0 if holds else 1)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="one round")
    parser.add_argument("--write", action="store_true", help="put the lines into RESULTS.md")
    options = parser.parse_args()
    options.rounds = 1 if options.quick else options.rounds
    return options


if __name__ == "__main__":
    main()
