"""What does a body say that is a form and not JSON?

StatusCake and UptimeRobot send `application/x-www-form-urlencoded`; Uptime Kuma can send
`multipart/form-data` with JSON in one of its parts. The body itself shows which, so that a missing or wrong
Content-Type loses nothing.
"""

import re
from collections.abc import Iterable
from urllib.parse import parse_qsl

MOST_FIELDS = 1000
LONGEST_HEADERS = 1000
"""Characters above the content of a part."""

_URL_ENCODED = re.compile(rb"[\w.\-%+*\[\]]+=[^\s{}<>\"]*\s*")
_BOUNDARY = re.compile(rb"\s*(--[^\r\n]{1,72})\r?\n")
_NAME = re.compile(r'content-disposition:[^\r\n]*?\bname="?([^";\r\n]*)', re.IGNORECASE)
_END_OF_HEADERS = re.compile(r"\r?\n\r?\n")


def form_fields(body: bytes) -> dict[str, str] | None:
    """The fields of a form, the last one where a name comes twice; None: it is no form."""
    pairs = _multipart(body) if _BOUNDARY.match(body) else _url_encoded(body)
    return dict(pairs) or None


def _url_encoded(body: bytes) -> Iterable[tuple[str, str]]:
    if not _URL_ENCODED.fullmatch(body) or body.count(b"&") >= MOST_FIELDS:
        return []
    written = body.decode("utf-8", "replace").strip()
    return parse_qsl(written, keep_blank_values=True, errors="replace")


def _multipart(body: bytes) -> Iterable[tuple[str, str]]:
    """The parts that have a name; what a file holds is a field like others."""
    boundary = _BOUNDARY.match(body)
    assert boundary is not None
    parts = body.split(boundary[1], MOST_FIELDS)[1:]
    for part in parts:
        headers, *content = _END_OF_HEADERS.split(part.decode("utf-8", "replace"), 1)
        name = _NAME.search(headers[:LONGEST_HEADERS])
        if name and content:
            yield name[1], content[0].removesuffix("\n").removesuffix("\r")
