"""Does a workflow of Teams get a card that the published schema allows?"""

import json
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest

from blocks import TeamsWorkflow
from incident.severity import Severity
from tests.blocks.rig_teams import RIG, SIGNATURE, URL
from tests.blocks.rigs import PAGE, Wired

SCHEMA = (
    Path(__file__).resolve().parents[3] / "shared" / "specs" / "adaptivecards" / "adaptive-card-1.5.0.json"
)


def teams(wired: Wired) -> TeamsWorkflow:
    block = TeamsWorkflow(url=URL)
    block._transport = wired.transport
    return block


def card(wired: Wired) -> dict[str, Any]:
    attached = json.loads(wired.requests[-1].content)["attachments"][0]
    assert attached["contentType"] == "application/vnd.microsoft.card.adaptive"
    return attached["content"]


@pytest.mark.parametrize("method", RIG.calls)
@pytest.mark.skipif(not SCHEMA.is_file(), reason="the schema of Adaptive Cards is not beside the project")
async def test_every_card_is_allowed_by_the_published_schema(method: str) -> None:
    wired = Wired()
    await RIG.calls[method](teams(wired))
    told = card(wired)
    told.pop("msteams", None)  # Teams' own addition, which the schema does not know
    jsonschema.validate(told, json.loads(SCHEMA.read_text()))
    assert told["type"] == "AdaptiveCard"


def test_the_schema_refuses_what_is_no_card() -> None:
    if not SCHEMA.is_file():
        pytest.skip("the schema of Adaptive Cards is not beside the project")
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"type": "AdaptiveCard", "colour": "red"}, json.loads(SCHEMA.read_text()))


async def test_a_page_has_a_button_to_acknowledge_and_mentions_the_person() -> None:
    wired = Wired(lambda _: httpx.Response(202))
    receipt = await teams(wired).deliver("ann@example.com", PAGE)
    told = card(wired)
    assert (receipt.provider_id, receipt.detail) == (PAGE.key, "HTTP 202")
    assert str(wired.requests[0].url) == URL
    assert told["actions"][0]["url"] == PAGE.acknowledge_url
    assert told["body"][0]["text"] == "<at>ann@example.com</at>"
    assert told["msteams"]["entities"] == [
        {
            "type": "mention",
            "text": "<at>ann@example.com</at>",
            "mentioned": {"id": "ann@example.com", "name": "ann@example.com"},
        }
    ]


async def test_without_a_contact_nobody_is_mentioned() -> None:
    wired = Wired()
    await teams(wired).send("", "INC-42/update/1", "Update", "We are looking.")
    assert "msteams" not in card(wired)
    assert [block["text"] for block in card(wired)["body"]] == ["Update", "We are looking."]


@pytest.mark.parametrize("severity", Severity)
async def test_every_severity_has_a_colour(severity: Severity) -> None:
    wired = Wired()
    await teams(wired).deliver("", PAGE.model_copy(update={"severity": severity}))
    assert card(wired)["body"][0]["color"] != "default"


async def test_lines_stay_lines() -> None:
    wired = Wired()
    await teams(wired).send("", "INC-42/update/1", "Update", "one\ntwo")
    assert card(wired)["body"][1]["text"] == "one\n\ntwo"


async def test_a_message_stays_below_what_teams_takes() -> None:
    wired = Wired()
    await teams(wired).deliver("ann@example.com", PAGE.model_copy(update={"text": "é" * 40_000}))
    assert len(wired.requests[0].content) < 28_000


def test_the_address_is_never_shown() -> None:
    block = TeamsWorkflow(url=URL)
    assert SIGNATURE not in block.model_dump_json() + repr(block)
