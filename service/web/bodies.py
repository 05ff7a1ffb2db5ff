"""What did a caller send? Bodies of a bounded size, as bytes or as the fields of a form."""

from urllib.parse import parse_qsl

from fastapi import Request
from starlette.requests import ClientDisconnect

from incident.errors import IncidentError, MalformedPayload

FORM, MOST_FIELDS = "application/x-www-form-urlencoded", 100
FORM_LIMIT = 256 * 1024
"""Bytes of a form: seven fields of 4000 characters, each of which may take twelve bytes."""


class TooLarge(IncidentError):  # noqa: N818  said of the body
    """A body that is larger than its door allows."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"a body may have {limit // 1024} KiB at most; send less at once")


class Unsupported(IncidentError):  # noqa: N818  said of the body
    """A body in a form that is not read here."""


async def read_body(request: Request, limit: int) -> bytes:
    """The body; what the caller says about its length is only believed when it is bad news.

    Raises:
        Unsupported: it is compressed.
        MalformedPayload: the length is no length, or the body ends before it.
        TooLarge: it is declared to be, or turns out to be, larger than the limit.
    """
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("", "identity"):
        raise Unsupported("a compressed body is not read; send it without Content-Encoding")
    if _declared(request) > limit:
        raise TooLarge(limit)
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > limit:
                raise TooLarge(limit)
    except ClientDisconnect:
        raise MalformedPayload("the body ended too early") from None
    return bytes(body)


async def read_form(request: Request) -> dict[str, str]:
    """The fields of an HTML form; of a repeated one the last counts, and what no database keeps is replaced.

    Raises:
        Unsupported: it is no form as browsers send it.
        MalformedPayload: it has more fields than any of our forms.
        TooLarge: see `read_body`.
    """
    body = await read_body(request, FORM_LIMIT)
    if body and request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise Unsupported(f"send the fields of the form as {FORM}")
    try:
        fields = parse_qsl(body.decode(errors="replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise MalformedPayload(f"a form has {MOST_FIELDS} fields at most") from None
    return {name: value.replace("\0", "\ufffd") for name, value in fields}


def _declared(request: Request) -> int:
    written = request.headers.get("content-length", "0").strip()
    if not (written.isascii() and written.isdigit()):
        raise MalformedPayload("Content-Length is no number of bytes")
    return int(written) if len(written) < len(str(2**63)) else 2**63
