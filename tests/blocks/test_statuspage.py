"""Does Statuspage get what its API description asks for, and nothing twice?"""

from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from blocks import AtlassianStatuspage
from blocks.interfaces import ComponentState
from blocks.statuspage import fares
from incident.severity import Severity
from incident.story import UpdateState
from tests.blocks.published import Obeying, obeying
from tests.blocks.rig_statuspage import COMPONENTS, KEY, RIG, UPDATE, WORK

PAGE = "/v1/pages/kctbh9vrtdwd"
RESOLVED = UPDATE.model_copy(update={"state": UpdateState.RESOLVED, "body": "Over."})


def vendor(**answers: Any) -> Obeying:
    """Statuspage with these answers by the end of the path; otherwise on a good day."""

    def script(request: httpx.Request) -> httpx.Response:
        last = request.url.path.rpartition("/")[2]
        if request.method == "GET" and last in answers:
            return httpx.Response(200, json=answers[last])
        return RIG.friendly(request)

    return obeying({"api.statuspage.io": "statuspage"}, script)


def block(transport: httpx.AsyncBaseTransport) -> AtlassianStatuspage:
    page = AtlassianStatuspage(api_key=KEY, page_id="kctbh9vrtdwd")
    page._transport = transport
    return page


def written(transport: Obeying) -> list[tuple[str, str]]:
    """What was not only read."""
    return [each for each in transport.sent() if each[0] != "GET"]


@pytest.mark.parametrize("method", RIG.calls)
async def test_every_request_is_allowed_by_the_published_description(method: str) -> None:
    transport = vendor()
    await RIG.calls[method](block(transport))
    assert transport.requests


async def test_an_incident_is_opened_with_its_parts_and_told_to_subscribers() -> None:
    transport = vendor()
    assert await block(transport).open("INC-42/status-page/external", UPDATE) == "p31zjtct2jer"
    assert written(transport) == [("POST", f"{PAGE}/incidents")]
    assert transport.body()["incident"] == {
        "name": UPDATE.title,
        "impact_override": "critical",
        "metadata": {"incident_response": {"incident": "INC-42"}},
        "status": "investigating",
        "body": UPDATE.body,
        "deliver_notifications": True,
        "components": {"cp1": "major_outage"},
    }


async def test_an_incident_that_an_earlier_call_opened_is_found() -> None:
    others = {"id": "another", "metadata": {"incident_response": {"incident": "INC-41"}}}
    ours = {"id": "ours", "metadata": {"incident_response": {"incident": "INC-42"}}}
    transport = vendor(unresolved=[{"id": "by hand", "metadata": None}, others, ours])
    assert await block(transport).open("INC-42/status-page/external", UPDATE) == "ours"
    assert written(transport) == []


@pytest.mark.parametrize(("silent", "told"), [(False, True), (True, False)], ids=["told", "not told"])
async def test_subscribers_are_told_as_the_update_says(silent: bool, told: bool) -> None:
    transport = vendor()
    await block(transport).update("k", "p31zjtct2jer", UPDATE.model_copy(update={"notify": not silent}))
    assert transport.body()["incident"]["deliver_notifications"] is told


async def test_an_update_that_stands_there_already_is_not_published_again() -> None:
    standing = {"id": "p1", "incident_updates": [{"status": "investigating", "body": UPDATE.body}]}
    transport = vendor(p1=standing)
    await block(transport).update("k", "p1", UPDATE)
    assert written(transport) == []
    await block(transport).resolve("k2", "p1", RESOLVED)
    assert written(transport) == [("PATCH", f"{PAGE}/incidents/p1")]
    assert transport.body()["incident"]["components"] == {"cp1": "operational"}


async def test_work_is_announced_once() -> None:
    transport = vendor()
    await block(transport).schedule("maintenance/7", WORK)
    incident = transport.body()["incident"]
    assert (incident["status"], incident["component_ids"]) == ("scheduled", ["cp1"])
    again = vendor(scheduled=[{"id": "s1", "metadata": incident["metadata"]}])
    assert await block(again).schedule("maintenance/7", WORK) == "s1"
    assert written(again) == []


async def test_parts_are_listed_in_our_words() -> None:
    transport = vendor(components=[*COMPONENTS, {"id": "cp2", "name": "API", "status": "partial_outage"}])
    found = await block(transport).components()
    assert [(each.name, each.state) for each in found] == [
        ("Shop", ComponentState.OPERATIONAL),
        ("API", ComponentState.PARTIAL_OUTAGE),
    ]


SHOP_IS_DEGRADED = {"Shop": ComponentState.DEGRADED}
FARES = {
    "what the update says": ({"components": SHOP_IS_DEGRADED}, SHOP_IS_DEGRADED),
    "critical: a major outage": ({}, dict.fromkeys(UPDATE.products, ComponentState.MAJOR_OUTAGE)),
    "minor: degraded": (
        {"severity": Severity.MINOR},
        dict.fromkeys(UPDATE.products, ComponentState.DEGRADED),
    ),
    "resolved: operational": (
        {"state": UpdateState.RESOLVED},
        dict.fromkeys(UPDATE.products, ComponentState.OPERATIONAL),
    ),
}


@pytest.mark.parametrize(("changes", "expected"), FARES.values(), ids=FARES)
def test_the_parts_fare(changes: dict[str, Any], expected: Mapping[str, ComponentState]) -> None:
    assert fares(UPDATE.model_copy(update=changes)) == expected
