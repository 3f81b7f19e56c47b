"""A learner predicts, tries and checks, and makes and cures a mistake, in a real browser."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.driver import settle

pytestmark = pytest.mark.browser

KEY = "reconstructions-one-or-eight"


def test_prediction_is_locked_checked_and_counted(page: Page, server: str):
    page.goto(f"{server}/reconstructions?lang=en")
    label = page.get_by_text("Challenges · 0 of 3 done")
    expect(label).to_be_visible()
    settle(page)  # the charts above have their place
    label.click()
    box = page.locator(f".st-key-challenge_{KEY}")
    box.get_by_text("class 1", exact=True).click()
    page.locator(f".st-key-commit_{KEY} button:visible").click()
    expect(box.get_by_role("radio").first).to_be_disabled()
    page.locator(f".st-key-check_{KEY} button:visible").click()
    expect(box).to_contain_text("Not what you predicted")
    expect(box).to_contain_text("on class 1 and")
    # Counted, and still open.
    expect(page.get_by_text("Challenges · 1 of 3 done")).to_be_visible()
    expect(box).to_be_visible()


def test_one_click_makes_a_mistake_and_another_cures_it(page: Page, server: str):
    page.goto(f"{server}/pitfalls?lang=en")
    page.get_by_text("Comparing MSE with SSE").click()
    expect(page.get_by_text("Two papers, two errors")).to_be_visible()
    page.locator(".st-key-pitfall_wrong button:visible").click()
    expect(page.get_by_test_id("stMain")).to_contain_text("172 times as good")
    page.locator(".st-key-pitfall_cured button:visible").click()
    expect(page.get_by_test_id("stMain")).to_contain_text("4.6 times as good")
