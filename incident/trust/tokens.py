"""Does a request hold the token of its source? Digests are compared: the time it takes tells nothing."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence
from typing import assert_never

from incident.trust.request import Forged, Request
from incident.trust.ways import AddressToken, BasicPassword, BearerToken, HeaderToken

TokenWay = BearerToken | BasicPassword | HeaderToken | AddressToken


def check_token(way: TokenWay, request: Request, secrets: Sequence[str]) -> None:
    """Is one of the secrets where this way of proving has it?

    Raises:
        Forged: it is not, or the source has no secret, which is not told either.
    """
    if not is_one_of(_given(way, request), secrets):
        challenge = 'Basic realm="alerts"' if isinstance(way, BasicPassword) else "Bearer"
        raise Forged(f"the token is wrong; send {wanted(way)}", challenge=challenge)


def wanted(way: TokenWay) -> str:
    """Where the token has to be, in words for whoever sets up the sender."""
    match way:
        case BearerToken():
            return "'Authorization: Bearer <the token of this source>'"
        case BasicPassword():
            name = f"the user name {way.username!r}" if way.username else "any user name"
            return f"'Authorization: Basic ...' with {name} and the token of this source as the password"
        case HeaderToken():
            return f"the token of this source in the header {way.header}"
        case AddressToken():
            return f"the token of this source in the address, as ?{way.parameter}= or after the last slash"
        case _:
            assert_never(way)


def is_one_of(given: str, secrets: Sequence[str]) -> bool:
    """Is this one of the secrets? Each is compared, whichever it is; an empty one is none."""
    found = [hmac.compare_digest(_digest(given), _digest(secret)) for secret in secrets if secret]
    return any(found)


def _given(way: TokenWay, request: Request) -> str:
    match way:
        case BearerToken():
            return _credentials(request, "bearer")
        case BasicPassword():
            return _password(_credentials(request, "basic"), way.username)
        case HeaderToken():
            return request.headers.get(way.header.lower(), "").strip()
        case AddressToken():
            return request.token_in_path or request.query.get(way.parameter, "")
        case _:
            assert_never(way)


def _credentials(request: Request, scheme: str) -> str:
    given, _, credentials = request.headers.get("authorization", "").strip().partition(" ")
    return credentials.strip() if given.lower() == scheme else ""


def _password(credentials: str, username: str) -> str:
    try:
        name, colon, password = base64.b64decode(credentials, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return ""
    return password if colon and (not username or is_one_of(name, [username])) else ""


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
