"""What comes from outside when nobody means well: texts, JSON, and files that were tampered with.

Whatever is read as a safetensors file with a card in its metadata can be given to `damaged_files`.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

Json = Any
Path = tuple[str | int, ...]

TEXTS = (
    "",
    " ",
    "0",
    "-0",
    "-1",
    "０",
    "٣",
    "1_0",
    "0x10",
    "1e999",
    "-1e999",
    "1e-999",
    "9" * 5000,
    "nan",
    "NaN",
    "inf",
    "-Infinity",
    "None",
    "null",
    "true",
    "[]",
    "1,2,x",
    ",,,",
    "1-2-3",
    "--",
    "all",
    "all,all",
    "\0",
    "a\tb\r\nc\x1b[31m",
    "\u202etxt.exe",
    "\u200b\ufeff",
    "🙂" * 40,
    "가나다",
    "../../etc/passwd",
    "..\\..\\windows\\win.ini",
    "/etc/passwd",
    "file:///etc/passwd",
    "%2e%2e%2f",
    "{0.__class__}",
    "{self}",
    "{}{",
    "%s%n",
    "${jndi:x}",
    "__class__",
    "__proto__",
    "self",
    "<script>alert(1)</script>",
    "![x](//e.vil/x.png)",
    "[a](//e.vil)",
    "**`$x$`** :red[x]",
    "'; DROP TABLE runs; --",
    "x" * 20_000,
)
"""Texts that have broken programs before."""

RAW = (
    "NaN",
    "-Infinity",
    "1e999",
    "-0",
    "-0.0",
    "1e-999",
    "9" * 400,
    "9" * 5000,
    '"\\ud800"',
    '{"a": 1, "a": 2}',
    '{"self": 1}',
    "[" * 300 + "]" * 300,
    "[" * 900 + "]" * 900,
    '{"a":' * 980 + "1" + "}" * 980,
    "[" * 100_000,
    '"' + "x" * 200_000 + '"',
    "[" + "0," * 50_000 + "0]",
)
"""JSON, or nearly, that Python's own writer does not write."""

_HOLE = "\0hole"
_CARD = "autoencoder-lab"


def examples(few: int, times: int = 20) -> int:
    """How many examples a test takes that is slower than most; more in the thorough profile."""
    thorough = settings.get_current_profile_name() == "thorough"
    return few * times if thorough else few


def texts() -> st.SearchStrategy[str]:
    """Any text, and more often one of those that are known to hurt."""
    return st.sampled_from(TEXTS) | st.text(max_size=60) | st.floats().map(repr)


def json_values() -> st.SearchStrategy[Json]:
    """Any JSON value, NaN and whole numbers beyond 64 bits included."""
    leaf = (
        st.none()
        | st.booleans()
        | st.integers()
        | st.integers(-(2**70), 2**70)
        | st.floats()
        | st.text(max_size=12)
        | st.sampled_from(TEXTS)
    )
    return st.recursive(
        leaf,
        lambda inner: (
            st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
        ),
        max_leaves=8,
    )


@st.composite
def changed_json(draw: st.DrawFn, value: Json) -> str:
    """JSON text of a value in which a few nodes became something else, or are missing."""
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(list(_paths(value))))
        if path and draw(st.integers(0, 3)) == 0:
            value = _without(value, path)
        else:
            new = draw(json_values() | st.just(_HOLE))
            value = _with(value, path, new)
    return json.dumps(value).replace(json.dumps(_HOLE), draw(st.sampled_from(RAW)))


def text_with(value: Json, path: Path, raw: str) -> str:
    """JSON text of a value with any text, JSON or not, in place of the node at a path."""
    return json.dumps(_with(value, path, _HOLE)).replace(json.dumps(_HOLE), raw)


def _paths(value: Json, path: Path = ()) -> Iterator[Path]:
    yield path
    if isinstance(value, (dict, list)):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _paths(item, (*path, key))


def _with(value: Json, path: Path, new: Json) -> Json:
    """A copy in which the node at a path is another."""
    if not path:
        return new
    copy = value.copy()
    copy[path[0]] = _with(value[path[0]], path[1:], new)
    return copy


def _without(value: Json, path: Path) -> Json:
    copy = value.copy()
    if len(path) == 1:
        del copy[path[0]]
    else:
        copy[path[0]] = _without(value[path[0]], path[1:])
    return copy


@st.composite
def changed_bytes(draw: st.DrawFn, data: bytes, head: int = 64) -> bytes:
    """Bytes of which some were flipped, cut out, doubled or cut off.

    Args:
        data: what is tampered with, not empty.
        head: how many bytes at the start are hit as often as all the others.
    """
    changed = bytearray(data)
    for _ in range(draw(st.integers(1, 6))):
        last = max(len(changed) - 1, 0)
        at = draw(st.integers(0, min(head, last)) | st.integers(0, last))
        length = draw(st.integers(0, 40))
        how = draw(st.sampled_from(("flip", "write", "cut out", "double", "cut off")))
        if how == "flip" and changed:
            changed[at] ^= 1 << draw(st.integers(0, 7))
        elif how == "write":
            new = draw(st.binary(min_size=1, max_size=8))
            changed[at : at + len(new)] = new
        elif how == "cut out":
            del changed[at : at + length]
        elif how == "double":
            changed[at:at] = changed[at : at + length]
        elif draw(st.booleans()):
            del changed[at:]
    return bytes(changed)


def header_of(file: bytes) -> tuple[dict[str, Json], bytes]:
    """The header of a safetensors file, and the bytes behind it."""
    end = 8 + int.from_bytes(file[:8], "little")
    return json.loads(file[8:end]), file[end:]


def with_header(text: str, body: bytes, length: int | None = None) -> bytes:
    """A safetensors file with any text as its header, which may lie about its length."""
    header = text.encode("utf-8", "surrogatepass")
    claimed = len(header) if length is None else length
    return claimed.to_bytes(8, "little") + header + body


def with_card(file: bytes, card: str, key: str = _CARD) -> bytes:
    """The file with any text as its card."""
    header, body = header_of(file)
    return with_header(json.dumps(_with(header, ("__metadata__", key), card)), body)


def damaged_files(file: bytes, key: str = _CARD) -> st.SearchStrategy[bytes]:
    """A safetensors file with a JSON card in its metadata, after somebody has tampered with it."""
    header, body = header_of(file)
    card = json.loads(header["__metadata__"][key])
    in_card: Callable[[str], bytes] = lambda text: with_card(file, text, key)  # noqa: E731
    in_header: Callable[[str], bytes] = lambda text: with_header(text, body)  # noqa: E731
    lengths = st.integers(0, 2**64 - 1) | st.sampled_from((0, 1, 2**31, 2**40, 2**63, 2**64 - 1))
    return st.one_of(
        changed_json(card).map(in_card),
        changed_json(header).map(in_header),
        st.sampled_from(RAW).map(in_card),
        st.sampled_from(RAW).map(in_header),
        texts().map(in_card),
        changed_bytes(file, head=len(file) - len(body)),
        lengths.map(lambda length: with_header(json.dumps(header), body, length)),
        st.binary(max_size=200),
        st.binary(max_size=200).map(lambda end: with_header(json.dumps(header), end)),
    )
