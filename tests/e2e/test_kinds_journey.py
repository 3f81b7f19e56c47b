"""Other data than digits on the Train page, in a real browser."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.driver import ask_until, settle
from tests.e2e.test_train_journeys import at_end, open_ready, picture, press

pytestmark = pytest.mark.browser

MAP = ".st-key-map .lab-live-plot"


def on_map(page: Page) -> list[object]:
    """Where the first points of each class lie on the map."""
    points: list[object] = page.locator(MAP).evaluate(
        "plot => plot._fullData.map((trace) => [trace.mode, ...Array.from(trace.x).slice(0, 3)])"
    )
    return points


@pytest.mark.parametrize(
    ("dataset", "mode"), [("breast-cancer", "text"), ("water-flow", "markers")]
)
def test_grid_map_and_detail_move_while_other_data_are_learned(
    page: Page, server: str, dataset: str, mode: str
) -> None:
    open_ready(page, server, f"dataset={dataset}&epochs=40")
    untrained, original = picture(page, "reconstruction"), picture(page, "original")
    lay = on_map(page)
    assert {trace[0] for trace in lay} == {mode}
    expect(page.locator(".st-key-train_sample .main-svg").first).to_be_visible()
    detail = page.get_by_text("in detail: MSE")
    untrained_error = detail.inner_text()
    press(page, "play")
    ask_until(page, lambda: picture(page, "reconstruction"), lambda now: now != untrained)
    ask_until(page, lambda: on_map(page), lambda now: now != lay)
    at_end(page)
    assert picture(page, "original") == original
    assert detail.inner_text() != untrained_error
    expect(page.get_by_test_id("stException")).to_have_count(0)
    settle(page)
