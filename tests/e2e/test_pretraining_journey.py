"""What a learner does on the pretraining page, in a real browser."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.driver import settle
from tests.e2e.test_lab_journeys import nudge

pytestmark = pytest.mark.browser


def test_classifiers_train_live_can_be_cancelled_and_gradients_follow_depth(page, server):
    page.goto(f"{server}/pretraining?lang=en&model=vanilla-2")
    expect(page.get_by_text("Comes with the lab: the model")).to_be_visible()
    page.locator("[class*=st-key-show_pretraining-] button:visible").first.click()
    gradient = page.get_by_text("times the first layer's").first
    expect(gradient).to_be_visible()
    page.locator(".st-key-pretraining_train button:visible").click()
    bar = page.get_by_test_id("stProgress").first
    expect(bar).to_contain_text(re.compile(r"Training classifier \d+ of 27"))
    expect(page.get_by_text("Trained here, on Vanilla 2")).to_be_visible()
    page.locator(".st-key-pretraining_cancel button:visible").click()
    expect(bar).to_contain_text("Cancelled after")
    settle(page)
    said = gradient.inner_text()
    nudge(page, ".st-key-_pretraining_depth", "ArrowLeft")
    expect(gradient).not_to_have_text(said)
    assert "Traceback" not in page.content()
