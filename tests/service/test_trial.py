"""Is a connection really tried, kind by kind?"""

from datetime import UTC, datetime

import httpx
import pytest

from blocks.exchange import HttpConnection
from blocks.interfaces import Connection
from incident.errors import ConfigurationError, Rejected
from service.trial import attempt
from tests.blocks import rig_jira, rig_matrix, rig_opsgenie, rig_slack, rig_statuspage, rig_zoom
from tests.blocks.vendors import VendorRig

NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)
TRIED = {
    "a channel": (
        rig_opsgenie.PAGER,
        "ann@example.com",
        ["a test message to ann@example.com was taken: HTTP 202"],
        ["POST /v2/alerts"],
    ),
    "a rotation source": (
        rig_opsgenie.SCHEDULES,
        "primary",
        ["on call on primary now: ann@example.com"],
        ["GET /v2/schedules/primary/on-calls"],
    ),
    "a chat": (
        rig_slack.CHAT,
        "",
        [
            "made the room https://slack.com/app_redirect?channel=C0EAQDV4Z",
            "said something in it, and archived it",
        ],
        [
            "POST /api/conversations.create",
            "POST /api/conversations.setTopic",
            "POST /api/chat.postMessage",
            "POST /api/conversations.archive",
        ],
    ),
    "a video tool": (
        rig_zoom.RIG,
        "",
        ["made the call https://zoom.us/j/85746065 and ended it"],
        [
            "POST /oauth/token",
            "GET /v2/users/ops@example.com/meetings",
            "POST /v2/users/ops@example.com/meetings",
            "POST /oauth/token",
            "PUT /v2/meetings/85746065/status",
            "DELETE /v2/meetings/85746065",
        ],
    ),
    "a status page": (
        rig_statuspage.RIG,
        "",
        ["read the page, and published nothing; it shows: Shop"],
        ["GET /v1/pages/kctbh9vrtdwd/components"],
    ),
}


async def tried(block: Connection, to: str) -> list[str]:
    return [step async for step in attempt(block, to, "A test.", NOW)]


@pytest.mark.parametrize(("rig", "to", "steps", "requests"), TRIED.values(), ids=TRIED)
async def test_it_is_tried_for_real(rig: VendorRig, to: str, steps: list[str], requests: list[str]) -> None:
    made: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        made.append(f"{request.method} {request.url.path}")
        return rig.friendly(request)

    assert await tried(rig.wired(answer), to) == steps
    assert made == requests


async def test_an_application_service_is_reached() -> None:
    chat = rig_matrix.CHAT.wired(rig_matrix.friendly)
    assert (await tried(chat, ""))[-1] == "the homeserver reached this system within 9 ms"


async def test_a_ticket_is_created_and_closed() -> None:
    (step,) = await tried(rig_jira.RIG.wired(rig_jira.friendly), "")
    assert step == "created the ticket https://your-domain.atlassian.net/browse/OPS-24 and closed it"


@pytest.mark.parametrize(
    "rig", [rig_opsgenie.PAGER, rig_opsgenie.SCHEDULES], ids=["channel", "rotation source"]
)
async def test_whom_it_goes_to_has_to_be_said(rig: VendorRig) -> None:
    with pytest.raises(ConfigurationError, match="--to"):
        await tried(rig.wired(rig.friendly), "")


async def test_a_step_that_fails_ends_the_trial_with_its_reason() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        refused = request.url.path.endswith("postMessage")
        return httpx.Response(403) if refused else rig_slack.friendly(request)

    block: HttpConnection = rig_slack.CHAT.wired(answer)
    steps = attempt(block, "", "A test.", NOW)
    assert (await anext(steps)).startswith("made the room")
    with pytest.raises(Rejected, match="403"):
        await anext(steps)
