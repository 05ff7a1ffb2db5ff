"""Does every error and status end in the right one of the three failures?"""

import ssl
from datetime import UTC, datetime, timedelta

import aiosmtplib
import httpx
import pytest

from blocks.failures import Fate, failure, of_http_error, of_smtp_error, of_status, retry_after
from blocks.interfaces import Repeat
from incident.errors import Rejected, RetryLater, UnknownOutcome

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SAFE, MAY_DOUBLE = Repeat.SAFE, Repeat.MAY_DOUBLE


@pytest.mark.parametrize(
    ("fate", "repeat", "kind"),
    [
        pytest.param(Fate.NOT_DONE, SAFE, RetryLater, id="not done: later"),
        pytest.param(Fate.NOT_DONE, MAY_DOUBLE, RetryLater, id="not done: later, because nothing can double"),
        pytest.param(Fate.REFUSED, SAFE, Rejected, id="refused: never"),
        pytest.param(Fate.REFUSED, MAY_DOUBLE, Rejected, id="refused: never, however it repeats"),
        pytest.param(Fate.LOST, SAFE, RetryLater, id="lost: later, because repeating is safe"),
        pytest.param(Fate.LOST, MAY_DOUBLE, UnknownOutcome, id="lost: unknown, because repeating may double"),
    ],
)
def test_a_fate_becomes_a_failure(fate: Fate, repeat: Repeat, kind: type[Exception]) -> None:
    assert type(failure(fate, "words", repeat)) is kind


@pytest.mark.parametrize("status", [200, 201, 202, 204, 206, 299])
def test_a_success_is_no_failure(status: int) -> None:
    assert of_status(httpx.Response(status), MAY_DOUBLE, NOW) is None


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        pytest.param(500, UnknownOutcome, id="500: the server broke while it was doing it"),
        pytest.param(502, UnknownOutcome, id="502: a gateway had passed it on"),
        pytest.param(504, UnknownOutcome, id="504: a gateway had passed it on"),
        pytest.param(503, RetryLater, id="503: the server did not take it"),
        pytest.param(429, RetryLater, id="429: the server did not take it"),
        pytest.param(101, Rejected, id="101: nobody asked for another protocol"),
        pytest.param(303, Rejected, id="303: redirects are not followed"),
        pytest.param(404, Rejected, id="404: repeating does not help"),
    ],
)
def test_a_status_on_a_connection_that_may_double(status: int, kind: type[Exception]) -> None:
    assert type(of_status(httpx.Response(status), MAY_DOUBLE, NOW)) is kind


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        pytest.param(httpx.ConnectError("x"), RetryLater, id="no connection"),
        pytest.param(httpx.ConnectTimeout("x"), RetryLater, id="no connection in time"),
        pytest.param(httpx.PoolTimeout("x"), RetryLater, id="no free connection"),
        pytest.param(httpx.ProxyError("x"), RetryLater, id="the proxy did not let us through"),
        pytest.param(httpx.UnsupportedProtocol("x"), Rejected, id="neither http nor https"),
        pytest.param(httpx.LocalProtocolError("x"), Rejected, id="we may not say that"),
        pytest.param(httpx.ReadTimeout("x"), UnknownOutcome, id="no answer in time"),
        pytest.param(httpx.WriteTimeout("x"), UnknownOutcome, id="not all of it was taken in time"),
        pytest.param(httpx.ReadError("x"), UnknownOutcome, id="connection lost while waiting"),
        pytest.param(httpx.WriteError("x"), UnknownOutcome, id="connection lost while sending"),
        pytest.param(httpx.RemoteProtocolError("x"), UnknownOutcome, id="closed without an answer"),
        pytest.param(httpx.DecodingError("x"), UnknownOutcome, id="an answer that cannot be unpacked"),
        pytest.param(TimeoutError(), UnknownOutcome, id="the whole exchange took too long"),
    ],
)
def test_an_error_of_http_on_a_connection_that_may_double(error: Exception, kind: type[Exception]) -> None:
    assert type(of_http_error(error, MAY_DOUBLE)) is kind


def test_an_untrusted_certificate_is_not_tried_again() -> None:
    error = httpx.ConnectError("x")
    error.__cause__ = ssl.SSLCertVerificationError("self-signed certificate")
    assert type(of_http_error(error, SAFE)) is Rejected


REPLIED = aiosmtplib.SMTPDataError


@pytest.mark.parametrize(
    ("error", "sending", "kind"),
    [
        pytest.param(aiosmtplib.SMTPConnectError("x"), False, RetryLater, id="no connection"),
        pytest.param(aiosmtplib.SMTPConnectTimeoutError("x"), False, RetryLater, id="no connection in time"),
        pytest.param(aiosmtplib.SMTPServerDisconnected("x"), False, RetryLater, id="dropped before the mail"),
        pytest.param(
            aiosmtplib.SMTPServerDisconnected("x"), True, UnknownOutcome, id="dropped after the mail"
        ),
        pytest.param(aiosmtplib.SMTPReadTimeoutError("x"), True, UnknownOutcome, id="silent after the mail"),
        pytest.param(TimeoutError(), False, RetryLater, id="too slow before the mail"),
        pytest.param(TimeoutError(), True, UnknownOutcome, id="too slow after the mail"),
        pytest.param(OSError("x"), False, RetryLater, id="the network broke before the mail"),
        pytest.param(REPLIED(451, "x"), True, RetryLater, id="451 after the mail: not taken, for now"),
        pytest.param(REPLIED(554, "x"), True, Rejected, id="554 after the mail: not taken"),
        pytest.param(REPLIED(-1, "x"), True, UnknownOutcome, id="gibberish after the mail"),
        pytest.param(aiosmtplib.SMTPAuthenticationError(535, "x"), False, Rejected, id="wrong password"),
        pytest.param(
            aiosmtplib.SMTPAuthenticationError(454, "x"), False, RetryLater, id="cannot check passwords now"
        ),
        pytest.param(aiosmtplib.SMTPConnectResponseError(421, "x"), False, RetryLater, id="421: too busy"),
        pytest.param(aiosmtplib.SMTPException("x"), False, Rejected, id="no AUTH, no STARTTLS"),
        pytest.param(ValueError("x"), False, Rejected, id="a character that no command may hold"),
    ],
)
def test_an_error_of_smtp(error: Exception, sending: bool, kind: type[Exception]) -> None:
    assert type(of_smtp_error(error, MAY_DOUBLE, sending=sending)) is kind


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        pytest.param({}, None, id="nothing said"),
        pytest.param({"Retry-After": "120"}, timedelta(seconds=120), id="seconds"),
        pytest.param({"Retry-After": " 0 "}, timedelta(), id="no seconds at all"),
        pytest.param({"Retry-After": "Sun, 01 Mar 2026 12:00:30 GMT"}, timedelta(seconds=30), id="a date"),
        pytest.param(
            {"Retry-After": "Sun, 01 Mar 2026 15:00:30 GMT", "Date": "Sun, 01 Mar 2026 15:00:00 GMT"},
            timedelta(seconds=30),
            id="a date, by the server's own clock",
        ),
        pytest.param({"Retry-After": "Sun, 01 Mar 2026 11:00:00 GMT"}, timedelta(), id="a date in the past"),
        pytest.param({"Retry-After": "-5"}, None, id="less than nothing is no answer"),
        pytest.param({"Retry-After": "1.5"}, None, id="a fraction is no answer"),
        pytest.param({"Retry-After": "9" * 30}, None, id="longer than time itself is no answer"),
        pytest.param({"Retry-After": "٣"}, None, id="digits that are not ASCII are no answer"),
        pytest.param({"Retry-After": "soon"}, None, id="words are no answer"),
        pytest.param({"Retry-After": "Sun, 99 Mar 2026 12:00:30 GMT"}, None, id="a day that does not exist"),
    ],
)
def test_how_long_to_wait(headers: dict[str, str], wait: timedelta | None) -> None:
    encoded = httpx.Headers({name: value.encode() for name, value in headers.items()})
    assert retry_after(encoded, NOW) == wait
