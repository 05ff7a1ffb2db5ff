"""Does GitLab get what its documentation asks for, and nothing twice?

The requests were reviewed against GitLab's documentation of its REST API v4 (issues, notes).
"""

import json
from typing import Any

import httpx
import pytest

from blocks.interfaces import Ticket, TicketState
from blocks.issues import comment_of, mark
from tests.blocks.rig_gitlab import ISSUE, RIG, TOKEN, friendly, gitlab
from tests.blocks.rig_jira import FIELDS
from tests.blocks.rigs import Wired

ISSUES = "/api/v4/projects/example%2Foperations/issues"
BODY = f"{FIELDS.description}\n\nShop"


def vendor(**answers: Any) -> Wired:
    """GitLab with these answers by the end of the path; otherwise on a good day."""

    def answer(request: httpx.Request) -> httpx.Response:
        last = request.url.path.rpartition("/")[2]
        if request.method == "GET" and f"at_{last}" in answers:
            return httpx.Response(200, json=answers[f"at_{last}"])
        return friendly(request)

    return Wired(answer)


def sent(wired: Wired) -> list[tuple[str, str, Any]]:
    """Method, path with query, and body of each request."""
    return [
        (
            each.method,
            each.url.raw_path.decode().removeprefix(ISSUES),
            json.loads(each.content) if each.content else None,
        )
        for each in wired.requests
    ]


def written(wired: Wired) -> list[tuple[str, str, Any]]:
    return [each for each in sent(wired) if each[0] != "GET"]


NEWEST = ("GET", "/7/notes?order_by=created_at&sort=desc&per_page=50", None)
FIND = ("GET", "?labels=incident-INC-42&state=all&order_by=created_at&sort=asc", None)
OURS = "incident-INC-42,severity-1,service-check-out,on-call"
READ = ("GET", "/7", None)


@pytest.mark.parametrize(
    ("method", "golden"),
    [
        (
            "create",
            [
                FIND,
                ("POST", "", {"title": "checkout: error rate 31 %", "description": BODY, "labels": OURS}),
            ],
        ),
        ("move", [READ, ("PUT", "/7", {"add_labels": "incident-in-progress"})]),
        (
            "comment",
            [NEWEST, ("POST", "/7/notes", {"body": f"We look.\n\n{mark('INC-42/comment/1')}"})],
        ),
        (
            "link",
            [
                NEWEST,
                (
                    "POST",
                    "/7/notes",
                    {"body": f"[Room](<https://chat.example.com/1>)\n\n{mark('INC-42/link/room')}"},
                ),
            ],
        ),
    ],
)
async def test_the_requests_are_those_of_the_documentation(method: str, golden: list[object]) -> None:
    wired = vendor()
    await RIG.calls[method](gitlab(wired.transport))
    assert sent(wired) == golden
    assert {each.headers["PRIVATE-TOKEN"] for each in wired.requests} == {TOKEN}


async def test_an_issue_is_created_and_known_by_its_number_in_the_project() -> None:
    ticket = await gitlab(vendor().transport).create(FIELDS)
    assert ticket == Ticket(id="7", url="https://gitlab.com/example/operations/-/issues/7")


async def test_an_issue_that_an_earlier_call_created_is_found() -> None:
    wired = vendor(at_issues=[ISSUE])
    assert (await gitlab(wired.transport).create(FIELDS)).id == "7"
    assert written(wired) == []


async def test_an_update_replaces_the_severity_and_leaves_the_labels_of_people() -> None:
    wired = vendor()
    await RIG.calls["update"](gitlab(wired.transport))
    assert written(wired)[0] == (
        "PUT",
        "/7",
        {
            "title": "checkout: error rate 31 %",
            "description": BODY,
            "add_labels": "severity-1,service-check-out",
            "remove_labels": "severity-2,severity-3",
        },
    )


@pytest.mark.parametrize(
    ("before", "to", "moved"),
    [
        pytest.param(
            {}, TicketState.RESOLVED, {"add_labels": "incident-resolved"}, id="what is resolved stays open"
        ),
        pytest.param(
            {"labels": ["incident-resolved", "by-hand"]},
            TicketState.CLOSED,
            {"remove_labels": "incident-resolved", "state_event": "close"},
            id="what is closed loses the label of its state",
        ),
        pytest.param(
            {"state": "closed"}, TicketState.OPEN, {"state_event": "reopen"}, id="what is open is reopened"
        ),
    ],
)
async def test_an_issue_moves(before: dict[str, Any], to: TicketState, moved: object) -> None:
    wired = vendor(at_7=ISSUE | before)
    await gitlab(wired.transport).move("7", to)
    assert written(wired) == [("PUT", "/7", moved)]


async def test_an_issue_that_is_there_does_not_move() -> None:
    wired = vendor(at_7=ISSUE | {"state": "closed"})
    await gitlab(wired.transport).move("7", TicketState.CLOSED)
    assert written(wired) == []


async def test_a_comment_is_made_once_for_its_key() -> None:
    said = {"id": 5, "body": comment_of("We look.", "INC-42/comment/1", 1000)}
    again = vendor(at_notes=[{"id": 4, "body": "closed"}, said])
    await RIG.calls["comment"](gitlab(again.transport))
    assert written(again) == []


async def test_a_link_is_replaced_by_its_key() -> None:
    known = {"id": 5, "body": comment_of("elsewhere", "INC-42/link/room", 1000)}
    wired = vendor(at_notes=[known])
    await RIG.calls["link"](gitlab(wired.transport))
    (replaced,) = written(wired)
    assert replaced[:2] == ("PUT", "/7/notes/5")


async def test_a_server_of_ones_own_may_stand_below_a_path() -> None:
    wired = vendor()
    block = gitlab(wired.transport).model_copy(update={"server": "https://git.example.com/gitlab"})
    block._transport = wired.transport
    await block.create(FIELDS)
    assert wired.requests[0].url.raw_path.startswith(b"/gitlab/api/v4/projects/example%2Foperations/issues")
