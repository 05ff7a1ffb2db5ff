"""Statuspage on a good day."""

from datetime import timedelta

import httpx

from blocks import AtlassianStatuspage
from blocks.interfaces import ComponentState, Maintenance, StatusUpdate
from incident.severity import Severity
from incident.story import UpdateState
from tests.blocks.rigs import NOW
from tests.blocks.vendors import VendorRig

KEY = "89a229ce1a8dbcf9ff30430fbe35eb4c0426574bca932061892cefd2138aa4b1"
UPDATE = StatusUpdate(
    incident="INC-42",
    title="Checkout fails – perché?",
    body="We are looking into it.",
    state=UpdateState.INVESTIGATING,
    severity=Severity.CRITICAL,
    service="checkout",
    products=("Shop", "Unknown there"),
)
WORK = Maintenance(
    title="Database upgrade",
    body="Ten minutes.",
    starts_at=NOW,
    ends_at=NOW + timedelta(hours=1),
    components=("cp1",),
)
COMPONENTS = [{"id": "cp1", "name": "Shop", "status": "operational"}]


def friendly(request: httpx.Request) -> httpx.Response:
    path = request.url.path
    if path.endswith("/components"):
        return httpx.Response(200, json=COMPONENTS)
    if path.endswith(("/unresolved", "/scheduled")):
        return httpx.Response(200, json=[])
    return httpx.Response(200, json={"id": "p31zjtct2jer", "incident_updates": []})


RIG = VendorRig(
    block=lambda: AtlassianStatuspage(api_key=KEY, page_id="kctbh9vrtdwd"),
    calls={
        "open": lambda page: page.open("INC-42/status-page/external", UPDATE),
        "update": lambda page: page.update("INC-42/status-page/external/1", "p31zjtct2jer", UPDATE),
        "resolve": lambda page: page.resolve(
            "INC-42/status-page/external/2",
            "p31zjtct2jer",
            UPDATE.model_copy(update={"state": UpdateState.RESOLVED}),
        ),
        "components": lambda page: page.components(),
        "set_component": lambda page: page.set_component("cp1", ComponentState.DEGRADED),
        "schedule": lambda page: page.schedule("maintenance/7", WORK),
    },
    secrets=(KEY,),
    friendly=friendly,
    reads=frozenset({"components"}),
)
