"""Slack on a good day."""

import httpx

from blocks import SlackChat, SlackPager
from blocks.interfaces import Button
from tests.blocks.rigs import PAGE
from tests.blocks.vendors import VendorRig

TOKEN = "xoxb-17653672481-19874698323-pdFZKVeTuE8sk7oOcBrzbqgy"
ADMIN_TOKEN = "xoxp-23984754863-2348975623103-cLq2sVnFpvXWuBvx"
SIGNING_SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
ADDRESS = "https://hooks.slack.com/commands/T0001/1234/abcd"
BUTTONS = (
    Button(label="Acknowledge", says="ack", value="t0ken"),
    Button(label="Pass on", says="pass", value="t0ken"),
)
WITH_BUTTONS = PAGE.model_copy(update={"buttons": BUTTONS})
VIEW = {
    "type": "modal",
    "callback_id": "answer",
    "title": {"type": "plain_text", "text": "Next step"},
    "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "What is next?"}}],
}
ANN = {
    "id": "U024BE7LH",
    "profile": {"status_text": "Lunch", "status_emoji": ":sandwich:", "status_expiration": 0},
}
ANSWERS: dict[str, dict[str, object]] = {
    "conversations.create": {"channel": {"id": "C0EAQDV4Z", "name": "inc-42"}},
    "users.lookupByEmail": {"user": ANN},
    "chat.postMessage": {"channel": "C0EAQDV4Z", "ts": "1503435956.000247"},
    "users.info": {"user": ANN | {"name": "ann"}},
    "conversations.history": {
        "messages": [{"ts": "1503435956.000247", "text": "It is the DNS", "user": "U1"}]
    },
    "files.getUploadURLExternal": {
        "upload_url": "https://files.slack.com/upload/v1/abc",
        "file_id": "F123ABC456",
    },
}


def friendly(request: httpx.Request) -> httpx.Response:
    if request.url.host in {"files.slack.com", "hooks.slack.com"}:
        return httpx.Response(200, text="OK")
    name = request.url.path.rpartition("/")[2]
    return httpx.Response(200, json={"ok": True, **ANSWERS.get(name, {})})


CHAT = VendorRig(
    block=lambda: SlackChat(token=TOKEN, admin_token=ADMIN_TOKEN, signing_secret=SIGNING_SECRET),
    calls={
        "create_room": lambda chat: chat.create_room("INC-42", "INC-42 checkout", "SEV1 · open"),
        "set_topic": lambda chat: chat.set_topic("C0EAQDV4Z", "SEV1 · resolved"),
        "post": lambda chat: chat.post("INC-42/say/1", "C0EAQDV4Z", "**Hello**", "1503435956.000247"),
        "upload": lambda chat: chat.upload("INC-42/file", "C0EAQDV4Z", "graph.png", b"\x89PNG"),
        "invite": lambda chat: chat.invite("C0EAQDV4Z", "ann@example.com"),
        "pin": lambda chat: chat.pin("C0EAQDV4Z", "1503435956.000247"),
        "set_status": lambda chat: chat.set_status("ann@example.com", "on INC-42"),
        "restore_status": lambda chat: chat.restore_status("ann@example.com", '{"status_text": "Lunch"}'),
        "archive": lambda chat: chat.archive("C0EAQDV4Z"),
        "offer": lambda chat: chat.offer("INC-42/say/opened", "C0EAQDV4Z", "**Hello**", BUTTONS),
        "member": lambda chat: chat.member("U024BE7LH"),
        "message": lambda chat: chat.message("C0EAQDV4Z", "1503435956.000247"),
        "open_form": lambda chat: chat.open_form("12345.98765.abcd2358fdea", VIEW),
        "tell_back": lambda chat: chat.tell_back(ADDRESS, {"text": "Done."}),
    },
    reads=frozenset({"member", "message"}),
    secrets=(TOKEN, ADMIN_TOKEN, SIGNING_SECRET),
    friendly=friendly,
)
PAGER = VendorRig(
    block=lambda: SlackPager(token=TOKEN, signing_secret=SIGNING_SECRET),
    calls={
        "deliver": lambda pager: pager.deliver("ann@example.com", WITH_BUTTONS),
        "send": lambda pager: pager.send("U024BE7LH", "INC-42/update/1/ann", "Update", "We are looking."),
    },
    secrets=(TOKEN, SIGNING_SECRET),
    friendly=friendly,
)
