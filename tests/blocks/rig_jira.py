"""Jira on a good day."""

import httpx

from blocks import JiraTracker
from blocks.interfaces import TicketFields, TicketState
from incident.severity import Severity
from tests.blocks.vendors import VendorRig

TOKEN = "ATATT3xFfGF0T5JNjBAbYZVCmVnr"
FIELDS = TicketFields(
    key="INC-42",
    summary="checkout: error rate\n31 %",
    description="Error rate is 31 %.\nSince 12:00.\n\nSee https://incidents.example.com/incidents/INC-42.",
    service="check out",
    products=("Shop",),
    severity=Severity.CRITICAL,
)


def status(name: str, category: str) -> dict[str, object]:
    return {"name": name, "statusCategory": {"key": category}}


TRANSITIONS = [
    {"id": "11", "to": status("In Progress", "indeterminate")},
    {"id": "31", "to": status("Done", "done")},
    {"id": "41", "to": status("Closed", "done")},
]


ANSWERS: dict[tuple[str, str], tuple[int, object]] = {
    ("POST", "jql"): (200, {"issues": []}),
    ("POST", "issue"): (201, {"id": "10000", "key": "OPS-24"}),
    ("GET", "transitions"): (200, {"transitions": TRANSITIONS}),
    ("GET", "comment"): (200, {"comments": []}),
    ("GET", "OPS-24"): (200, {"fields": {"status": status("To Do", "new")}}),
    ("POST", "comment"): (201, {"id": "1"}),
    ("POST", "remotelink"): (201, {"id": 1}),
}


def friendly(request: httpx.Request) -> httpx.Response:
    last = request.url.path.rpartition("/")[2]
    status_code, body = ANSWERS.get((request.method, last), (204, None))
    return httpx.Response(status_code) if body is None else httpx.Response(status_code, json=body)


def jira(transport: httpx.AsyncBaseTransport | None = None) -> JiraTracker:
    block = JiraTracker(
        site="https://your-domain.atlassian.net",
        email="ops@example.com",
        api_token=TOKEN,
        project="OPS",
        priorities={1: "Highest"},
    )
    block._transport = transport
    return block


RIG = VendorRig(
    block=jira,
    calls={
        "create": lambda tracker: tracker.create(FIELDS),
        "update": lambda tracker: tracker.update("OPS-24", FIELDS, "The severity is 1 now."),
        "move": lambda tracker: tracker.move("OPS-24", TicketState.IN_PROGRESS),
        "comment": lambda tracker: tracker.comment("INC-42/comment/1", "OPS-24", "We look."),
        "link": lambda tracker: tracker.link(
            "INC-42/link/room", "OPS-24", "Room", "https://chat.example.com/1"
        ),
        "close": lambda tracker: tracker.close("OPS-24", "It is over."),
    },
    secrets=(TOKEN,),
    friendly=friendly,
)
