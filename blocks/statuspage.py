"""How do customers read of an incident on Statuspage?

Source: Statuspage's description of its API v1. It takes no idempotency key, so every method looks first for
what an earlier call left: an incident by our key in its metadata, an update by its state and text.
"""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, Field, RootModel, SecretStr
from typing_extensions import override

from blocks.exchange import Exchange, HttpConnection
from blocks.interfaces import (
    Component,
    ComponentState,
    Maintenance,
    Repeat,
    StatusPage,
    StatusUpdate,
)
from incident.severity import Severity
from incident.story import UpdateState

NAME_LENGTH = 255
"""Characters of an incident's name."""

_OURS = "incident_response"
_WORDS = {
    ComponentState.OPERATIONAL: "operational",
    ComponentState.DEGRADED: "degraded_performance",
    ComponentState.PARTIAL_OUTAGE: "partial_outage",
    ComponentState.MAJOR_OUTAGE: "major_outage",
    ComponentState.MAINTENANCE: "under_maintenance",
}
_STATES = {word: state for state, word in _WORDS.items()}
_IMPACTS = {Severity.CRITICAL: "critical", Severity.MAJOR: "major", Severity.MINOR: "minor"}
_FARES = {
    Severity.CRITICAL: ComponentState.MAJOR_OUTAGE,
    Severity.MAJOR: ComponentState.PARTIAL_OUTAGE,
    Severity.MINOR: ComponentState.DEGRADED,
}


class AtlassianStatuspage(HttpConnection, StatusPage):
    """Publishes incidents on one page; the internal and the external page are a block each."""

    _block_type_name: ClassVar[str | None] = "Statuspage"
    _block_type_slug: ClassVar[str | None] = "atlassian-statuspage"
    _description: ClassVar[str | None] = (
        "Publishes incidents, updates, components and maintenance on a page of Atlassian Statuspage."
    )
    repeat: ClassVar[Repeat] = Repeat.SAFE

    api_key: Annotated[SecretStr, Field(title="API key", description="Of a user who manages the page.")]
    page_id: Annotated[
        str,
        Field(title="Page ID", description="Manage account > API info shows it.", pattern=r"^[A-Za-z0-9]+$"),
    ]
    api: Annotated[
        str,
        Field(title="Address of the API", description="Another one only for tests.", pattern=r"^https?://"),
    ] = "https://api.statuspage.io/v1"

    @override
    async def open(self, key: str, update: StatusUpdate) -> str:
        exchange = self._with_key(self.open)
        found = await self._opened(exchange, update.incident)
        if found is not None:
            return found
        incident = {
            "name": update.title[:NAME_LENGTH],
            "impact_override": _IMPACTS[update.severity],
            "metadata": {_OURS: {"incident": update.incident}},
            **await self._said(exchange, update),
        }
        answer = await exchange.send("POST", self._at("incidents"), json={"incident": incident})
        return answer.read_as(_Incident).id

    @override
    async def update(self, key: str, page: str, update: StatusUpdate) -> None:
        await self._add(self._with_key(self.update), page, update)

    @override
    async def resolve(self, key: str, page: str, update: StatusUpdate) -> None:
        await self._add(self._with_key(self.resolve), page, update)

    @override
    async def components(self) -> tuple[Component, ...]:
        return await self._components(self._with_key(self.components))

    @override
    async def set_component(self, component: str, state: ComponentState) -> None:
        change = {"component": {"status": _WORDS[state]}}
        exchange = self._with_key(self.set_component)
        await exchange.send("PATCH", self._at(f"components/{component}"), json=change)

    @override
    async def schedule(self, key: str, maintenance: Maintenance) -> str:
        exchange = self._with_key(self.schedule)
        answer = await exchange.send("GET", self._at("incidents/scheduled"))
        for found in answer.read_as(_Incidents).root:
            if found.ours.get("key") == key:
                return found.id
        incident = {
            "name": maintenance.title[:NAME_LENGTH],
            "body": maintenance.body,
            "status": "scheduled",
            "scheduled_for": maintenance.starts_at.isoformat(),
            "scheduled_until": maintenance.ends_at.isoformat(),
            "scheduled_auto_in_progress": True,
            "scheduled_auto_completed": True,
            "auto_transition_to_maintenance_state": True,
            "auto_transition_to_operational_state": True,
            "component_ids": list(maintenance.components),
            "deliver_notifications": maintenance.notify,
            "metadata": {_OURS: {"key": key}},
        }
        made = await exchange.send("POST", self._at("incidents"), json={"incident": incident})
        return made.read_as(_Incident).id

    async def _add(self, exchange: Exchange, page: str, update: StatusUpdate) -> None:
        """Publish an update, unless it stands there already."""
        place = self._at(f"incidents/{page}")
        standing = (await exchange.send("GET", place)).read_as(_Incident)
        if any((each.status, each.body) == (update.state, update.body) for each in standing.incident_updates):
            return
        said = await self._said(exchange, update)
        await exchange.send("PATCH", place, json={"incident": said})

    async def _said(self, exchange: Exchange, update: StatusUpdate) -> dict[str, Any]:
        """What an update says, with the states of the parts that the page knows by these names."""
        wanted = fares(update)
        known = await self._components(exchange) if wanted else ()
        return {
            "status": update.state.value,
            "body": update.body,
            "deliver_notifications": update.notify,
            "components": {each.id: _WORDS[wanted[each.name]] for each in known if each.name in wanted},
        }

    async def _opened(self, exchange: Exchange, incident: str) -> str | None:
        answer = await exchange.send("GET", self._at("incidents/unresolved"))
        ours = (each.id for each in answer.read_as(_Incidents).root if each.ours.get("incident") == incident)
        return next(ours, None)

    async def _components(self, exchange: Exchange) -> tuple[Component, ...]:
        found = (await exchange.send("GET", self._at("components"))).read_as(_Components).root
        return tuple(
            Component(id=each.id, name=each.name, state=_STATES.get(each.status, ComponentState.OPERATIONAL))
            for each in found
        )

    def _with_key(self, method: Any) -> Exchange:
        return self._exchange(method, {"Authorization": f"OAuth {self.api_key.get_secret_value()}"})

    def _at(self, path: str) -> str:
        return f"{self.api.rstrip('/')}/pages/{self.page_id}/{path}"


def fares(update: StatusUpdate) -> Mapping[str, ComponentState]:
    """How the parts fare, by name: as the update says, else its products as bad as the severity is."""
    if update.components:
        return update.components
    resolved = update.state is UpdateState.RESOLVED
    state = ComponentState.OPERATIONAL if resolved else _FARES[update.severity]
    return dict.fromkeys(update.products, state)


class _Said(BaseModel):
    status: str = ""
    body: str | None = None


class _Incident(BaseModel):
    id: str
    metadata: dict[str, Any] | None = None
    incident_updates: list[_Said] = []

    @property
    def ours(self) -> Mapping[str, Any]:
        """What we have written into its metadata."""
        found = (self.metadata or {}).get(_OURS)
        return found if isinstance(found, dict) else {}


class _Incidents(RootModel[list[_Incident]]):
    pass


class _Part(BaseModel):
    id: str
    name: str
    status: str = ""


class _Components(RootModel[list[_Part]]):
    pass
