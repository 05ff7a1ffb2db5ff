"""GitHub on a good day."""

import httpx

from blocks import GitHubIssues
from blocks.interfaces import TicketState
from tests.blocks.rig_jira import FIELDS
from tests.blocks.vendors import VendorRig

TOKEN = "github_pat_11A22B33C44D55E66F77G88H99"
ISSUE = {
    "number": 7,
    "html_url": "https://github.com/example/operations/issues/7",
    "state": "open",
    "labels": [{"name": "incident-INC-42"}, {"name": "severity-2"}, {"name": "by-hand"}],
    "comments": 0,
}


def friendly(request: httpx.Request) -> httpx.Response:
    if request.method == "GET":
        listed = request.url.path.endswith(("/issues", "/comments"))
        return httpx.Response(200, json=[] if listed else ISSUE)
    return httpx.Response(201 if request.method == "POST" else 200, json=ISSUE)


def github(transport: httpx.AsyncBaseTransport | None = None) -> GitHubIssues:
    block = GitHubIssues(repository="example/operations", token=TOKEN, labels=("on-call",))
    block._transport = transport
    return block


RIG = VendorRig(
    block=github,
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
