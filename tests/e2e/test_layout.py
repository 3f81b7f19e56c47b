"""Where things stand: what a projector and a phone show at once, and what a sheet of paper does."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import PATIENCE
from tests.e2e.driver import go_to, settle
from ui.kit.page_list import PAGES

PROJECTOR = {"width": 1280, "height": 720}
PHONE = {"width": 390, "height": 844}

MAIN = {
    "home": (".plane",),
    "train": (".st-key-play button", ".st-key-grid canvas", ".st-key-curves", ".st-key-map"),
    "one_step": (".st-key-one_step .flow canvas",),
    "reconstructions": (".st-key-picked canvas",),
    "latent_space": (".plane", "canvas.digit"),
    "denoising": (".st-key-before_and_after canvas",),
    "sparsity": (".st-key-sparsity_result canvas", ".st-key-sparsity_strip canvas"),
    "ae_vs_pca": (".st-key-compared canvas",),
    "compare": (".st-key-compare_curves",),
    "generate": (".st-key-generate_samples canvas",),
    "anomaly": (".st-key-anomaly_histogram",),
    "compression": (".st-key-compressed canvas",),
    "features": (".st-key-confusion",),
    "super_resolution": (".st-key-enlarged canvas",),
    "pretraining": (".st-key-pretraining_accuracy",),
    "variants": (".st-key-model_diagram svg",),
    "pitfalls": (".st-key-pitfall canvas",),
    "teach": ("[data-testid=stImage] img",),
}
"""What each page is about, and what moves it where both must be seen at once: all but the glossary,
which is a list of words."""

ON_A_PHONE = {
    "train": (".st-key-play button", ".st-key-grid canvas"),
    "denoising": (".st-key-before_and_after canvas", "[class*=st-key-_noise_level]"),
    "anomaly": (".st-key-anomaly_train button", ".st-key-anomaly_histogram"),
    "reconstructions": (".st-key-picked canvas", ".st-key-others button"),
    "sparsity": (".st-key-sparsity_result canvas", "[class*=st-key-_sparsity_count]"),
    "generate": (".st-key-generate_samples canvas", ".st-key-_generate_temperature"),
    "compression": (".st-key-compressed canvas", "[class*=st-key-_bits]"),
}
"""A picture, and the control that changes it: no further apart than a phone's screen is high."""

AT_ONCE = ("train", "anomaly")
"""Of these, both are in sight when the page opens: what is pressed there starts a training."""


def path(key: str) -> str:
    return PAGES[key].file.removeprefix("pages/").removesuffix(".py").replace("app", "")


def open_whole(page: Page, url: str) -> None:
    page.goto(url)
    expect(page.get_by_test_id("stHeading").first).to_be_visible()
    settle(page)
    expect(page.get_by_test_id("stException")).to_have_count(0)


def extent(page: Page, selectors: tuple[str, ...]) -> tuple[float, float]:
    """The top of the highest and the bottom of the lowest of these elements, in CSS pixels."""
    boxes = []
    for selector in selectors:
        found = page.locator(selector).locator("visible=true")
        expect(found.first).to_be_visible()
        boxes += [each.bounding_box() for each in found.all()]
    return min(b["y"] for b in boxes), max(b["y"] + b["height"] for b in boxes)


@contextmanager
def opened(browser: Browser, url: str, **options: Any) -> Iterator[Page]:
    """A page that several tests look at, each after following a link; its errors fail the last."""
    context = browser.new_context(**options)
    context.set_default_timeout(PATIENCE)
    errors: list[str] = []
    context.on("weberror", lambda found: errors.append(str(found.error)))
    page = context.new_page()
    open_whole(page, url)
    yield page
    context.close()
    assert errors == []


@pytest.fixture(scope="module", params=["", "&big=1"], ids=["normal", "large"])
def projector(request, browser: Browser, server: str) -> Iterator[Page]:
    with opened(browser, f"{server}/?lang=en{request.param}", viewport=PROJECTOR) as page:
        yield page


@pytest.fixture(scope="module")
def phone(browser: Browser, server: str) -> Iterator[Page]:
    options = {"viewport": PHONE, "has_touch": True, "is_mobile": True}
    with opened(browser, f"{server}/?lang=en", **options) as page:
        yield page


@pytest.mark.parametrize("key", MAIN)
def test_projector_shows_the_main_picture_without_scrolling(key, projector):
    go_to(projector, path(key))
    top, bottom = extent(projector, MAIN[key])
    assert top >= 0
    assert bottom <= PROJECTOR["height"]


def test_projector_shows_all_of_train_below_a_task(page, server):
    page.set_viewport_size(PROJECTOR)
    open_whole(page, f"{server}/train?lang=en&big=1&task=Find the smallest code that works")
    assert extent(page, MAIN["train"])[1] <= PROJECTOR["height"]


def test_large_type_enlarges_the_map_and_pages_begin_at_the_top(page, server):
    page.set_viewport_size(PROJECTOR)
    widths = []
    for big in ("", "&big=1"):
        open_whole(page, f"{server}/latent_space?lang=en{big}")
        parts = [page.locator(name).first.bounding_box() for name in (".plane", "canvas.digit")]
        widths.append(sum(part["width"] for part in parts))
        if not big:
            _begins_at_the_top(page)
    assert widths[1] > widths[0] * 1.05
    assert widths[1] > 0.7 * PROJECTOR["width"]  # what is beside them is not left blank


def _begins_at_the_top(page: Page) -> None:
    heading = page.get_by_test_id("stHeading").first.bounding_box()
    assert heading["y"] < 40
    sidebar = page.get_by_test_id("stSidebarUserContent")
    assert sidebar.bounding_box()["y"] < 40
    for control in (".st-key-_model", ".st-key-_lang"):
        box = sidebar.locator(control).bounding_box()
        assert box["y"] + box["height"] < PROJECTOR["height"]


@pytest.mark.parametrize("key", ON_A_PHONE)
def test_phone_shows_a_control_and_its_picture_on_one_screen(key, phone):
    go_to(phone, path(key))
    top, bottom = extent(phone, ON_A_PHONE[key])
    assert bottom - top <= PHONE["height"]
    if key in AT_ONCE:
        assert top >= 0
        assert bottom <= PHONE["height"]


def test_sidebar_closes_after_a_tap_on_a_link(phone):
    go_to(phone, "train")
    phone.get_by_test_id("stExpandSidebarButton").click()
    sidebar = phone.get_by_test_id("stSidebar")
    expect(sidebar).to_have_attribute("data-collapsed", "false")
    sidebar.get_by_role("link", name="Compression").click()
    expect(phone.get_by_test_id("stHeading").first).to_contain_text("Compression")
    expect(sidebar).to_have_attribute("data-collapsed", "true")


def test_buttons_of_a_chart_do_not_cover_its_legend(phone):
    go_to(phone, "reconstructions")
    chart = phone.locator(".st-key-histogram .lab-live-plot")
    bar, legend = chart.locator(".modebar"), chart.locator(".legend")
    assert bar.bounding_box()["y"] > legend.bounding_box()["y"] + legend.bounding_box()["height"]
    assert bar.bounding_box()["y"] >= chart.locator(".main-svg").first.bounding_box()["y"] + 200


LESSONS = ("train", "latent_space", "generate", "sparsity", "pretraining", "one_step")


@pytest.mark.parametrize("size", [PHONE, {"width": 720, "height": 450}], ids=["phone", "zoom"])
def test_open_lessons_fit_and_leave_the_controls_in_sight(size, browser, server):
    with opened(browser, f"{server}/?lang=ko", viewport=size) as page:
        for key in LESSONS:
            go_to(page, path(key))
            page.locator(".st-key-lesson summary").click()
            picture = page.locator(".st-key-lesson_picture svg")
            expect(picture).to_be_visible()
            assert picture.bounding_box()["width"] <= size["width"] - 16
            for part in ("[data-testid=stMain]", ".st-key-lesson details"):
                sideways = page.locator(part).evaluate("e => e.scrollWidth - e.clientWidth")
                assert sideways <= 1, (key, part)
            lesson = page.locator(".st-key-lesson details").bounding_box()
            assert lesson["height"] <= 0.5 * size["height"]


def test_lesson_opens_beside_the_page(page, server):
    open_whole(page, f"{server}/train?lang=en")
    page.locator(".st-key-lesson summary").click()
    page.wait_for_timeout(600)
    lesson = page.locator(".st-key-lesson details").bounding_box()
    play = page.locator(".st-key-play button").bounding_box()
    assert play["x"] + play["width"] < lesson["x"]
    assert play["y"] < 200
    grid = page.locator(".st-key-grid canvas").last.bounding_box()
    assert grid["x"] + grid["width"] <= lesson["x"]


SCALED_TO_A_SHEET = """charts => charts.map((chart) => {
  chart.style.width = '300px';
  const fits = [...chart.querySelectorAll('.main-svg')].every((svg) => {
    const box = svg.getBoundingClientRect(), { width, height } = svg.viewBox.baseVal;
    return box.width <= 301 && Math.abs(box.width / box.height - width / height) < 0.05;
  });
  chart.style.width = '';
  return fits;
})"""


@pytest.mark.parametrize("key", ["reconstructions", "train", "features"])
def test_printed_page_has_its_pictures_whole_and_no_buttons(key, page, server):
    open_whole(page, f"{server}/{path(key)}?lang=en")
    page.emulate_media(media="print")
    expect(page.get_by_test_id("stSidebar")).to_be_hidden()
    assert page.locator("[data-testid=stMain] [data-testid=stButton]:visible").count() == 0
    assert (
        page.locator("[data-testid=stMain]").evaluate("e => getComputedStyle(e).overflowY")
        == "visible"
    )
    # As wide as the sheet, without waiting for Plotly, which draws nothing anew for a printer.
    charts = page.locator(".lab-live-plot:visible")
    assert charts.count() > 0
    assert charts.evaluate_all(SCALED_TO_A_SHEET) == [True] * charts.count()
    sheets = re.findall(rb"/Type\s*/Page\b(?!s)", page.pdf(format="A4"))
    assert 1 <= len(sheets) <= 4
