"""Pointing at one thing lights its picture, its formula and its code."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.driver import settle

pytestmark = pytest.mark.browser


def open_step(page: Page, server: str):
    """The page, come to rest: what moves on under a still pointer would light another part."""
    page.goto(f"{server}/one_step?lang=en")
    step = page.locator(".st-key-one_step")
    expect(step.locator(".flow button").first).to_be_visible()
    settle(page)
    return step


def test_picture_formula_and_code_light_up_together(page, server):
    step = open_step(page, server)
    step.locator(".formula button[data-part=e2]").hover()
    for place in ("flow", "formula", "code"):
        expect(step.locator(f".{place} button.lit")).to_have_attribute("data-part", "e2")
    expect(step.get_by_role("status")).to_contain_text("Encoder, layer 2")
    step.locator(".flow button[data-part=z] canvas").hover()
    expect(step.locator(".code button.lit")).to_contain_text("z = h3")
    expect(step.get_by_role("status")).to_contain_text(re.compile(r"number \d+: z = .+∂L/∂z = "))


def test_numbers_are_read_with_the_keyboard(page, server):
    step = open_step(page, server)
    page.mouse.move(0, 0)
    step.locator(".flow button[data-part=e1]").focus()
    page.keyboard.press("ArrowRight")
    expect(step.get_by_role("status")).to_contain_text("number 1: W h = ")
    page.keyboard.press("ArrowRight")
    expect(step.get_by_role("status")).to_contain_text("number 2: W h = ")
    page.get_by_role("radio", name="3 Backward").click()
    expect(step.locator(".code button.now")).to_have_count(1)
    expect(step.locator(".code button.now")).to_have_text("loss.backward()")
