"""Did it happen? The one place where the errors of HTTP and SMTP become our three connection failures.

An error says what became of the request, its `Fate`; what that means depends on whether repeating is safe::

    fate       means                                          repeat SAFE    repeat MAY_DOUBLE
    NOT_DONE   it was not carried out, it may be next time    RetryLater     RetryLater
    REFUSED    it was not carried out, and never will be      Rejected       Rejected
    LOST       it was under way when the answer was lost      RetryLater     UnknownOutcome

Messages carry the error's class and status, never its text: that may hold a URL, an address or a secret.
"""

import ssl
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from http import HTTPStatus
from typing import assert_never

import aiosmtplib
import httpx

from blocks.interfaces import Repeat
from incident.errors import ConnectionFailure, Rejected, RetryLater, UnknownOutcome


class Fate(StrEnum):
    """What became of a request."""

    NOT_DONE = "it was not carried out"
    REFUSED = "it was refused"
    LOST = "the answer was lost"


HTTP_STATUSES: dict[int, Fate] = {
    HTTPStatus.REQUEST_TIMEOUT: Fate.NOT_DONE,  # the server gave up before it had the whole request
    420: Fate.NOT_DONE,  # an older way to say 429: Statuspage
    HTTPStatus.TOO_EARLY: Fate.NOT_DONE,
    HTTPStatus.TOO_MANY_REQUESTS: Fate.NOT_DONE,
    HTTPStatus.SERVICE_UNAVAILABLE: Fate.NOT_DONE,
    HTTPStatus.NOT_IMPLEMENTED: Fate.REFUSED,
    HTTPStatus.HTTP_VERSION_NOT_SUPPORTED: Fate.REFUSED,
}
"""Statuses that differ from their hundred: below 500 refused, from 500 on lost.

A 502 or 504 comes from a gateway that had passed the request on, so nobody knows what became of it.
"""

HTTP_ERRORS: tuple[tuple[type[Exception], Fate], ...] = (
    (httpx.ConnectError, Fate.NOT_DONE),
    (httpx.ConnectTimeout, Fate.NOT_DONE),
    (httpx.PoolTimeout, Fate.NOT_DONE),
    (httpx.ProxyError, Fate.NOT_DONE),
    (httpx.UnsupportedProtocol, Fate.REFUSED),
    (httpx.LocalProtocolError, Fate.REFUSED),
    (httpx.HTTPError, Fate.LOST),
    (TimeoutError, Fate.LOST),
)
"""The first class that fits decides; what is left of httpx's errors happens after something was sent."""

SMTP_ERRORS: tuple[tuple[type[Exception], Fate], ...] = (
    (aiosmtplib.SMTPServerDisconnected, Fate.NOT_DONE),
    (aiosmtplib.SMTPTimeoutError, Fate.NOT_DONE),
    (aiosmtplib.SMTPConnectError, Fate.NOT_DONE),
    (aiosmtplib.SMTPException, Fate.REFUSED),  # the server lacks AUTH, STARTTLS or UTF-8 addresses
    (TimeoutError, Fate.NOT_DONE),
    (OSError, Fate.NOT_DONE),
    (ValueError, Fate.REFUSED),  # a character that no command may hold
)
"""Before the message itself was sent."""


def failure(fate: Fate, message: str, repeat: Repeat, after: timedelta | None = None) -> ConnectionFailure:
    """The failure that a fate is, when repeating does this."""
    match fate:
        case Fate.NOT_DONE:
            return RetryLater(message, after=after)
        case Fate.REFUSED:
            return Rejected(message)
        case Fate.LOST:
            return RetryLater(message, after=after) if repeat is Repeat.SAFE else UnknownOutcome(message)
        case _:
            assert_never(fate)


def fate_of_status(status: int) -> Fate:
    """What became of a request that was answered with anything but 2xx."""
    otherwise = Fate.LOST if status >= HTTPStatus.INTERNAL_SERVER_ERROR else Fate.REFUSED
    return HTTP_STATUSES.get(status, otherwise)


def of_status(response: httpx.Response, repeat: Repeat, now: datetime) -> ConnectionFailure | None:
    """The failure that a status is; None for 2xx. Redirects are not followed, so 3xx is refused."""
    if response.is_success:
        return None
    status = response.status_code
    phrase = f"HTTP {status} {httpx.codes.get_reason_phrase(status)}".strip()
    message = f"{phrase}: redirects are not followed, correct the address" if response.is_redirect else phrase
    return failure(fate_of_status(status), message, repeat, retry_after(response.headers, now))


def of_http_error(error: Exception, repeat: Repeat) -> ConnectionFailure:
    """The failure that an error of httpx is, or the time limit of a whole exchange."""
    return _from_table(HTTP_ERRORS, error, repeat)


def of_smtp_error(error: Exception, repeat: Repeat, *, sending: bool) -> ConnectionFailure:
    """The failure that an error of a mail transaction is; ``sending`` once the message is on its way."""
    if isinstance(error, aiosmtplib.SMTPResponseException) and _is_reply(error.code):
        fate = Fate.REFUSED if error.code >= _SMTP_PERMANENT else Fate.NOT_DONE
        return failure(fate, f"{type(error).__name__}: SMTP {error.code}", repeat)
    if sending:
        return failure(Fate.LOST, f"{type(error).__name__}: {Fate.LOST} after the mail was sent", repeat)
    return _from_table(SMTP_ERRORS, error, repeat)


def unreadable(problem: str) -> UnknownOutcome:
    """A 2xx whose answer cannot be read: it was done, but what was made has no name yet; look it up."""
    return UnknownOutcome(f"the answer was a success, but {problem}")


def retry_after(headers: httpx.Headers, now: datetime) -> timedelta | None:
    """How long to wait: seconds, or a date that is read by the server's own clock where it tells the time."""
    value = headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit() and len(value) <= _DIGITS_OF_A_DELAY:
        return timedelta(seconds=int(value))
    at = _http_date(value)
    if at is None:
        return None
    return max(at - (_http_date(headers.get("Date", "")) or now), timedelta())


_SMTP_TRANSIENT, _SMTP_PERMANENT, _SMTP_END = 400, 500, 600
_DIGITS_OF_A_DELAY = 8


def _is_reply(code: int) -> bool:
    return _SMTP_TRANSIENT <= code < _SMTP_END


def _http_date(value: str) -> datetime | None:
    try:
        parsed = parsedate_to_datetime(value)
    except ValueError:
        return None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def _from_table(
    table: tuple[tuple[type[Exception], Fate], ...], error: Exception, repeat: Repeat
) -> ConnectionFailure:
    name = type(error).__name__
    if _is_untrusted(error):
        return Rejected(f"{name}: the certificate of the other side is not trusted")
    fate = next(fate for kind, fate in table if isinstance(error, kind))
    return failure(fate, f"{name}: {fate}", repeat)


def _is_untrusted(error: BaseException | None) -> bool:
    # A certificate does not get better by waiting, and it is checked before anything is sent.
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False
