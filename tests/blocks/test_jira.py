"""Does Jira get what its API description asks for, and nothing twice?"""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft4Validator

from blocks.adf import document
from blocks.interfaces import Ticket, TicketState
from incident.errors import Rejected
from tests.blocks.published import FOLDER, Obeying, obeying
from tests.blocks.rig_jira import FIELDS, RIG, friendly, jira, status

ISSUE = "/rest/api/3/issue/OPS-24"
FORMAT: Path = FOLDER.parent / "specs" / "jira" / "adf-schema-full.v57.7.22.json"


def vendor(**answers: Any) -> Obeying:
    """Jira with these answers by the end of the path; otherwise on a good day."""

    def script(request: httpx.Request) -> httpx.Response:
        last = request.url.path.rpartition("/")[2]
        reads = request.method == "GET" or last == "jql"
        return httpx.Response(200, json=answers[last]) if reads and last in answers else friendly(request)

    return obeying({"your-domain.atlassian.net": "jira"}, script)


def written(transport: Obeying) -> list[tuple[str, str]]:
    return [each for each in transport.sent() if each[0] != "GET" and not each[1].endswith("/jql")]


@pytest.mark.parametrize("method", RIG.calls)
async def test_every_request_is_allowed_by_the_published_description(method: str) -> None:
    transport = vendor()
    await RIG.calls[method](jira(transport))
    assert transport.requests


async def test_an_issue_is_created_with_the_fields_of_the_incident() -> None:
    transport = vendor()
    ticket = await jira(transport).create(FIELDS)
    assert ticket == Ticket(id="OPS-24", url="https://your-domain.atlassian.net/browse/OPS-24")
    fields = transport.body()["fields"]
    assert fields.pop("description")["type"] == "doc"
    assert fields == {
        "project": {"key": "OPS"},
        "issuetype": {"name": "Task"},
        "labels": ["incident-INC-42", "check-out"],
        "summary": "checkout: error rate 31 %",
        "priority": {"name": "Highest"},
    }


async def test_an_issue_that_an_earlier_call_created_is_found() -> None:
    transport = vendor(jql={"issues": [{"key": "OPS-7"}]})
    assert (await jira(transport).create(FIELDS)).id == "OPS-7"
    assert transport.body(0)["jql"] == 'project = "OPS" AND labels = "incident-INC-42"'
    assert written(transport) == []


async def test_a_comment_is_made_once_for_its_key() -> None:
    transport = vendor()
    await jira(transport).comment("INC-42/comment/1", "OPS-24", "We look.")
    made = transport.body()
    again = vendor(comment={"comments": [{"properties": []}, {"properties": made["properties"]}]})
    await jira(again).comment("INC-42/comment/1", "OPS-24", "We look.")
    assert written(again) == []
    await jira(again).comment("INC-42/comment/2", "OPS-24", "We look.")
    assert written(again) == [("POST", f"{ISSUE}/comment")]


async def test_a_link_is_replaced_by_its_key() -> None:
    transport = vendor()
    await RIG.calls["link"](jira(transport))
    assert transport.body()["globalId"] == "INC-42/link/room"


@pytest.mark.parametrize(
    ("to", "transition"),
    [
        pytest.param(TicketState.IN_PROGRESS, "11", id="by the category of the status it leads to"),
        pytest.param(TicketState.RESOLVED, "31", id="by any of that category"),
        pytest.param(TicketState.CLOSED, "41", id="by the name, where several lead there"),
    ],
)
async def test_a_ticket_moves(to: TicketState, transition: str) -> None:
    transport = vendor()
    await jira(transport).move("OPS-24", to)
    assert transport.body() == {"transition": {"id": transition}}


async def test_a_ticket_that_is_there_does_not_move() -> None:
    transport = vendor(**{"OPS-24": {"fields": {"status": status("Closed", "done")}}})
    await jira(transport).close("OPS-24", "It is over.")
    assert written(transport) == [("POST", f"{ISSUE}/comment")]


async def test_a_workflow_without_a_way_there_is_refused_with_the_reason() -> None:
    transport = vendor(transitions={"transitions": []})
    with pytest.raises(Rejected, match="no way to a status of the category 'done'"):
        await jira(transport).move("OPS-24", TicketState.CLOSED)


def test_a_text_becomes_paragraphs_with_lines_and_links() -> None:
    first, second = document(FIELDS.description)["content"]
    assert [node["type"] for node in first["content"]] == ["text", "hardBreak", "text"]
    assert [node.get("text") for node in second["content"]] == [
        "See ",
        "https://incidents.example.com/incidents/INC-42",
        ".",
    ]


@given(st.text())
def test_every_text_becomes_a_document_of_the_published_format(text: str) -> None:
    if not FORMAT.is_file():
        pytest.skip("the published format of Atlassian documents is not beside the project")
    validator = Draft4Validator(json.loads(FORMAT.read_text()))
    assert not list(validator.iter_errors(document(text)))
