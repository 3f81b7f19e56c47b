"""How large a picture claims to be, read from its first bytes before any decoder sees them.

Pillow's own check comes after WebP has reserved its memory.
"""


def size(kind: str, data: bytes) -> tuple[int, int]:
    """Width and height as the header claims them; (0, 0) where it breaks off.

    Args:
        kind: PNG, JPEG, WEBP, GIF or BMP; of others nothing is known here, that is (0, 0).
        data: the file.
    """
    readers = {"PNG": _png, "GIF": _gif, "JPEG": _jpeg, "WEBP": _webp, "BMP": _bmp}
    return readers[kind](data) if kind in readers else (0, 0)


def _little(data: bytes, start: int, stop: int) -> int:
    return int.from_bytes(data[start:stop], "little")


def _png(data: bytes) -> tuple[int, int]:
    return int.from_bytes(data[16:20]), int.from_bytes(data[20:24])


def _gif(data: bytes) -> tuple[int, int]:
    return _little(data, 6, 8), _little(data, 8, 10)


def _bmp(data: bytes) -> tuple[int, int]:
    if _little(data, 14, 18) == 12:  # the header of OS/2: 16 bits each
        return _little(data, 18, 20), _little(data, 20, 22)
    height = int.from_bytes(data[22:26], "little", signed=True)  # below zero: from top to bottom
    return _little(data, 18, 22), abs(height)


def _webp(data: bytes) -> tuple[int, int]:
    if data[12:16] == b"VP8X":  # the extended format: 24 bits each
        return _little(data, 24, 27) + 1, _little(data, 27, 30) + 1
    if data[12:16] == b"VP8L":  # lossless: 14 bits each
        both = _little(data, 21, 25)
        return (both & 0x3FFF) + 1, (both >> 14 & 0x3FFF) + 1
    return _little(data, 26, 28) & 0x3FFF, _little(data, 28, 30) & 0x3FFF


def _jpeg(data: bytes) -> tuple[int, int]:
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        # SOF0 to SOF15 without the tables DHT, JPG and DAC: height, then width.
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            return int.from_bytes(data[at + 7 : at + 9]), int.from_bytes(data[at + 5 : at + 7])
        padding = marker == 0xFF
        at += 1 if padding else 2 + int.from_bytes(data[at + 2 : at + 4])
    return 0, 0
