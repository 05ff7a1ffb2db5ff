"""Does Apprise get its address and the page, and is its yes or no understood?"""

import logging
import socket
import threading
import traceback
from datetime import timedelta

import pytest

from blocks import ApprisePush
from blocks.apprise_push import POOL, THREADS
from incident.errors import ConnectionFailure, Rejected, RetryLater, UnknownOutcome
from tests.blocks.catcher import Catcher, catcher
from tests.blocks.rigs import PAGE, SECRET


def push(to: Catcher, path: str = "{to}") -> ApprisePush:
    return ApprisePush(url=f"json://ops:{SECRET}@127.0.0.1:{to.port}/{path}")


async def failure(block: ApprisePush, to: str = "ann") -> ConnectionFailure:
    """How a page fails; no secret may be seen in it."""
    with pytest.raises(ConnectionFailure) as caught:
        await block.deliver(to, PAGE)
    shown = "".join(traceback.format_exception(caught.value)) + repr(caught.value)
    assert SECRET not in shown
    assert "127.0.0.1" not in shown
    return caught.value


async def test_a_page_arrives_as_a_failure_with_its_words() -> None:
    with catcher() as server:
        receipt = await push(server).deliver("ann", PAGE)
    [(path, said)] = server.posted
    assert path == "/ann"
    assert (said["title"], said["message"], said["type"]) == (PAGE.subject, PAGE.text, "failure")
    assert receipt.provider_id == PAGE.key


async def test_a_message_arrives_as_information() -> None:
    with catcher() as server:
        await push(server).send("ann", "INC-42/update/1/ann", "Update", "We are looking.")
    assert server.posted[0][1]["type"] == "info"


async def test_a_contact_cannot_change_the_address() -> None:
    with catcher() as server:
        await push(server).deliver("ann?format=html&method=PUT", PAGE)
    assert [path for path, _ in server.posted] == ["/ann%3Fformat=html&method=PUT"]


async def test_without_a_place_for_the_contact_everything_goes_to_one_address() -> None:
    with catcher() as server:
        await push(server, "all").deliver("ann", PAGE)
    assert [path for path, _ in server.posted] == ["/all"]


async def test_a_contact_that_is_needed_and_missing_is_said() -> None:
    with catcher() as server:
        assert type(await failure(push(server), to="")) is Rejected
    assert server.posted == []


@pytest.mark.parametrize("url", ["nonsense", "nosuchservice://x/y", f"tgram://{SECRET}"])
async def test_an_address_that_apprise_does_not_understand_is_rejected(url: str) -> None:
    assert type(await failure(ApprisePush(url=url))) is Rejected


@pytest.mark.parametrize("status", [400, 401, 429, 500, 503])
async def test_a_no_of_apprise_does_not_say_what_happened(status: int) -> None:
    with catcher(status) as server:
        assert type(await failure(push(server))) is UnknownOutcome


async def test_nobody_listening_is_a_no_too() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        nobody = Catcher(port=unused.getsockname()[1])
        assert type(await failure(push(nobody))) is UnknownOutcome


async def test_an_answer_that_does_not_come_in_time_is_unknown() -> None:
    with catcher(silent=True) as server:
        block = push(server)
        block._time_limit = timedelta(seconds=0.05)
        assert type(await failure(block)) is UnknownOutcome


async def test_a_page_that_no_thread_was_free_for_was_not_sent() -> None:
    free = threading.Event()
    busy = [POOL.submit(free.wait) for _ in range(THREADS)]
    try:
        with catcher() as server:
            block = push(server)
            block._time_limit = timedelta(seconds=0.05)
            assert type(await failure(block)) is RetryLater
    finally:
        free.set()
    assert [each.result() for each in busy] == [True] * THREADS
    assert server.posted == []


@pytest.mark.parametrize("url", [f"tgram://{SECRET}", "json://ops:{secret}@127.0.0.1:{port}/{to}"])
async def test_no_secret_is_logged_even_when_everything_is(
    url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with catcher(500) as server:
        address = url.replace("{secret}", SECRET).replace("{port}", str(server.port))
        await failure(ApprisePush(url=address))
    assert caplog.messages
    assert SECRET not in caplog.text
