"""Does Slack get what its API asks for, and is its `ok: false` understood?"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import httpx
import pytest

from blocks import SlackChat, SlackPager
from blocks.exchange import HttpConnection
from incident.errors import Rejected, RetryLater, UnknownOutcome
from tests.blocks.published import Obeying, obeying
from tests.blocks.rig_slack import (
    ADMIN_TOKEN,
    BUTTONS,
    CHAT,
    PAGER,
    SIGNING_SECRET,
    TOKEN,
    WITH_BUTTONS,
    friendly,
)
from tests.blocks.rigs import PAGE
from tests.blocks.vendors import VendorRig


def vendor(**answers: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> Obeying:
    """Slack with these answers by the method's name (with _ for .); a list is given one by one."""
    scripted = {name.replace("_", "."): answer for name, answer in answers.items()}
    queues = {
        name: iter(answer if isinstance(answer, list) else [answer] * 9) for name, answer in scripted.items()
    }

    def script(request: httpx.Request) -> httpx.Response:
        name = request.url.path.rpartition("/")[2]
        return httpx.Response(200, json=next(queues[name])) if name in queues else friendly(request)

    return obeying({"slack.com": "slack31"}, script)


def chat(transport: Obeying, **settings: Any) -> SlackChat:
    return wired(SlackChat(**{"token": TOKEN, "admin_token": ADMIN_TOKEN, **settings}), transport)


def wired(block: Any, transport: Obeying) -> Any:
    block._transport = transport
    return block


def names(transport: Obeying) -> list[str]:
    return [path.rpartition("/")[2] for _, path in transport.sent()]


METHODS = [(rig, method) for rig in (CHAT, PAGER) for method in rig.calls]


@pytest.mark.parametrize(("rig", "method"), METHODS, ids=[method for _, method in METHODS])
async def test_every_request_is_allowed_by_the_published_description(rig: VendorRig, method: str) -> None:
    transport = vendor()
    await rig.calls[method](wired(rig.block(), transport))
    assert transport.requests


NO = {"ok": False}
CODES = {
    "ratelimited": RetryLater,
    "service_unavailable": RetryLater,
    "channel_not_found": Rejected,
    "invalid_auth": Rejected,
    "internal_error": UnknownOutcome,
    "fatal_error": UnknownOutcome,
}


@pytest.mark.parametrize(("code", "kind"), CODES.items(), ids=CODES)
async def test_a_refusal_inside_a_success_is_a_failure(code: str, kind: type[Exception]) -> None:
    block = chat(vendor(chat_postMessage={"ok": False, "error": code}))
    with pytest.raises(kind, match=code):
        await block.post("INC-42/say/1", "C0EAQDV4Z", "Hello")


async def test_what_may_be_asked_again_is_asked_again_after_an_error_of_theirs() -> None:
    block = chat(vendor(conversations_setTopic={"ok": False, "error": "internal_error"}))
    with pytest.raises(RetryLater):
        await block.set_topic("C0EAQDV4Z", "SEV1")


async def test_a_channel_has_a_name_that_slack_takes() -> None:
    transport = vendor()
    room = await chat(transport).create_room("INC-42", "INC-42 · Checkout (é)!" + "x" * 90, "y" * 300)
    assert room.url == "https://slack.com/app_redirect?channel=C0EAQDV4Z"
    assert transport.body(0)["name"] == "inc-42-checkout-" + "x" * 64
    assert len(transport.body(1)["topic"]) == 250


async def test_a_channel_that_an_earlier_call_made_is_found_on_any_page() -> None:
    first = {"ok": True, "channels": [{"id": "C1", "name": "x"}], "response_metadata": {"next_cursor": "c2"}}
    second = {"ok": True, "channels": [{"id": "C2", "name": "inc-42"}]}
    transport = vendor(
        conversations_create={"ok": False, "error": "name_taken"}, conversations_list=[first, second]
    )
    assert (await chat(transport).create_room("INC-42", "INC-42", "")).id == "C2"
    assert names(transport) == ["conversations.create", "conversations.list", "conversations.list"]


async def test_a_name_that_is_taken_out_of_sight_is_said() -> None:
    transport = vendor(
        conversations_create={"ok": False, "error": "name_taken"},
        conversations_list={"ok": True, "channels": []},
    )
    with pytest.raises(Rejected, match="inc-42 is taken"):
        await chat(transport).create_room("INC-42", "INC-42", "")


SO_ALREADY = {
    "invite": ("conversations_invite", "already_in_channel"),
    "pin": ("pins_add", "already_pinned"),
    "archive": ("conversations_archive", "already_archived"),
}


@pytest.mark.parametrize("method", SO_ALREADY)
async def test_what_is_so_already_is_no_error(method: str) -> None:
    name, code = SO_ALREADY[method]
    await CHAT.calls[method](chat(vendor(**{name: {"ok": False, "error": code}})))


async def test_a_message_goes_below_the_one_it_belongs_to() -> None:
    transport = vendor()
    post = await chat(transport).post("k", "C0EAQDV4Z", "**Theory**", "1503435956.000247")
    assert post.id == "1503435956.000247"
    assert transport.body()["thread_ts"] == "1503435956.000247"
    assert transport.body()["markdown_text"] == "**Theory**"


async def test_a_file_goes_to_where_slack_says_and_then_into_the_channel() -> None:
    transport = vendor()
    await chat(transport).upload("k", "C0EAQDV4Z", "graph.png", b"\x89PNG")
    hosts = [request.url.host for request in transport.requests]
    assert hosts == ["slack.com", "files.slack.com", "slack.com"]
    assert transport.requests[1].content == b"\x89PNG"
    assert "Authorization" not in transport.requests[1].headers


async def test_a_status_is_put_back_as_it_was() -> None:
    transport = vendor()
    before = await chat(transport).set_status("ann@example.com", "on INC-42 " + "x" * 200)
    assert len(transport.body()["profile"]["status_text"]) == 100
    assert transport.requests[-1].headers["Authorization"] == f"Bearer {ADMIN_TOKEN}"
    await chat(transport).restore_status("ann@example.com", before)
    assert transport.body() == {
        "user": "U024BE7LH",
        "profile": {"status_text": "Lunch", "status_emoji": ":sandwich:", "status_expiration": 0},
    }


async def test_without_an_admins_token_statuses_stay_as_they_are() -> None:
    transport = vendor()
    block = chat(transport, admin_token=None)
    await block.restore_status("ann@example.com", await block.set_status("ann@example.com", "on INC-42"))
    assert transport.requests == []


async def test_a_page_is_a_direct_message_with_a_button() -> None:
    transport = vendor()
    receipt = await wired(SlackPager(token=TOKEN), transport).deliver("ann@example.com", PAGE)
    assert receipt.provider_id == "C0EAQDV4Z/1503435956.000247"
    told = transport.body()
    assert told["channel"] == "U024BE7LH"
    assert told["blocks"][2]["elements"][0]["url"] == PAGE.acknowledge_url
    assert PAGE.text in json.dumps(told["blocks"], ensure_ascii=False).replace("\\n", "\n")


async def test_a_page_is_answered_by_buttons_where_slack_can_be_believed() -> None:
    transport = vendor()
    await wired(SlackPager(token=TOKEN, signing_secret=SIGNING_SECRET), transport).deliver(
        "U024BE7LH", WITH_BUTTONS
    )
    pressed = transport.body()["blocks"][2]["elements"]
    assert [(each["action_id"], each.get("value")) for each in pressed[:2]] == [
        ("ack", "t0ken"),
        ("pass", "t0ken"),
    ]
    assert [each["url"] for each in pressed[2:]] == [PAGE.acknowledge_url, PAGE.incident_url]


async def test_without_the_signing_secret_a_page_has_links_only() -> None:
    transport = vendor()
    await wired(SlackPager(token=TOKEN), transport).deliver("U024BE7LH", WITH_BUTTONS)
    assert all("url" in each for each in transport.body()["blocks"][2]["elements"])


async def test_the_first_text_of_a_room_has_buttons() -> None:
    transport = vendor()
    post = await chat(transport, signing_secret=SIGNING_SECRET).offer("k", "C0EAQDV4Z", "**Hello**", BUTTONS)
    assert post.id == "1503435956.000247"
    assert [each["type"] for each in transport.body()["blocks"]] == ["markdown", "actions"]


async def test_without_the_signing_secret_it_has_none() -> None:
    transport = vendor()
    await chat(transport).offer("k", "C0EAQDV4Z", "**Hello**", BUTTONS)
    assert [each["type"] for each in transport.body()["blocks"]] == ["markdown"]


async def test_a_message_is_read_with_its_author_and_its_time() -> None:
    message = await chat(vendor()).message("C0EAQDV4Z", "1503435956.000247")
    assert message is not None
    assert (message.text, message.user) == ("It is the DNS", "U1")
    assert message.at.isoformat() == "2017-08-22T21:05:56.000247+00:00"


async def test_a_message_of_a_thread_is_found_there() -> None:
    reply = {"ts": "1503435957.000248", "text": "Or the cache", "user": "U1"}
    transport = vendor(
        conversations_history={
            "ok": True,
            "messages": [{"ts": "1503435956.000247", "text": "It is the DNS"}],
        },
        conversations_replies={"ok": True, "messages": [reply]},
    )
    message = await chat(transport).message("C0EAQDV4Z", "1503435957.000248")
    assert message is not None
    assert message.text == "Or the cache"


async def test_a_message_that_is_gone_is_none() -> None:
    nothing = {"ok": True, "messages": []}
    transport = vendor(conversations_history=nothing, conversations_replies=nothing)
    assert await chat(transport).message("C0EAQDV4Z", "1503435957.000248") is None


async def test_what_no_member_wrote_has_no_author() -> None:
    ours = {"ts": "1503435956.000247", "text": "INC-42", "user": "U0APP", "bot_id": "B1"}
    transport = vendor(conversations_history={"ok": True, "messages": [ours]})
    message = await chat(transport).message("C0EAQDV4Z", "1503435956.000247")
    assert message is not None
    assert message.user == ""


@pytest.mark.parametrize(
    "address", ["https://example.com/x", "http://hooks.slack.com/x", "https://slack.com.evil.example/x"]
)
async def test_nothing_is_told_to_an_address_that_is_not_slacks(address: str) -> None:
    transport = vendor()
    with pytest.raises(Rejected, match="none of Slack's"):
        await chat(transport).tell_back(address, {"text": "Done."})
    assert transport.requests == []


@pytest.mark.parametrize("block", [SlackPager(token=TOKEN), SlackChat(token=TOKEN)], ids=["pager", "chat"])
def test_a_token_is_never_shown(block: HttpConnection) -> None:
    assert TOKEN not in block.model_dump_json() + repr(block)
