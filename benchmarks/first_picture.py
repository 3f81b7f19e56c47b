"""How long a newcomer waits: from launch to a page, from Play to the first changed picture.

python -m benchmarks.first_picture [--rounds 5]
"""

import argparse
import statistics
import time

from playwright.sync_api import Browser, Page, sync_playwright

from tests.e2e.driver import FLAGS, chromium_path, running_app

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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    with sync_playwright() as playwright:
        path = chromium_path(playwright.chromium.executable_path)
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        launched = time.perf_counter()
        with running_app() as url:
            up = time.perf_counter() - launched
            page = open_train_page(browser, url)
            visible = time.perf_counter() - launched
            wait_until_ready(page)
            ready = time.perf_counter() - launched
            waits = []
            for _ in range(rounds):
                page = open_train_page(browser, url)
                wait_until_ready(page)
                row = page.locator(".digits .row", has_text="reconstruction")
                waits.append(row.locator("canvas").first.evaluate(CLICK_TO_CHANGE))
                page.locator(".st-key-stop button:visible").click()
                page.context.close()
        browser.close()
    print(f"cold: server up after {up:.1f} s, Train page after {visible:.1f} s")
    print(f"cold: torch imported, data loaded, model built and shown after {ready:.1f} s")
    print(
        f"warm: Play to first changed reconstruction, median of {rounds}: "
        f"{statistics.median(waits):.2f} s (max {max(waits):.2f} s)"
    )


if __name__ == "__main__":
    main()
