"""What a slow browser does to the components: calls that overtake each other."""

import base64
import json
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page

from tests.e2e.driver import ROOT, ask_until
from ui.kit.components import encode_png
from ui.kit.latent_pad import WORDS, LatentMap, pack

pytestmark = pytest.mark.browser

OVERTAKEN = """async ([source, html, data]) => {
    document.body.innerHTML = html;
    const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
    const { default: show } = await import(url);
    const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
    const call = () => show({ data: bytes, parentElement: document.body });
    const cleanUp = call();
    window.leave = call();
    cleanUp();
}"""
"""Two calls, and Streamlit's clean-up of the first one when the second has been made."""

PLOTLY = """() => { window.labPlotly = {
    react: async (box) => Object.assign(box, { drawn: true, on() {} }),
    purge: (box) => { box.drawn = false; },
    Plots: { resize: async () => {} },
}; }"""


def call_twice(page: Page, name: str, data: bytes) -> None:
    source, html = (
        Path(ROOT, "assets", "components", f"{name}.{suffix}").read_text("utf-8")
        for suffix in ("js", "html")
    )
    page.evaluate(OVERTAKEN, [source, html, base64.b64encode(data).decode()])


def test_grid_is_drawn_though_an_overtaken_call_is_cleaned_up(page, server):
    page.goto(f"{server}/_stcore/health")
    png = encode_png(np.full((28, 56), 200, np.uint8))
    row = {"label": "two digits", "captions": None, "size": len(png)}
    cell = {"width": 28, "height": 28, "smooth": False, "wide": 1, "narrowest": 34}
    head = json.dumps({"alt": "a grid", "columns": 2, "large": False, "rows": [row], **cell})
    call_twice(page, "sample_rows", head.encode() + b"\n" + png)
    ask_until(page, lambda: page.locator("canvas").count(), lambda n: n == 1, seconds=20)


@pytest.mark.parametrize("smooth", [False, True], ids=["picture", "curve"])
def test_grid_wraps_where_cells_would_be_too_narrow_and_paints_curves_pixel_for_pixel(
    page, server, smooth
):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{server}/_stcore/health")
    page.add_style_tag(path=Path(ROOT, "assets", "components", "sample_rows.css"))
    png = encode_png(np.full((42, 10 * 56), 200, np.uint8))
    row = {"label": "ten", "captions": None, "size": len(png)}
    cell = {"width": 56, "height": 42, "smooth": smooth, "wide": 1, "narrowest": 84}
    head = json.dumps({"alt": "a grid", "columns": 10, "large": False, "rows": [row], **cell})
    call_twice(page, "sample_rows", head.encode() + b"\n" + png)
    canvases = page.locator("canvas")
    ask_until(page, canvases.count, lambda n: n == 3, seconds=20)  # four, four and two
    pixels, shown = canvases.first.evaluate("c => [c.width, c.clientWidth * devicePixelRatio]")
    assert abs(shown - 4 * 84) < 40  # as wide as it may get, or as the page is
    assert pixels == (shown if smooth else 4 * (56 + 2) - 2)


@pytest.mark.parametrize(("blend", "shade"), [(True, 100), (False, 200)], ids=["mean", "nearest"])
def test_latent_pad_blends_pictures_and_shows_the_nearest_of_curves(page, server, blend, shade):
    page.goto(f"{server}/_stcore/health")
    sprite = np.zeros((2, 2, 6, 8), np.uint8)
    sprite[:, 1] = 200  # the pad begins in the middle
    shown = LatentMap(
        sprite,
        blend,
        (-1.0, 1.0, -1.0, 1.0),
        (np.zeros((3, 2)), None),
        key=f"pad {blend}",
        words=dict.fromkeys(WORDS, "word"),
        colours=["#000000"],
        alt="a map",
    )
    call_twice(page, "latent_pad", pack(shown))
    digit = page.locator(".digit")
    ask_until(page, lambda: digit.evaluate("c => [c.width, c.height]"), [8, 6].__eq__, seconds=20)
    grey = "c => c.getContext('2d').getImageData(4, 3, 1, 1).data[0]"
    assert abs(digit.evaluate(grey) - shade) <= 2
    page.locator(".plane").focus()
    page.keyboard.press("ArrowLeft")
    assert digit.evaluate(grey) == 0


def test_chart_is_drawn_though_an_overtaken_call_is_cleaned_up_and_freed_when_it_goes(page, server):
    page.goto(f"{server}/_stcore/health")
    page.evaluate(PLOTLY)
    figure = {"data": [], "layout": {}}
    about = {"alt": "a chart", "height": 99, "words": {}, "clickable": False, "figure": figure}
    words = {"Download plot as an SVG": "SVG", "Show the numbers as a table": "table"}
    call_twice(page, "live_plot", json.dumps(about | {"words": words}).encode())
    box = page.locator(".lab-live-plot").element_handle()
    assert box is not None
    drawn = "box => box.drawn === true"
    ask_until(page, lambda: box.evaluate(drawn), bool, seconds=20)
    box.evaluate("box => { box.remove(); window.leave(); }")
    ask_until(page, lambda: not box.evaluate(drawn), bool, seconds=20)


NUMBERS = """async (source) => {
    const own = source + "\\nexport { numbersOf };";
    const url = URL.createObjectURL(new Blob([own], { type: 'text/javascript' }));
    const { numbersOf } = await import(url);
    const data = [{ x: [1, 2], y: [3, 4], name: "loss" }, { x: [1], y: [0], visible: false }];
    const layout = { xaxis: { title: { text: "<b>epoch</b>" } } };
    const filledIn = data.map((trace) => ({ visible: true, ...trace }));
    return [{ data, layout, _fullData: filledIn, _fullLayout: layout }, { data, layout }].map(
        (plot) => numbersOf(plot, { series: "series" }));
}"""


def test_numbers_of_a_chart_are_listed_without_plotlys_own_view_of_it(page, server):
    page.goto(f"{server}/_stcore/health")
    source = Path(ROOT, "assets", "components", "live_plot.js").read_text("utf-8")
    with_it, without = page.evaluate(NUMBERS, source)
    assert with_it == without
    rows = [["loss", 1, 3], ["loss", 2, 4]]
    assert without == {"columns": ["series", "epoch", "y"], "rows": rows}
