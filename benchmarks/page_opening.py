"""How long each page takes, in a fresh browser, until it shows pictures of a pretrained model.

The server is warm: it has shown every page once before the clock runs.

    python -m benchmarks.page_opening [--rounds 3]
"""

import argparse
import statistics
import time

from playwright.sync_api import Browser, sync_playwright

from tests.e2e.driver import FLAGS, chromium_path, running_app
from ui.kit.language import LANGUAGES
from ui.kit.page_list import PAGES

DUE = 2.0
"""Seconds, median."""

SHOWN = tuple(key for key in PAGES if key != "glossary")
"""The glossary has no pictures."""

HAS_PICTURES = """
    () => {
        const inside = node => [...node.querySelectorAll('*')].flatMap(
            e => [e, ...(e.shadowRoot ? inside(e.shadowRoot) : [])]);
        const main = document.querySelector('[data-testid=stMain]');
        return main !== null && inside(main).some(
            e => (e.tagName === 'CANVAS' && e.width > 20 && e.clientWidth > 20)
                || (e.tagName === 'IMG' && e.complete && e.naturalWidth > 20));
    }
"""


def seconds_until_pictures(browser: Browser, url: str, key: str, language: str) -> float:
    """From the request to the first picture, as a newcomer's browser sees it."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.set_default_timeout(90_000)
    started = time.perf_counter()
    page.goto(f"{url}/{'' if key == 'home' else key}?lang={language}", wait_until="commit")
    page.wait_for_function(HAS_PICTURES, polling=20)
    passed = time.perf_counter() - started
    context.close()
    return passed


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    print(f"{'':18}" + "".join(f"{language:>10}" for language in LANGUAGES))
    with sync_playwright() as playwright, running_app() as url:
        path = chromium_path(playwright.chromium.executable_path)
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        for key in SHOWN:
            seconds_until_pictures(browser, url, key, "en")
        for key in SHOWN:
            medians = [
                statistics.median(
                    seconds_until_pictures(browser, url, key, language) for _ in range(rounds)
                )
                for language in LANGUAGES
            ]
            verdict = "holds" if max(medians) <= DUE else "MISSED"
            print(f"{key:18}" + "".join(f"{m:8.2f} s" for m in medians) + f"  {verdict}")
        browser.close()


if __name__ == "__main__":
    main()
