"""Does GitHub get what its API description asks for, and nothing twice?

The requests were reviewed against GitHub's description of its REST API (version 2022-11-28).
"""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from blocks.interfaces import Ticket, TicketState
from blocks.issues import comment_of, mark
from incident.errors import Rejected, RetryLater
from tests.blocks.rig_github import ISSUE, RIG, TOKEN, friendly, github
from tests.blocks.rig_jira import FIELDS
from tests.blocks.rigs import Wired

ISSUES = "/repos/example/operations/issues"
LABELS = [{"name": "incident-INC-42"}, {"name": "by-hand"}]
BODY = f"{FIELDS.description}\n\nShop"


def vendor(**answers: Any) -> Wired:
    """GitHub with these answers by the end of the path; otherwise on a good day."""

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


SAID = comment_of("The severity is 1 now.", "x", 1000).partition("\n")[0]
READ, NEWEST = ("GET", "/7", None), ("GET", "/7/comments?per_page=50&page=1", None)
FIND = ("GET", "?labels=incident-INC-42&state=all&sort=created&direction=asc", None)
OURS = ["incident-INC-42", "severity-1", "service-check-out"]


@pytest.mark.parametrize(
    ("method", "golden"),
    [
        (
            "create",
            [
                FIND,
                (
                    "POST",
                    "",
                    {"title": "checkout: error rate 31 %", "body": BODY, "labels": [*OURS, "on-call"]},
                ),
            ],
        ),
        (
            "move",
            [
                READ,
                (
                    "PATCH",
                    "/7",
                    {
                        "state": "open",
                        "labels": ["incident-INC-42", "severity-2", "by-hand", "incident-in-progress"],
                    },
                ),
            ],
        ),
        (
            "comment",
            [
                READ,
                NEWEST,
                ("POST", "/7/comments", {"body": f"We look.\n\n{mark('INC-42/comment/1')}"}),
            ],
        ),
        (
            "link",
            [
                READ,
                NEWEST,
                (
                    "POST",
                    "/7/comments",
                    {"body": f"[Room](<https://chat.example.com/1>)\n\n{mark('INC-42/link/room')}"},
                ),
            ],
        ),
    ],
)
async def test_the_requests_are_those_of_the_description(method: str, golden: list[object]) -> None:
    wired = vendor()
    await RIG.calls[method](github(wired.transport))
    assert sent(wired) == golden


async def test_each_request_says_who_asks_and_which_version_of_the_api_it_means() -> None:
    wired = vendor()
    await RIG.calls["create"](github(wired.transport))
    for request in wired.requests:
        assert request.url.host == "api.github.com"
        assert request.headers["Authorization"] == f"Bearer {TOKEN}"
        assert request.headers["Accept"] == "application/vnd.github+json"
        assert request.headers["X-GitHub-Api-Version"] == "2022-11-28"
        assert request.headers["User-Agent"]


async def test_an_issue_is_created_and_known_by_its_number() -> None:
    ticket = await github(vendor().transport).create(FIELDS)
    assert ticket == Ticket(id="7", url="https://github.com/example/operations/issues/7")


async def test_an_issue_that_an_earlier_call_created_is_found() -> None:
    wired = vendor(at_issues=[ISSUE | {"number": 6, "pull_request": {}}, ISSUE])
    assert (await github(wired.transport).create(FIELDS)).id == "7"
    assert written(wired) == []


async def test_an_update_replaces_the_severity_and_leaves_the_labels_of_people() -> None:
    wired = vendor()
    await RIG.calls["update"](github(wired.transport))
    patch, comment = written(wired)
    assert patch[1] == "/7"
    assert patch[2] == {
        "title": "checkout: error rate 31 %",
        "body": BODY,
        "labels": ["incident-INC-42", "by-hand", "severity-1", "service-check-out"],
    }
    assert comment[2]["body"].startswith(f"{SAID}\n\n<!-- incident-response ")


@pytest.mark.parametrize(
    ("before", "to", "moved"),
    [
        pytest.param(
            {"labels": LABELS},
            TicketState.RESOLVED,
            {"state": "open", "labels": ["incident-INC-42", "by-hand", "incident-resolved"]},
            id="what is resolved stays open, with a label",
        ),
        pytest.param(
            {"labels": [*LABELS, {"name": "incident-resolved"}]},
            TicketState.CLOSED,
            {"state": "closed", "labels": ["incident-INC-42", "by-hand"], "state_reason": "completed"},
            id="what is closed is completed, and loses the label of its state",
        ),
        pytest.param(
            {"labels": LABELS, "state": "closed"},
            TicketState.OPEN,
            {"state": "open", "labels": ["incident-INC-42", "by-hand"]},
            id="what is open again is reopened",
        ),
    ],
)
async def test_an_issue_moves(before: dict[str, Any], to: TicketState, moved: object) -> None:
    wired = vendor(at_7=ISSUE | before)
    await github(wired.transport).move("7", to)
    assert written(wired) == [("PATCH", "/7", moved)]


async def test_an_issue_that_is_there_does_not_move() -> None:
    wired = vendor(at_7=ISSUE | {"state": "closed"})
    await github(wired.transport).move("7", TicketState.CLOSED)
    assert written(wired) == []


async def test_a_comment_is_made_once_for_its_key() -> None:
    said = {"id": 5, "body": comment_of("We look.", "INC-42/comment/1", 1000)}
    again = vendor(at_comments=[{"id": 4, "body": None}, said])
    await RIG.calls["comment"](github(again.transport))
    assert written(again) == []


async def test_a_link_is_replaced_by_its_key() -> None:
    known = {"id": 5, "body": comment_of("elsewhere", "INC-42/link/room", 1000)}
    wired = vendor(at_comments=[known])
    await RIG.calls["link"](github(wired.transport))
    (replaced,) = written(wired)
    assert replaced[:2] == ("PATCH", "/comments/5")


@pytest.mark.parametrize(
    ("comments", "pages"),
    [
        pytest.param(0, ["1"], id="where nothing was said"),
        pytest.param(50, ["1"], id="all of them"),
        pytest.param(51, ["1", "2"], id="all of them on two pages"),
        pytest.param(240, ["4", "5"], id="the newest, for they are listed oldest first"),
    ],
)
async def test_what_was_said_is_looked_for_on_the_last_two_pages(comments: int, pages: list[str]) -> None:
    wired = vendor(at_7=ISSUE | {"comments": comments})
    await RIG.calls["comment"](github(wired.transport))
    assert [each.url.params["page"] for each in wired.requests if each.url.params] == pages


Refusing = Callable[[httpx.Request], httpx.Response]


def forbidding(message: str) -> Refusing:
    return lambda _: httpx.Response(403, json={"message": message})


async def test_a_rate_limit_that_comes_as_a_refusal_is_waited_for() -> None:
    wired = Wired(forbidding("You have exceeded a secondary rate limit."))
    with pytest.raises(RetryLater) as caught:
        await RIG.calls["create"](github(wired.transport))
    assert caught.value.after == timedelta(minutes=1)


async def test_any_other_refusal_is_one() -> None:
    wired = Wired(forbidding("Resource not accessible by personal access token"))
    with pytest.raises(Rejected):
        await RIG.calls["create"](github(wired.transport))
