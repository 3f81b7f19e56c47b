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

LANDMARKS = {"": ".st-key-start button", "train": ".st-key-play button"}
"""Page -> what stands on it once it can be used; the empty one is home, which the app opens with."""

WATCH_FOR = """
    selector => {
        const look = () => {
            if (document.querySelector(selector)?.getClientRects().length)
                requestAnimationFrame(() => { window.seenAt = Date.now() / 1000; });
            else requestAnimationFrame(look);
        };
        look();
    }
"""
"""Looks at each frame that is drawn: Playwright's own waiting looks twice a second."""

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


def seconds_to_page(browser: Browser, path: str) -> tuple[float, float]:
    """From launch to the server's first answer, and to a page that is painted."""
    page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
    page.add_init_script(f"({WATCH_FOR})({LANDMARKS[path]!r})")
    launched = time.time()
    with running_app() as url:
        up = time.time() - launched
        page.goto(f"{url}/{path}?lang=en", wait_until="commit")
        page.wait_for_function("window.seenAt")
        painted = page.evaluate("window.seenAt") - launched
        page.context.close()
    return up, painted


def seconds_to_change(browser: Browser, rounds: int) -> list[float]:
    """From Play to the first changed reconstruction, on a server that has trained before."""
    waits = []
    with running_app() as url:
        for _ in range(rounds + 1):
            page = open_train_page(browser, url)
            wait_until_ready(page)
            row = page.locator(".samples .row", has_text="reconstruction")
            waits.append(float(row.locator("canvas").first.evaluate(CLICK_TO_CHANGE)))
            page.locator(".st-key-stop button:visible").click()
            page.context.close()
    return waits[1:]  # the first one warms up


def report(cold: dict[str, list[tuple[float, float]]], waits: list[float]) -> tuple[str, bool]:
    """The lines, and whether both dues hold.

    Args:
        cold: path of a page -> what `seconds_to_page` found, one per round.
        waits: from Play to the first changed picture.
    """
    up = statistics.median(up for times in cold.values() for up, _ in times)
    home, train = (statistics.median(at for _, at in cold[path]) for path in LANDMARKS)
    change, slowest = statistics.median(waits), max(waits)
    dues = [
        (home <= PAGE_DUE, f"launch to first painted page {home:.2f} s, due {PAGE_DUE:g} s"),
        (
            change <= CHANGE_DUE,
            f"Play to first changed reconstruction, warm, {change:.2f} s, due {CHANGE_DUE:g} s",
        ),
    ]
    lines = [
        f"cold: server up after {up:.2f} s, Train page painted after {train:.2f} s if it is the "
        f"first (medians of {len(waits)}); warm: slowest of {len(waits)} {slowest:.2f} s",
        *(f"{'holds' if holds else 'MISSED':8}{what}" for holds, what in dues),
    ]
    return "\n".join(lines), all(holds for holds, _ in dues)


def main() -> None:
    options = _options()
    with sync_playwright() as playwright:
        path = chromium_path(playwright.chromium.executable_path)
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        cold = {
            path: [seconds_to_page(browser, path) for _ in range(options.rounds)]
            for path in LANDMARKS
        }
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
