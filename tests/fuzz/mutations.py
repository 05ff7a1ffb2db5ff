"""What becomes of a message that is damaged, cut, repeated, written otherwise, or meant to do harm?"""

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from incident.sources import DIALECTS
from tests.incident.sources.bodies import PAYLOADS

CORPUS = Path(__file__).parents[3] / "shared" / "payloads"

ODD: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    10**30,
    1e308,
    5e-324,
    -0.0,
    "",
    " ",
    "\0",
    "\ud800",
    "\u202eright to left",
    "<script>alert(1)</script>",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999999999Z",
    "2026-02-30T25:61:61Z",
    "99999999999999999999999999",
    "-1",
    "1e400",
    "٣",
    [],
    {},
    [[[[[[[[]]]]]]]],
    {"": {"": {"": None}}},
    "x" * 5000,
    ["x"] * 500,
)


def samples() -> Iterator[tuple[str, bytes]]:
    """Dialect and body of every message that is kept here, or beside the repository."""
    for dialect in sorted(DIALECTS):
        for folder in (PAYLOADS / dialect, CORPUS / dialect):
            for file in sorted(folder.iterdir()) if folder.is_dir() else ():
                yield dialect, file.read_bytes()


def places(value: Any, here: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to each field below."""
    named = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, child in named:
        yield (*here, name)
        yield from places(child, (*here, name))


def _changed(draw: st.DrawFn, value: Any) -> Any:
    """Some fields dropped, replaced, doubled, renamed."""
    ways = list(places(value))
    for _ in range(draw(st.integers(1, 3)) if ways else 0):
        parent, (*above, name) = value, draw(st.sampled_from(ways))
        try:
            for step in above:
                parent = parent[step]
            odd = draw(st.sampled_from(ODD) | st.text(max_size=5) | st.integers() | st.floats())
            match draw(st.integers(0, 3)):
                case 0:
                    del parent[name]
                case 1:
                    parent[name] = odd
                case 2:
                    parent[name] = [parent[name], odd]
                case _:
                    parent[name] = {"value": parent[name], str(odd)[:20]: odd}
        except (LookupError, TypeError):
            continue  # an earlier change has taken it away
    return value


def _twice(text: bytes) -> bytes:
    """Every first key once more, with another value."""
    return text.replace(b"{", b'{"status": "twice", "id": 7, ', 1)


REWRITTEN: tuple[Callable[[bytes], bytes], ...] = (
    lambda body: b"\xef\xbb\xbf" + body,
    lambda body: body.decode("utf-8", "replace").encode("utf-16"),
    lambda body: body.decode("utf-8", "replace").encode("latin-1", "replace"),
    lambda body: body.replace(b'"', b'"\xff', 1),
    lambda body: body + body,
    lambda body: b"[" + body + b"]",
    lambda body: b"[" * 99 + body + b"]" * 99,
    lambda body: b"[" * 5000 + body,
    lambda body: body.replace(b" ", b"\0"),
    lambda body: b"payload=" + body,
    lambda body: b"\x1f\x8b\x08" + body,
    lambda body: body.replace(b"1", b"1" * 400),
    _twice,
)


@st.composite
def bodies(draw: st.DrawFn, of: list[tuple[str, bytes]]) -> tuple[str, bytes]:
    """A dialect, and a body that was one of its messages."""
    dialect, body = draw(st.sampled_from(of))
    if draw(st.integers(0, 4)):
        with suppress(ValueError):  # a form, or what is no JSON even as a sample
            body = json.dumps(_changed(draw, json.loads(body))).encode()
    if not draw(st.integers(0, 3)):
        body = draw(st.sampled_from(REWRITTEN))(body)
    if not draw(st.integers(0, 5)):
        at = draw(st.integers(0, len(body)))
        body = body[:at] + draw(st.binary(max_size=4)) + body[at + draw(st.integers(0, 4)) :]
    return (draw(st.sampled_from(sorted(DIALECTS))) if not draw(st.integers(0, 9)) else dialect), body
