"""One request over HTTP to this machine, without threads."""

import asyncio

PATIENCE = 60.0


async def get(port: int, path: str) -> int:
    """Fetches a path and throws its body away. Returns the status.

    Raises:
        OSError: nobody answers, or not within `PATIENCE` seconds.
    """
    reader, writer = await asyncio.wait_for(asyncio.open_connection("127.0.0.1", port), PATIENCE)
    try:
        request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n"
        writer.write(request.encode())
        answer = await asyncio.wait_for(reader.readline(), PATIENCE)
        await asyncio.wait_for(reader.read(), PATIENCE)
    finally:
        writer.close()
    words = answer.split()
    if len(words) < 2:
        raise OSError(f"no answer to GET {path}")
    return int(words[1])
