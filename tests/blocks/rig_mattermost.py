"""Mattermost on a good day: nothing of ours is there yet."""

import json

import httpx

from blocks import MattermostChat, MattermostPager
from blocks.interfaces import Button
from tests.blocks.rigs import PAGE
from tests.blocks.vendors import VendorRig

HOST = "chat.example.com"
SERVER = f"https://{HOST}"
TOKEN = "9xuqwrwgstrb3mzrxb83nb357a"
ADMIN_TOKEN = "q7fdcmz5pfbhtrqy1ywdnx3doe"
COMMAND_TOKEN, ANSWERS_AT = "gr8c0mmandt0ken", "https://incidents.example.com/mattermost/ops"
CALLBACK = "https://incidents.example.com/callbacks/dm/signed-token"
BUTTONS = (
    Button(label="Acknowledge", says="ack", value="INC-42"),
    Button(label="Status", says="status", value="INC-42"),
)
ANSWERABLE = PAGE.model_copy(update={"callback_url": CALLBACK, "buttons": BUTTONS})
TEAM, ROOM, POST, FILE = "t" * 26, "c" * 26, "p" * 26, "f" * 26
ANN, BOT, DIRECT = "a" * 26, "b" * 26, "d" * 26
LUNCH = {"emoji": "sandwich", "text": "Lunch", "duration": "", "expires_at": "0001-01-01T00:00:00Z"}
ANSWERS: dict[tuple[str, str], tuple[int, dict[str, object]]] = {
    ("GET", "/teams/name/ops"): (200, {"id": TEAM, "name": "ops"}),
    ("GET", "/teams/name/ops/channels/name/inc-42-checkout"): (404, {"status_code": 404}),
    ("POST", "/channels"): (201, {"id": ROOM, "name": "inc-42-checkout"}),
    ("GET", f"/channels/{ROOM}"): (200, {"id": ROOM, "delete_at": 0}),
    ("GET", f"/channels/{ROOM}/posts"): (200, {"order": [], "posts": {}}),
    ("GET", f"/channels/{DIRECT}/posts"): (200, {"order": [], "posts": {}}),
    ("GET", "/channels/room/posts"): (200, {"order": [], "posts": {}}),
    ("POST", "/channels/direct"): (201, {"id": DIRECT}),
    ("POST", "/files"): (201, {"file_infos": [{"id": FILE}], "client_ids": []}),
    ("POST", "/posts"): (201, {"id": POST}),
    ("GET", "/users/me"): (200, {"id": BOT}),
    ("GET", "/users/email/ann@example.com"): (
        200,
        {"id": ANN, "props": {"customStatus": json.dumps(LUNCH)}},
    ),
    ("GET", "/users/username/ann"): (200, {"id": ANN, "props": {}}),
    ("GET", f"/users/{ANN}"): (200, {"id": ANN, "username": "ann", "email": "ann@example.com"}),
}


def friendly(request: httpx.Request) -> httpx.Response:
    known = ANSWERS.get((request.method, request.url.path.removeprefix("/api/v4")))
    return httpx.Response(known[0], json=known[1]) if known else httpx.Response(200, json={"status": "OK"})


CHAT = VendorRig(
    block=lambda: MattermostChat(
        server=SERVER,
        team="ops",
        token=TOKEN,
        admin_token=ADMIN_TOKEN,
        command_token=COMMAND_TOKEN,
        answers_at=ANSWERS_AT,
    ),
    calls={
        "create_room": lambda chat: chat.create_room("INC-42", "INC-42 checkout", "SEV1 · open"),
        "set_topic": lambda chat: chat.set_topic(ROOM, "SEV1 · resolved"),
        "post": lambda chat: chat.post("INC-42/say/1", ROOM, "**Hello**", POST),
        "offer": lambda chat: chat.offer("INC-42/say/1", ROOM, "**Hello**", BUTTONS),
        "member": lambda chat: chat.member(ANN),
        "upload": lambda chat: chat.upload("INC-42/file", ROOM, "graph.png", b"\x89PNG"),
        "invite": lambda chat: chat.invite(ROOM, "ann@example.com"),
        "pin": lambda chat: chat.pin(ROOM, POST),
        "set_status": lambda chat: chat.set_status("ann@example.com", "on INC-42"),
        "restore_status": lambda chat: chat.restore_status("ann@example.com", json.dumps(LUNCH)),
        "archive": lambda chat: chat.archive(ROOM),
    },
    secrets=(TOKEN, ADMIN_TOKEN, COMMAND_TOKEN),
    friendly=friendly,
    reads=frozenset({"member"}),
)
PAGER = VendorRig(
    block=lambda: MattermostPager(server=f"{SERVER}/", token=TOKEN),
    calls={
        "deliver": lambda pager: pager.deliver("ann@example.com", ANSWERABLE),
        "send": lambda pager: pager.send("@ann", "INC-42/update/1/ann", "Update", "We are looking."),
    },
    secrets=(TOKEN,),
    friendly=friendly,
)
