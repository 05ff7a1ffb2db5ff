"""How does a screenshot become a light file? By its 256 most frequent colours, of which it hardly has more.

Chromium writes three bytes a pixel. This reads what Chromium writes (eight bits of red, green and blue each),
and nothing else.
"""

import struct
import zlib
from collections import Counter
from collections.abc import Iterator
from functools import cache

SIGNATURE = b"\x89PNG\r\n\x1a\n"
COLOUR = 3
"""Bytes of a pixel."""


def light(png: bytes) -> bytes:
    """The same picture with a palette."""
    chunks = list(_chunks(png))
    width, height, depth, kind, *_ = struct.unpack(">IIBBBBB", chunks[0][1])
    assert (depth, kind) == (8, 2), "not eight bits of red, green and blue"
    stream = zlib.decompress(b"".join(body for name, body in chunks if name == b"IDAT"))
    rows = [
        [row[at : at + COLOUR] for at in range(0, len(row), COLOUR)] for row in _rows(stream, width * COLOUR)
    ]
    palette = [colour for colour, _ in Counter(colour for row in rows for colour in row).most_common(256)]

    @cache
    def index(colour: bytes) -> int:
        near = [sum((a - b) ** 2 for a, b in zip(colour, known, strict=True)) for known in palette]
        return near.index(min(near))

    body = b"".join(b"\0" + bytes(map(index, row)) for row in rows)
    return (
        SIGNATURE
        + _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0))
        + _chunk(b"PLTE", b"".join(palette))
        + _chunk(b"IDAT", zlib.compress(body, 9))
        + _chunk(b"IEND", b"")
    )


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(SIGNATURE)
    while at < len(png):
        length, name = struct.unpack(">I4s", png[at : at + 8])
        yield name, png[at + 8 : at + 8 + length]
        at += 12 + length


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def _rows(stream: bytes, size: int) -> Iterator[bytes]:
    """The rows of pixels, each of which was written as its difference from what stands around it."""
    above = bytes(size)
    for at in range(0, len(stream), size + 1):
        row = bytearray(stream[at + 1 : at + 1 + size])
        for x in range(size) if stream[at] else ():
            left, corner = (row[x - COLOUR], above[x - COLOUR]) if x >= COLOUR else (0, 0)
            row[x] = row[x] + _guess(stream[at], left, above[x], corner) & 255
        yield (above := bytes(row))


def _guess(method: int, left: int, up: int, corner: int) -> int:
    """What the standard expects at a place: PNG, filter types 1 to 4."""
    if method == 4:  # Paeth's
        return min((left, up, corner), key=lambda known: abs(left + up - corner - known))
    return (0, left, up, (left + up) // 2)[method]
