"""What a learner does on the pages that look at a trained model, in a real browser."""

import io
import re

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.e2e.driver import ask_until, settle

pytestmark = pytest.mark.browser


def draw_three(page: Page) -> None:
    sheet = page.locator(".st-key-canvas_reconstructions canvas").first
    sheet.scroll_into_view_if_needed()
    box = sheet.bounding_box()
    corners = [(0.3, 0.25), (0.65, 0.25), (0.5, 0.5), (0.66, 0.62), (0.3, 0.78)]
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in corners]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=5)
    page.mouse.up()


def test_pad_at_home_decodes_under_the_pointer_without_the_server(page, server):
    frames: list[object] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda f: frames.append(f)))
    page.goto(f"{server}/?lang=en")
    settle(page)
    sent = len(frames)
    follow_the_pointer(page)
    settle(page)
    assert len(frames) == sent


def test_reconstructions_show_other_digits_and_other_models(page, server):
    page.goto(f"{server}/reconstructions?lang=en")
    before = settled_rows(page, "picked")
    page.locator(".st-key-others button:visible").click()
    now = wait_for_other_rows(page, "picked", before)
    assert now[0] != before[0]
    page.goto(f"{server}/reconstructions?lang=en&model=denoising-32")
    expect(page.locator(".st-key-picked").get_by_text("corrupted")).to_be_visible()


def test_drawn_digit_goes_through_the_model_step_by_step(page, server):
    page.goto(f"{server}/reconstructions?lang=en")
    expect(page.locator(".st-key-picked canvas").first).to_be_visible()
    settle(page)
    draw_three(page)
    expect(page.get_by_text("better than yours")).to_be_visible()
    expect(page.get_by_text("Centred")).to_be_visible()
    expect(page.locator(".st-key-own canvas").first).to_be_visible()
    page.get_by_role("button", name="Clear").click()
    expect(page.get_by_text("better than yours")).to_be_hidden()


BAD_UPLOADS = (
    ("large.png", b"\x89PNG\r\n\x1a\n".ljust(50_000_000, b"\0"), "32.0MB or smaller"),
    ("text.png", b"this is no picture", "PNG, JPEG, WebP, GIF, BMP, TIFF or HEIC"),
    ("cut.png", b"\x89PNG\r\n\x1a\n\x00\x00", "damaged"),
    ("empty.png", b"", "empty"),
)


def test_bad_upload_is_one_sentence_and_the_page_goes_on(page, server, tmp_path):
    good = io.BytesIO()
    picture = Image.new("L", (90, 90), 255)
    picture.paste(0, (40, 15, 52, 75))
    picture.save(good, "PNG")
    page.goto(f"{server}/reconstructions?lang=en")
    expect(page.locator(".st-key-picked canvas").first).to_be_visible()
    page.get_by_text("Upload", exact=True).click()
    chosen = page.locator("input[type=file]")
    taken = page.get_by_text(re.compile("better than yours"))
    for name, data, sentence in BAD_UPLOADS:
        (tmp_path / name).write_bytes(data)  # the browser reads a file faster than a message
        chosen.set_input_files(tmp_path / name)
        expect(page.get_by_role("alert").filter(has_text=sentence)).to_be_visible()
        expect(taken).to_be_hidden()
        assert "Traceback" not in page.content()
        chosen.set_input_files(
            {"name": "one.png", "mimeType": "image/png", "buffer": good.getvalue()}
        )
        expect(taken).to_be_visible()


def rows(page: Page, key: str) -> list[str]:
    """The pixels of all rows of a grid, as data URLs."""
    return page.locator(f".st-key-{key} canvas").evaluate_all(
        "found => found.map(canvas => canvas.toDataURL())"
    )


def settled_rows(page: Page, key: str) -> list[str]:
    """The pixels of a grid once it is on the page and drawn."""
    expect(page.locator(f".st-key-{key} canvas").first).to_be_visible()
    settle(page)
    return rows(page, key)


def nudge(page: Page, slider: str, key: str = "ArrowRight") -> None:
    """Moves a slider by one step, as a keyboard does."""
    page.locator(f"{slider} input[type=range]").first.focus()
    page.keyboard.press(key)


def wait_for_other_rows(page: Page, key: str, before: list[str]) -> list[str]:
    def differ(now: list[str]) -> bool:
        return len(now) == len(before) and now != before

    return ask_until(page, lambda: rows(page, key), differ)


def follow_the_pointer(page: Page) -> None:
    """Over four places of the pad, each of which must bring a picture of its own."""
    pad = page.locator(".st-key-pad_vae-2 canvas").first
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    seen = {rows(page, "pad_vae-2")[-1]}
    for share in (0.2, 0.4, 0.6, 0.8):
        page.mouse.move(box["x"] + share * box["width"], box["y"] + 0.5 * box["height"])
        seen.add(ask_until(page, lambda: rows(page, "pad_vae-2")[-1], lambda now: now not in seen))


def test_noise_slider_changes_noisy_and_denoised_pictures(page, server):
    page.goto(f"{server}/denoising?lang=en")
    original, noisy, denoised, difference = settled_rows(page, "before_and_after")
    nudge(page, "[class*=st-key-_noise_level]")
    now = wait_for_other_rows(page, "before_and_after", [original, noisy, denoised, difference])
    assert now[0] == original
    assert now[1] != noisy
    assert now[2] != denoised


def test_number_of_the_code_changes_what_is_decoded_and_can_be_taken_back(page, server):
    page.goto(f"{server}/latent_space?lang=en&model=vanilla-32")
    picture = page.locator("[data-testid=stImage] img:visible").first
    expect(picture).to_be_visible()
    settle(page)
    own = picture.get_attribute("src")
    for _ in range(5):
        nudge(page, "[class*=st-key-_z]")
    settle(page)  # the last of the moves has been told
    expect(picture).not_to_have_attribute("src", own)
    page.locator(".st-key-back button:visible").click()
    expect(picture).to_have_attribute("src", own)


def test_pad_of_the_latent_space_asks_no_server(page, server):
    frames: list[object] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda f: frames.append(f)))
    page.goto(f"{server}/latent_space?lang=en")
    expect(page.locator(".st-key-pad_vae-2 canvas").first).to_be_visible()
    expect(page.locator(".st-key-walk canvas").first).to_be_visible()
    settle(page)
    sent = len(frames)
    follow_the_pointer(page)
    settle(page)
    assert len(frames) == sent


def test_few_units_make_another_picture(page, server):
    page.goto(f"{server}/sparsity?lang=en&part=few")
    before = settled_rows(page, "sparsity_few")
    nudge(page, "[class*=st-key-_sparsity_keep]", "ArrowLeft")
    now = wait_for_other_rows(page, "sparsity_few", before)
    assert now[:2] == before[:2]


def test_sweep_shows_results_as_they_come_and_can_be_cancelled(page, server):
    page.goto(f"{server}/ae_vs_pca?lang=en")
    page.get_by_role("radio", name="Code sizes").or_(
        page.get_by_role("button", name="Code sizes")
    ).first.click()
    page.locator(".st-key-sweep_train button:visible").click()
    status = page.get_by_test_id("stProgress")
    expect(status).to_contain_text("Training 2 of")
    page.locator(".st-key-sweep_cancel button:visible").click()
    expect(status).to_contain_text("Cancelled after")
    expect(page.locator(".st-key-sweep_train button:visible")).to_be_visible()


def test_run_deleted_in_another_tab_is_a_sentence(page, server):
    page.goto(f"{server}/train?lang=en&epochs=1&n_train=500")
    expect(page.get_by_test_id("stProgress")).to_contain_text("Ready")
    page.locator(".st-key-play button:visible").click()
    expect(page.get_by_test_id("stProgress")).to_contain_text("Done")
    page.get_by_role("link", name="Reconstructions").click()
    expect(page.locator(".st-key-picked canvas").first).to_be_visible()
    expect(page).to_have_url(re.compile("model=[0-9a-f]{24}"))
    settle(page)

    other = page.context.new_page()
    other.goto(page.url)
    settle(other)
    other.locator(".st-key-my_runs button:visible").click()
    other.locator("[class*=st-key-delete_] button:visible").click()
    expect(other.get_by_text("No runs any more")).to_be_visible()
    other.close()

    page.locator(".st-key-others button:visible").click()
    expect(page.get_by_test_id("stAlert")).to_contain_text("This server has no run")
    expect(page.locator(".st-key-picked canvas").first).to_be_visible()
    assert "Traceback" not in page.content()


def rightmost_point(page: Page, plot: str) -> list[float]:
    """Where, in the window, the point of a map lies that is farthest to the right."""
    return page.locator(plot).first.evaluate(
        """plot => {
            const { xaxis, yaxis } = plot._fullLayout;
            const points = plot._fullData.flatMap(({ x, y, customdata }) =>
                Array.from(x, (_, i) => [x[i], y[i], customdata?.[i]]));
            const numbered = points.filter((point) => Number.isInteger(point[2]));
            const [x, y] = numbered.reduce((far, point) => (point[0] > far[0] ? point : far));
            const box = plot.querySelector('.nsewdrag').getBoundingClientRect();
            return [box.left + xaxis.l2p(x), box.top + yaxis.l2p(y)];
        }"""
    )


def test_click_on_the_map_picks_a_digit(page, server):
    page.goto(f"{server}/latent_space?lang=en")
    chart = page.locator(".st-key-latent_map .nsewdrag").first
    expect(chart).to_be_visible()
    settle(page)
    number = page.locator(".st-key-_digit input")
    before = number.input_value()
    chart.scroll_into_view_if_needed()
    page.mouse.move(*rightmost_point(page, ".st-key-latent_map .js-plotly-plot"))
    expect(page.locator(".st-key-latent_map .on-point")).to_have_count(1)
    page.mouse.down()
    page.mouse.up()
    expect(number).not_to_have_value(before)
    expect(page.get_by_text(f"Test digit {number.input_value()}")).to_be_visible()


def test_numbers_behind_a_chart_are_shown_as_a_table(page, server):
    page.goto(f"{server}/reconstructions?lang=en")
    page.locator(".st-key-show_reconstructions-one-or-eight button:visible").click()
    chart = page.locator(".st-key-by_class")
    expect(chart.locator(".bars")).to_be_visible()
    settle(page)
    chart.hover()
    chart.locator("[data-title='Show the numbers as a table']").click()
    table = page.get_by_role("dialog")
    expect(table).to_contain_text("Error of each class")
    expect(table.get_by_role("row")).to_have_count(11)  # ten classes and the head
    table.get_by_role("button", name="Close").click()
    expect(table).to_have_count(0)
