"""Runs that differ in one setting each: every one is itself in menus, lists, comparison and links."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from aecore.files.run_labels import labels
from aecore.spec import variants
from tests.e2e.driver import ask_until, settle
from tests.e2e.test_train_journeys import press, run_in_link
from ui.kit.language import words

pytestmark = pytest.mark.browser

BASE = {"hidden": "16", "latent_dim": "8", "n_train": "200", "epochs": "2", "batch_size": "100"}

READY = "Ready, untrained: the weights are random. Press Play."

MOVED = {
    "seed": "3",
    "n_train": "128",
    "learning_rate": "0.0005",
    "penalty_weight": "0.02",
    "patience": "5",
}
"""What each of the other runs has in place of the first one's."""


def move(page: Page, name: str) -> None:
    """Moves one setting to the value of `MOVED`, as a learner does."""
    widget = page.locator(f".st-key-_{name}")
    if name in ("seed", "patience"):
        widget.locator("input").fill(MOVED[name])
        page.keyboard.press("Enter")
    else:
        key = "ArrowRight" if name == "penalty_weight" else "ArrowLeft"
        widget.get_by_role("slider").press(key)
    expect(page).to_have_url(re.compile(f"{name}={MOVED[name]}(&|$)"))


def choose(page: Page, menu: str, label: str) -> None:
    """Chooses an option of a menu by its words, which are all that its browser knows of it."""
    page.locator(f".st-key-{menu} input").click()
    page.get_by_role("option", name=label, exact=True).click()


def chips(page: Page) -> list[str]:
    """The models that are chosen on Compare."""
    tags = page.locator(".st-key-_compare [data-tag], .st-key-_compare [data-baseweb=tag]")
    return [tag.split("\n")[0] for tag in tags.all_inner_texts()]


def said(page: Page, name: str) -> str:
    return parse_qs(urlsplit(page.url).query).get(name, [""])[0]


def in_link(page: Page, name: str, value: str) -> None:
    """Until the address names it, and still does when the page has come to rest."""
    ask_until(page, lambda: said(page, name), lambda now: now == value)
    settle(page)
    assert said(page, name) == value


def test_runs_that_differ_in_one_setting_each_open_as_themselves(page: Page, server):
    """In Korean: a menu's words are then not those that the code knows its options by."""
    catalogue = words("ko")
    _ = lambda message: catalogue.get(message, message)  # noqa: E731
    base = variants.build("sparse", BASE)
    experiments = [base, *(variants.build("sparse", BASE | {n: MOVED[n]}) for n in MOVED)]
    names = labels([("", experiment) for experiment in experiments], _=_)
    assert len(set(names)) == len(names)
    query = "&".join(f"{name}={value}" for name, value in BASE.items())
    page.goto(f"{server}/train?lang=ko&variant=sparse&{query}")
    expect(page.get_by_test_id("stProgress")).to_contain_text(_(READY))
    settle(page)
    page.locator(".st-key-more_settings summary, .st-key-more_settings [role=button]").first.click()
    settle(page)

    runs: list[str] = []
    for name in ("", *MOVED):
        if name:
            choose(page, "_run", labels([("", e) for e in experiments[: len(runs)]], _=_)[0])
            in_link(page, "run", runs[0])
            move(page, name)
            settle(page)
        press(page, "play")
        ask_until(page, lambda: run_in_link(page), lambda run: run and run not in runs)
        expect(page.get_by_test_id("stProgress")).to_contain_text(_("Done: all epochs"))
        settle(page)
        runs.append(run_in_link(page) or "")
        assert not name or said(page, name) == MOVED[name]  # not back at the first run's
    links = dict(zip(runs, names, strict=True))
    assert len(links) == len(runs)

    for run, name in [*links.items()][::-1]:
        choose(page, "_run", name)
        in_link(page, "run", run)
        for place, field in enumerate(MOVED, start=1):
            is_moved = run == runs[place]
            assert said(page, field) == (MOVED[field] if is_moved else BASE.get(field, ""))
    address = page.url

    page.goto(address.replace("/train?", "/compare?") + f"&compare={','.join(runs)}")
    settle(page)
    heads = page.locator("table").first.locator("th").all_inner_texts()
    assert heads[1:] == names
    assert chips(page) == names

    page.goto(page.url.replace("/compare?", "/reconstructions?"))
    settle(page)
    for run, name in links.items():
        choose(page, "_model", name)
        in_link(page, "model", run)
        expect(page.locator(".st-key-_model input")).to_have_value(name)


def test_link_of_a_run_opens_it_with_its_settings_in_another_browser(page, open_page, server):
    page.goto(f"{server}/train?lang=en&hidden=16&latent_dim=8&n_train=200&epochs=2")
    expect(page.get_by_test_id("stProgress")).to_contain_text(READY)
    settle(page)
    press(page, "play")
    expect(page.get_by_test_id("stProgress")).to_contain_text("Done")
    settle(page)
    first = page.url
    page.locator(".st-key-more_settings summary, .st-key-more_settings [role=button]").first.click()
    settle(page)
    page.locator(".st-key-_seed input").fill("5")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Settings changed")).to_be_visible()
    press(page, "play")
    ask_until(page, lambda: page.url, lambda url: run_in_link(page) not in first)
    expect(page.get_by_test_id("stProgress")).to_contain_text("Done")
    settle(page)
    for link, seed in ((first, ""), (page.url, "5")):
        other = open_page(viewport={"width": 1280, "height": 720}, locale="en-US")
        other.goto(link)
        expect(other.get_by_test_id("stProgress")).to_contain_text("Done")
        settle(other)
        assert run_in_link(other) == parse_qs(urlsplit(link).query)["run"][0]
        assert said(other, "seed") == seed
        expect(other.get_by_text("Settings changed")).to_have_count(0)

    runs = [parse_qs(urlsplit(link).query)["run"][0] for link in (first, page.url)]
    page.goto(page.url.replace("/train?", "/compare?") + f"&compare={','.join([*runs, 'vae-16'])}")
    settle(page)
    assert chips(page) == [
        *("My Vanilla 8 · seed 0", "My Vanilla 8 · seed 5"),
        "Variational (VAE) 16",
    ]
    press(page, "my_runs")
    page.locator(f".st-key-delete_{runs[1]} button:visible").click()
    page.keyboard.press("Escape")
    ask_until(
        page, lambda: chips(page), lambda now: now == ["My Vanilla 8", "Variational (VAE) 16"]
    )
    settle(page)
    expect(page.get_by_test_id("stAlert")).to_have_count(0)
    assert runs[1] not in page.url
