"""What a learner does on the pages of uses, in a real browser."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.driver import settle
from tests.e2e.test_lab_journeys import nudge, settled_rows, wait_for_other_rows

pytestmark = pytest.mark.browser


def test_temperature_and_others_draw_other_samples(page, server):
    page.goto(f"{server}/generate?lang=en")
    before = settled_rows(page, "generate_samples")
    nudge(page, ".st-key-_generate_temperature")
    warmer = wait_for_other_rows(page, "generate_samples", before)
    page.locator(".st-key-generate_others button:visible").click()
    wait_for_other_rows(page, "generate_samples", warmer)


def test_anomaly_threshold_moves_the_balance_and_training_takes_over(page, server):
    page.goto(f"{server}/anomaly?lang=en")
    settled_rows(page, "anomaly_low")
    said = page.get_by_text("This threshold catches").inner_text()
    for _ in range(3):
        nudge(page, "[class*=st-key-_anomaly_threshold]")
    expect(page.get_by_text("This threshold catches")).not_to_have_text(said)
    page.locator(".st-key-anomaly_train button:visible").click()
    expect(page.get_by_test_id("stProgress")).to_contain_text("Training: epoch")
    expect(page.locator(".st-key-_model input")).to_have_value(re.compile("^My "))
    expect(page.get_by_text("This threshold catches")).to_be_visible()


def test_fewer_bits_make_another_picture(page, server):
    page.goto(f"{server}/compression?lang=en")
    before = settled_rows(page, "compressed")
    nudge(page, ".st-key-_bits", "ArrowLeft")
    now = wait_for_other_rows(page, "compressed", before)
    assert now[0] == before[0]  # the originals stay


def test_features_follow_the_number_of_labels(page, server):
    page.goto(f"{server}/features?lang=en")
    finding = page.get_by_text("the classifier that is best on validation data").first
    expect(finding).to_be_visible()
    settle(page)
    expect(finding).to_contain_text("With 100 labelled digits")
    nudge(page, ".st-key-_n_labels", "ArrowLeft")
    expect(finding).to_contain_text("With 50 labelled digits")
    assert "Traceback" not in page.content()


def test_variant_is_drawn_and_can_be_trained(page, server):
    page.goto(f"{server}/variants?lang=en")
    diagram = page.locator(".st-key-model_diagram svg:visible").first
    expect(diagram).to_be_visible()
    settle(page)
    before = diagram.get_attribute("aria-label")
    page.get_by_role("radio", name="Variational (VAE)").or_(
        page.get_by_role("button", name="Variational (VAE)")
    ).first.click()
    expect(diagram).not_to_have_attribute("aria-label", before)
    page.get_by_role("button", name="Train it").first.click()
    expect(page.get_by_test_id("stProgress")).to_contain_text("Ready")
    expect(page.locator(".st-key-_variant input")).to_have_value("Variational (VAE)")
