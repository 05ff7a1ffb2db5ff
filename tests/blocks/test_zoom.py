"""Does Zoom get what its API description asks for, and no second meeting?"""

from collections.abc import Sequence

import httpx
import pytest

from blocks.interfaces import Call
from incident.errors import ConnectionFailure, Rejected
from tests.blocks.published import Obeying, obeying
from tests.blocks.rig_zoom import MEETING, RIG, TOKEN, friendly, zoom

MEETINGS = "/v2/users/ops@example.com/meetings"
TOKENS = ("POST", "/oauth/token")


def vendor(known: Sequence[object] = (), gone: int = 204) -> Obeying:
    """Zoom with these meetings in the list; `gone` is what it says of one that is to end."""

    def script(request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return httpx.Response(200, json={"meetings": list(known)})
        if request.method in ("PUT", "DELETE"):
            return httpx.Response(gone)
        return friendly(request)

    return obeying({"api.zoom.us": "zoom"}, script)


async def test_a_meeting_is_made_that_nobody_has_to_wait_in() -> None:
    transport = vendor()
    call = await zoom(transport).create_call("INC-42", "x" * 300)
    assert call == Call(id="85746065", url="https://zoom.us/j/85746065")
    assert transport.sent() == [TOKENS, ("GET", MEETINGS), ("POST", MEETINGS)]
    assert transport.body() == {
        "topic": "x" * 200,
        "agenda": "INC-42",
        "type": 3,
        "settings": {"join_before_host": True, "waiting_room": False, "mute_upon_entry": True},
    }


async def test_a_meeting_that_an_earlier_call_made_is_found() -> None:
    transport = vendor([{"id": 1, "join_url": "https://zoom.us/j/1", "agenda": "INC-4"}, MEETING])
    assert (await zoom(transport).create_call("INC-42", "INC-42")).id == "85746065"
    assert transport.sent() == [TOKENS, ("GET", MEETINGS)]


@pytest.mark.parametrize("gone", [204, 404], ids=["it was going on", "it was over"])
async def test_a_meeting_ends_for_everybody(gone: int) -> None:
    transport = vendor(gone=gone)
    await zoom(transport).end_call("85746065")
    assert transport.sent()[1:] == [
        ("PUT", "/v2/meetings/85746065/status"),
        ("DELETE", "/v2/meetings/85746065"),
    ]


async def test_each_request_carries_the_token_that_was_given() -> None:
    transport = vendor()
    await zoom(transport).create_call("INC-42", "INC-42")
    signed = [request.headers["Authorization"] for request in transport.requests]
    assert signed == ["Basic Y2xpOlppQzhMeHIzeVBZVFVRdjRZUThaazBhVHp2N0Z0bnBy", *[f"Bearer {TOKEN}"] * 2]


async def test_a_wrong_secret_is_said_without_showing_it() -> None:
    def refuse(_: httpx.Request) -> httpx.Response:
        return httpx.Response(400, json={"reason": "Invalid client_id or client_secret"})

    with pytest.raises(ConnectionFailure) as caught:
        await RIG.calls["create_call"](zoom(httpx.MockTransport(refuse)))
    assert type(caught.value) is Rejected
