"""GitLab on a good day."""

import httpx

from blocks import GitLabIssues
from blocks.interfaces import TicketState
from tests.blocks.rig_jira import FIELDS
from tests.blocks.vendors import VendorRig

TOKEN = "glpat-9vKJq3xYt7Zc1Lw5Rb2N"
ISSUE = {
    "iid": 7,
    "web_url": "https://gitlab.com/example/operations/-/issues/7",
    "state": "opened",
    "labels": ["incident-INC-42", "severity-2", "by-hand"],
}


def friendly(request: httpx.Request) -> httpx.Response:
    if request.method == "GET":
        listed = request.url.path.endswith(("/issues", "/notes"))
        return httpx.Response(200, json=[] if listed else ISSUE)
    return httpx.Response(201 if request.method == "POST" else 200, json=ISSUE)


def gitlab(transport: httpx.AsyncBaseTransport | None = None) -> GitLabIssues:
    block = GitLabIssues(project="example/operations", token=TOKEN, labels=("on-call",))
    block._transport = transport
    return block


RIG = VendorRig(
    block=gitlab,
    calls={
        "create": lambda tracker: tracker.create(FIELDS),
        "update": lambda tracker: tracker.update("7", FIELDS, "The severity is 1 now."),
        "move": lambda tracker: tracker.move("7", TicketState.IN_PROGRESS),
        "comment": lambda tracker: tracker.comment("INC-42/comment/1", "7", "We look."),
        "link": lambda tracker: tracker.link("INC-42/link/room", "7", "Room", "https://chat.example.com/1"),
        "close": lambda tracker: tracker.close("7", "It is over."),
    },
    secrets=(TOKEN,),
    friendly=friendly,
)
