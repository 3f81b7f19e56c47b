"""What a learner does on the super-resolution page, in a real browser."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.test_lab_journeys import settled_rows, wait_for_other_rows

pytestmark = pytest.mark.browser


def test_smaller_pictures_are_enlarged_and_a_model_of_ones_own_takes_over(page, server):
    page.goto(f"{server}/super_resolution?lang=en")
    before = settled_rows(page, "enlarged")
    page.get_by_role("radio", name="7×7").or_(page.get_by_role("button", name="7×7")).first.click()
    now = wait_for_other_rows(page, "enlarged", before)
    assert now[0] == before[0]  # the originals stay
    assert all(a != b for a, b in zip(now[1:], before[1:], strict=True))
    page.locator("[class*=st-key-show_super] button:visible").click()
    expect(page.get_by_text("From 7×7 to 28×28")).to_be_visible()
    page.locator(".st-key-super_resolution_train button:visible").click()
    expect(page.get_by_test_id("stProgress")).to_contain_text("Training: epoch")
    expect(page.locator(".st-key-_model input")).to_have_value(re.compile("^My "))
    expect(page.get_by_text("From 7×7 to 28×28")).to_be_visible()
