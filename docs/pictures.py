"""Takes the pictures of README.md from a running lab: `python -m docs.pictures [NAME …]`.

It starts the app as the README does and drives a headless Chromium, as the browser tests do.
Korean letters need a font that has them, such as Debian's fonts-nanum. Without a name, all are taken.
"""

import io
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.e2e.driver import FLAGS, ask_until, chromium_path, running_app, settle

FOLDER = Path(__file__).with_name("pictures")

QUALITY = 80
"""Of WebP: letters stay crisp, and a picture of a page has 40 to 130 kB."""

MOST_BYTES = 150_000

DESK, PHONE = (1280, 800), (390, 844)


@dataclass(frozen=True)
class Picture:
    """One picture to take.

    Attributes:
        link: page and query, as in the address bar.
        size: of the window, in CSS pixels; a narrow one is a phone's.
        theme: light or dark.
        prepare: what is done on the page first.
    """

    link: str
    size: tuple[int, int] = DESK
    theme: str = "light"
    prepare: Callable[[Page], None] = settle


def train_to_the_end(page: Page) -> None:
    """Presses Play and waits until the run has ended and its test error is measured."""
    settle(page)
    page.get_by_role("button", name="Play").click()
    page.mouse.move(0, 0)  # else its help stays in the picture
    ask_until(page, lambda: page.get_by_text("Done: all epochs").count(), bool, seconds=300)
    settle(page)


PICTURES = {
    "train": Picture(
        "train?lang=en&variant=denoising&latent_dim=16&epochs=60", prepare=train_to_the_end
    ),
    "latent_space": Picture("latent_space?lang=en", theme="dark"),
    "denoising_ko": Picture("denoising?lang=ko"),
    "one_step_phone": Picture("one_step?lang=en", size=PHONE),
}


def take(picture: Picture, browser: Browser, url: str) -> bytes:
    """The picture as WebP."""
    width, height = picture.size
    is_phone = picture.size == PHONE
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if picture.theme == "dark" else "light",
        device_scale_factor=2 if is_phone else 1.25,
        has_touch=is_phone,
        is_mobile=is_phone,
    )
    page = context.new_page()
    page.goto(f"{url}/{picture.link}")
    picture.prepare(page)
    png = page.screenshot()
    context.close()
    packed = io.BytesIO()
    Image.open(io.BytesIO(png)).convert("RGB").save(packed, "WEBP", quality=QUALITY, method=6)
    return packed.getvalue()


def main(names: Sequence[str]) -> int:
    """Takes the pictures of these names, or all. Returns 2 for an unknown name."""
    if unknown := set(names) - set(PICTURES):
        print(f"There is no picture {', '.join(unknown)}; there are {', '.join(PICTURES)}.")
        return 2
    FOLDER.mkdir(exist_ok=True)
    with running_app() as url, sync_playwright() as driver:
        path = chromium_path(driver.chromium.executable_path)
        browser = driver.chromium.launch(executable_path=path, args=FLAGS)
        for name in names or PICTURES:
            content = take(PICTURES[name], browser, url)
            (FOLDER / f"{name}.webp").write_bytes(content)
            print(f"docs/pictures/{name}.webp: {len(content) / 1000:.0f} kB")
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
