"""The lab inside a course page of another host, where Streamlit refuses uploads."""

import http.server
import threading

import pytest
from playwright.sync_api import expect

SAID = {"en": "open the lab in a tab of its own", "ko": "실험실을 새 탭에서 여세요"}


@pytest.fixture
def course(server):
    """The address of a page on another host that shows the lab in a frame."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            lab = f"{server}/reconstructions{self.path.removeprefix('/')}"
            page = f'<iframe src="{lab}" width="1200" height="1600"></iframe>'
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(page.encode())

        def log_message(self, *args):
            """Says nothing."""

    other = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=other.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://localhost:{other.server_port}/"  # another site than 127.0.0.1
    other.shutdown()
    other.server_close()


@pytest.mark.parametrize("spoken", SAID)
def test_upload_from_a_frame_says_what_is_wrong_and_what_to_do(spoken, page, course):
    page.goto(f"{course}?lang={spoken}")
    lab = page.frame_locator("iframe")
    expect(lab.locator("h1")).to_be_visible()
    lab.locator("[class*=st-key-_way_] [role=radio]").nth(1).click()
    files = lab.locator("input[type=file]").first
    files.set_input_files({"name": "seven.png", "mimeType": "image/png", "buffer": b"anything"})
    expect(lab.get_by_test_id("stFileUploader").get_by_role("alert")).to_contain_text(SAID[spoken])
