"""A server that starts again: what learners had kept is there, the rest is named as gone."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.driver import running_app, settle
from tests.e2e.test_train_journeys import at_end, open_ready, picture, press, run_in_link

pytestmark = pytest.mark.browser


def test_kept_run_is_back_after_the_server_has_started_again(page: Page):
    with running_app() as server:
        open_ready(page, server, "epochs=3")
        press(page, "play")
        at_end(page)
        run, drawn = run_in_link(page), picture(page, "reconstruction")
        press(page, "my_runs")
        page.locator("[class*=st-key-_name_] input").fill("Ours")
        page.keyboard.press("Enter")
        page.locator(f".st-key-_keep_{run} label").first.click()
        expect(page.locator(f".st-key-_keep_{run} input")).to_be_checked()
        page.keyboard.press("Escape")
        expect(page).to_have_url(re.compile("kept="))
        link = page.url.removeprefix(server)

    with running_app() as server:
        page.goto(server + link)
        at_end(page)
        assert run_in_link(page) == run
        assert picture(page, "reconstruction") == drawn
        press(page, "my_runs")
        expect(page.locator("[class*=st-key-_name_] input")).to_have_value("Ours")
        page.get_by_role("dialog").get_by_role("button", name="Close").click()

        page.goto(server + link.replace("/train?", "/reconstructions?"))
        settle(page)
        expect(page.locator(".st-key-_model input")).to_have_value("Ours")
        expect(page.get_by_test_id("stAlert")).to_have_count(0)
