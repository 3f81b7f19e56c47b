"""A file that a learner gives to the page, as Streamlit's JavaScript sends it (1.67)."""

import struct
import zlib
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Common_pb2 import FileURLs
from streamlit.proto.WidgetStates_pb2 import WidgetState

from benchmarks.sessions import fetch

COOKIE = "_streamlit_xsrf"
_BOUNDARY = "----the-end-of-this-part"


def wish(name: str, session_id: str) -> BackMsg:
    """Asks the server where a file may go."""
    message = BackMsg()
    asked = message.file_urls_request
    asked.request_id, asked.session_id = name, session_id
    asked.file_names.append(name)
    return message


async def put(port: int, urls: FileURLs, name: str, data: bytes) -> int:
    """Sends the file. Returns the status.

    Raises:
        OSError: nobody answers.
    """
    _, answer = await fetch.request(port, "GET", "/_stcore/health")
    token = next(
        (
            line.partition(f"{COOKIE}=")[2].partition(";")[0].strip('"')
            for line in answer.splitlines()
            if line.lower().startswith("set-cookie:") and COOKIE in line
        ),
        "",
    )
    headers = {
        "Content-Type": f"multipart/form-data; boundary={_BOUNDARY}",
        "Cookie": f"{COOKIE}={token}",
        "X-Xsrftoken": token,
    }
    head = (
        f"--{_BOUNDARY}\r\n"
        f'Content-Disposition: form-data; name="{name}"; filename="{name}"\r\n'
        "Content-Type: image/png\r\n\r\n"
    )
    body = head.encode() + data + f"\r\n--{_BOUNDARY}--\r\n".encode()
    status, _ = await fetch.request(port, "PUT", urlsplit(urls.upload_url).path, headers, body)
    return status


def state(widget_id: str, urls: FileURLs, name: str, size: int) -> WidgetState:
    """What the browser reports of the widget once the file is there."""
    found = WidgetState(id=widget_id)
    info = found.file_uploader_state_value.uploaded_file_info.add()
    info.name, info.size, info.file_id = name, size, urls.file_id
    info.file_urls.CopyFrom(urls)
    return found


def picture(left: int) -> bytes:
    """A PNG of 64 x 64 greys with a vertical stroke.

    Args:
        left: where it begins, 0 to 55.
    """
    row = b"\0" + bytes(255 if left <= x < left + 8 else 0 for x in range(64))
    header = struct.pack(">IIBBBBB", 64, 64, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(row * 64)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
