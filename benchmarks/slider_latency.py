"""How long after a slider is moved the new picture stands in the browser.

One learner, real Chromium, the pretrained models. Each slider is moved by an arrow key; the clock
runs from the key press to the first frame in which the watched picture has other pixels.

    python -m benchmarks.slider_latency [--rounds 15]
"""

import argparse
import statistics
from dataclasses import dataclass

from playwright.sync_api import Browser, Page, sync_playwright

from tests.e2e.driver import FLAGS, chromium_path, running_app

DUE = 300.0
"""Milliseconds, median."""

MOVE_AND_WAIT = """
    ([slider, picture]) => new Promise((done, failed) => {
        const inside = node => [...node.querySelectorAll('*')].flatMap(
            e => [e, ...(e.shadowRoot ? inside(e.shadowRoot) : [])]);
        const pixels = () => [...document.querySelectorAll(picture)].flatMap(
            host => [host, ...inside(host)]).map(
            e => e.tagName === 'CANVAS' ? e.toDataURL() : e.tagName === 'IMG' ? e.src
                : e.tagName === 'path' ? e.getAttribute('d') : '').join();
        const before = pixels();
        let started = 0;
        const look = () => {
            const passed = performance.now() - started;
            if (pixels() !== before) done(passed);
            else if (passed > 10000) failed(new Error(`${slider}: nothing changed in 10 s`));
            else requestAnimationFrame(look);
        };
        window.addEventListener('keydown', () => {
            started = performance.now();
            requestAnimationFrame(look);
        }, {once: true, capture: true});
        document.querySelector(`${slider} input[type=range]`).focus();
    })
"""


@dataclass(frozen=True)
class Case:
    """A slider, and the picture that must follow it: CSS selectors on a page."""

    name: str
    page: str
    slider: str
    picture: str


CASES = (
    Case("latent space: a number of the code", "latent_space", "[class*=st-key-_z]", "[data-testid=stImage] img"),
    Case("the same, code of 32", "latent_space?model=vanilla-32", "[class*=st-key-_z]", "[data-testid=stImage] img"),
    Case("denoising: noise level", "denoising", "[class*=st-key-_noise_level]", ".st-key-before_and_after"),
    Case("sparsity: units added up", "sparsity", "[class*=st-key-_sparsity_count]", ".st-key-sparsity_result"),
    Case("sparsity: only k units", "sparsity", "[class*=st-key-_sparsity_keep]", ".st-key-sparsity_few"),
    Case("generate: temperature", "generate", "[class*=st-key-_generate_temperature]", ".st-key-generate_samples"),
    Case("anomaly: threshold", "anomaly", "[class*=st-key-_anomaly_threshold]", ".st-key-anomaly_histogram"),
    Case("compression: bits", "compression", ".st-key-_bits", ".st-key-compressed"),
)  # fmt: skip


def measure(browser: Browser, url: str, case: Case, rounds: int) -> list[float]:
    """Milliseconds of each move, forth and back in turn; the first two are warm-up."""
    page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
    page.set_default_timeout(60_000)
    page.goto(f"{url}/{case.page}{'&' if '?' in case.page else '?'}lang=en")
    page.locator(f"{case.slider} input[type=range]").first.wait_for(state="attached")
    page.locator(case.picture).first.wait_for()
    page.wait_for_timeout(4000)
    waits = [_move(page, case, "ArrowRight" if i % 2 else "ArrowLeft") for i in range(rounds + 2)]
    page.context.close()
    return waits[2:]


def _move(page: Page, case: Case, key: str) -> float:
    watching = page.evaluate_handle(
        f"args => {{ window.moved = ({MOVE_AND_WAIT})(args); }}", [case.slider, case.picture]
    )
    watching.dispose()
    page.keyboard.press(key)
    passed: float = page.evaluate("window.moved")
    page.wait_for_timeout(400)
    return passed


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    print(f"{'':36} {'median':>9} {'fastest':>9} {'slowest':>9}")
    with sync_playwright() as playwright, running_app() as url:
        path = chromium_path(playwright.chromium.executable_path)
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        for case in CASES:
            waits = measure(browser, url, case, rounds)
            median = statistics.median(waits)
            print(
                f"{case.name:36} {median:6.0f} ms {min(waits):6.0f} ms {max(waits):6.0f} ms"
                f"  {'holds' if median <= DUE else 'MISSED'}"
            )
        browser.close()


if __name__ == "__main__":
    main()
