"""Does Mattermost get what its API asks for, and is what we said there found again?"""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import httpx
import pytest

from blocks import MattermostChat, MattermostPager
from blocks.mattermost_answers import Context, Pressed, Written, proof
from blocks.telling import Told
from incident.errors import ConfidenceError, PayloadError
from tests.blocks.published import Obeying, obeying
from tests.blocks.rig_mattermost import (
    ADMIN_TOKEN,
    ANN,
    ANSWERABLE,
    ANSWERS_AT,
    BOT,
    BUTTONS,
    CALLBACK,
    CHAT,
    COMMAND_TOKEN,
    DIRECT,
    FILE,
    HOST,
    LUNCH,
    PAGER,
    POST,
    ROOM,
    SERVER,
    TEAM,
    TOKEN,
    friendly,
)
from tests.blocks.rigs import NOW, PAGE, StoppedClock
from tests.blocks.vendors import VendorRig

ANSWERS = Mapping[tuple[str, str], tuple[int, Any]]
CHANNEL_BY_NAME = "/teams/name/ops/channels/name/inc-42-checkout"


def vendor(answers: ANSWERS | None = None) -> Obeying:
    """Mattermost with these answers by method and path; friendly otherwise."""

    def script(request: httpx.Request) -> httpx.Response:
        told = (answers or {}).get((request.method, request.url.path.removeprefix("/api/v4")))
        return httpx.Response(told[0], json=told[1]) if told else friendly(request)

    return obeying({HOST: "mattermost"}, script)


def chat(transport: Obeying, **settings: Any) -> MattermostChat:
    known = {"server": SERVER, "team": "ops", "token": TOKEN, "admin_token": ADMIN_TOKEN}
    return wired(MattermostChat(**{**known, **settings}), transport)


def wired(block: Any, transport: Obeying) -> Any:
    block._transport, block._clock = transport, StoppedClock()
    return block


def paths(transport: Obeying) -> list[str]:
    return [f"{method} {path.removeprefix('/api/v4')}" for method, path in transport.sent()]


METHODS = [(rig, method) for rig in (CHAT, PAGER) for method in rig.calls]


@pytest.mark.parametrize(("rig", "method"), METHODS, ids=[method for _, method in METHODS])
async def test_every_request_is_allowed_by_the_published_description(rig: VendorRig, method: str) -> None:
    transport = vendor()
    await rig.calls[method](wired(rig.block(), transport))
    assert transport.requests


async def test_a_channel_is_made_in_the_team_with_a_name_that_mattermost_takes() -> None:
    wanted = "inc-42-checkout-" + "x" * 48
    transport = vendor({("GET", f"/teams/name/ops/channels/name/{wanted}"): (404, {})})
    room = await chat(transport).create_room("INC-42", "INC-42 · Checkout (é)!" + "x" * 90, "y" * 2000)
    assert room.id == ROOM
    assert room.url == f"{SERVER}/ops/channels/{wanted}"
    told = transport.body()
    assert (told["team_id"], told["name"], told["type"]) == (TEAM, wanted, "O")
    assert (len(told["display_name"]), len(told["header"])) == (64, 1024)


async def test_a_channel_that_an_earlier_call_made_is_found() -> None:
    transport = vendor({("GET", CHANNEL_BY_NAME): (200, {"id": "e" * 26})})
    room = await chat(transport).create_room("INC-42", "INC-42 checkout", "")
    assert room.id == "e" * 26
    assert paths(transport) == [f"GET {CHANNEL_BY_NAME}"]


def posts(key: str) -> Any:
    others = {"x" * 26: {"id": "x" * 26, "props": None}, "y" * 26: {"id": "y" * 26, "props": {}}}
    return {"order": [], "posts": {**others, "z" * 26: {"id": "z" * 26, "props": {"incident_key": key}}}}


async def test_a_message_holds_our_key_and_goes_below_the_one_it_belongs_to() -> None:
    transport = vendor()
    assert (await chat(transport).post("INC-42/say/1", ROOM, "**Theory**", POST)).id == POST
    assert transport.body() == {
        "channel_id": ROOM,
        "message": "**Theory**",
        "root_id": POST,
        "props": {"incident_key": "INC-42/say/1"},
    }


@pytest.mark.parametrize("method", ["post", "upload"])
async def test_what_was_said_before_is_not_said_again(method: str) -> None:
    key = {"post": "INC-42/say/1", "upload": "INC-42/file"}[method]
    transport = vendor({("GET", f"/channels/{ROOM}/posts"): (200, posts(key))})
    assert (await CHAT.calls[method](chat(transport))).id == "z" * 26
    assert [request.method for request in transport.requests] == ["GET"]


async def test_a_page_that_came_before_is_not_sent_again() -> None:
    transport = vendor({("GET", f"/channels/{DIRECT}/posts"): (200, posts(PAGE.key))})
    receipt = await wired(PAGER.block(), transport).deliver("ann@example.com", PAGE)
    assert receipt.provider_id == "z" * 26
    assert "POST /posts" not in paths(transport)


async def test_a_file_is_uploaded_and_then_posted() -> None:
    transport = vendor()
    await chat(transport).upload("INC-42/file", ROOM, "graph.png", b"\x89PNG")
    form = transport.requests[1]
    assert b'filename="graph.png"' in form.content
    assert b"\x89PNG" in form.content
    assert transport.body()["file_ids"] == [FILE]


async def test_a_person_is_found_by_address_or_by_name() -> None:
    transport = vendor()
    await chat(transport).invite(ROOM, "@ann")
    assert paths(transport) == ["GET /users/username/ann", f"POST /channels/{ROOM}/members"]
    assert transport.body() == {"user_id": ANN}


async def test_a_channel_that_is_archived_already_is_left_alone() -> None:
    transport = vendor({("GET", f"/channels/{ROOM}"): (200, {"id": ROOM, "delete_at": 1})})
    await chat(transport).archive(ROOM)
    assert paths(transport) == [f"GET /channels/{ROOM}"]


def showing(status: Mapping[str, str]) -> ANSWERS:
    person = {"id": ANN, "props": {"customStatus": httpx.Response(200, json=dict(status)).text}}
    return {("GET", "/users/email/ann@example.com"): (200, person)}


async def test_a_status_is_put_back_as_it_was() -> None:
    transport = vendor()
    before = await chat(transport).set_status("ann@example.com", "on INC-42 " + "x" * 200)
    assert len(transport.body()["text"]) == 100
    assert transport.requests[-1].headers["Authorization"] == f"Bearer {ADMIN_TOKEN}"
    await chat(transport).restore_status("ann@example.com", before)
    assert transport.body()["text"] == LUNCH["text"]
    assert transport.body()["emoji"] == LUNCH["emoji"]


@pytest.mark.parametrize(
    "before",
    [
        {},
        {**LUNCH, "duration": "one_hour", "expires_at": (NOW - timedelta(hours=1)).isoformat()},
        {"emoji": "rotating_light", "text": "on INC-42"},
    ],
    ids=["there was none", "it has expired meanwhile", "it was ours already, because the call was repeated"],
)
async def test_a_status_is_taken_away_if(before: Mapping[str, str]) -> None:
    transport = vendor(showing(before))
    block = chat(transport)
    await block.restore_status("ann@example.com", await block.set_status("ann@example.com", "on INC-42"))
    assert paths(transport)[-1] == f"DELETE /users/{ANN}/status/custom"


async def test_a_status_that_still_holds_is_put_back_with_its_end() -> None:
    end = (NOW + timedelta(hours=1)).isoformat()
    transport = vendor(showing({**LUNCH, "duration": "date_and_time", "expires_at": end}))
    block = chat(transport)
    await block.restore_status("ann@example.com", await block.set_status("ann@example.com", "on INC-42"))
    assert transport.body() == {
        "emoji": "sandwich",
        "text": "Lunch",
        "duration": "date_and_time",
        "expires_at": "2026-03-01T13:00:00Z",
    }


async def test_without_an_admins_token_statuses_stay_as_they_are() -> None:
    transport = vendor()
    block = chat(transport, admin_token=None)
    await block.restore_status("ann@example.com", await block.set_status("ann@example.com", "on INC-42"))
    assert transport.requests == []


async def test_a_page_is_a_direct_message_from_the_bot() -> None:
    transport = vendor()
    receipt = await wired(MattermostPager(server=SERVER, token=TOKEN), transport).deliver(
        "ann@example.com", PAGE
    )
    assert receipt.provider_id == POST
    assert transport.body(2) == [BOT, ANN]
    assert transport.body()["channel_id"] == DIRECT
    assert PAGE.acknowledge_url in transport.body()["message"]


async def test_a_page_is_answered_by_its_buttons_over_an_address_of_its_own() -> None:
    transport = vendor()
    await wired(PAGER.block(), transport).deliver("ann@example.com", ANSWERABLE)
    props = transport.body()["props"]
    (attachment,) = props["attachments"]
    assert props["incident_key"] == ANSWERABLE.key
    assert [(each["name"], each["integration"]) for each in attachment["actions"]] == [
        ("Acknowledge", {"url": f"{CALLBACK}/button", "context": {"says": "ack"}}),
        ("Status", {"url": f"{CALLBACK}/button", "context": {"says": "status"}}),
    ]
    assert all(each["id"].isalnum() for each in attachment["actions"])


async def test_the_buttons_of_a_room_prove_that_they_are_ours() -> None:
    transport = vendor()
    await wired(CHAT.block(), transport).offer("INC-42/say/1", ROOM, "**Hello**", BUTTONS)
    (attachment,) = transport.body()["props"]["attachments"]
    (context, _) = (each["integration"]["context"] for each in attachment["actions"])
    assert context == {"says": "ack", "value": "INC-42", "proof": proof("ack", "INC-42", COMMAND_TOKEN)}
    assert attachment["actions"][0]["integration"]["url"] == f"{ANSWERS_AT}/button"


@pytest.mark.parametrize("missing", ["answers_at", "command_token"])
async def test_without_an_address_or_a_token_there_are_no_buttons(missing: str) -> None:
    transport = vendor()
    block = CHAT.block().model_copy(update={missing: None})
    await wired(block, transport).offer("INC-42/say/1", ROOM, "**Hello**", BUTTONS)
    assert transport.body()["props"] == {"incident_key": "INC-42/say/1"}


COMMAND = {
    "token": COMMAND_TOKEN,
    "user_id": ANN,
    "user_name": "ann",
    "channel_id": ROOM,
    "command": "/incident",
    "text": "sev 1 nobody can pay",
    "trigger_id": "once",
}


def told(form: Mapping[str, str] | None = None, body: Any = None) -> Told:
    return Told(url=ANSWERS_AT, headers={}, form=tuple((form or {}).items()), body=json.dumps(body).encode())


def test_a_command_is_read() -> None:
    assert CHAT.block().command_told(told(COMMAND)) == Written(
        user_id=ANN, user_name="ann", channel_id=ROOM, text="sev 1 nobody can pay", trigger_id="once"
    )


@pytest.mark.parametrize("token", ["", "other", COMMAND_TOKEN[:-1]])
def test_a_command_with_another_token_is_refused(token: str) -> None:
    with pytest.raises(ConfidenceError):
        CHAT.block().command_told(told({**COMMAND, "token": token}))


def test_without_a_token_of_the_command_nothing_is_taken() -> None:
    block = CHAT.block().model_copy(update={"command_token": None})
    with pytest.raises(ConfidenceError):
        block.command_told(told({**COMMAND, "token": ""}))
    with pytest.raises(ConfidenceError):
        block.press_told(told(body=press("ack", "INC-42", proof("ack", "INC-42", ""))))


def press(says: str, value: str, proved: str) -> dict[str, Any]:
    context = {"says": says, "value": value, "proof": proved}
    return {"user_id": ANN, "user_name": "ann", "channel_id": ROOM, "post_id": POST, "context": context}


def test_a_press_of_our_button_is_read() -> None:
    proved = proof("ack", "INC-42", COMMAND_TOKEN)
    pressed = CHAT.block().press_told(told(body=press("ack", "INC-42", proved)))
    assert pressed == Pressed(
        user_id=ANN,
        user_name="ann",
        channel_id=ROOM,
        context=Context(says="ack", value="INC-42", proof=proved),
    )


@pytest.mark.parametrize(
    ("says", "value"), [("status", "INC-42"), ("ack", "INC-43"), ("ack INC-42", "")], ids=repr
)
def test_a_button_proves_nothing_else(says: str, value: str) -> None:
    with pytest.raises(ConfidenceError):
        CHAT.block().press_told(told(body=press(says, value, proof("ack", "INC-42", COMMAND_TOKEN))))


@pytest.mark.parametrize("body", [None, [], {"user_id": ANN}, {"context": {"says": "ack"}}], ids=repr)
def test_what_is_no_button_is_refused(body: Any) -> None:
    with pytest.raises(PayloadError):
        CHAT.block().press_told(told(body=body))
