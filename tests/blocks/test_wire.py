"""What does an HTTP exchange do with a server that is slow, endless, absent or wrong? On real sockets."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from pydantic import BaseModel

from blocks.interfaces import TIMEOUT, Repeat
from blocks.wire import MAX_ANSWER_BYTES, Answer, Wire
from incident.errors import Rejected, RetryLater, UnknownOutcome

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
Say = Callable[[asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def server(say: Say) -> AsyncIterator[str]:
    """A loopback server that reads a request's head and then says what it is told; yields its address."""

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        try:
            await say(writer)
        except ConnectionError:
            pass
        finally:
            writer.close()

    listening = await asyncio.start_server(converse, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/"
    finally:
        listening.close()


async def post(url: str, repeat: Repeat = Repeat.MAY_DOUBLE, seconds: float = 0.3) -> Answer:
    wire = Wire(repeat=repeat, now=NOW, time_limit=timedelta(seconds=seconds))
    return await wire.send("POST", url, content=b"{}", headers={})


async def silent(writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(5)


async def dribbling(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    while True:  # each byte comes well within every time limit of httpx's own
        writer.write(b".")
        await writer.drain()
        await asyncio.sleep(0.02)


async def refusing_slowly(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 1000\r\n\r\n")
    await writer.drain()
    await asyncio.sleep(5)


async def hanging_up(writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


async def endless(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        writer.write(b"." * 65536)
        await writer.drain()


@pytest.mark.parametrize(
    "say",
    [
        pytest.param(silent, id="no answer"),
        pytest.param(dribbling, id="a body byte by byte"),
        pytest.param(hanging_up, id="connection closed"),
    ],
)
async def test_a_lost_answer_leaves_the_outcome_open(say: Say) -> None:
    async with server(say) as url:
        began = time.monotonic()
        with pytest.raises(UnknownOutcome):
            await post(url)
        assert time.monotonic() - began < 7
        with pytest.raises(RetryLater):
            await post(url, Repeat.SAFE)


async def test_a_refusal_counts_before_its_slow_body_is_there() -> None:
    async with server(refusing_slowly) as url:
        with pytest.raises(Rejected, match="404"):
            await post(url, seconds=8)


async def test_an_endless_answer_is_cut_and_still_a_success() -> None:
    async with server(endless) as url:
        answer = await post(url, seconds=8)
    assert MAX_ANSWER_BYTES < len(answer.content) < 2 * MAX_ANSWER_BYTES


async def test_a_closed_port_is_tried_again_later() -> None:
    async with server(silent) as url:
        pass
    with pytest.raises(RetryLater, match="ConnectError"):
        await post(url, seconds=8)


WRONG_ADDRESSES = [
    "",
    "nonsense",
    "ftp://x/",
    "http://",
    "http:///path",
    "http://[::1",
    "http://127.0.0.1:99999999/",
    "http://127.0.0.1:-1/",
    "http://127.0.0.1:0/",
    "http://xn--/",
    "http://127.0.0.1/\ud800",
    "http://exa\nmple/",
]


@pytest.mark.parametrize("url", WRONG_ADDRESSES)
async def test_what_is_no_address_is_rejected(url: str) -> None:
    with pytest.raises(Rejected, match="not a web address"):
        await post(url, seconds=8)


class Made(BaseModel):
    id: str


def test_json_of_the_right_shape_is_read() -> None:
    assert Answer(200, b'{"id": "7", "more": 1}').read_as(Made).id == "7"


@pytest.mark.parametrize("content", [b"", b"ok", b"{", b"[]", b'{"id": 7}', b"\xff", b"<html>secret</html>"])
def test_wrong_json_after_a_success_must_be_looked_up_not_repeated(content: bytes) -> None:
    with pytest.raises(UnknownOutcome, match="success, but") as caught:
        Answer(200, content).read_as(Made)
    assert "secret" not in str(caught.value)


def test_the_time_limit_leaves_room_to_connect_first() -> None:
    client = Wire(repeat=Repeat.SAFE, now=NOW)._client()
    assert client.timeout.connect is not None
    assert 2 * client.timeout.connect < TIMEOUT.total_seconds()
    assert isinstance(client, httpx.AsyncClient)
