"""What is taken home from the page runs without the lab and ends at the same error."""

import re
import subprocess
import sys

import pytest
from playwright.sync_api import expect

from tests.e2e.driver import settle

pytestmark = pytest.mark.browser


def error_at_rest(page):
    """The last number, once it has been measured."""
    line = page.get_by_text("test MSE, at rest").first
    number = re.compile(r"(0\.\d{4})\s+test MSE, at rest")
    expect(line).to_contain_text(number)
    return number.search(line.inner_text())[1]


def test_exported_script_ends_at_the_error_on_the_page(page, server, mnist_folder, tmp_path):
    page.goto(f"{server}/train?lang=en&n_train=500&batch_size=50&epochs=2")
    page.locator(".st-key-play button:visible").click()
    expect(page.get_by_test_id("stProgress")).to_contain_text("Done: all epochs")
    settle(page)  # the numbers come after the progress
    shown = error_at_rest(page)
    page.locator("[class*=st-key-take_home] button:visible").first.click()
    with page.expect_download() as script:
        page.locator(".st-key-take_script button:visible").first.click()
    with page.expect_download() as model:
        page.locator(".st-key-take_model button:visible").first.click()
    script.value.save_as(tmp_path / "script.py")
    model.value.save_as(tmp_path / "run.safetensors")

    command = [sys.executable, "script.py", "--data", str(mnist_folder.root)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    error = re.search(r"test MSE: (\S+)", done.stdout)[1]
    assert float(error) == pytest.approx(float(shown), abs=1e-4)  # as rounded there

    page.locator("[class*=st-key-_saved_run] input[type=file]").set_input_files(
        tmp_path / "run.safetensors"
    )
    expect(page.get_by_test_id("stProgress")).to_contain_text("Opened from a file")
    assert error_at_rest(page) == shown
