"""Pointing at one thing lights its picture, its formula and its code."""

import re

from playwright.sync_api import expect


def test_picture_formula_and_code_light_up_together(page, server):
    page.goto(f"{server}/one_step?lang=en")
    step = page.locator(".st-key-one_step")
    step.locator(".formula button[data-part=e2]").hover()
    for place in ("flow", "formula", "code"):
        expect(step.locator(f".{place} button.lit")).to_have_attribute("data-part", "e2")
    expect(step.get_by_role("status")).to_contain_text("Encoder, layer 2")
    step.locator(".flow button[data-part=z] canvas").hover()
    expect(step.locator(".code button.lit")).to_contain_text("z = h3")
    expect(step.get_by_role("status")).to_contain_text(re.compile(r"number \d+: z = .+∂L/∂z = "))


def test_numbers_are_read_with_the_keyboard(page, server):
    page.goto(f"{server}/one_step?lang=en")
    step = page.locator(".st-key-one_step")
    expect(step.locator(".flow button").first).to_be_visible()
    page.mouse.move(0, 0)
    step.locator(".flow button[data-part=e1]").focus()
    page.keyboard.press("ArrowRight")
    expect(step.get_by_role("status")).to_contain_text("number 1: W h = ")
    page.keyboard.press("ArrowRight")
    expect(step.get_by_role("status")).to_contain_text("number 2: W h = ")
    page.get_by_role("radio", name="3 Backward").click()
    expect(step.locator(".code button.now")).to_have_count(1)
    expect(step.locator(".code button.now")).to_have_text("loss.backward()")
