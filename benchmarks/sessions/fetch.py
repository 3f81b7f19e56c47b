"""Requests over HTTP to this machine, without threads."""

import asyncio
from collections.abc import Mapping

PATIENCE = 60.0


async def get(port: int, path: str) -> int:
    """Fetches a path and throws its body away. Returns the status.

    Raises:
        OSError: nobody answers, or not within `PATIENCE` seconds.
    """
    status, _ = await request(port, "GET", path)
    return status


async def request(
    port: int, method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes = b""
) -> tuple[int, str]:
    """Sends a request and throws the answer's body away. Returns its status and its headers.

    Raises:
        OSError: nobody answers, or not within `PATIENCE` seconds.
    """
    all_headers = {"Host": f"127.0.0.1:{port}", "Connection": "close", **(headers or {})}
    if body:
        all_headers["Content-Length"] = str(len(body))
    head = "".join(f"{name}: {value}\r\n" for name, value in all_headers.items())
    reader, writer = await asyncio.wait_for(asyncio.open_connection("127.0.0.1", port), PATIENCE)
    try:
        writer.write(f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body)
        answer = await asyncio.wait_for(reader.read(), PATIENCE)
    finally:
        writer.close()
    lines, _, _ = answer.partition(b"\r\n\r\n")
    words = lines.split()
    if len(words) < 2:
        raise OSError(f"no answer to {method} {path}")
    return int(words[1]), lines.decode("latin-1")
