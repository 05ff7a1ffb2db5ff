"""Is whoever listens outside called, and is their address never told to anybody else?"""

import logging

import httpx
import pytest

from blocks.heartbeat import Heartbeat
from incident.errors import ConnectionFailure, Rejected, RetryLater
from tests.blocks.rigs import NOW, Wired

SECRET = "T0KEN-IN-THE-PATH"
ADDRESS = f"https://listener.example/{SECRET}"


def _refuse(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError(f"no way to {request.url}", request=request)


async def test_the_address_is_called_as_it_stands() -> None:
    wired = Wired()
    await Heartbeat(ADDRESS, transport=wired.transport).beat(NOW)
    (request,) = wired.requests
    assert (request.method, str(request.url), request.content) == ("GET", ADDRESS, b"")


@pytest.mark.parametrize(
    ("wired", "failure"),
    [
        pytest.param(Wired(lambda _: httpx.Response(404)), Rejected, id="nobody listens there"),
        pytest.param(Wired(lambda _: httpx.Response(503)), RetryLater, id="they are busy"),
        pytest.param(Wired(_refuse), RetryLater, id="they are away"),
    ],
)
async def test_a_call_that_is_not_heard_fails_without_naming_the_address(
    wired: Wired, failure: type[ConnectionFailure], caplog: pytest.LogCaptureFixture
) -> None:
    heartbeat = Heartbeat(ADDRESS, transport=wired.transport)
    with caplog.at_level(logging.INFO, "blocks"), pytest.raises(failure) as raised:
        await heartbeat.beat(NOW)
    assert SECRET not in f"{raised.value!r} {heartbeat!r} {raised.value.__cause__!r}"


async def test_what_is_no_web_address_is_refused_without_repeating_it() -> None:
    with pytest.raises(Rejected) as raised:
        await Heartbeat(f"listener.example/{SECRET}").beat(NOW)
    assert SECRET not in str(raised.value)
