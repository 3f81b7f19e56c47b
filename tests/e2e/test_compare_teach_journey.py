"""Comparing models, and a teacher's link in a fresh browser."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.driver import ask_until, settle
from tests.e2e.test_lab_journeys import rows, settled_rows

pytestmark = pytest.mark.browser


def test_more_models_give_more_rows_and_the_table_can_be_taken(page: Page, server: str):
    page.goto(f"{server}/compare?lang=en")
    assert len(settled_rows(page, "compare_digits")) == 3
    box = page.locator(".st-key-_compare input")
    box.click()
    box.fill("Vanilla 2")
    page.get_by_role("option", name="Vanilla 2", exact=True).click()
    ask_until(page, lambda: len(rows(page, "compare_digits")), lambda n: n == 4)
    page.keyboard.press("Escape")
    settle(page)  # the table's file comes after the pictures
    with page.expect_download() as download:
        page.locator(".st-key-compare_csv button:visible").click()
    lines = download.value.path().read_text(encoding="utf-8").splitlines()
    assert len(lines) == 4
    expect(page).to_have_url(re.compile("compare=vanilla-32(,|%2C)vae-16(,|%2C)vanilla-2"))


def test_teacher_link_opens_locked_and_large_in_a_fresh_browser(
    page: Page, open_page: Callable[..., Page], server: str
):
    page.goto(f"{server}/teach?lang=en")
    page.locator(".st-key-_teach_task textarea").fill("Find the smallest <b>code</b>.")
    page.keyboard.press("Control+Enter")
    box = page.locator(".st-key-_teach_lock input")
    box.click()
    box.fill("Code size")
    page.get_by_role("option", name="Code size", exact=True).click()
    page.keyboard.press("Escape")
    shown = page.locator(".st-key-teach_projector_link textarea")
    expect(shown).to_have_value(re.compile("lock=latent_dim"))
    expect(shown).to_have_value(re.compile("task="))
    link = shown.input_value()
    assert link.startswith(f"{server}/train?")
    expect(page.get_by_role("img", name="A QR code of the link.")).to_be_visible()

    learner = open_page(viewport={"width": 1280, "height": 720}, locale="ko-KR")
    learner.goto(link)
    expect(learner.get_by_text("Find the smallest <b>code</b>.")).to_be_visible()
    expect(learner.get_by_test_id("stHeading").first).to_contain_text("Train")
    sliders = learner.locator(".st-key-_latent_dim [role=slider], .st-key-_latent_dim input")
    expect(sliders.first).to_be_disabled()
    size = "() => parseFloat(getComputedStyle(document.documentElement).fontSize)"
    learner.wait_for_function(f"() => ({size})() === 20")

    learner.get_by_role("button", name="Open without the fixed settings").click()
    expect(sliders.first).to_be_enabled()
    expect(learner).not_to_have_url(re.compile("lock="))  # the address bar follows the page
